"""γ(0) of a function that is 0/0 there, as ω/(1 − e^{−βω}) is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from redfield.validation import RealArray

EVEN = np.array([1.6, -0.8, 64.0 / 280.0, -1.0 / 35.0])
"""Weights that extrapolate an even function from h, 2h, 3h and 4h to 0."""
STEPS = np.array([1.0, 2.0, 3.0, 4.0])
WAYS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10)
"""h in the scale of γ, tried until two in turn agree."""
AGREE = 1e-9
JUMP = 1e-5
"""Of γ(0): a difference of the limits from both sides that is no rounding."""


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


def _limit(bath: object, f: Callable[[RealArray], Any], scale: float) -> float:
    before = np.nan
    for way in WAYS:
        at = way * scale * STEPS
        both = f(np.concatenate([at, -at]))
        up, down = both[:4], both[4:]
        here = float(EVEN @ (0.5 * (up + down)))
        # The difference of both sides is odd where f is smooth: 4d(h) − 6d(2h) + 4d(3h) − d(4h) is its limit.
        jump = abs(float(np.array([4.0, -6.0, 4.0, -1.0]) @ (up - down)))
        size = float(np.abs(both).max())
        if np.isfinite(here) and abs(here - before) <= AGREE * size and jump <= JUMP * size:
            return here
        before = here
    raise ValueError(
        f"{bath!r}: power_spectrum(0) is not a number, and has no limit from both sides; let the function return "
        "γ(0) there"
    )
