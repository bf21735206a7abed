"""Slow modes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
import scipy.sparse.linalg

from redfield import _core
from redfield.steady.linear import METHODS, NULL_TOL, Counted, fastest, gmres, preconditioner
from redfield.steady.outcome import Spectrum
from redfield.validation import ComplexArray, RealArray, as_choice, as_count, as_positive, as_threads

DIRECT = 24
"""Levels up to which a dense N²×N² matrix is diagonalised."""


def spectrum(
    generator: _core.Generator,
    davies: Callable[[], _core.Davies],
    k: int,
    method: str,
    tol: float,
    threads: int | None,
) -> Spectrum:
    """See Equation.spectrum."""
    k, tol = as_count("k", k), as_positive("tol", tol)
    counted = Counted(generator, as_threads(threads))
    if k > counted.size:
        raise ValueError(f"k = {k} modes of a generator with {counted.size}")
    small = generator.dimension <= DIRECT or k >= counted.size - 2
    if as_choice("method", method, METHODS) == "auto":
        method = "direct" if small else "iterative"
    if method == "direct":
        values, vectors = scipy.linalg.eig(counted.matrix())
    else:
        values, vectors = _shift_invert(counted, davies(), k, tol)
    order = np.argsort(np.abs(values), kind="stable")[:k]
    values, vectors = values[order], vectors[:, order]
    modes = np.array([_unpack_complex(generator, v) for v in vectors.T])
    modes /= np.linalg.norm(modes, axis=(1, 2))[:, None, None]
    moving = -values.real[np.abs(values) > NULL_TOL * fastest(generator)]
    gap = float(moving.min()) if len(moving) else float("nan")
    return Spectrum(values.astype(np.complex128), modes, gap, counted.count)


def _unpack_complex(generator: _core.Generator, v: ComplexArray) -> ComplexArray:
    real, imag = np.ascontiguousarray(v.real), np.ascontiguousarray(v.imag)
    mode: ComplexArray = generator.unpack(real) + 1j * generator.unpack(imag)
    return mode


def _shift_invert(
    counted: Counted, davies: _core.Davies, k: int, tol: float
) -> tuple[ComplexArray, ComplexArray]:
    """ARPACK on (𝓛 − σ)⁻¹ with a σ > 0 that is small against the slowest modes."""
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

    shape = (counted.size, counted.size)
    operator = scipy.sparse.linalg.LinearOperator(shape, matvec=counted, dtype=np.float64)
    inverse = scipy.sparse.linalg.LinearOperator(shape, matvec=solve, dtype=np.float64)
    start = np.cos(np.arange(counted.size) * 0.7)  # the same numbers on every run
    values, vectors = scipy.sparse.linalg.eigs(
        operator, k=k, sigma=sigma, OPinv=inverse, which="LM", v0=start, tol=tol
    )
    return values, vectors
