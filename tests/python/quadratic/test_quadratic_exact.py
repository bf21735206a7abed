"""The exact solution: against the dense problem, the integrals, and as the arbiter of signs."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

import describable
from quadratic_reference import (
    coupling,
    covariance,
    evolve_matrices,
    hamiltonian,
    lead,
    redfield_matrices,
)

Q = rf.quadratic
BOTH = pytest.mark.parametrize("statistics", ["fermion", "boson"])


def dense_solution(h, j, baths, g0, t, modes=160, half=24.0):
    """e^{−iHt} of system and baths as one dense matrix; baths on a uniform midpoint grid."""
    n = len(h)
    low = 0.0 if baths[0].statistics == "boson" else -half
    step = (half - low) / modes
    w = low + step * (np.arange(modes) + 0.5)
    total = np.zeros((n * (1 + modes),) * 2, dtype=complex)
    total[:n, :n] = h
    filling = np.zeros(n * modes)
    for site, bath in enumerate(baths):
        part = slice(n + site * modes, n + (site + 1) * modes)
        total[part, part] = np.diag(w)
        g = j[site] * np.sqrt(step * bath.density_of_states(w) / (2.0 * np.pi))
        total[site, part] = total[part, site] = g
        filling[site * modes : (site + 1) * modes] = bath.occupation(w)
    start = scipy.linalg.block_diag(g0, np.diag(filling))
    e, v = np.linalg.eigh(total)
    u = v[:n] * np.exp(-1j * e * t) @ v.conj().T
    return u @ start @ u.conj().T


@BOTH
@pytest.mark.parametrize("uniform", [True, False])
def test_against_the_dense_problem(statistics, uniform):
    n = 2
    h = hamiltonian(n, 3, statistics)
    j = np.full(n, 0.4) if uniform else coupling(n, 3)
    baths = [lead(statistics)] * n if uniform else [lead(statistics, 0.5 + i) for i in range(n)]
    g0 = covariance(n, 3, statistics)
    result = rf.Exact(rf.QuadraticSystem(h, j, baths), modes=120).evolve(g0, [1.0, 5.0])
    assert result.error < 1e-9
    # The reference's own error falls as 1/modes².
    coarse, fine = (dense_solution(h, j, baths, g0, 4.0, modes) for modes in (160, 320))
    assert np.abs(result.covariances[1] - coarse).max() < 3e-4
    assert np.abs(result.covariances[1] - (4.0 * fine - coarse) / 3.0).max() < 2e-5


@BOTH
def test_late_times_reach_the_integrals(statistics):
    h = hamiltonian(3, 1, statistics)
    if statistics == "boson":
        h = h + 1.0
    baths = [lead(statistics, 0.5 + i, strength=1.0) for i in range(3)]
    exact = rf.Exact(rf.QuadraticSystem(h, [0.9, 0.7, 1.0], baths), modes=1200)
    steady = exact.steady_state()
    late = exact.evolve(np.zeros(3), [0.0, 40.0, 80.0])
    assert late.error < 1e-9
    distances = [np.abs(g - steady.covariance).max() for g in late.covariances]
    assert distances[1] < 1e-2
    assert distances[2] < 2e-6
    # The flow out of each bath makes up for what the bonds carry away.
    bonds = Q.bond_currents(h, steady.covariance).sum(axis=0)
    assert np.abs(Q.currents(exact).site_particle + bonds).max() < 1e-9


def test_one_bath_everywhere_carries_no_current():
    exact = rf.Exact(rf.QuadraticSystem(hamiltonian(3, 2), coupling(3, 2), lead()))
    currents = Q.currents(exact)
    assert np.abs(currents.site_particle).max() < 1e-12
    assert np.abs(currents.site_energy).max() < 1e-12


@BOTH
@pytest.mark.parametrize("uniform", [True, False])
def test_the_error_of_redfield_falls_as_j_squared_with_this_lamb_shift_alone(statistics, uniform):
    """At fixed J²t. With the sign of the Lamb shift as printed in the paper it stays where it is."""
    n, depth = 2, 1.0
    h = hamiltonian(n, 3, statistics)
    g0 = np.diag([0.4, 0.0]).astype(complex)
    errors = {1.0: [], 0.0: [], -1.0: []}
    for strength in (0.16, 0.04, 0.01):
        j = np.sqrt(strength) * (np.ones(n) if uniform else np.array([1.0, 0.5]))
        system = rf.QuadraticSystem(h, j, lead(statistics, 0.7))
        t = depth / strength
        enough = int(120 * t / rf.Exact(system, modes=100).recurrence_time) + 40
        exact = rf.Exact(system, modes=enough).evolve(g0, [0.0, t])
        assert exact.error < 1e-8
        for sign, found in errors.items():
            g = evolve_matrices(*redfield_matrices(h, j, [lead(statistics, 0.7)] * n, sign), g0, t)
            found.append(np.abs(g - exact.final_covariance).max())
        ours = rf.Redfield(system).evolve(g0, [0.0, t]).final_covariance
        assert np.abs(ours - exact.final_covariance).max() == pytest.approx(errors[1.0][-1], rel=1e-4)
    right, without, printed = (np.array(errors[s]) for s in (1.0, 0.0, -1.0))
    assert (right[1:] < 0.4 * right[:-1]).all()
    assert printed[2] > 0.6 * printed[1]
    assert without[2] > 0.6 * without[1]
    assert right[-1] < 0.2 * printed[-1]


def wire(n, strength, left, right):
    """A chain with different on-site energies, so that no symmetry hides a current."""
    h = rf.models.chain(n, onsite=0.4 * np.cos(np.arange(n)))
    j = np.zeros(n)
    j[0], j[-1] = np.sqrt(strength), np.sqrt(0.5 * strength)
    return rf.QuadraticSystem(h, j, [left] * (n - 1) + [right])


def test_two_terminal_currents_reach_landauer_buettiker_as_the_coupling_weakens():
    left, right = lead(mu=0.6, beta=2.0), lead(mu=-0.6, beta=1.0)
    deviations = {rf.Redfield: [], rf.Davies: []}
    for strength in (0.2, 0.05, 0.0125):
        system = wire(5, strength, left, right)
        exact = Q.currents(rf.Exact(system))
        for kind, found in deviations.items():
            equation = kind(system)
            ours = Q.currents(equation, equation.steady_state().covariance)
            assert ours.particle.sum() == pytest.approx(0.0, abs=1e-13)
            assert ours.energy.sum() == pytest.approx(0.0, abs=1e-13)
            found.append(
                max(
                    np.abs(ours.particle / exact.particle - 1.0).max(),
                    np.abs(ours.heat / exact.heat - 1.0).max(),
                )
            )
    for found in deviations.values():
        assert found[1] < 0.4 * found[0]
        assert found[2] < 0.4 * found[1]
        assert found[2] < 0.01


def test_in_equilibrium_davies_carries_nothing_and_redfield_a_residual_current():
    system = wire(5, 0.1, lead(), lead())
    # One ParticleBath would be one bath; its two contacts are told apart by site.
    davies, redfield = rf.Davies(system), rf.Redfield(system)
    none = Q.currents(davies, davies.steady_state().covariance)
    assert np.abs(none.site_particle).max() < 1e-14
    assert np.abs(none.site_energy).max() < 1e-14
    residual = Q.currents(redfield, redfield.steady_state().covariance).site_particle
    assert 1e-9 < np.abs(residual).max() < 1e-3
    exact = Q.currents(rf.Exact(system)).site_particle
    assert np.abs(exact).max() < 1e-13


def test_the_recurrence_time_is_reported_and_later_times_refused():
    system = rf.QuadraticSystem(hamiltonian(2, 1), 0.3, lead())
    exact = rf.Exact(system, modes=60)
    t = exact.recurrence_time
    with pytest.raises(ValueError, match="tlist"):
        exact.evolve(np.zeros(2), [0.0, 1.01 * t])
    with pytest.raises(ValueError, match="tlist") as refused:
        exact.evolve(np.zeros(2), [0.0, 3.0 * t])
    assert f"after {t:.4g};" in str(refused.value)
    enough = int(str(refused.value).split("modes = ")[1].split()[0])
    assert rf.Exact(system, enough).evolve(np.zeros(2), [0.0, 3.0 * t], rtol=1e-3).error < 1e-3


def test_a_thousand_uniform_sites_separate():
    h = rf.models.dirac_syk2(60, seed=3)
    system = rf.QuadraticSystem(h, 0.3, lead())
    together = rf.Exact(system, modes=80)
    assert together.solver.separates
    other = rf.Exact(system, modes=80)
    other.solver.separates = False
    g0 = covariance(60, 1)
    a, b = (x.evolve(g0, [0.0, 3.0]).final_covariance for x in (together, other))
    assert np.abs(a - b).max() < 1e-12


@pytest.mark.parametrize("h", [describable.level(0.0), describable.level], ids=["constant", "driven"])
def test_exact_solutions_are_asked_as_equations_are(h):
    exact = rf.Exact(rf.QuadraticSystem(h, 0.3, describable.lead()), modes=60)
    parameters = list(inspect.signature(exact.evolve).parameters)
    keywords = list(inspect.signature(rf.Equation.evolve).parameters)
    assert parameters[:3] == keywords[1:4] == ["rho0", "tlist", "e_ops"]
    assert [key for key in keywords if key in parameters] == parameters
    result = exact.evolve(np.diag([1.0, 0.0]), [0.0, 0.3, 1.0], {"one": np.eye(2)}, store_states=True)
    assert result.states.shape == (3, 2, 2)
    assert np.array_equal(result.final_state, result.states[-1])
    assert result.expect["one"].shape == (3,)
    assert result.stats.keys() >= {"method", "applications", "steps", "rejected", "seconds"}
    assert result.equation is exact
