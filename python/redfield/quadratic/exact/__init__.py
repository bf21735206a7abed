"""Quadratic systems with their baths, solved exactly."""

from redfield.quadratic.exact.solution import Exact

__all__ = ["Exact"]
