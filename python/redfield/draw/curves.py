"""Curves over one abscissa that are told apart, also where they coincide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield._base.checks import RealArray
from redfield._base.checks.types import Axes
from redfield.draw.style import COLOURS

DASHES: tuple[Any, ...] = ("-", (0, (4, 3)), (0, (1.2, 2)), (0, (7, 2, 1.2, 2)), (0, (2, 4)))
"""Line styles of curves that lie upon each other, in the order in which they are drawn."""
BAND = "± estimated error"
"""The label of the band around a curve whose error is estimated."""
NEAR = 0.01
"""The part of the picture's height within which two curves are one to the eye."""
NAMED = 12
"""Curves up to which each has a label; of more the first, the middle and the last have."""


def draw_curves(
    axes: Axes, x: RealArray, curves: Sequence[RealArray], labels: Sequence[str]
) -> list[Any]:
    """Return the lines of curves over x, dashed where they coincide with lines that are there.

    More curves than the style has colours go from dark to light in their order, undashed: no colour stands for two.
    """
    colours = [None] * len(curves) if len(curves) <= len(COLOURS) else list(_shades(len(curves)))
    few = {0, (len(curves) - 1) // 2, len(curves) - 1} if len(curves) > NAMED else set(range(len(curves)))
    values = [np.real(curve) for curve in curves]
    there = [np.asarray(line.get_ydata()) for line in axes.lines if np.array_equal(line.get_xdata(), x)]
    height = max((float(np.ptp(y)) for y in (*there, *values)), default=0.0)
    lines = []
    for k, (y, colour) in enumerate(zip(values, colours, strict=True)):
        style: dict[str, Any] = {"color": colour, "linestyle": "-"}
        if colour is None:
            covered = sum(bool((abs(y - other) <= NEAR * height).mean() > 0.5) for other in there)
            style = {"linestyle": DASHES[covered % len(DASHES)]}
        lines += axes.plot(x, y, label=(labels[k] or None) if k in few else None, **style)
        there.append(y)
    return lines


def _shades(count: int) -> RealArray:
    import matplotlib

    colours: RealArray = matplotlib.colormaps["viridis"](np.linspace(0.0, 0.9, count))
    return colours


def legend_above(axes: Axes) -> None:
    """Draw the legend above the axes, off the data, where anything has a label."""
    labels = axes.get_legend_handles_labels()[1]
    if labels:
        columns = max(1, min(len(labels), 72 // (6 + max(map(len, labels)))))
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.3)
