"""Drawing: one style, and pictures of plain numbers, which know nothing of what they show."""

from redfield.draw.style import COLOURS, FAILS, HOLDS, NEUTRAL, figure_of, pictured, styled

__all__ = ["COLOURS", "FAILS", "HOLDS", "NEUTRAL", "figure_of", "pictured", "styled"]
