"""Pictures of baths: spectrum, Lamb shift and correlation function."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

from redfield._base.checks import RealArray
from redfield._base.checks.types import Axes
from redfield.draw.style import COLOURS

Values = Callable[[RealArray], Any]


def draw_bath(
    axes: Any, w: RealArray, t: RealArray, gamma: Values, eta: Values, correlation: Values
) -> None:
    """Draw γ and η over frequencies and C over times on three axes; what a bath has not, its panel says."""
    _curve(axes[0], w, gamma, "ω  (energy)", "γ(ω)  (rate)", {"": lambda y: y})
    _curve(axes[1], w, eta, "ω  (energy)", "η(ω)  (rate)", {"": lambda y: y})
    parts = {"Re C": lambda y: y.real, "Im C": lambda y: y.imag}
    _curve(axes[2], t, correlation, "t  (1/energy)", "C(t)  (energy²)", parts)
    for axis in axes[:2]:
        axis.axvline(0.0, color="0.6", linewidth=0.8, zorder=0)


def _curve(
    axis: Axes, x: RealArray, values: Values, along: str, up: str, parts: dict[str, Values]
) -> None:
    axis.set(xlabel=along, ylabel=up)
    try:
        found = values(x)
    except (NotImplementedError, ValueError) as missing:
        told = axis.text(
            0.5,
            0.5,
            textwrap.fill(str(missing), 36),
            ha="center",
            va="center",
            fontsize=7,
            transform=axis.transAxes,
        )
        told.set_in_layout(False)
        axis.set(xticks=[], yticks=[])
        return
    for (label, part), colour, style in zip(parts.items(), COLOURS, ("-", "--"), strict=False):
        axis.plot(x, part(found), style, color=colour, label=label)
    if len(parts) > 1:
        axis.legend()
