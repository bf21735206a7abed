"""𝓛 against brute-force sums, and the symmetries it must have."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

from reference import (
    ShiftedBath,
    apply,
    figure1_system,
    projectors,
    random_hermitian,
    random_matrix,
    random_state,
    random_unitary,
    redfield_tensor,
)

seeds = st.integers(0, 10**6)


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 5), seed=seeds, lamb_shift=st.booleans(), real=st.booleans())
def test_site_projectors_equal_the_four_index_sum(n, seed, lamb_shift, real):
    h = random_hermitian(n, seed)
    if real:
        h = h.real
    bath = ShiftedBath()
    equation = rf.Redfield(rf.System(h, rf.SiteProjectors(n), bath), lamb_shift=lamb_shift)
    tensor = redfield_tensor(h, projectors(n), [bath], lamb_shift=lamb_shift)
    x = random_matrix(n, seed + 1)
    assert np.abs(equation.apply(x) - apply(tensor, x)).max() < 1e-11 * max(1, n)


@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(1, 5),
    count=st.integers(1, 3),
    seed=seeds,
    own_baths=st.booleans(),
    sparse=st.booleans(),
)
def test_operators_equal_the_four_index_sum(n, count, seed, own_baths, sparse):
    h = random_hermitian(n, seed)
    couplings = [random_matrix(n, seed + 1 + j) for j in range(count)]
    baths = [ShiftedBath(0.1 * (j + 1), 0.5 + j) for j in range(count if own_baths else 1)]
    given_couplings = [scipy.sparse.csr_array(a) for a in couplings] if sparse else couplings
    equation = rf.Redfield(rf.System(h, given_couplings, baths))
    tensor = redfield_tensor(h, couplings, baths, lamb_shift=True)
    x = random_matrix(n, seed + 9)
    assert np.abs(equation.apply(x) - apply(tensor, x)).max() < 1e-10


def test_local_sparse_couplings_equal_dense_ones():
    n = 12
    h, x = random_hermitian(n, 0), random_matrix(n, 1)
    couplings = []
    for j in range(n):
        a = np.zeros((n, n), dtype=complex)
        a[j, (j + 1) % n] = 0.7 - 0.2j
        a[j, j] = 0.3
        couplings.append(a)
    dense = rf.Redfield(rf.System(h, couplings, ShiftedBath()))
    sparse = rf.Redfield(rf.System(h, [scipy.sparse.coo_array(a) for a in couplings], ShiftedBath()))
    assert np.abs(dense.apply(x) - sparse.apply(x)).max() < 1e-11
    rho = random_state(n, 2)
    for method in ("chebyshev", "dopri5"):
        a, b = (
            eq.evolve(rho, [0.0, 3.0], method=method, rtol=1e-9).final_state for eq in (dense, sparse)
        )
        assert np.abs(a - b).max() < 1e-8


@settings(max_examples=20, deadline=None)
@given(n=st.integers(2, 20), seed=seeds, kind=st.sampled_from(["redfield", "davies"]))
def test_the_generator_is_covariant_under_changes_of_basis(n, seed, kind):
    """W 𝓛(ρ) W† = 𝓛'(WρW†) with H' = WHW†, A' = WAW†, for any unitary W: complex couplings included."""
    equation_of = {"redfield": rf.Redfield, "davies": rf.Davies}[kind]
    h, w = random_hermitian(n, seed), random_unitary(n, seed + 1)
    couplings = [random_hermitian(n, seed + 2), random_matrix(n, seed + 3)]
    x = random_matrix(n, seed + 4)

    def turn(a):
        return w @ a @ w.conj().T

    here = equation_of(rf.System(h, couplings, ShiftedBath())).apply(x)
    there = equation_of(rf.System(turn(h), [turn(a) for a in couplings], ShiftedBath())).apply(turn(x))
    scale = np.abs(here).max() * n
    assert np.abs(turn(here) - there).max() < 1e-11 * scale


