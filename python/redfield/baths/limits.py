"""γ(0) of a function that is 0/0 there, as ω/(1 − e^{−βω}) is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from redfield._base.checks import RealArray

ONE_SIDED = np.array([4.0, -6.0, 4.0, -1.0])
"""Weights that extrapolate a function from h, 2h, 3h and 4h to 0: γ may have a kink there, as e^{−|ω|} has."""
STEPS = np.array([1.0, 2.0, 3.0, 4.0])
WAYS = 10.0 ** np.arange(-20.0, -0.5, 0.5)
"""h in the scale of γ, which may vary over a temperature far below it; one is looked for where estimates agree."""
AGREE = 1e-7
"""Part of γ by which estimates in turn, and those from both sides, may differ at most."""
NEAR = 1e-6
"""Part of the step of an estimate, above which f is a number: nearer to 0 it may have lost all digits."""
FEW = 10.0
"""How much farther than its own disagreement an estimate may be from the limit."""


def known_at_zero(
    bath: object, f: Callable[[RealArray], RealArray], w: RealArray, values: RealArray, scale: float
) -> RealArray:
    """`values` of f at w with the limit of f where it is no number at ω = 0.

    Raises
    ------
    ValueError
        f is no number elsewhere, or has no limit at 0.
    """
    wrong = np.isnan(values)
    if not wrong.any():
        return values
    if (w[wrong] != 0.0).any():
        raise ValueError(f"{bath!r}: power_spectrum({w[wrong & (w != 0.0)][0]:g}) is not a number")
    return np.where(wrong, _limit(bath, f, scale), values)


def undivided(f: Callable[[RealArray], Any], w: RealArray) -> Any:
    """f(w), NaN at w = 0 where Python's own numbers divide by zero there."""
    try:
        return f(w)
    except ZeroDivisionError:
        w = np.asarray(w)
        if (w != 0.0).all():
            raise
        if w.ndim == 0:
            return np.nan
        values = np.full(w.shape, np.nan)
        if (w != 0.0).any():
            values[w != 0.0] = f(w[w != 0.0])
        return values


def _limit(bath: object, f: Callable[[RealArray], Any], scale: float) -> float:
    limit, error = _agreed(f, WAYS * scale)
    if error <= AGREE:
        return limit
    raise ValueError(
        f"{bath!r}: power_spectrum(0) is not a number, and has no limit from both sides"
        + (f" to better than {error:.2g} of it" if error < 1.0 else "")
        + "; let the function return γ(0) there, or use numpy.expm1 where it has e^x − 1"
    )


def _agreed(f: Callable[[RealArray], Any], h: RealArray) -> tuple[float, float]:
    """Return the limit from the first steps h, ascending, on which estimates agree, and their difference in γ.

    A step far below the temperature has lost its digits, and its estimates scatter; one far above misses the limit.
    """
    with np.errstate(all="ignore"):
        both = np.stack([_around(f, each) for each in h], axis=1)
        size = np.abs(both).max(axis=(0, 2))
        sides = both @ ONE_SIDED
        here = sides.mean(axis=0)
        apart = np.abs(sides[0] - sides[1])
        steps = np.abs(np.diff(here))
        apart[1:-1] = np.maximum(apart[1:-1], np.maximum(steps[1:], steps[:-1]))
        apart[[0, -1]] = math.inf
        if size.any():  # all of f is lost where it is 0, as e^x − 1 is
            apart[size == 0.0] = math.inf
        error = np.where(size > 0.0, apart / size, apart)
    error[~np.isfinite(error)] = math.inf
    good = np.flatnonzero(error <= AGREE)
    if not len(good):
        return math.nan, float(error.min())
    first = good[0]
    end = first + int(np.argmin(np.append(error[first:] <= AGREE, False)))
    k = first + int(np.argmin(error[first:end]))
    before = np.isfinite(here[:k]) & np.isfinite(apart[:k])
    if np.isnan(both[:, :k][:, h[:k] > NEAR * h[k]]).any():
        return math.nan, math.inf
    if (np.abs(here[:k] - here[k]) > FEW * (apart[:k] + apart[k]))[before].any():
        return math.nan, math.inf
    return (0.0 if abs(here[k]) <= FEW * apart[k] else float(here[k])), float(error[k])


def _around(f: Callable[[RealArray], Any], h: float) -> RealArray:
    """Return f at the steps from h on both sides, (2, 4), infinite where Python's own numbers divide by zero."""
    at = h * STEPS
    try:
        values = np.asarray(f(np.concatenate([at, -at])), dtype=np.float64)
    except (ZeroDivisionError, OverflowError):
        values = np.full(2 * len(STEPS), math.inf)
    return values.reshape(2, len(STEPS))
