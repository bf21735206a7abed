"""Lindblad equations that keep blocks of a state: the evolution in these blocks against the exponential of all of 𝓛."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.linalg
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

from reference import lindbladian


def evolved(h, jumps, rho, t):
    return scipy.sparse.linalg.expm_multiply(t * lindbladian(h, jumps), rho.ravel()).reshape(rho.shape)


def block(rng, rows, columns, fullness):
    values = rng.normal(size=(rows, columns)) + 1j * rng.normal(size=(rows, columns))
    return values * (rng.random((rows, columns)) < fullness)


def hidden_blocks(rng, sizes, jumps, fullness, splits=False):
    """Return H, jumps from each block to one, and the levels of each block, in an order that hides them.

    With `splits`, the first jump leads from each block to two, between which coherences arise."""
    n, ends = sum(sizes), np.cumsum([0, *sizes])
    order = rng.permutation(n)
    levels = [order[a:b] for a, b in itertools.pairwise(ends)]
    h = np.zeros((n, n), dtype=complex)
    for own in levels:
        part = block(rng, len(own), len(own), fullness)
        h[np.ix_(own, own)] = part + part.conj().T
    found = []
    for j in range(jumps):
        a = np.zeros((n, n), dtype=complex)
        # From two blocks to one would make coherences between the two decay into others.
        for source, target in enumerate(rng.permutation(len(sizes))):
            for t in {target, (target + 1) % len(sizes)} if splits and j == 0 else {target}:
                a[np.ix_(levels[t], levels[source])] += 0.3 * block(
                    rng, sizes[t], len(levels[source]), fullness
                )
        found.append(a)
    return h, found, levels


def mixed_on(rng, n, levels):
    """A state on each of some blocks, without coherences between them."""
    rho = np.zeros((n, n), dtype=complex)
    for own in levels:
        x = rng.normal(size=(len(own), 3)) + 1j * rng.normal(size=(len(own), 3))
        rho[np.ix_(own, own)] = x @ x.conj().T
    return rho / np.trace(rho)


def lindblad(h, jumps):
    return rf.Lindblad(sp.csr_array(h), [sp.csr_array(a) for a in jumps], frame="given")


@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from([0.15, 0.5, 1.0]),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_blocks_are_the_whole(seed, sizes, jumps, fullness, splits):
    rng = np.random.default_rng(seed)
    h, found, levels = hidden_blocks(rng, sizes, jumps, fullness, splits)
    occupied = levels[: 1 + rng.integers(len(levels))]
    rho = mixed_on(rng, len(h), occupied)
    equation = lindblad(h, found)
    exact = evolved(h, found, rho, 1.7)
    for method in ("chebyshev", "dopri5"):
        got = equation.evolve(rho, [0.0, 0.6, 1.7], method=method, rtol=1e-9, atol=1e-11).final_state
        assert rf.trace_norm(got - exact) < 1e-7
    short = equation.evolve(rho, [0.0, 1.7], method="chebyshev", dtype="float32", rtol=1e-4).final_state
    assert rf.trace_norm(short - exact) < 2e-3


def test_a_coherence_between_blocks_is_kept():
    """A state that is no direct sum makes one class of all levels that it joins."""
    rng = np.random.default_rng(4)
    h, jumps, levels = hidden_blocks(rng, [20, 20], 2, 0.1)  # two non-zeros a row of a jump
    psi = np.zeros(40, dtype=complex)
    psi[[levels[0][0], levels[1][0]]] = np.sqrt(0.5)
    rho = np.outer(psi, psi.conj())
    result = lindblad(h, jumps).evolve(rho, [0.0, 1.1], method="chebyshev", rtol=1e-9)
    assert "blocks" not in result.stats
    assert rf.trace_norm(result.final_state - evolved(h, jumps, rho, 1.1)) < 1e-7
    alone = np.diag(np.abs(psi) ** 2)
    result = lindblad(h, jumps).evolve(alone, [0.0, 1.1], method="chebyshev", rtol=1e-9)
    assert sorted(result.stats["blocks"])[-2:] == [20, 20]
    assert rf.trace_norm(result.final_state - evolved(h, jumps, alone, 1.1)) < 1e-7


def hopping(sites):
    """Return H and jumps of a chain of two-level sites: the first conserves their excitations, the second lose one."""
    local, lower = rf.operators.local, np.array([[0.0, 1.0], [0.0, 0.0]])
    a = [local(lower, k, [2] * sites) for k in range(sites)]
    h = sum(x.T @ y + y.T @ x for x, y in itertools.pairwise(a))
    return sp.csr_array(h + sum(0.1 * k * x.T @ x for k, x in enumerate(a))), [0.3 * x for x in a], a


@pytest.mark.parametrize("threads", [1, 2])
def test_one_excitation_of_many_sites_is_a_matrix_of_so_many_levels(threads):
    """D = 512: ψ(t) = e^{−(ih + κ/2)t}ψ(0) on the sites, the rest of the trace in the vacuum; in other units, too."""
    sites, t = 9, 4.0
    h, jumps, a = hopping(sites)
    on_sites = np.diag(0.1 * np.arange(sites)) + np.eye(sites, k=1) + np.eye(sites, k=-1)
    psi = scipy.linalg.expm((-1j * on_sites - 0.045 * np.eye(sites)) * t)[:, 0]
    start = np.zeros(2**sites)
    start[2 ** (sites - 1)] = 1.0
    numbers = [x.T @ x for x in a]
    for unit in (1.0, 1e12):
        equation = rf.Lindblad(unit * h, [np.sqrt(unit) * x for x in jumps])
        result = equation.evolve(start, [0.0, t / unit], numbers, rtol=1e-9, threads=threads)
        assert result.stats["method"] == "chebyshev"
        assert result.stats["blocks"] == [1, 9]
        assert np.abs(np.array(result.expect)[:, -1] - np.abs(psi) ** 2).max() < 1e-8
        assert result.final_state[0, 0] == pytest.approx(1.0 - np.linalg.norm(psi) ** 2, abs=1e-8)


def test_nothing_moves_in_a_dark_block():
    """A state in the vacuum, whose only element H and the jumps leave as it is, and one that no jump leaves."""
    h, jumps, _ = hopping(7)
    vacuum = np.eye(128)[0]
    final = rf.Lindblad(h, jumps).evolve(vacuum, [0.0, 3.0], method="chebyshev").final_state
    assert np.array_equal(final, np.outer(vacuum, vacuum))
