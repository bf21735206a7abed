"""Currents, entropies and the negativity against Fock space and conservation laws."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

from quadratic_reference import FockSpace, coupling, covariance, hamiltonian, lead
from reference import random_hermitian, random_unitary

Q = rf.quadratic
BOTH = pytest.mark.parametrize("statistics", ["fermion", "boson"])


def von_neumann(rho):
    p = np.linalg.eigvalsh(rho)
    p = p[p > 1e-300]
    return float(-(p * np.log(p)).sum())


def reduced(rho, n, kept, levels=2):
    """Partial trace over the modes that are not kept, which must be the last ones."""
    d = levels ** len(kept)
    rest = levels ** (n - len(kept))
    return np.einsum("aibi->ab", rho.reshape(d, rest, d, rest))


def fermionic_negativity(rho, na, nb):
    """ln‖ρ^{R_A}‖₁ from the partial time reversal of occupation-number states, A the first na modes.

    |n_A n_B⟩⟨n̄_A n̄_B| → (−1)^φ |n̄_A n_B⟩⟨n_A n̄_B|, φ = [(τ_A + τ̄_A) mod 2]/2 + (τ_A + τ̄_A)(τ_B + τ̄_B)
    (Shapourian, Shiozaki and Ryu, Phys. Rev. B 95, 165101 (2017)).
    """
    da, db = 2**na, 2**nb
    out = np.zeros_like(rho, dtype=complex)
    count = [bin(i).count("1") for i in range(max(da, db))]
    for a in range(da):
        for b in range(db):
            for c in range(da):
                for d in range(db):
                    ta, tb = count[a] + count[c], count[b] + count[d]
                    phase = (1j if ta % 2 else 1.0) * (-1.0) ** (ta * tb)
                    out[c * db + b, a * db + d] += phase * rho[a * db + b, c * db + d]
    return float(np.log(np.linalg.svd(out, compute_uv=False).sum()))


@pytest.mark.parametrize("seed", range(4))
def test_fermionic_entropies_are_those_of_the_density_matrix(seed):
    n = 4
    g = covariance(n, seed)
    space = FockSpace(np.eye(n), "fermion")
    rho = space.gaussian(g)
    assert np.abs(space.covariance(rho) - g).max() < 1e-12
    assert Q.entropy(g) == pytest.approx(von_neumann(rho), abs=1e-10)
    assert Q.entropy(g, [0, 1]) == pytest.approx(von_neumann(reduced(rho, n, [0, 1])), abs=1e-10)
    # Fermionic modes at the end are traced out with signs, so A = {0} and B = {1} stand first.
    together = von_neumann(reduced(rho, n, [0, 1]))
    alone = [Q.entropy(g, [s]) for s in (0, 1)]
    assert Q.mutual_information(g, [0], [1]) == pytest.approx(sum(alone) - together, abs=1e-10)


@pytest.mark.parametrize(("na", "nb"), [(1, 1), (1, 2), (2, 2), (3, 1)])
@pytest.mark.parametrize("seed", range(3))
def test_negativity_is_that_of_the_partial_time_reversal(na, nb, seed):
    g = covariance(na + nb, seed)
    rho = FockSpace(np.eye(na + nb), "fermion").gaussian(g)
    a, b = range(na), range(na, na + nb)
    assert Q.negativity(g, a, b) == pytest.approx(fermionic_negativity(rho, na, nb), abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(n=st.integers(2, 7), seed=st.integers(0, 10_000), filled=st.integers(0, 7))
def test_negativity_of_pure_states_is_the_renyi_entropy_of_order_one_half(n, seed, filled):
    u = random_unitary(n, seed)[:, : min(filled, n)]
    g = u @ u.conj().T
    a = list(range(n // 2))
    p = np.clip(np.linalg.eigvalsh(g[: n // 2, : n // 2]), 0.0, 1.0)
    renyi = 2.0 * np.log(np.sqrt(p) + np.sqrt(1.0 - p)).sum()
    assert Q.negativity(g, a, range(n // 2, n)) == pytest.approx(renyi, abs=1e-6)


def test_product_states_are_not_entangled():
    g = scipy.linalg.block_diag(covariance(2, 1), covariance(3, 2))
    assert abs(Q.negativity(g, [0, 1], [2, 3, 4])) < 1e-12
    assert abs(Q.mutual_information(g, [0, 1], [2, 3, 4])) < 1e-12


def test_bosonic_entropy_is_that_of_the_density_matrix():
    g = covariance(2, 3, "boson")
    rho = FockSpace(np.eye(2), "boson", 9).gaussian(g)
    assert Q.entropy(g, statistics="boson") == pytest.approx(von_neumann(rho), abs=1e-5)
    assert Q.entropy(g, [0], "boson") == pytest.approx(von_neumann(reduced(rho, 2, [0], 9)), abs=1e-5)


@settings(deadline=None, max_examples=20)
@given(n=st.integers(2, 6), seed=st.integers(0, 10_000))
def test_bonds_carry_what_the_sites_gain(n, seed):
    h, g = random_hermitian(n, seed), covariance(n, seed)
    rate = -1j * (h @ g - g @ h)
    particle, energy = Q.bond_currents(h, g), Q.bond_energy_currents(h, g)
    assert np.abs(particle + particle.T).max() < 1e-12
    assert np.abs(energy + energy.T).max() < 1e-12
    assert np.abs(particle.sum(axis=0) - np.diagonal(rate).real).max() < 1e-12
    for k in range(n):
        p = np.zeros((n, n))
        p[k, k] = 1.0
        local = 0.5 * (p @ h + h @ p)
        assert energy[:, k].sum() == pytest.approx(np.trace(local @ rate).real, abs=1e-11)


@BOTH
@pytest.mark.parametrize("kind", ["Redfield", "Davies", "PartialSecular", "LocalLindblad"])
def test_first_law(kind, statistics):
    """Σ_b currents = d⟨H⟩/dt at an instant and, integrated by quadrature, over a time."""
    n = 4
    baths = [lead(statistics, 0.6 + 0.1 * i, -0.5 - 0.1 * (i % 2)) for i in range(n)]
    system = rf.QuadraticSystem(hamiltonian(n, 2, statistics), coupling(n, 2), baths)
    equation = getattr(Q if kind == "LocalLindblad" else rf, kind)(
        system, **({"cutoff": 0.5} if kind == "PartialSecular" else {})
    )
    g0 = covariance(n, 2, statistics)
    for g in (g0, covariance(n, 3, statistics)):
        rate, currents = equation.apply(g), Q.currents(equation, g)
        assert currents.particle.sum() == pytest.approx(np.trace(rate).real, abs=1e-13)
        assert currents.energy.sum() == pytest.approx(np.trace(system.hamiltonian @ rate).real, abs=1e-13)
        assert currents.site_energy.sum() == pytest.approx(currents.energy.sum(), abs=1e-13)
        mu = np.array([b.mu for b in system.baths])
        assert np.abs(currents.heat - currents.energy + mu * currents.particle).max() < 1e-15
    nodes, weights = np.polynomial.legendre.leggauss(60)
    times = np.concatenate([[0.0], 4.0 * (nodes + 1.0), [8.0]])
    result = equation.evolve(
        g0, times, {"h": system.hamiltonian, "in": lambda t, g: Q.currents(equation, g).energy.sum()}
    )
    gained = result.expect["h"][-1] - result.expect["h"][0]
    assert 4.0 * weights @ result.expect["in"][1:-1] == pytest.approx(gained, abs=1e-10)


def test_currents_of_one_bath_are_those_of_the_equation_with_that_bath_alone():
    n = 3
    h, j = hamiltonian(n, 4), coupling(n, 4)
    baths = [lead(beta=0.5 + i) for i in range(n)]
    g = covariance(n, 4)
    for kind in (rf.Redfield, rf.Davies, Q.LocalLindblad):
        whole = Q.currents(kind(rf.QuadraticSystem(h, j, baths)), g)
        for b in range(n):
            alone = kind(rf.QuadraticSystem(h, np.where(np.arange(n) == b, j, 0.0), baths))
            rate = alone.apply(g) + 1j * (h @ g - g @ h)
            assert whole.particle[b] == pytest.approx(np.trace(rate).real, abs=1e-14)
            assert whole.energy[b] == pytest.approx(np.trace(h @ rate).real, abs=1e-14)


@BOTH
@settings(deadline=None, max_examples=20)
@given(n=st.integers(1, 5), seed=st.integers(0, 10_000))
def test_davies_produces_entropy(statistics, n, seed):
    baths = [lead(statistics, 0.6 + 0.3 * (i % 2)) for i in range(n)]
    system = rf.QuadraticSystem(hamiltonian(n, seed, statistics), coupling(n, seed), baths)
    davies = rf.Davies(system)
    for g in (
        covariance(n, seed, statistics) * 0.98 + 0.01 * np.eye(n),
        davies.steady_state().covariance,
    ):
        assert rf.analysis.entropy_production(g, davies) >= -1e-12


def test_entropy_production_against_differences_and_fock_space():
    n = 3
    system = rf.QuadraticSystem(hamiltonian(n, 7), coupling(n, 7), [lead(beta=0.5 + i) for i in range(n)])
    for kind in (rf.Redfield, rf.Davies):
        equation = kind(system)
        g = 0.9 * covariance(n, 7) + 0.05 * np.eye(n)
        step = 1e-4
        first, last = equation.evolve(g, [0.0, step, 2.0 * step]).covariances[[0, 2]]
        middle = equation.evolve(g, [0.0, step]).final_covariance
        rate = (Q.entropy(last) - Q.entropy(first)) / (2.0 * step)
        betas = np.array([b.beta for b in system.baths])
        expected = rate - betas @ Q.currents(equation, middle).heat
        assert rf.analysis.entropy_production(middle, equation) == pytest.approx(expected, abs=1e-7)
    # Spohn: σ = −tr[𝓛(ρ)(ln ρ − ln ρ_G)] with one temperature.
    single = rf.Davies(rf.QuadraticSystem(system.hamiltonian, system.coupling, lead()))
    space = FockSpace(system.hamiltonian, "fermion")
    rho = space.gaussian(g)
    fock = space.equation(rf.Davies, single.system.coupling, lead())
    gibbs = space.gaussian(single.system.gibbs_state())
    difference = scipy.linalg.logm(rho) - scipy.linalg.logm(gibbs)
    spohn = -np.trace(fock.apply(rho) @ difference).real
    assert rf.analysis.entropy_production(g, single) == pytest.approx(spohn, abs=1e-9)


def test_an_empty_state_gains_entropy_without_bound():
    warm = rf.Davies(rf.QuadraticSystem(np.diag([0.0, 1.0]), 0.3, lead()))
    assert rf.analysis.entropy_production(np.zeros((2, 2)), warm) == np.inf
