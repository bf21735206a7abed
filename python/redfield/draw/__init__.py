"""Drawing: one style, and pictures of plain numbers, which know nothing of what they show."""

from redfield.draw.curves import BAND, draw_curves, legend_above
from redfield.draw.style import COLOURS, FAILS, HOLDS, NEUTRAL, figure_of, pictured, styled

__all__ = [
    "BAND",
    "COLOURS",
    "FAILS",
    "HOLDS",
    "NEUTRAL",
    "draw_curves",
    "figure_of",
    "legend_above",
    "pictured",
    "styled",
]
