"""Adaptive expansion of a function in panels, and the check of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import RealArray
from redfield.baths.legendre import NODES, ORDER, TAIL, TO_SERIES, WEIGHTS
from redfield.baths.panels import Panels
from redfield.baths.tails import Tail

MOST_PANELS = 20_000
EPSILON = float(np.finfo(np.float64).eps)
NARROWEST = 1e-12
"""Of the first panels' widths; none is halved below it."""
BESIDE_ZERO = 1e-8
"""Of that, the same for a panel that ends at 0, where numbers are dense."""
CHECKED = 1e-9
"""Of the largest |f|: by how much an expansion may miss a value of f at a probe before it is refined there."""


def expand(
    f: Callable[[RealArray], npt.NDArray[np.float64 | np.complex128]],
    edges: Sequence[float] | RealArray,
    tol: float = 1e-13,
    beyond: tuple[Tail, ...] = (),
    integral: bool = False,
    peak: bool = True,
) -> Panels:
    """f between the first and the last of ascending edges, on panels halved until their series have converged to
    tol of the largest |f|, or with `integral` until the integral of what they leave is tol of that of |f|, and without
    `peak` both. Where f is not smooth, put an edge."""
    points = np.unique(np.asarray(edges, dtype=np.float64))
    left, right = points[:-1], points[1:]
    narrowest = NARROWEST * np.diff(points)
    parent = np.full(len(left), np.inf)
    done: list[tuple[RealArray, RealArray, npt.NDArray[np.float64 | np.complex128], RealArray]] = []
    largest, whole, count = 0.0, 0.0, 0
    while len(left):
        centre, half = 0.5 * (left + right), 0.5 * (right - left)
        values = np.asarray(f(centre[:, None] + half[:, None] * NODES))
        if not np.isfinite(values).all():
            where = (centre[:, None] + half[:, None] * NODES)[~np.isfinite(values)][0]
            raise ValueError(f"the spectrum at {where:g} is not finite")
        largest = max(largest, float(np.abs(values).max()))
        series = values @ TO_SERIES.T
        tail = np.abs(series[:, -TAIL:]).max(axis=1) * ORDER / 4.0
        if integral:
            whole = max(whole, float((np.abs(values) @ WEIGHTS * half).sum()))
        allowed = np.full(len(half), tol * largest)
        if integral:
            mean = tol * whole / np.maximum(2.0 * half, 1e-300)
            allowed = mean if peak else np.minimum(allowed, mean)
        # What halving does not shrink any more is the rounding of f, or of x where f is steep over a narrow panel.
        steep = 64.0 * EPSILON * np.maximum(np.abs(left), np.abs(right)) / half * largest
        rounding = (tail <= np.maximum(1e3 * allowed, steep)) & (tail > 0.4 * parent)
        ready = (
            (tail <= allowed)
            | rounding
            | (half <= narrowest * np.where((left == 0.0) | (right == 0.0), BESIDE_ZERO, 1.0))
        )
        count += int(ready.sum())
        done.append((left[ready], right[ready], series[ready], tail[ready]))
        if count + 2 * int((~ready).sum()) > MOST_PANELS:
            raise ValueError(
                "the spectrum is too rough to be integrated: it needs more than "
                f"{MOST_PANELS} panels; give the places where it is not smooth as breakpoints"
            )
        narrowest, parent = np.tile(narrowest[~ready], 2), np.tile(tail[~ready], 2)
        left, right = (
            np.concatenate([left[~ready], centre[~ready]]),
            np.concatenate([centre[~ready], right[~ready]]),
        )
    parts = [np.concatenate(column) for column in zip(*done, strict=True)]
    order = np.argsort(parts[0])
    left, right, series, tails = (part[order] for part in parts)
    return Panels(left, right, series.astype(series.dtype, copy=False), tails, beyond)


def verified(
    f: Callable[[RealArray], npt.NDArray[np.float64 | np.complex128]],
    edges: Sequence[float],
    probes: RealArray,
    beyond: tuple[Tail, ...] = (),
    **options: Any,
) -> Panels:
    """`expand`, refined where it misses f at a probe: no node may have met a narrow peak.

    Raises
    ------
    ValueError
        It misses f still.
    """
    points = np.asarray(edges, dtype=np.float64)
    smooth = _without(f, [tail for tail in beyond if tail.inner])
    for _ in range(6):
        panels = expand(smooth, points, beyond=beyond, **options)
        held = probes[(probes > panels.left[0]) & (probes < panels.right[-1])]
        missed = missed_at(panels, f, held)
        if not len(missed):
            return panels
        between = around(missed, float(np.diff(np.unique(points)).min()))
        inside = (between > points.min()) & (between < points.max())
        points = np.concatenate([points, between[inside]])
    raise ValueError(
        f"the spectrum is missed at {missed[0]:g} by its expansion; give that place as a breakpoint"
    )


def _without(f: Any, laws: list[Tail]) -> Any:
    """f, zero where power laws stand for it."""
    if not laws:
        return f

    def smooth(x: RealArray) -> Any:
        values = np.asarray(f(x))
        for law in laws:
            distance = law.side * (x - law.start)
            values = np.where((distance > 0.0) & (distance <= law.reach), 0.0, values)
        return values

    return smooth


def around(x: RealArray, finest: float, most: int = 40) -> RealArray:
    """Edges at ever smaller distances on both sides of places where an expansion missed something of unknown width."""
    if len(x) > most:
        x = x[np.linspace(0, len(x) - 1, most).astype(np.intp)]
    steps = np.ldexp(1.0, -np.arange(36))
    distance = np.maximum(np.abs(x), finest)[:, None] * steps
    edges: RealArray = np.concatenate([x[:, None] - distance, x[:, None] + distance]).ravel()
    return edges


def missed_at(panels: Panels, f: Any, x: RealArray) -> RealArray:
    """Those of x where the expansion is not f."""
    if not len(x):
        return x
    direct = np.asarray(f(x))
    largest = max(float(np.abs(panels.series[:, 0]).max()), float(np.abs(direct).max()), 1e-300)
    allowed = CHECKED * largest
    differs = np.abs(panels(x) - direct) > allowed
    # Where two panels meet at a jump, f may have the value of either side.
    at = np.flatnonzero(differs & np.isin(x, panels.left))
    differs[at] = np.abs(panels(x[at], from_above=True) - direct[at]) > allowed
    missed: RealArray = x[differs]
    return missed
