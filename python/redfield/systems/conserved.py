"""Operators that commute with several others: what a Hamiltonian and its couplings conserve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray, require_memory

APART = 1e-10
"""Part of the width of a spectrum by which eigenvalues differ that are not one."""


def commuting_with(operators: Sequence[Any], dimension: int, tol: float) -> ComplexArray:
    """Return an orthonormal Hermitian basis of what commutes with operators and their adjoints, (K, N, N).

    The first is 1/√N. Operators that commute with all commute with a random sum of them, so that in its eigenbasis
    they have blocks between equal eigenvalues alone: where none are equal one number for each level is left, the same
    for levels that some operator joins.

    Parameters
    ----------
    operators : (N, N) arrays or scipy.sparse ones.
    tol : on commutators, relative to the operators.
    """
    parts = _hermitian_parts(operators, dimension)
    rng = np.random.default_rng(12345)
    mixed = sum((rng.uniform(0.5, 1.5) * x for x in parts), np.zeros((dimension, dimension), complex))
    values, u = np.linalg.eigh(mixed)
    turned = [u.conj().T @ x @ u for x in parts]
    groups = np.split(
        np.arange(dimension), 1 + np.flatnonzero(np.diff(values) > APART * max(np.ptp(values), 1e-300))
    )
    single = all(len(g) == 1 for g in groups)
    basis = _joined(turned, tol) if single else _blocks(turned, groups, tol)
    return _with_identity_first(u @ basis @ u.conj().T)


def _hermitian_parts(operators: Sequence[Any], dimension: int) -> list[ComplexArray]:
    """Return Hermitian matrices of unit norm and no trace that generate the operators and their adjoints."""
    parts = []
    for x in operators:
        a = np.asarray(x.toarray() if scipy.sparse.issparse(x) else x, dtype=np.complex128)
        whole = float(np.linalg.norm(a, 2)) if a.size else 0.0
        for part in (0.5 * (a + a.conj().T), -0.5j * (a - a.conj().T)):
            part = part - np.trace(part) / dimension * np.eye(dimension)
            size = float(np.linalg.norm(part))
            if size > 1e-13 * whole * np.sqrt(dimension):
                parts.append(part / size * np.sqrt(dimension))
    return parts


def _joined(operators: list[ComplexArray], tol: float) -> ComplexArray:
    """Return the projectors on sets of levels that no operator joins."""
    n = len(operators[0]) if operators else 1
    linked = sum((np.abs(x) for x in operators), np.zeros((n, n))) > tol
    count, label = scipy.sparse.csgraph.connected_components(scipy.sparse.csr_array(linked))
    basis = np.zeros((count, n, n), dtype=np.complex128)
    for c in range(count):
        inside = np.flatnonzero(label == c)
        basis[c, inside, inside] = 1.0
    return basis


def _blocks(operators: list[ComplexArray], groups: list[Any], tol: float) -> ComplexArray:
    """Return the matrices of blocks that commute with the operators, as null vectors of Σ‖[X, Q]‖²."""
    n = sum(len(g) for g in groups)
    rows = np.concatenate([np.repeat(g, len(g)) for g in groups])
    cols = np.concatenate([np.tile(g, len(g)) for g in groups])
    size = len(rows)
    require_memory(f"the commutators of {size} matrix elements", 48.0 * size**2)
    # [X, Q]_ab of Q = |r⟩⟨c| is X_ar δ_cb − δ_ar X_cb.
    normal = np.zeros((size, size), dtype=np.complex128)
    same_row, same_col = rows[:, None] == rows, cols[:, None] == cols
    for x in operators:
        square = x @ x
        crossed = x[np.ix_(rows, rows)] * x.T[np.ix_(cols, cols)]
        normal += square[np.ix_(rows, rows)] * same_col + square.T[np.ix_(cols, cols)] * same_row
        normal -= 2.0 * crossed
    values, vectors = np.linalg.eigh(normal)
    null = vectors[:, values <= max(tol**2, 1e-13 * max(float(values[-1]), 1e-300))].T
    basis = np.zeros((len(null), n, n), dtype=np.complex128)
    basis[:, rows, cols] = null
    return basis


def _with_identity_first(basis: ComplexArray) -> ComplexArray:
    """Return an orthonormal basis of Hermitian matrices of a space that is closed under adjoints and has 1 in it."""
    count, n = len(basis), basis.shape[1]
    adjoint = basis.conj().transpose(0, 2, 1)
    hermitian = np.concatenate([0.5 * (basis + adjoint), -0.5j * (basis - adjoint)])
    hermitian -= np.trace(hermitian, axis1=1, axis2=2)[:, None, None] / n * np.eye(n)
    # Real coordinates, in which the Hilbert–Schmidt product of Hermitian matrices is the plain one.
    flat: RealArray = np.concatenate(
        [hermitian.real.reshape(len(hermitian), -1), hermitian.imag.reshape(len(hermitian), -1)], axis=1
    )
    _, _, rows = np.linalg.svd(flat, full_matrices=False)
    found = rows[: count - 1].reshape(-1, 2, n, n)
    others = found[:, 0] + 1j * found[:, 1]
    return np.concatenate([np.eye(n, dtype=np.complex128)[None] / np.sqrt(n), others])
