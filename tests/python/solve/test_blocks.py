"""Two-time functions from the matrix elements that a symmetry lets take part, against the whole superoperator."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse

import redfield as rf
from redfield.solve import blocks

import reference

LEVELS = 8
"""Of the cavity, beside an atom of two."""


def cavity(drive=0.0, sparse=True):
    """A Jaynes–Cummings model with thermal photons and a decaying atom, and its operators a and σ."""
    lower = np.kron(np.diag(np.sqrt(np.arange(1, LEVELS)), 1), np.eye(2)).astype(complex)
    atom = np.kron(np.eye(LEVELS), np.array([[0, 1], [0, 0]])).astype(complex)
    h = lower.conj().T @ lower + 1.1 * atom.conj().T @ atom + drive * (lower + lower.conj().T)
    h = h + 0.2j * (lower.conj().T @ atom - atom.conj().T @ lower)
    jumps = [np.sqrt(0.3) * lower, np.sqrt(0.1) * lower.conj().T, np.sqrt(0.2) * atom]
    given = scipy.sparse.csr_array if sparse else np.asarray
    return rf.Lindblad(given(h), [given(x) for x in jumps], frame="given"), h, jumps, lower, atom


def whole(h, jumps):
    """𝓛 on row-stacked ρ, written out."""
    one = np.eye(len(h))
    g = -1j * h - 0.5 * sum(x.conj().T @ x for x in jumps)
    return np.kron(g, one) + np.kron(one, g.conj()) + sum(np.kron(x, x.conj()) for x in jumps)


@pytest.mark.parametrize("sparse", [True, False])
def test_the_superoperator_is_written_out(sparse):
    equation, h, jumps, *_ = cavity(0.3, sparse)
    x = reference.random_matrix(2 * LEVELS, 1)
    change = (blocks.superoperator(equation) @ x.ravel(order="F")).reshape(x.shape, order="F")
    np.testing.assert_allclose(change, (whole(h, jumps) @ x.ravel()).reshape(x.shape), atol=1e-13)


@pytest.mark.parametrize("taus", [np.linspace(0.0, 4.0, 5), [0.0, 0.3, 0.3, 1.7, 1.8, 4.0, 40.0], [2.0]])
def test_few_elements_tell_what_all_do(taus):
    equation, h, jumps, lower, atom = cavity()
    start = np.zeros(2 * LEVELS)
    start[4], start[5] = 0.6, 0.8
    rho, up = np.outer(start, start), lower.conj().T
    propagators = [scipy.linalg.expm(whole(h, jumps) * t) for t in taus]
    for a, b, c in [
        (up, lower, None),
        (up @ lower, lower, up),
        (atom.conj().T, lower, None),
        (up, up, None),
    ]:
        after = np.eye(len(h)) if c is None else c
        exact = [np.trace(a @ (p @ (b @ rho @ after).ravel()).reshape(h.shape)) for p in propagators]
        found = rf.correlation(equation, a, b, taus, rho, c)
        np.testing.assert_allclose(found, exact, atol=1e-11)
        chosen = blocks.Blocks(equation).chosen(a, np.array([b @ rho @ after]))
        assert len(chosen) <= blocks.SHARE * h.size  # the path under test was taken


def test_grids_and_steady_states():
    equation, h, jumps, lower, _ = cavity()
    taus, times, up = [0.0, 0.7, 2.0], [0.4, 1.0, 3.0], lower.conj().T
    start = np.eye(2 * LEVELS)[4]
    grid = rf.correlation(equation, up, lower, taus, start, times=times, rtol=1e-9, atol=1e-11)
    super_, rho = whole(h, jumps), np.outer(start, start)
    for t, row in zip(times, grid, strict=True):
        later = lower @ (scipy.linalg.expm(super_ * t) @ rho.ravel()).reshape(h.shape)
        exact = [
            np.trace(up @ (scipy.linalg.expm(super_ * s) @ later.ravel()).reshape(h.shape)) for s in taus
        ]
        np.testing.assert_allclose(row, exact, atol=1e-8)
    steady = rf.correlation(equation, up, lower, taus)
    own = rf.correlation(equation, up, lower, taus, method="chebyshev", rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(steady, own, atol=1e-8)


def test_where_nothing_is_conserved_all_elements_are_evolved():
    equation, h, jumps, lower, _ = cavity(drive=0.4)
    assert blocks.Blocks(equation).count == 1
    taus, rho = [0.0, 1.5], np.diag(np.eye(2 * LEVELS)[0]).astype(complex)
    found = rf.correlation(equation, lower.conj().T, lower, taus, rho + 0.0, rtol=1e-9, atol=1e-11)
    p = scipy.linalg.expm(whole(h, jumps) * 1.5)
    exact = np.trace(lower.conj().T @ (p @ (lower @ rho).ravel()).reshape(h.shape))
    assert abs(found[1] - exact) < 1e-8


def test_operators_of_no_common_group_have_no_correlation():
    equation, _, _, lower, _ = cavity()
    rho = np.diag(np.eye(2 * LEVELS)[4]).astype(complex)
    np.testing.assert_array_equal(rf.correlation(equation, lower, lower, [0.0, 1.0], rho), [0.0, 0.0])
