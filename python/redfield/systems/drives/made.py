"""Operators that depend on time, as the core knows them on one span."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import RealArray
from redfield.systems.drives.functions import Expansion

ROUNDING = 1e-13
"""Part of the largest value up to which two functions are linear in each other."""
NOTICED = 1e-6
"""Part of the largest value times the span: a smaller change of the integral need not be followed by a transform."""


@dataclass(frozen=True, eq=False)
class Control:
    """X(u) = X₀ + u X₁ in the core on [low, high], u(t), and a bound on E_max − E_min of X."""

    operator: _core.TimeOperator
    u: Expansion
    low: float
    high: float
    width: float


class Made(NamedTuple):
    """An operator on an interval, in the core.

    Attributes
    ----------
    jumps : where it jumps, or has a knot.
    width : a bound on E_max − E_min.
    breaks : ends of the pieces between which it is a polynomial of few terms; of a function that is called, of all.
    """

    operator: _core.TimeOperator
    jumps: RealArray
    width: float
    breaks: RealArray

    def shortest(self) -> float:
        """Return the shortest interval in which it changes noticeably; its span where it does not change."""
        span = float(self.breaks[-1] - self.breaks[0])
        action = NOTICED * self.operator.largest * span
        return min(self.operator.resolution(self.jumps.tolist(), action).narrowest(), span)


def width_of(x: npt.NDArray[Any]) -> float:
    """E_max − E_min, of a matrix that is not Hermitian a bound on it."""
    hermitian = 0.5 * (x + x.conj().T)
    energies = np.linalg.eigvalsh(hermitian)
    return float(energies[-1] - energies[0]) + 2.0 * float(np.abs(x - hermitian).sum())


def common_function(series: RealArray) -> tuple[RealArray, RealArray, RealArray] | None:
    """Return u and real a, b such that a + b u is each of the functions, (P, terms, 2K) in Chebyshev's series; or None.

    u is that of them which changes most."""
    moving = series.copy()
    moving[:, 0] -= series[:1, 0]
    largest = int(np.argmax(np.abs(moving).sum(axis=(0, 1))))
    u = series[..., largest]
    change = moving[..., largest]
    noise, size = ROUNDING * np.abs(series).max(), np.abs(change).max()
    if size <= noise:
        return None
    shape = change / size  # whose square neither underflows nor overflows
    slope = np.tensordot(shape, moving / size, axes=2) / np.vdot(shape, shape)
    slope[largest] = 1.0
    if np.abs(moving - change[..., None] * slope).max() > noise:
        return None
    return u, series[0, 0] - slope * u[0, 0], slope
