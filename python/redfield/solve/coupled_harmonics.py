"""(z − 𝓛 + inΩ)X_n − Σ_m 𝓓_{n−m}X_m = y_n of many harmonics, by GMRES.

The mean over a period, 𝓛₀ = −i[ε, ·] + 𝓓₀, couples no two harmonics, and its Schur form solves each: that is the
preconditioner. The rest is a convolution, which is a product at each time of a period.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, require_memory
from redfield.systems.periodic import PeriodicSystem

RTOL = 1e-10
"""The relative residual that GMRES aims at."""
ACCEPTED = 1e-8
"""The relative residual beyond which it has failed."""
RESTART, CYCLES = 60, 10


class Dissipator(Protocol):
    """The harmonics of a periodic equation, as a solution asks for them."""

    system: PeriodicSystem
    n: int
    dissipator: ComplexArray
    turning: ComplexArray

    @property
    def border(self) -> ComplexArray:
        """(N², N²) by which 𝓛 is moved where it is singular."""

    def needed(self, *series: ComplexArray) -> int:
        """Return the largest |n| of a harmonic that is more than rounding."""


class Coupled:
    """The harmonics |n| ≤ most, whose matrix is not made."""

    def __init__(self, harmonics: Dissipator, most: int) -> None:
        size, count = harmonics.n**2, len(harmonics.dissipator)
        reach = min(harmonics.needed(harmonics.dissipator), (count - 1) // 2)
        self.most = most
        self._shape = (2 * most + 1, size)
        self._length = scipy.fft.next_fast_len(2 * most + 1 + 2 * reach)
        require_memory("the dissipator over a period", 40.0 * self._length * float(size) ** 2)
        series = np.zeros((self._length, size, size), dtype=np.complex128)
        orders = np.arange(-reach, reach + 1)
        series[orders] = harmonics.dissipator[orders]
        series[0] = 0.0
        self._rest = scipy.fft.ifft(series, axis=0, norm="forward", overwrite_x=True)
        mean = harmonics.dissipator[0] + np.diag(harmonics.turning) - harmonics.border
        self._triangle, self._vectors = scipy.linalg.schur(mean, output="complex")
        self._shifts = 1j * harmonics.system.frequency * np.arange(-most, most + 1)

    def solve(self, z: complex, right: ComplexArray) -> ComplexArray:
        """Return X, row-stacked from n = −most.

        Raises
        ------
        ConvergenceError
            GMRES does not converge.
        """
        _core.poll()
        inverse, size = self._inverse(z), len(right)

        def residual(y: ComplexArray) -> ComplexArray:
            """Return (1 − (z + inΩ − 𝓛₀)⁻¹ 𝓓_rest) on y."""
            whole: ComplexArray = y - inverse(self._convolved(y))
            return whole

        start = inverse(right)
        operator = scipy.sparse.linalg.LinearOperator((size, size), residual, dtype=np.complex128)
        x, _ = scipy.sparse.linalg.gmres(operator, start, rtol=RTOL, restart=RESTART, maxiter=CYCLES)
        left = float(np.linalg.norm(residual(x) - start)) / max(float(np.linalg.norm(start)), 1e-300)
        if not left <= ACCEPTED:
            raise _core.ConvergenceError(
                f"GMRES solves the spectrum's equation for {size} unknowns to a relative residual of {left:.2g} only, "
                f"above {ACCEPTED:g}; take rf.correlation at times of a period, and its transform"
            )
        solution: ComplexArray = x
        return solution

    def _convolved(self, x: ComplexArray) -> ComplexArray:
        """Return Σ_m 𝓓_{n−m}X_m, m ≠ n."""
        count = self._shape[0]
        padded = np.zeros((self._length, self._shape[1]), dtype=np.complex128)
        padded[:count] = x.reshape(self._shape)
        at_times = scipy.fft.ifft(padded, axis=0, norm="forward")
        moved = scipy.fft.fft((self._rest @ at_times[:, :, None])[:, :, 0], axis=0, norm="forward")
        kept: ComplexArray = moved[:count].ravel()
        return kept

    def _inverse(self, z: complex) -> Callable[[ComplexArray], ComplexArray]:
        """Return the action of (z + inΩ − 𝓛₀)⁻¹ on each harmonic."""
        shifted, diagonal = -self._triangle, np.diag(self._triangle)

        def apply(y: ComplexArray) -> ComplexArray:
            rows = y.reshape(self._shape) @ self._vectors.conj()
            out = np.empty_like(rows)
            for i, shift in enumerate(self._shifts):
                np.fill_diagonal(shifted, z + shift - diagonal)
                out[i] = scipy.linalg.solve_triangular(shifted, rows[i], check_finite=False)
            solved: ComplexArray = (out @ self._vectors.T).ravel()
            return solved

        return apply
