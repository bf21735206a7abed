"""γ(0) of a function that is 0/0 there, as ω/(1 − e^{−βω}) is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from redfield._base.checks import RealArray

ONE_SIDED = np.array([4.0, -6.0, 4.0, -1.0])
"""Weights that extrapolate a function from h, 2h, 3h and 4h to 0: γ may have a kink there, as e^{−|ω|} has."""
STEPS = np.array([1.0, 2.0, 3.0, 4.0])
WAYS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)
"""h in the scale of γ, tried until two in turn agree."""
AGREE = 1e-9
JUMP = 1e-5
"""Part of γ(0) above which a difference of the limits from both sides is no rounding."""


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
    before = np.nan
    for way in WAYS:
        at = way * scale * STEPS
        both = f(np.concatenate([at, -at]))
        up, down = both[:4], both[4:]
        here = float(ONE_SIDED @ (0.5 * (up + down)))
        jump = abs(float(ONE_SIDED @ (up - down)))
        size = float(np.abs(both).max())
        if np.isfinite(here) and abs(here - before) <= AGREE * size and jump <= JUMP * size:
            return here
        before = here
    raise ValueError(
        f"{bath!r}: power_spectrum(0) is not a number, and has no limit from both sides; let the function return "
        "γ(0) there"
    )
