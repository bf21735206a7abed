"""Figures of several panels, and their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from redfield._base.checks import RealArray
from redfield.draw.curves import DASHES
from redfield.draw.style import styled

try:
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError as error:
    raise ImportError("pictures need matplotlib: pip install 'redfield[plot]'") from error

__all__ = ["Axes", "Figure", "band", "dashes", "marks", "new_figure", "panel", "save", "shades", "ticks"]

MARKERS = "osD^vphX"
"""Shapes of the markers of curves, in the order in which they are drawn."""


def new_figure(width: float, height: float) -> Figure:
    """Return a figure that belongs to no window, in inches."""
    return Figure(figsize=(width, height), layout="constrained")


@styled()
def save(figure: Figure, directory: Path, name: str) -> list[Path]:
    """Return the paths of name.png and name.pdf, which are written with one layout."""
    paths = [directory / f"{name}.png", directory / f"{name}.pdf"]
    engine = figure.get_layout_engine()
    for path in paths:
        figure.savefig(path, dpi=150)
        figure.set_layout_engine("none")  # the axes stay where they are: a layout is a third of a drawing
    figure.set_layout_engine(engine)
    return paths


def panel(
    axis: Axes, text: str, x: str, y: str, legend: Mapping[str, Any] | None = None, **more: Any
) -> None:
    """Give a panel its letter and title, the labels of its axes and further settings of `axis.set`.

    A legend is drawn where curves have labels.
    """
    letter = chr(ord("a") + cast(Figure, axis.figure).axes.index(axis))
    axis.set(xlabel=x, ylabel=y, **more)
    if axis.get_legend_handles_labels()[0]:
        axis.legend(**(legend or {}))
    axis.set_title(f"({letter}) {text}", loc="left", fontsize=10)


def band(axis: Axes, x: RealArray, mean: RealArray, spread: RealArray, **style: Any) -> None:
    """Draw a curve and the band mean ± spread, cut off at zero; the panel or its legend says what the spread is."""
    (line,) = axis.plot(x, mean, **style)
    axis.fill_between(
        x, np.maximum(mean - spread, 0.0), mean + spread, color=line.get_color(), alpha=0.15, lw=0
    )


def ticks(axis: Axes, values: Sequence[float] | RealArray, size: float = 9.0) -> None:
    """Mark the x axis at these values alone."""
    axis.set_xticks(values, [f"{value:g}" for value in values], fontsize=size)
    axis.xaxis.minorticks_off()


def marks(count: int) -> list[dict[str, Any]]:
    """Hollow markers of falling size, one for each of several curves, which show where these lie upon each other."""
    sizes = np.linspace(9.0, 4.0, count)
    return [
        {"marker": MARKERS[k % len(MARKERS)], "ms": float(size), "mfc": "none", "mew": 1.1}
        for k, size in enumerate(sizes)
    ]


def dashes(count: int) -> list[Any]:
    """Line styles, one for each of an ordered family of curves, which shades alone do not tell apart in print."""
    return [DASHES[k % len(DASHES)] for k in range(count)]


def shades(count: int) -> RealArray:
    """Colours (count, 4) from dark to light, one for each size."""
    colours: RealArray = matplotlib.colormaps["viridis"](np.linspace(0.0, 0.85, max(1, count)))
    return colours
