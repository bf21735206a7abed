"""Quadratic equations against Fock space, matrix functions and what must hold of them."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield.quadratic.flow import LinearFlow

from quadratic_reference import (
    FockSpace,
    coupling,
    covariance,
    evolve_matrices,
    hamiltonian,
    lead,
    redfield_matrices,
)
from reference import random_matrix, random_state, random_unitary

Q = rf.quadratic
TIMES = np.array([0.0, 0.7, 3.0, 11.0])
BOTH = pytest.mark.parametrize("statistics", ["fermion", "boson"])


def system(n, seed, statistics="fermion", different=False):
    baths = [lead(statistics, 0.5 + 0.2 * i * different, -0.4 - 0.1 * i * different) for i in range(n)]
    return rf.QuadraticSystem(
        hamiltonian(n, seed, statistics), coupling(n, seed), baths, statistics
    ), baths


@pytest.mark.parametrize("n", [1, 2, 3, 5])
@pytest.mark.parametrize("kind", ["Redfield", "Davies", "PartialSecular"])
def test_fermions_follow_fock_space(n, kind):
    """Random complex h, its own J and bath at each site, Lamb shift on, and a state that is not Gaussian."""
    s, baths = system(n, n, different=True)
    options = {"cutoff": 0.8} if kind == "PartialSecular" else {}
    space = FockSpace(s.hamiltonian, "fermion")
    fock = space.equation(getattr(rf, kind), s.coupling, baths, **options)
    rho = random_state(2**n, n)
    states = fock.evolve(rho, TIMES, rtol=1e-12, atol=1e-13).states
    ours = getattr(rf, kind)(s, **options).evolve(space.covariance(rho), TIMES).covariances
    for g, state in zip(ours, states, strict=True):
        assert np.abs(g - space.covariance(state)).max() < 1e-10


@pytest.mark.parametrize("kind", ["Redfield", "Davies"])
def test_bosons_follow_fock_space(kind):
    """Two modes at low filling; what the cut-off at `levels` leaves out falls with it."""
    s, baths = system(2, 3, "boson", different=True)
    g0 = covariance(2, 1, "boson")
    ours = getattr(rf, kind)(s).evolve(g0, TIMES).covariances
    errors = []
    for levels in (4, 8):
        space = FockSpace(s.hamiltonian, "boson", levels)
        fock = space.equation(getattr(rf, kind), s.coupling, baths)
        states = fock.evolve(space.gaussian(g0), TIMES, rtol=1e-11, atol=1e-12).states
        errors.append(
            max(np.abs(g - space.covariance(r)).max() for g, r in zip(ours, states, strict=True))
        )
    assert errors[0] < 1e-3
    assert errors[1] < 1e-6


@BOTH
@settings(deadline=None, max_examples=25)
@given(n=st.integers(1, 6), seed=st.integers(0, 10_000))
def test_redfield_is_the_matrix_functions(statistics, n, seed):
    s, baths = system(n, seed, statistics, different=True)
    m, q = redfield_matrices(s.hamiltonian, s.coupling, baths)
    g = covariance(n, seed, statistics)
    equation = rf.Redfield(s)
    assert np.abs(equation.apply(g) - (q - m @ g - g @ m.conj().T)).max() < 1e-11
    solution = equation.evolve(g, [0.0, 2.5]).final_covariance
    assert np.abs(solution - evolve_matrices(m, q, g, 2.5)).max() < 1e-10
    steady = equation.steady_state().covariance
    assert np.abs(steady - scipy.linalg.solve_continuous_lyapunov(m, q)).max() < 1e-9


@BOTH
@pytest.mark.parametrize("beta", [0.01, 1.0, 300.0, np.inf])
def test_davies_thermalises_and_stays_physical(statistics, beta):
    s = rf.QuadraticSystem(hamiltonian(6, 4, statistics), coupling(6, 4), lead(statistics, beta, -0.3))
    davies = rf.Davies(s)
    gibbs = s.gibbs_state()
    assert np.abs(davies.steady_state().covariance - gibbs).max() < 1e-11 * max(1.0, abs(gibbs).max())
    for g in davies.evolve(covariance(6, 4, statistics), np.linspace(0.0, 50.0, 30)).covariances:
        occupied = np.linalg.eigvalsh(g)
        assert occupied[0] > -1e-12
        assert statistics == "boson" or occupied[-1] < 1.0 + 1e-12


@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 6), seed=st.integers(0, 10_000))
def test_covariance_under_a_change_of_sites_basis(n, seed):
    """With couplings P = 1, a unitary u takes h, G to uhu†, uGu†."""
    h, u = hamiltonian(n, seed), random_unitary(n, seed)
    a, b = (rf.Redfield(rf.QuadraticSystem(x, 0.4, lead())) for x in (h, u @ h @ u.conj().T))
    g = covariance(n, seed)
    first = a.evolve(g, [0.0, 4.0]).final_covariance
    second = b.evolve(u @ g @ u.conj().T, [0.0, 4.0]).final_covariance
    assert np.abs(u @ first @ u.conj().T - second).max() < 1e-11


def test_davies_of_degenerate_levels_is_redfield_inside_them():
    """h = 1: every pair is kept, so Davies is Redfield whatever the couplings."""
    s = rf.QuadraticSystem(0.3 * np.eye(4), coupling(4, 0), lead())
    g = covariance(4, 2)
    a, b = (kind(s).evolve(g, TIMES).covariances for kind in (rf.Davies, rf.Redfield))
    assert np.abs(a - b).max() < 1e-13
    distinct = rf.Davies(
        rf.QuadraticSystem(np.diag([0.0, 1.0]), coupling(2, 0), lead()), degeneracy_tol=2.0
    )
    assert not distinct.generator.flow.is_diagonal or np.count_nonzero(distinct.generator.mask) == 4


def test_partial_secular_limits():
    s, _ = system(5, 8)
    g = covariance(5, 8)
    whole, none = rf.PartialSecular(s, np.inf), rf.PartialSecular(s, 0.0)
    assert np.abs(whole.apply(g) - rf.Redfield(s).apply(g)).max() < 1e-14
    assert np.abs(none.apply(g) - rf.Davies(s).apply(g)).max() < 1e-14


def test_local_lindblad_is_its_jump_operators_on_fock_space():
    s, _ = system(3, 5)
    space = FockSpace(s.hamiltonian, "fermion")
    bath, e = s.baths[0], np.diagonal(s.hamiltonian).real
    jumps = [
        factor * x
        for a, j, w in zip(space.a, s.coupling, e, strict=True)
        for factor, x in (
            (j * np.sqrt(bath.removal.power_spectrum(w)), a),
            (j * np.sqrt(bath.injection.power_spectrum(-w)), a.T),
        )
    ]
    shift = space.one_body(np.diag(s.coupling**2 * bath.level_shift(e)))
    rho = random_state(8, 1)
    states = rf.Lindblad(space.hamiltonian + shift, jumps).evolve(rho, TIMES, rtol=1e-12).states
    ours = Q.LocalLindblad(s).evolve(space.covariance(rho), TIMES).covariances
    assert max(np.abs(g - space.covariance(r)).max() for g, r in zip(ours, states, strict=True)) < 1e-10


@settings(deadline=None, max_examples=30)
@given(n=st.integers(1, 7), seed=st.integers(0, 10_000), t=st.floats(1e-6, 1e3))
def test_doubling_agrees_with_the_augmented_exponential(n, seed, t):
    s, baths = system(n, seed, different=True)
    g = covariance(n, seed)
    ours = rf.Redfield(s).evolve(g, [0.0, t], method="steps").final_covariance
    theirs = evolve_matrices(*redfield_matrices(s.hamiltonian, s.coupling, baths), g, t)
    assert np.abs(ours - theirs).max() < 1e-9


def test_exceptional_points_and_undamped_modes_are_no_obstacle():
    defective = np.array([[0.5, 1.0], [0.0, 0.5]], dtype=complex)
    q, g = np.eye(2, dtype=complex), np.diag([0.3, 0.2]).astype(complex)
    flow = LinearFlow(defective, q)
    assert flow.condition > 1e4
    for t, state in zip(TIMES, flow.solve(g, TIMES), strict=True):
        assert np.abs(state.matrix() - evolve_matrices(defective, q, g, t)).max() < 1e-12
    g, _, _ = flow.steady(None, 1e-10)
    residual = defective @ g + g @ defective.conj().T - q
    assert np.abs(residual).max() < 1e-13

    # The middle mode of three sites has a node where the bath is.
    dark = rf.Redfield(rf.QuadraticSystem(rf.models.chain(3), [0, 0.5, 0], lead()))
    m, source = redfield_matrices(dark.system.hamiltonian, dark.system.coupling, [lead()] * 3)
    late = dark.evolve(np.zeros(3), [0.0, 200.0]).final_covariance
    assert np.abs(late - evolve_matrices(m, source, np.zeros((3, 3)), 200.0)).max() < 1e-9
    with pytest.raises(rf.ConvergenceError):
        dark.steady_state()


@pytest.mark.parametrize("method", ["modes", "steps"])
def test_both_ways_of_solving_agree_on_any_times(method):
    s, _ = system(5, 11, different=True)
    g = covariance(5, 3)
    times = np.concatenate([np.linspace(1.0, 3.0, 5), [3.0, 17.3]])
    reference = [
        evolve_matrices(*redfield_matrices(s.hamiltonian, s.coupling, s_baths(s)), g, t - 1.0)
        for t in times
    ]
    states = rf.Redfield(s).evolve(g, times, method=method).covariances
    assert np.abs(states - np.array(reference)).max() < 1e-11


def s_baths(s):
    return [s.baths[i] for i in s.contacts.bath_of_site]


def test_spectrum_gives_the_decay():
    s, _ = system(4, 2)
    spectrum = rf.Redfield(s).spectrum()
    m, _ = redfield_matrices(s.hamiltonian, s.coupling, s_baths(s))
    assert np.abs(np.sort(spectrum.rapidities.real) - np.sort(np.linalg.eigvals(m).real)).max() < 1e-12
    for value, mode in zip(spectrum.rapidities, spectrum.modes.T, strict=True):
        assert np.abs(m @ mode - value * mode).max() < 1e-12
    assert spectrum.gap == pytest.approx(2.0 * np.linalg.eigvals(m).real.min())


def test_expectations_without_storing():
    s, _ = system(4, 6)
    g = covariance(4, 6)
    o = random_matrix(4, 1)
    times = np.linspace(0.0, 3.0, 4)
    stored = rf.Redfield(s).evolve(g, times)
    lean = rf.Redfield(s).evolve(
        g, times, {"h": s.hamiltonian, "o": o, "n": lambda t, x: [t, np.trace(x).real]}
    )
    assert lean.covariances is None
    assert lean.expect["h"].dtype == np.float64
    for k, x in enumerate(stored.covariances):
        assert lean.expect["h"][k] == pytest.approx(np.trace(s.hamiltonian @ x).real, abs=1e-12)
        assert lean.expect["o"][k] == pytest.approx(np.trace(o @ x), abs=1e-12)
        assert lean.expect["n"][k] == pytest.approx([times[k], np.trace(x).real])
        assert np.abs(lean.densities[k] - np.diagonal(x).real).max() < 1e-13
    assert np.abs(lean.final_covariance - stored.covariances[-1]).max() < 1e-13
