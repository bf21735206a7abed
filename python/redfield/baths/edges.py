"""Where the panels of a transform begin and end: fine at the features of a function, wider away from them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from redfield._base.checks import RealArray
from redfield.baths.tails import PRECISE, Tail

Feature = tuple[float, float]
"""A place where a function is not smooth or varies fast, and over which distance."""
OCTAVES = 400
"""That a function is followed outwards."""
FOURIER_OCTAVES = 60
"""The same for a Fourier transform: what lies beyond turns in 1e-18 of the shortest time."""
STEADY = 3e-13
"""A local power that changes less than this between octaves is the power of the tail."""
SAME = 1e-9
NEAREST = 0.25
"""Of a feature's width: the first panel beside it."""


def between(a: Feature, b: Feature) -> list[float]:
    """Edges inside (a, b), doubling in distance from either end."""
    (left, fine_a), (right, fine_b) = a, b
    middle = 0.5 * (left + right)
    edges = []
    for start, sign, fine in ((left, 1.0, fine_a), (right, -1.0, fine_b)):
        step = NEAREST * fine
        while step < 0.75 * (middle - left):
            edges.append(start + sign * step)
            step *= 2.0
    if edges:
        edges.append(middle)
    return edges


def graded(features: Sequence[Feature]) -> list[float]:
    """The features, and edges between them; what lies nearer together than their widths can tell is one."""
    ordered: list[Feature] = []
    for x, fine in sorted(features):
        if ordered and x - ordered[-1][0] <= SAME * min(fine, ordered[-1][1]):
            ordered[-1] = ordered[-1][0], min(fine, ordered[-1][1])
        else:
            ordered.append((x, fine))
    # A wide feature beside a narrow one begins as finely as the narrow one has become there.
    for chain in (range(1, len(ordered)), range(len(ordered) - 2, -1, -1)):
        for k in chain:
            x, near = ordered[k][0], ordered[k - 1 if chain.step > 0 else k + 1]
            ordered[k] = x, min(ordered[k][1], near[1] + abs(x - near[0]))
    edges = [x for x, _ in ordered]
    for a, b in itertools.pairwise(ordered):
        if b[0] > a[0]:
            edges += between(a, b)
    return edges


class Outward(NamedTuple):
    """How a function ends on one side: by being negligible, by a power law, or, without either, not."""

    edges: list[float]
    tail: Tail | None
    left: float
    """|f| where it does not end, of its largest, or `weight`·|f| where only its rounding is left; else 0."""


def outward(
    f: Callable[[RealArray], Any],
    start: float,
    fine: float,
    side: float,
    weight: Callable[[RealArray], RealArray],
    reach: float = 0.0,
    tol: float = 1e-17,
    noise: float = 0.0,
    tails: bool = True,
    octaves: int = OCTAVES,
) -> Outward:
    """Edges from `start` to one side at doubling distances, at least `reach` far, until `weight`·|f| of an octave is
    `tol` of the largest, |f| itself `noise` of its largest, or f is a power law, rising or falling."""
    edges: list[float] = []
    largest, loudest, last, quiet = 0.0, 0.0, 0.0, 0
    sizes: list[float] = []
    for k in range(octaves):
        x = math.ldexp(NEAREST * fine, k)
        if not x < 1e280:
            break
        edges.append(start + side * x)
        probe = x * np.array([0.6, 0.75, 0.9, 1.0])
        values = np.abs(f(start + side * probe))
        size = float((weight(probe) * values).max())
        last = float(values.max())
        largest, loudest = max(largest, size), max(loudest, last)
        quiet = quiet + 1 if size <= tol * largest or last <= noise * loudest else 0
        if x < max(reach, 8.0 * fine):
            continue
        if quiet >= 2 and (largest > 0.0 or k > 60):
            return Outward(edges, None, 0.0)
        sizes.append(last)
        if not tails and _is_noise(sizes, loudest):
            return Outward(edges[: 1 - len(FLAT)], None, size / largest)
        if tails and k > 24 and (tail := _power_law(f, start, side, x)) is not None:
            return Outward(edges, tail, 0.0)
    return Outward(edges, None, last / loudest if loudest > 0.0 else 0.0)


FLAT = range(8)
"""Octaves in which what is left of a function does not fall any more: its rounding."""
NOISE = 1e-12
"""Of its largest: rounding is not more."""


def _is_noise(sizes: list[float], loudest: float) -> bool:
    recent = sizes[-len(FLAT) :]
    half = len(FLAT) // 2
    return (
        len(recent) == len(FLAT)
        and max(recent) <= NOISE * loudest
        and max(recent[half:]) > 0.25 * max(recent[:half])
    )


FARTHER = np.array([0, 1, 2, 3, 20, 40, 80, 160])
"""Octaves from the last panel at which a power law must hold."""
LARGEST = 1e290


def _power_law(f: Callable[[RealArray], Any], start: float, side: float, x: float) -> Tail | None:
    """The law by which f falls, or rises, from x on."""
    octaves = FARTHER[math.log2(LARGEST / x) > FARTHER]
    values = np.asarray(f(start + side * np.ldexp(x, octaves)))
    if len(octaves) < 5 or np.iscomplexobj(values) or not (values[:4] > 0.0).all():
        return None
    near = np.log2(values[:3] / values[1:4])
    if np.ptp(near) > STEADY * max(1.0, abs(near[0])):
        return None
    # One that is beyond the range of numbers tells nothing.
    told = np.abs(math.log2(values[0]) - near[0] * octaves) < math.log2(LARGEST)
    first = float(values[0])
    octaves, values = octaves[told][1:], values[told][1:]
    if not ((values > 0.0) & np.isfinite(values)).all():
        return None
    powers = (math.log2(first) - np.log2(values)) / octaves
    if np.ptp(powers) > STEADY * max(1.0, abs(powers[0])):
        return None
    # The longest way tells the power best.
    power = float(powers[-1])
    return Tail(start, side, x, first, 0.0 if abs(power) < LEVEL else power)


LEVEL = 1e-6
"""A power this small is that of a constant."""


def inward(f: Callable[[RealArray], Any], start: float, fine: float, side: float) -> Tail | None:
    """The power law of f beside a place where it is not smooth, such as √x at the edge of a band; None where it is
    smooth from this side, or of another form."""
    x = max(math.ldexp(fine, -INWARD), math.ldexp(abs(start), -INWARD))
    values = np.asarray(f(start + side * x * np.array([1.0, 0.5, 0.25, 0.125])))
    if x > 0.1 * fine or np.iscomplexobj(values) or not (np.isfinite(values) & (values > 0.0)).all():
        return None
    powers = np.log2(values[:-1] / values[1:])
    power, spread = float(powers.mean()), float(np.ptp(powers))
    if spread > SINGULAR or (abs(power - round(power)) < 100.0 * SINGULAR and power > INTEGRABLE):
        return None
    return Tail(start, side, x, float(values[0]), power, inner=True, error=max(PRECISE, 4.0 * spread))


INWARD = 26
"""Octaves below a feature's width, or its place, at which the power law beside it is looked for: nearer the rounding
of x, farther what is left of f beside its law, would tell."""
INTEGRABLE = -0.99
"""Powers up to this one count as those whose integral diverges."""
SINGULAR = 1e-5
"""By how much its power may vary there."""
