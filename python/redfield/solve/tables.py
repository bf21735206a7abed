"""𝓛 of a few levels against the one control that H depends on, tabulated once for however long it is driven."""

from __future__ import annotations

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray
from redfield.systems.drives.functions import NotResolvedError, expand
from redfield.systems.drives.made import Control
from redfield.systems.drives.window import looks_of

MOST_LEVELS = 8
"""Levels beyond which a matrix of N⁴ entries from its table costs more than the eigenbasis it saves."""
TOL = 1e-10
"""Tolerance of the table, relative to the largest entry of the part that is not linear in u: the dissipator, however
strong the drive."""
ROUNDING = 1e-14
"""Part of the largest entry of 𝓛 that is rounding."""
LOOKS = 16
"""Values of u at which the table is compared with 𝓛, beside those near where H is smallest."""
MOST_PIECES = 64
"""𝓛 that needs more is not smooth: levels cross, and their rates with them."""


def tabulated(
    system: _core.DrivenSystem, kind: _core.Kind, control: Control
) -> _core.PiecewisePolynomial | None:
    """Return 𝓛(u), or None where it is not smooth."""

    low, high = control.low, control.high
    ends = _core.tabulate(system, kind, np.array([low, high]))

    def line(u: RealArray) -> RealArray:
        part = ((u - low) / (high - low))[:, None]
        return ends[:1] * (1.0 - part) + ends[1:] * part

    def values(u: RealArray) -> RealArray:
        return _core.tabulate(system, kind, np.clip(u, low, high)) - line(u)

    # Rates beside those that a strong drive reaches: Bohr frequencies are small where u is.
    centres = [0.0] if low < 0.0 < high else [low] if abs(low) < abs(high) else [high]
    looks = looks_of(low, high, LOOKS, centres, ratio=0.25)
    try:
        table = expand(
            values,
            low,
            high,
            TOL,
            looks=looks,
            share=ends.shape[1],
            pieces=2,
            most=MOST_PIECES,
            floor=ROUNDING * float(np.abs(ends).max()),
        )
    except NotResolvedError:
        return None
    if len(table.jumps):
        return None
    # The line has two Chebyshev coefficients on each piece.
    starts, ends_of = line(table.breaks[:-1]), line(table.breaks[1:])
    table.series[:, 0] += 0.5 * (starts + ends_of)
    table.series[:, 1] += 0.5 * (ends_of - starts)
    return table.core()
