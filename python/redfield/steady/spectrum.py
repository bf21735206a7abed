"""Slow modes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
import scipy.sparse.linalg

from redfield import _core
from redfield.steady.linear import METHODS, Counted, fastest, gmres, preconditioner
from redfield.steady.nullspace import rounding
from redfield.steady.outcome import Spectrum
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_choice,
    as_count,
    as_positive,
    as_threads,
    require_memory,
)

DIRECT = 24
"""Levels up to which a dense N²×N² matrix is diagonalised."""
RESCUED = 48
"""Levels up to which "auto" takes it where GMRES stagnates."""
DEFAULT_MODES = 6


def spectrum(
    generator: _core.Generator,
    davies: Callable[[], _core.Davies],
    k: int | None,
    method: str,
    tol: float,
    threads: int | None,
) -> Spectrum:
    """See Equation.spectrum."""
    counted = Counted(generator, as_threads(threads))
    k, tol = min(DEFAULT_MODES, counted.size) if k is None else as_count("k", k), as_positive("tol", tol)
    if k > counted.size:
        raise ValueError(f"k = {k} modes of a generator with {counted.size}")
    n = generator.dimension
    # ARPACK needs room beyond what it is asked for.
    small = n <= DIRECT or k >= counted.size // 2
    chooses = as_choice("method", method, METHODS) == "auto"
    if chooses or k >= counted.size - 2:
        method = "direct" if small else "iterative"
    zero = rounding(n) * fastest(generator)
    if method == "iterative":
        try:
            values, vectors = _shift_invert(counted, davies(), k, tol)
            zero = max(zero, tol * fastest(generator))
        except _core.ConvergenceError:
            if not chooses or n > RESCUED:
                raise
            method = "direct"
    if method == "direct":
        require_memory(f"the dense matrix of {n} levels", 6 * 8.0 * float(n) ** 4)
        values, vectors = scipy.linalg.eig(counted.matrix())
    moving = -values.real[np.abs(values) > zero]
    gap = float(moving.min()) if len(moving) else float("nan")
    order = np.argsort(np.abs(values), kind="stable")[:k]
    values, vectors = values[order], vectors[:, order]
    modes = np.array([_unpack_complex(generator, v) for v in vectors.T])
    modes /= np.linalg.norm(modes, axis=(1, 2))[:, None, None]
    return Spectrum(values.astype(np.complex128), modes, gap, method == "direct", counted.count)


def _unpack_complex(generator: _core.Generator, v: ComplexArray) -> ComplexArray:
    real, imag = np.ascontiguousarray(v.real), np.ascontiguousarray(v.imag)
    mode: ComplexArray = generator.unpack(real) + 1j * generator.unpack(imag)
    return mode


def _shift_invert(
    counted: Counted, davies: _core.Davies, k: int, tol: float
) -> tuple[ComplexArray, ComplexArray]:
    """ARPACK on (𝓛 − σ)⁻¹ with a σ > 0 that is small against the slowest modes.

    One Krylov space sees one copy of a degenerate eigenvalue: the search is repeated outside the invariant space
    found, until nothing is nearer to 0 than the k-th mode.
    """
    slowest = np.sort(np.abs(scipy.linalg.eigvals(davies.rates)))[: k + 1]
    sigma = max(0.3 * float(slowest[-1]), 1e-9 * fastest(counted.generator))
    precondition = preconditioner(davies, sigma, 0.0)

    def solve(y: RealArray) -> RealArray:
        x, reached = gmres(
            lambda v: counted(v) - sigma * v, precondition, y, 0.01 * tol, lambda fraction: None
        )
        if reached > tol:
            raise _core.ConvergenceError(
                f"spectrum: GMRES stagnates at a relative residual of {reached:.2g}; loosen tol, or use "
                'method="direct"'
            )
        return x

    rng = np.random.default_rng(0)  # the same numbers on every run
    basis = np.zeros((counted.size, 0))

    def outside(x: RealArray) -> RealArray:
        return x - basis @ (basis.T @ x)

    wanted = k
    while True:
        shape = (counted.size, counted.size)
        operator = scipy.sparse.linalg.LinearOperator(
            shape, matvec=lambda y: outside(solve(outside(y))), dtype=np.float64
        )
        inverse, vectors = scipy.sparse.linalg.eigs(
            operator, k=wanted, which="LM", v0=outside(rng.standard_normal(counted.size)), tol=tol
        )
        found = sigma + 1.0 / inverse
        before = len(basis.T)
        # Both parts of each vector span its pair of conjugate eigenvalues.
        basis = _extended(basis, np.concatenate([vectors.real, vectors.imag], axis=1))
        small = basis.T @ np.array([counted(v) for v in basis.T]).T
        values, inner = np.linalg.eig(small)
        order = np.argsort(np.abs(values), kind="stable")
        nearest = float(np.abs(found).min())
        enough = before > 0 and nearest > (1.0 - 1e-6) * float(np.abs(values[order[k - 1]]))
        if enough or len(basis.T) > counted.size - wanted - 2:
            return values[order], basis @ inner[:, order]
        wanted = min(k, 2)


def _extended(basis: RealArray, vectors: RealArray) -> RealArray:
    """An orthonormal basis of both, what adds nothing left out."""
    kept = list(basis.T)
    for v in vectors.T:
        size = float(np.linalg.norm(v))
        for _ in range(2):
            v = v - sum((b @ v) * b for b in kept)
        if np.linalg.norm(v) > 1e-6 * max(size, 1e-3):
            kept.append(v / np.linalg.norm(v))
    return np.array(kept).T
