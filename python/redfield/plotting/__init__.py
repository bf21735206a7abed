"""Figures."""

from redfield.plotting.figure1 import CasePanel, Curve, draw

__all__ = ["CasePanel", "Curve", "draw"]
