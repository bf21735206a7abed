"""The resolvent of 𝓛, and the spectra of steady states by it."""

from __future__ import annotations

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
    resolvent: Resolvent, a: ComplexArray, b: ComplexArray, rho: ComplexArray, w: RealArray
) -> ComplexArray:
    """Return the sum of ∫₀^∞ of both orders, ⟨a(−τ)b⟩ = tr[b e^{𝓛τ}(ρa)]."""
    later = resolvent(a, decaying(b @ rho, rho), -1j * w)
    return np.add(later, resolvent(b, decaying(rho @ a, rho), 1j * w), dtype=np.complex128)


ROUNDING = 1e-14
"""Part of an operator on a state that is rounding."""
SMALL = 10
"""Levels up to which a dense matrix is the quickest."""


class Resolvent:
    """tr[a(z − 𝓛)⁻¹y], tr y = 0."""

    def __init__(
        self,
        generator: _core.Generator,
        method: str = "auto",
        tol: float = 1e-8,
        threads: int | None = None,
        progress: Progress = False,
    ) -> None:
        method = as_choice("method", method, ("auto", "direct", "iterative"))
        self._generator = generator
        self._rest = as_positive("tol", tol), as_threads(threads), as_max_bytes(None)
        self._progress = progress
        small = method == "direct" or (method == "auto" and generator.dimension <= SMALL)
        self._schur = _Schur(liouvillian(generator, eigenbasis=False).toarray()) if small else None

    def __call__(
        self, a: ComplexArray, y: ComplexArray, z: npt.NDArray[np.complexfloating]
    ) -> ComplexArray:
        if self._schur is not None:
            return self._schur.traces(a, y, z)
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

    def __init__(self, matrix: ComplexArray) -> None:
        n = round(len(matrix) ** 0.5)
        one = np.eye(n).ravel()
        # A rank of one that moves the eigenvalue 0 of the steady state, and nothing of trace 0.
        size = max(float(np.linalg.norm(matrix, 2)), 1e-300)
        bordered = matrix - size / n * np.outer(one, one)
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


def decaying(x: ComplexArray, rho: ComplexArray) -> ComplexArray:
    """Return the part of x that decays."""
    decaying: ComplexArray = x - np.trace(x) * rho
    if np.linalg.norm(decaying) > ROUNDING * np.linalg.norm(x):
        return decaying
    return np.zeros_like(decaying)
