"""Derivatives of arrays with respect to one number, by central differences with a scan of steps.

D(h) = [a(x + h) − a(x − h)]/2h is a series in h², whose first terms Neville's scheme removes for the steps h, h/2,
h/4, … (C. J. F. Ridders, doi:10.1016/S0141-1195(82)80057-0). Arrays that are linear or quadratic in x are exact to
rounding at the second step. Where one side has no room, one-sided differences, a series in h, take their place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.extrapolation import next_row

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
"""Arrays by name."""

FIRST_STEP = 0.04
"""The first step, in units of the size of x."""
HALVINGS = 8
"""Steps of a scan at most."""
ENOUGH = 1e-11
"""A scan ends where every array's derivative is known to this part of its largest entry."""
RETRY = 1e-10
"""Errors above this part have the scan begin with another step, larger where rounding is to blame, else smaller."""
GROWTH = 32.0
"""The factor between the first steps of such scans."""
SCANS = 6
"""Scans at most."""
NOISE = 32.0
"""Derivatives below so many roundings are those of arrays that do not depend on x."""
SMOOTH = 1e-6
"""An array whose derivative is not known to this part of its largest entry is no smooth function."""


@dataclass(frozen=True)
class Derivatives:
    """The derivatives of arrays.

    Attributes
    ----------
    arrays : the derivative of each array that changes.
    errors : the estimated error of each, as a part of its largest entry.
    rounded : whether the largest error is one of rounding, which larger steps have less of.
    """

    arrays: dict[str, Array]
    errors: dict[str, float]
    rounded: bool = True

    @property
    def error(self) -> float:
        """The largest error."""
        return max(self.errors.values(), default=0.0)


def derivatives(
    arrays: Callable[[float], Arrays],
    at: float,
    low: float = -math.inf,
    high: float = math.inf,
    size: float = 0.0,
) -> Derivatives:
    """Return the derivatives at x of arrays that are smooth functions of x in [low, high].

    `size` is that of the numbers whose sums the arrays are, where their own does not tell it: of its rounding. A
    ValueError of `arrays` ends what is known of them: steps to that side are left out.

    Raises
    ------
    ValueError
        `arrays` raises it on both sides of x.
    """
    step = FIRST_STEP * (abs(at) or min(1.0, 0.5 * (high - low)))
    best = last = _with_sides(arrays, at, step, (low, high), size)
    for _ in range(SCANS - 1):
        if best.error <= RETRY:
            break
        step *= GROWTH if last.rounded else 1.0 / GROWTH
        try:
            found = _with_sides(arrays, at, step, (low, high), size)
        except ValueError:
            break
        if found.error < best.error:
            best = found
        if found.rounded is not last.rounded:
            break
        last = found
    return best


def _with_sides(
    arrays: Callable[[float], Arrays], at: float, step: float, bounds: tuple[float, float], size: float
) -> Derivatives:
    """Return the derivatives by central differences, or by those of the side that there is room on."""
    low, high = bounds
    below, above = at - low, high - at
    if min(below, above) >= step:
        try:
            return _scan(arrays, at, step, 0, size)
        except ValueError as refused:
            central = refused
    else:
        central = None
    for side in sorted((1, -1), key=lambda s: -(above if s > 0 else below)):
        room = above if side > 0 else below
        if room <= 0.0:
            continue
        try:
            return _scan(arrays, at, min(step, room), side, size)
        except ValueError as refused:
            central = central or refused
    raise central or ValueError(f"there is no room for a difference at {at:g} in [{low:g}, {high:g}]")


def _scan(
    arrays: Callable[[float], Arrays], at: float, step: float, side: int, size: float
) -> Derivatives:
    """Return the derivatives by the steps step, step/2, …, to both sides (0) or to one (±1)."""
    middle = arrays(at) if side else {}
    tables: dict[str, _Table] = {}
    for j in range(HALVINGS):
        h = step / 2.0**j
        upper, lower = (arrays(at + side * h), middle) if side else (arrays(at + h), arrays(at - h))
        # The width that the arithmetic has, x + h being rounded.
        width = (at + side * h) - at if side else (at + h) - (at - h)
        for name in upper:
            table = tables.setdefault(name, _Table(1 if side else 2, size))
            table.add(upper[name], lower[name], width)
        if j and all(table.settled for table in tables.values()):
            break
    chosen = {name: table for name, table in tables.items() if table.best.any()}
    errors = {name: table.relative_error for name, table in chosen.items()}
    worst = max(errors, key=errors.__getitem__, default=None)
    return Derivatives(
        {name: table.best for name, table in chosen.items()},
        errors,
        worst is None or chosen[worst].error <= 16.0 * chosen[worst].rounding,
    )


class _Table:
    """Neville's table of one array: row j of the step h/2^j, its entry m without the first m terms of the series.

    Attributes
    ----------
    best : the entry that differs least from its neighbours, rounding counted.
    error : by how much, in the largest entry.
    """

    def __init__(self, order: int, size: float) -> None:
        self.order, self.size = order, size
        self.row: list[Array] = []
        self.best: Array = np.zeros(())
        self.error = math.inf
        self.rounding = 0.0

    def add(self, upper: Array, lower: Array, width: float) -> None:
        """Add the row of one step."""
        with np.errstate(invalid="ignore"):
            # Infinite numbers may stay what they are.
            quotient = np.asarray(np.where(upper == lower, 0.0, (upper - lower) / width))
        size = max(_largest(upper), self.size)
        rounding = 2.0 * np.finfo(float).eps * (size if math.isfinite(size) else 0.0) / abs(width)
        above, self.row = self.row, [quotient]
        if not above:
            self.best, self.rounding = quotient, rounding
            self.error = math.inf if quotient.any() else 0.0
            return
        self.row, changes = next_row(quotient, above, 2.0**self.order)
        for value, change in zip(self.row[1:], changes, strict=True):
            error = _largest(change) + rounding
            if error < self.error:
                self.best, self.error, self.rounding = value, error, rounding

    @property
    def settled(self) -> bool:
        """Whether smaller steps would tell no more."""
        return self.error <= max(ENOUGH * _largest(self.best), 4.0 * self.rounding)

    @property
    def relative_error(self) -> float:
        """The error as a part of the largest entry; 0 of a derivative that is rounding alone."""
        largest = _largest(self.best)
        if not math.isfinite(self.error) or not math.isfinite(largest):
            return math.inf
        return 0.0 if largest <= NOISE * self.rounding else self.error / largest


def _largest(array: Array) -> float:
    return float(np.abs(array).max(initial=0.0))
