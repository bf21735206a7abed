"""Where the panels of a transform begin and end: fine at the features of a function, wider away from them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from redfield.baths.panels import Tail
from redfield.validation import RealArray

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
    edges = [x for x, _ in ordered]
    for a, b in itertools.pairwise(ordered):
        if b[0] > a[0]:
            edges += between(a, b)
    return edges


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
) -> tuple[list[float], Tail | None]:
    """Edges from `start` to one side at doubling distances, at least `reach` far, until `weight`·|f| of an octave is
    `tol` of the largest, |f| itself `noise` of its largest, or f is a power law, whose coefficients are returned."""
    edges: list[float] = []
    largest, loudest, quiet = 0.0, 0.0, 0
    for k in range(octaves):
        x = math.ldexp(NEAREST * fine, k)
        if not x < 1e280:
            break
        edges.append(start + side * x)
        probe = x * np.array([0.6, 0.75, 0.9, 1.0])
        values = np.abs(f(start + side * probe))
        size = float((weight(probe) * values).max())
        largest, loudest = max(largest, size), max(loudest, float(values.max()))
        quiet = quiet + 1 if size <= tol * largest or float(values.max()) <= noise * loudest else 0
        if x < max(reach, 8.0 * fine):
            continue
        if quiet >= 2 and (largest > 0.0 or k > 60):
            return edges, None
        if tails and k > 24 and (power := _power(f, start, side, x)) is not None:
            return edges, Tail(start, side, x, power[1], power[0])
    return edges, None


def _power(
    f: Callable[[RealArray], Any], start: float, side: float, x: float
) -> tuple[float, float] | None:
    """p and f where f falls as x^{−p} from x on."""
    values = np.asarray(f(start + side * x * np.array([1.0, 2.0, 4.0, 8.0])))
    if np.iscomplexobj(values) or not (values > 0.0).all():
        return None
    powers = np.log2(values[:-1] / values[1:])
    if np.ptp(powers) > STEADY * max(1.0, abs(powers[0])) or powers[0] <= 1e-6:
        return None
    return float(powers.mean()), float(values[0])
