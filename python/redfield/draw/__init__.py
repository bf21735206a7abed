"""How the package draws: one style, and pictures of plain numbers. It knows nothing of what it draws."""

from redfield.draw.style import COLOURS, FAILS, HOLDS, NEUTRAL, figure_of, pictured, styled

__all__ = ["COLOURS", "FAILS", "HOLDS", "NEUTRAL", "figure_of", "pictured", "styled"]
