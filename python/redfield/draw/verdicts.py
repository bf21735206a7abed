"""Tables of what holds and what does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from redfield._base.checks.types import Axes
from redfield.draw.style import FAILS, HOLDS, NEUTRAL

DECADES = 12.0
"""The decades from the palest to the full colour."""


def draw_verdicts(
    axes: Axes,
    rows: Sequence[str],
    columns: Sequence[str],
    texts: Sequence[Sequence[str]],
    verdicts: Sequence[Sequence[bool | None]],
    sizes: Sequence[Sequence[float]],
) -> None:
    """Draw a cell for each row and column: blue where it holds, orange where it does not, grey where it is unknown.

    The larger a cell's number, the stronger its colour.
    """
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Rectangle

    white = np.ones(3)
    for i, line in enumerate(verdicts):
        for j, holds in enumerate(line):
            size = float(sizes[i][j])
            strength = 0.25 if holds else 0.35
            if holds is False and size > 0.0:
                strength = 0.3 + 0.7 * min(1.0, max(0.0, 1.0 + np.log10(size) / DECADES))
            colour = np.array(to_rgb(NEUTRAL if holds is None else HOLDS if holds else FAILS))
            cell = white + (colour - white) * (0.4 if holds is None else strength)
            axes.add_patch(Rectangle((j, i), 1, 1, facecolor=cell, edgecolor="white", linewidth=2))
            axes.text(j + 0.5, i + 0.5, texts[i][j], ha="center", va="center", fontsize=8)
    for shown, text in (
        (HOLDS, "holds"),
        (FAILS, "fails, the stronger the more"),
        (NEUTRAL, "no property"),
    ):
        pale = white + (np.array(to_rgb(shown)) - white) * 0.5
        axes.plot([], [], "s", color=tuple(pale), markersize=8, label=text)
    axes.legend(loc="upper right", bbox_to_anchor=(1.0, 0.0), ncols=3, borderaxespad=0.3)
    axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=30, ha="left")
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
    axes.tick_params(length=0, top=False, bottom=False, labeltop=True, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.grid(False)
