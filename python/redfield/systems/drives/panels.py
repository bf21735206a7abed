"""Panels of time on which the core follows the propagator of H(t)."""

from __future__ import annotations

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray
from redfield.systems.drives.made import Made
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.spline import Spline

TURNS = 6.0
"""Phase of the fastest Bohr frequency over a panel, which its polynomials follow to 1e-10."""
HALVINGS = 12
"""How often all panels are halved, where something happens faster than the Bohr frequencies tell."""
MOST_PANELS = 2_000_000
PIECES = 32
"""A period is looked at in, to begin with."""
REPEATS = 1e-9
"""Part of the largest entry: a function that differs more a period later does not have that period."""
CHECKED = 5


def panels_of(first: float, duration: float, step: float, corners: RealArray) -> RealArray:
    """Between corners as many as it takes; they are near each other where the drive is not smooth."""
    ends = np.unique(np.concatenate([[first], corners, [first + duration]]))
    ends = ends[np.concatenate([[True], np.diff(ends) > 1e-14 * (np.abs(ends[:-1]) + duration)])]
    # A time of one rounding is one panel, whose steps are below any number.
    step = max(step, 1e-300)
    counts = np.maximum(np.ceil(np.diff(ends) / step - 1e-9), 1.0).astype(np.intp)
    require_few(counts.sum(), step)
    parts = [
        np.linspace(a, b, k, endpoint=False) for a, b, k in zip(ends[:-1], ends[1:], counts, strict=True)
    ]
    return np.concatenate([*parts, ends[-1:]])


def require_few(count: float, step: float) -> None:
    if count > MOST_PANELS:
        raise _core.ConvergenceError(
            f"a history with memory would need {count:.3g} panels of {step:.2g}, which follow H's fastest Bohr "
            "frequency; use history='instantaneous'"
        )


def floquet_modes(
    hamiltonian: Made, others: list[Made], period: float, threads: int = 0, first: float = 0.0
) -> _core.FloquetModes:
    """Return the modes of an H on [first, first + T], whose panels end where it or anything else is not smooth.

    Raises
    ------
    ConvergenceError
        H varies too fast to be followed.
    """
    corners = np.unique(np.concatenate([_corners(made) for made in [hamiltonian, *others]]))
    step = min(period / 4, TURNS / max(hamiltonian.width, 1e-300))
    for halved in range(HALVINGS):
        panels = panels_of(first, period, step * 0.5**halved, corners)
        found: _core.FloquetModes | None = _core.FloquetModes.of(
            hamiltonian.operator, panels.tolist(), threads
        )
        if found is not None:
            return found
    raise _core.ConvergenceError(
        f"hamiltonian(t) varies within less than {step * 0.5**HALVINGS:.2g} of a period of {period:g}"
    )


def _corners(made: Made) -> RealArray:
    """Where it is not as smooth as elsewhere: the ends of pieces narrower than those to begin with."""
    width = np.diff(made.breaks)
    narrow = width < 0.9 * (made.breaks[-1] - made.breaks[0]) / PIECES
    found: RealArray = np.concatenate(
        [made.jumps, made.breaks[:-1][narrow], made.breaks[1:][narrow], made.breaks[[0, -1]]]
    )
    return found


def require_repeats(x: TimeOperator, period: float) -> None:
    """ValueError where X(t + T) is not X(t); of what is given on one period alone, at its ends."""
    if x.is_constant:
        return
    x.require_cover(0.0, period)
    splines = [f for f in (x.function, *(f for _, f in x.terms)) if isinstance(f, Spline)]
    ends_there = any(f.times[-1] < 2.0 * period for f in splines)
    # Not where the period begins: a drive may jump there.
    inside = np.zeros(1) if ends_there else (np.arange(CHECKED) + 0.382) / CHECKED * period
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is told where H is expanded
        before, after = np.split(x.stack(np.concatenate([inside, inside + period])), 2)
        apart = np.abs(before - after).max(axis=(1, 2))
        largest = np.maximum(np.abs(before), np.abs(after)).max(axis=(1, 2))
    for t, difference, most in zip(inside.tolist(), apart.tolist(), largest.tolist(), strict=True):
        if difference > REPEATS * max(most, 1e-300):
            raise ValueError(
                f"{x.name}(t) does not have the period {period:g}: {x.name}({t + period:g}) differs from "
                f"{x.name}({t:g}) by {difference:.3g}"
            )
