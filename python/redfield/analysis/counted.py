"""Mean and variance of a counted quantity at any time."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import scipy

from redfield._base.checks import LARGEST, ComplexArray
from redfield._core import ConvergenceError

PRECISION = 1e-6
"""Two evaluations with other roundings must agree to this part of the mean and of the variance."""
SHORT = 0.5
"""‖𝓛‖τ of the step that the exponential is taken of; longer times double it."""
NOTHING = 1e-290
"""Columns of a smaller sum have underflown; their quotients would overflow."""


def moments(
    generator: ComplexArray,
    first: ComplexArray,
    second: ComplexArray,
    populations: npt.NDArray[np.intp],
    start: ComplexArray,
    t: float,
) -> tuple[float, float]:
    r"""Return mean and variance of q after t, from the generating function tr exp((𝓛 + λF + λ²G)t)ρ.

    .. math:: P(2\tau) = P^2, \quad A(2\tau) = PA + AP, \quad B(2\tau) = PB + AA + BP

    are the derivatives at λ = 0 over twice the time. Each P is made to conserve the trace, and q is counted from its
    mean growth ct, F − c in place of F: the variance is then no difference of numbers that grow as t².

    Parameters
    ----------
    generator, first, second : (M, M) 𝓛, F and G on the counted pairs of levels.
    populations : (N,) the pairs (k, k); 𝓛 conserves their sum.
    start : (M,) ρ(0).
    t : time.
    """
    if t == 0.0:
        return 0.0, 0.0
    charge = float(np.abs(first).max())
    if charge == 0.0:
        return 0.0, 0.0
    (mean, variance), (other_mean, other_variance) = (
        _moments(generator, first / charge, second / charge**2, populations, start, t, extra)
        for extra in (0, 1)
    )
    if not (
        abs(mean - other_mean) <= PRECISION * max(abs(mean), math.sqrt(abs(variance)), 1e-3)
        and abs(variance - other_variance) <= PRECISION * max(abs(variance), 1e-3)
    ):
        raise ConvergenceError(
            f"Counting.moments: rounding decides them at t = {t:g}; the slowest rates are lost beside the fastest "
            "frequencies. Shorten t, or take the rates of `cumulants()`"
        )
    return mean * charge, variance * charge**2


@np.errstate(over="ignore", invalid="ignore")  # told below
def _moments(
    generator: ComplexArray,
    first: ComplexArray,
    second: ComplexArray,
    populations: npt.NDArray[np.intp],
    start: ComplexArray,
    t: float,
    extra: int,
) -> tuple[float, float]:
    _, a, b = _doubled(generator, first, second, populations, t, extra)
    growth = float((a[populations] @ start).sum().real) / t
    centred = first - growth * np.eye(len(first))
    _, a, b = _doubled(generator, centred, second, populations, t, extra)
    offset = float((a[populations] @ start).sum().real)
    square = 2.0 * float((b[populations] @ start).sum().real)
    if not max(abs(offset), abs(growth * t)) < LARGEST:
        raise ConvergenceError(f"Counting.moments: at t = {t:g} the square of what is counted overflows")
    return growth * t + offset, square - offset**2


def _doubled(
    generator: ComplexArray,
    first: ComplexArray,
    second: ComplexArray,
    populations: npt.NDArray[np.intp],
    t: float,
    extra: int,
) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """Return P, A and B over t."""
    n, norm = len(generator), float(np.linalg.norm(generator, 1)) * t
    if not math.isfinite(norm):
        raise ConvergenceError(
            f"Counting.moments: t = {t:g} times the rates is not finite; check the units"
        )
    doublings = extra + (max(0, math.ceil(math.log2(norm / SHORT))) if norm > 0.0 else 0)
    tau = math.ldexp(t, -doublings)
    zero = np.zeros_like(generator)
    # A step's F and G are of order one with a λ in units of 1/τ‖F‖.
    unit = max(float(np.linalg.norm(first, 1)) * tau, 1e-300)
    block = tau * np.block(
        [
            [generator, first / unit, second / unit**2],
            [zero, generator, first / unit],
            [zero, zero, generator],
        ]
    )
    whole = scipy.linalg.expm(block)
    p, a, b = whole[:n, :n], unit * whole[:n, n : 2 * n], unit**2 * whole[:n, 2 * n :]
    p = _conserving(p, populations)
    for _ in range(doublings):
        a, b = p @ a + a @ p, p @ b + a @ a + b @ p
        p = _conserving(p @ p, populations)
    return p, a, b


def _conserving(p: ComplexArray, populations: npt.NDArray[np.intp]) -> ComplexArray:
    """Return P with the sum of the populations in each column that it must have, entries changed in proportion."""
    rows = p[populations]
    target = np.zeros(p.shape[1])
    target[populations] = 1.0
    size = np.abs(rows).sum(axis=0)
    excess = (rows.sum(axis=0) - target) / np.where(size > NOTHING, size, 1.0)
    out = p.copy()
    out[populations] = rows - excess * np.abs(rows)
    return out