@pytest.mark.parametrize("equation_of", [rf.Redfield, rf.Davies])
def test_phases_of_the_eigenvectors_do_not_matter(equation_of):
    n = 7
    h, x = random_hermitian(n, 5), random_matrix(n, 6)
    system, rephased = (rf.System(h, rf.SiteProjectors(n), ShiftedBath()) for _ in range(2))
    phases = np.exp(1j * np.random.default_rng(7).uniform(0, 2 * np.pi, n))
    rephased = rephased.with_eigensystem(rephased.energies, rephased.eigenvectors * phases)
    assert np.abs(equation_of(system).apply(x) - equation_of(rephased).apply(x)).max() < 1e-12


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 40), seed=seeds, kind=st.sampled_from(["redfield", "davies"]))
def test_trace_and_hermiticity_are_conserved(n, seed, kind):
    equation_of = {"redfield": rf.Redfield, "davies": rf.Davies}[kind]
    equation = equation_of(rf.System(random_hermitian(n, seed), rf.SiteProjectors(n), ShiftedBath()))
    rho, x = random_state(n, seed + 1), random_matrix(n, seed + 2)
    change = equation.apply(rho)
    scale = max(1.0, np.abs(change).max())
    assert abs(np.trace(change)) < 1e-12 * scale
    assert np.abs(change - change.conj().T).max() < 1e-12 * scale
    # On any operator: 𝓛(X)† = 𝓛(X†) and tr 𝓛(X) = 0.
    assert np.abs(equation.apply(x).conj().T - equation.apply(x.conj().T)).max() < 1e-11 * n
    assert abs(np.trace(equation.apply(x))) < 1e-11 * n


@pytest.mark.parametrize("n", [5, 33, 130])
@pytest.mark.parametrize("equation_of", [rf.Redfield, rf.Davies])
def test_two_threads_give_what_one_gives(n, equation_of):
    equation = equation_of(rf.System(random_hermitian(n, 8), rf.SiteProjectors(n), ShiftedBath()))
    x = random_matrix(n, 9)
    one, two = equation.apply(x, threads=1), equation.apply(x, threads=2)
    assert np.abs(one - two).max() < 1e-12 * np.abs(one).max()


@pytest.mark.parametrize("disorder", [0.5, 20.0])
@pytest.mark.parametrize("equation_of", [rf.Redfield, rf.Davies])
def test_the_gibbs_state_is_stationary_without_lamb_shift(equation_of, disorder):
    h = rf.models.anderson(3, disorder, seed=3)
    system = figure1_system(h, beta=0.7)
    weights = np.exp(-0.7 * (system.energies - system.energies[0]))
    gibbs = (system.eigenvectors * weights / weights.sum()) @ system.eigenvectors.T
    assert np.abs(equation_of(system, lamb_shift=False).apply(gibbs)).max() < 1e-12


def test_weights_and_chosen_sites():
    n = 5
    h, x = random_hermitian(n, 10), random_matrix(n, 11)
    unit = projectors(n)
    sites, weights = [3, 0, 3], [0.5, -2.0, 1.5]
    couplings = [w * unit[s] for s, w in zip(sites, weights, strict=True)]
    baths = [ShiftedBath(0.2), ShiftedBath(0.4, 2.0), ShiftedBath(0.2)]
    equation = rf.Redfield(rf.System(h, rf.SiteProjectors(n, sites, weights), baths))
    tensor = redfield_tensor(h, couplings, baths, lamb_shift=True)
    assert np.abs(equation.apply(x) - apply(tensor, x)).max() < 1e-12


@pytest.mark.parametrize("kind", [rf.Redfield, rf.Davies])
def test_the_ohmic_bath_with_its_lamb_shift(kind):
    h, x, bath = random_hermitian(4, 12), random_matrix(4, 13), rf.OhmicBath(0.3, 3.0, 0.8)
    tensor = redfield_tensor(h, projectors(4), [bath], lamb_shift=True, secular=kind is rf.Davies)
    assert (
        np.abs(kind(rf.System(h, rf.SiteProjectors(4), bath)).apply(x) - apply(tensor, x)).max() < 1e-11
    )
