"""Spectra of baths as functions of frequency that the core evaluates."""

from __future__ import annotations

import functools

import numpy as np

from redfield import _core
from redfield.baths import Bath
from redfield.drives.functions import expand
from redfield.drives.window import looks_of
from redfield.validation import RealArray

TOL = 1e-11
"""Of tabulated spectra, relative to their largest value."""
LOOKS = 1024
"""Samples of a spectrum, beside those near its features."""
NEGATIVE = 1e-12
"""Of the largest γ: one further below zero is no rounding."""


@functools.lru_cache(maxsize=64)
def tabulated(
    bath: Bath, reach: float, lamb_shift: bool
) -> tuple[_core.PiecewisePolynomial, float, float]:
    """γ/2 and, if asked for, η on [−reach, reach], and both at 0; once for a bath, however many systems have it.

    Raises
    ------
    ValueError
        The spectrum is negative, not finite or not smooth enough somewhere; the message says where.
    """

    def values(w: RealArray) -> RealArray:
        gamma = np.asarray(bath.power_spectrum(w), dtype=np.float64)
        negative = gamma < -NEGATIVE * np.abs(gamma).max(initial=0.0)
        if negative.any():
            bad = int(np.argmax(negative))
            raise ValueError(f"is negative at w = {w[bad]:g}: {gamma[bad]:g}")
        columns = [0.5 * gamma]
        if lamb_shift:
            columns.append(bath.lamb_shift(w))
        return np.stack(columns, axis=1)

    try:
        zero = values(np.zeros(1))[0]
        places = [float(x) for x, _ in bath.features] + [0.0]
        looks = looks_of(-reach, reach, LOOKS, places)
        expansion = expand(values, -reach, reach, TOL, places, looks=looks, pieces=16)
        if not np.isfinite(zero).all():
            raise ValueError("is not finite at 0")
    except ValueError as error:
        raise ValueError(f"the spectrum of {bath!r} {error}") from None
    return expansion.core(), float(zero[0]), float(zero[-1])
