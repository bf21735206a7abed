"""The resolvent of 𝓛, and the spectra of steady states by it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_max_bytes,
    as_positive,
    as_threads,
)
from redfield._base.progress import Progress, progress_callback
from redfield.solve.matrices import liouvillian


def spectrum_of(
    resolvent: Resolvent,
    a: ComplexArray,
    b: ComplexArray,
    rho: ComplexArray,
    w: RealArray,
    late: Callable[[ComplexArray], ComplexArray] | None = None,
) -> ComplexArray:
    """Return the sum of ∫₀^∞ of both orders, ⟨a(−τ)b⟩ = tr[b e^{𝓛τ}(ρa)].

    Parameters
    ----------
    late : the part of an operator that does not decay; default its trace times ρ, which is then the steady state.
    """
    later, earlier = (
        decaying(x, np.trace(x) * rho if late is None else late(x)) for x in (b @ rho, rho @ a)
    )
    return np.add(resolvent(a, later, -1j * w), resolvent(b, earlier, 1j * w), dtype=np.complex128)


ROUNDING = 1e-14
"""Part of an operator on a state that is rounding."""
AT_ZERO = 1e-9
"""|z|, in units of a bound of 𝓛, up to which an iteration does not tell slow modes from several steady states."""
SMALL = 10
"""Levels up to which a dense matrix is the quickest."""


class Resolvent:
    """tr[a(z − 𝓛)⁻¹y], where y has no part that is stationary.

    Parameters
    ----------
    count : of the steady states.
    """

    def __init__(
        self,
        generator: _core.Generator,
        method: str = "auto",
        tol: float = 1e-8,
        threads: int | None = None,
        progress: Progress = False,
        count: int = 1,
    ) -> None:
        method = as_choice("method", method, ("auto", "direct", "iterative"))
        self._generator = generator
        self._rest = as_positive("tol", tol), as_threads(threads), as_max_bytes(None)
        self._progress = progress
        small = method == "direct" or (method == "auto" and generator.dimension <= SMALL)
        self._count = count
        matrix = liouvillian(generator, eigenbasis=False).toarray() if small else None
        self._schur = None if matrix is None else _Schur(matrix, count)

    def __call__(
        self, a: ComplexArray, y: ComplexArray, z: npt.NDArray[np.complexfloating]
    ) -> ComplexArray:
        if self._schur is not None:
            return self._schur.traces(a, y, z)
        if self._count > 1:
            require_away_from_zero(self._count, np.abs(z), math.hypot(*self._generator.bounds))
        order = np.argsort(z.imag, kind="stable")
        with progress_callback(self._progress, "spectrum") as report:
            traces, _, _ = _core.resolvent_trace(
                self._generator, a, y, z[order].tolist(), *self._rest, report
            )
        values = np.empty(len(z), dtype=np.complex128)
        values[order] = traces
        return values


class _Schur:
    """The resolvent's traces by Schur's form of 𝓛, which every matrix has."""

    def __init__(self, matrix: ComplexArray, count: int = 1) -> None:
        n = round(len(matrix) ** 0.5)
        if count == 1:
            conserved = np.eye(n).reshape(1, n * n) / math.sqrt(n)
            size = float(np.linalg.norm(matrix, 2))
        else:
            # The left singular vectors of the singular values 0 are the conserved quantities.
            left, values, _ = np.linalg.svd(matrix)
            conserved, size = left[:, -count:].conj().T, float(values[0])
        # A rank of `count` that moves the eigenvalue 0 of the steady states, and nothing that conserves nothing.
        bordered = matrix - max(size, 1e-300) * (conserved.conj().T @ conserved)
        self._triangle, self._vectors = scipy.linalg.schur(bordered, output="complex")

    def traces(
        self, a: ComplexArray, y: ComplexArray, z: npt.NDArray[np.complexfloating]
    ) -> ComplexArray:
        values = np.zeros(len(z), dtype=np.complex128)
        if not y.any():
            return values
        row = a.T.ravel(order="F") @ self._vectors
        right = self._vectors.conj().T @ y.ravel(order="F")
        shifted, diagonal = -self._triangle, np.diag(self._triangle)
        for k, each in enumerate(z):
            np.fill_diagonal(shifted, each - diagonal)
            try:
                solved = scipy.linalg.solve_triangular(shifted, right, check_finite=False)
            except np.linalg.LinAlgError:
                raise _core.ConvergenceError(
                    f"there is a line without width at |ω| = {abs(each):.6g}, of a mode that does not decay"
                ) from None
            values[k] = row @ solved
        return values


def require_away_from_zero(count: int, w: RealArray, size: float) -> None:
    """ConvergenceError where a frequency is zero and there are several steady states, of a 𝓛 of this size."""
    nearest = np.abs(w).min(initial=np.inf)
    if nearest <= AT_ZERO * size:
        raise _core.ConvergenceError(
            f"there are {count} steady states, and an iteration does not tell what is not stationary from them at ω = "
            f'{nearest:.3g}; leave this frequency out, or take method="direct" of an equation that has it'
        )


def decaying(x: ComplexArray, late: ComplexArray) -> ComplexArray:
    """Return the part of x that decays, which is x less its part that does not."""
    decaying: ComplexArray = x - late
    if np.linalg.norm(decaying) > ROUNDING * np.linalg.norm(x):
        return decaying
    return np.zeros_like(decaying)
