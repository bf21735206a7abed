"""The paper's theorem: identical baths at every site make Redfield's equation Davies'."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

from quadratic_reference import FockSpace, coupling, hamiltonian, lead
from reference import random_state

Q = rf.quadratic
BOTH = pytest.mark.parametrize("statistics", ["fermion", "boson"])


@BOTH
@settings(deadline=None, max_examples=30)
@given(n=st.integers(1, 24), seed=st.integers(0, 10_000), beta=st.sampled_from([0.01, 1.0, 50.0, np.inf]))
def test_uniform_couplings_cancel_every_coherence(statistics, n, seed, beta):
    found = Q.equivalence(
        rf.QuadraticSystem(hamiltonian(n, seed, statistics), 0.4, lead(statistics, beta))
    )
    assert found.residual < 1e-12
    assert found.equal
    assert len(found.surviving) == 0


@BOTH
@settings(deadline=None, max_examples=20)
@given(n=st.integers(2, 12), seed=st.integers(0, 10_000))
def test_other_couplings_do_not(statistics, n, seed):
    h = hamiltonian(n, seed, statistics)
    found = Q.equivalence(rf.QuadraticSystem(h, coupling(n, seed), lead(statistics)))
    assert found.residual > 1e-3
    assert not found.equal
    assert len(found.surviving) == n * (n - 1)
    # Nor do different baths with one coupling.
    baths = [lead(statistics, 0.5 + i) for i in range(n)]
    assert not Q.equivalence(rf.QuadraticSystem(h, 0.4, baths)).equal


def test_the_residual_is_that_of_the_written_out_pair_sum():
    h, j = hamiltonian(5, 3), coupling(5, 3)
    system = rf.QuadraticSystem(h, j, lead())
    e, u = np.linalg.eigh(h)
    removal, injection = lead().removal, lead().injection
    damping = removal.one_sided(e) + injection.one_sided(-e).conj()
    gain = injection.one_sided(-e)
    overlap = np.array(
        [
            [sum(j[s] ** 2 * u[s, m].conj() * u[s, n] for s in range(5)) for n in range(5)]
            for m in range(5)
        ]
    )
    m = overlap * damping[None, :]
    q = overlap * (gain[:, None] + gain.conj()[None, :])
    off = ~np.eye(5, dtype=bool)
    expected = np.hypot(np.linalg.norm(m[off]), np.linalg.norm(q[off])) / np.hypot(
        np.linalg.norm(np.diag(m)), np.linalg.norm(np.diag(q))
    )
    found = Q.equivalence(system)
    assert found.residual == pytest.approx(expected, rel=1e-10)
    largest = max(np.abs(np.diag(m)).max(), np.abs(np.diag(q)).max())
    weights = np.maximum(np.abs(m), np.abs(q)) * off / largest
    assert np.abs(found.weights - weights).max() < 1e-12


@pytest.mark.parametrize(("n", "p"), [(4, 2), (6, 2), (6, 3), (12, 3), (12, 4)])
def test_on_the_periodic_sublattice_pairs_survive(n, p):
    """The paper claims that none do; those with m − n ≡ 0 (mod N/p) are as strong as the diagonal ones."""
    j = np.where(np.arange(n) % p == 0, 0.3, 0.0)
    ring = rf.models.chain(n, -1.0, periodic=True)
    k = np.arange(n)
    waves = np.exp(2j * np.pi * np.outer(k, k) / n) / np.sqrt(n)
    system = rf.QuadraticSystem(ring, j, lead())
    found = Q.equivalence(system, modes=waves)
    assert not found.equal
    same_energy = np.abs(found.energies[:, None] - found.energies[None, :]) < 1e-9
    differ = (k[:, None] - k[None, :]) % n != 0
    survivors = differ & ((k[:, None] - k[None, :]) % (n // p) == 0) & ~same_energy
    assert {tuple(x) for x in found.surviving} == {tuple(x) for x in np.argwhere(survivors)}
    # As strong: |Σ_j J_j² V V*| = J²/p for all of them, times rates at their own energies.
    overlap = waves.conj().T @ np.diag(j**2) @ waves
    assert np.abs(np.abs(overlap[survivors]) - 0.09 / p).max() < 1e-12
    assert np.abs(np.abs(np.diagonal(overlap)) - 0.09 / p).max() < 1e-12


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_the_equality_on_fock_space_of_fermions(n):
    """Through the general equations, which know nothing of quadratic systems; random complex h, every operator."""
    space = FockSpace(hamiltonian(n, n), "fermion")
    j = np.full(n, 0.5)
    a, b = (space.equation(kind, j, lead()) for kind in (rf.Redfield, rf.Davies))
    rho = random_state(2**n, 3)
    assert np.abs(a.apply(rho) - b.apply(rho)).max() < 1e-12
    if n <= 3:
        assert np.abs((a.liouvillian() - b.liouvillian()).toarray()).max() < 1e-12
    uneven = coupling(n, 1)
    a, b = (space.equation(kind, uneven, lead()) for kind in (rf.Redfield, rf.Davies))
    assert np.abs(a.apply(rho) - b.apply(rho)).max() > 1e-4


def test_the_equality_on_truncated_fock_space_of_bosons():
    """Exact where no state at the cut-off takes part: matrix elements between low states agree."""
    levels = 6
    h = hamiltonian(2, 5, "boson") + 0.37 * np.eye(2)  # the two modes must not be commensurate
    space = FockSpace(h, "boson", levels)
    a, b = (space.equation(kind, np.full(2, 0.5), lead("boson")) for kind in (rf.Redfield, rf.Davies))
    rho = np.zeros((levels**2,) * 2, dtype=complex)
    low = [p * levels + q for p in range(levels) for q in range(levels) if p + q <= levels - 2]
    rho[np.ix_(low, low)] = random_state(len(low), 2)
    difference = np.abs(a.apply(rho) - b.apply(rho))
    assert difference.max() < 1e-12
