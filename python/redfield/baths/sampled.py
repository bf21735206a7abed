"""A bath's correlation function at nodes of quadrature, and the sums of exponentials of given rates nearest to it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.baths.memory import Correlated, memory_of

LATEST = 40.0
"""Octaves of C's own time after which a tail that does not end is given up."""
CONVERGES = 1.001
"""The least power of 1/t as which C falls of an integral ∫|C| that is told to be finite."""
EARLIER = 14
"""Octaves inside the first panel of C on which a sum is compared with it."""
UNCHANGED = 0.1
"""Part of the tolerance by which ∫C misses t·C(t) of times at which C has not changed: no rate need be faster."""
RANK = 1e-13
"""Singular values below this part of the largest are rounding: coefficients that need them grow without use."""


class Sampled(NamedTuple):
    """Nodes t, weights and C up to the end of a window, ∫|C| = size, and the part `tail` of it that comes later."""

    window: float
    tail: float
    t: RealArray
    weights: RealArray
    c: ComplexArray
    size: float

    def span(self, duration: float, tol: float) -> tuple[float, float]:
        """Return the slowest and the fastest rate that there is use for."""
        changed = np.abs(np.cumsum(self.weights * self.c) - self.t * self.c) > UNCHANGED * tol * self.size
        slowest = (3.0 if math.isinf(duration) else 0.5) / self.window
        return slowest, 3.0 / float(self.t[np.argmax(changed)])


def sampled(bath: Correlated, duration: float, tol: float) -> Sampled:
    """Return C on [0, duration], or of all times until what is left of ∫|C| is a tenth of `tol` of it."""
    window, tail = (duration, 0.0) if math.isfinite(duration) else window_of(bath, tol)
    t, weights, c = nodes_of(memory_of(bath, window), window)
    return Sampled(window, tail, t, weights, c, float(weights @ np.abs(c)))


def window_of(bath: Correlated, tol: float) -> tuple[float, float]:
    """Return a time after which ∫|C| is at most a tenth of `tol` of all of it, and how much that is.

    |C| falls as a power of t, C ∝ t^{−p}, or faster: ∫_T^∞ |C| = T|C(T)|/(p − 1) with the p of the last octaves.
    """
    t = bath.time_scale * 2.0 ** np.linspace(-20.0, LATEST, 8 * int(LATEST + 20.0) + 1)
    size = np.abs(bath.correlation(t))
    upper = envelope(size)
    whole = np.concatenate([[0.0], np.cumsum(0.5 * np.diff(t) * (upper[1:] + upper[:-1]))])
    with np.errstate(divide="ignore", invalid="ignore"):
        power = -np.log2(upper[16:] / upper[:-16]) / 2.0
        left = np.where(upper[16:] > 0.0, t[16:] * upper[16:] / np.maximum(power - 1.0, 0.0), 0.0)
    enough = np.flatnonzero(left <= 0.1 * tol * whole[16:])
    if len(enough) == 0:
        falls = f"C(t) falls as t^-{power[-1]:.3g}"
        if power[-1] < CONVERGES:
            raise ValueError(
                f"{bath!r}: ∫|C|dt diverges, {falls}, so that no sum of exponentials is near it for all times; "
                "a finite duration has one"
            )
        raise ValueError(
            f"{bath!r}: {falls}, so slowly that {left[-1] / whole[-1]:.2g} of ∫|C|dt comes after t = {t[-1]:.2g}, more "
            f"than a tenth of tol = {tol:g}; give a finite duration or a larger tol"
        )
    return float(t[16:][enough[0]]), float(left[enough[0]])


def envelope(size: RealArray) -> RealArray:
    """Return the largest |C| from each time on: of an oscillation its envelope."""
    upper: RealArray = np.maximum.accumulate(size[::-1])[::-1]
    return upper


def later(coefficients: ComplexArray, rates: ComplexArray, window: float) -> float:
    """Bound ∫|Σ| after the window, by Σ|c e^{−νT}|/Re ν or, of terms that cancel, by Cauchy and Schwarz.

    (∫|Σ|dt)² ≤ (1/a) ∫|Σ|² e^{a(t − T)} dt with a = min Re ν.
    """
    left = coefficients * np.exp(-rates * window)
    slowest = float(rates.real.min())
    square = left @ (left.conj() / (rates[:, None] + rates.conj() - slowest)).sum(axis=1)
    rounding = 1e-15 * float(np.abs(left).sum()) ** 2 / slowest
    return min(
        float(np.sum(np.abs(left) / rates.real)),
        math.sqrt((max(float(square.real), 0.0) + rounding) / slowest),
    )


def nodes_of(memory: _core.Expansion, duration: float) -> tuple[RealArray, RealArray, ComplexArray]:
    """Return nodes, weights and C up to a time, an octave at most between cuts, so that no exponential hides."""
    first, last = float(memory.ends[1]), float(memory.ends[-1])
    t, weights, c = memory.nodes(first * 2.0 ** np.arange(-EARLIER, max(1.0, np.log2(last / first))))
    if last >= duration:
        return t, weights, c
    # C has ended before, which an exponential need not have.
    edges = np.append(last * 2.0 ** np.arange(np.ceil(np.log2(duration / last))), duration)
    x, w = np.polynomial.legendre.leggauss(_core.Expansion.order)
    half = 0.5 * np.diff(edges)
    later = (edges[:-1, None] + half[:, None] * (x + 1.0)).ravel()
    return (
        np.concatenate([t, later]),
        np.concatenate([weights, np.outer(half, w).ravel()]),
        np.concatenate([c, np.zeros(len(later))]),
    )


def of_spectrum(w: RealArray, gamma: RealArray, rates: ComplexArray) -> ComplexArray:
    """Return the coefficients of rates that are nearest to γ = 2 Re Σ c/(ν − iω)."""
    each = 2.0 / (rates - 1j * w[:, None])
    x = _least_squares(np.concatenate([each.real, -each.imag], axis=1), gamma)
    coefficients: ComplexArray = x[: len(rates)] + 1j * x[len(rates) :]
    return coefficients


def of_times(t: RealArray, weights: RealArray, c: ComplexArray, rates: ComplexArray) -> ComplexArray:
    """Return the coefficients of rates that are nearest to C."""
    root = np.sqrt(weights)
    found: ComplexArray = _least_squares(np.exp(-np.outer(t, rates)) * root[:, None], c * root)
    return found


def _least_squares(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Any:
    norms = np.linalg.norm(a, axis=0)
    norms[norms == 0.0] = 1.0
    return np.linalg.lstsq(a / norms, b, rcond=RANK)[0] / norms
