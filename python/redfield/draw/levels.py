"""Level diagrams."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import RealArray
from redfield._base.checks.types import Axes
from redfield.draw.style import COLOURS

LABELLED = 12
"""Arrows up to which each has its rate beside it."""
WIDEST, THINNEST = 4.0, 0.4


def draw_levels(axes: Axes, energies: RealArray, rates: RealArray, most: int) -> None:
    """Levels at their energies, an arrow for each of the `most` fastest transitions, as wide as the root of its rate.

    rates (N, N): from level k to l at (l, k).
    """
    n = len(energies)
    jumps = [
        (float(rates[m, k]), k, m) for k in range(n) for m in range(n) if k != m and rates[m, k] > 0.0
    ]
    jumps = sorted(jumps, reverse=True)[:most]
    fastest = jumps[0][0] if jumps else 1.0
    # From left to right by the level they start from, so that what empties a level stands together.
    jumps.sort(key=lambda jump: (jump[1], jump[2]))
    places = (np.arange(len(jumps)) + 0.5) / max(1, len(jumps))
    axes.hlines(energies, 0.0, 1.0, color="black", linewidth=1.2, zorder=3)
    span = float(np.ptp(energies)) or 1.0
    for x, (rate, k, m) in zip(places, jumps, strict=True):
        width = max(THINNEST, WIDEST * np.sqrt(rate / fastest))
        down = energies[m] <= energies[k]
        colour = COLOURS[0] if down else COLOURS[1]
        axes.annotate(
            "", xy=(x, energies[m]), xytext=(x, energies[k]),
            arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0,
                        "mutation_scale": 8 + 2 * width},
        )  # fmt: skip
        if len(jumps) <= LABELLED:
            axes.text(
                x + 0.012, 0.5 * (energies[k] + energies[m]), f"{rate:.3g}",
                color=colour, fontsize=8, rotation=90, va="center", ha="left", zorder=4,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
            )  # fmt: skip
    axes.plot([], [], color=COLOURS[0], label="to the baths")
    axes.plot([], [], color=COLOURS[1], label="from the baths")
    if jumps:
        axes.legend(loc="upper left", bbox_to_anchor=(0.0, -0.02), ncols=2)
    if n <= 20:
        for k, energy in enumerate(energies):
            axes.annotate(
                str(k), (1.0, energy), xytext=(4, 0), textcoords="offset points", fontsize=8, va="center"
            )
    left = len(jumps) < int((rates > 0.0).sum() - (np.diag(rates) > 0.0).sum())
    axes.set(xlim=(-0.02, 1.06), ylim=(energies[0] - 0.06 * span, energies[-1] + 0.06 * span), xticks=[])
    axes.set_ylabel("E  (energy)")
    axes.set_title(f"rates (energy), the {len(jumps)} fastest" if left else "rates (energy)", loc="left")
    axes.spines["bottom"].set_visible(False)
    axes.grid(False)
