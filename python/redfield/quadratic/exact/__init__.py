"""Quadratic systems with their baths, solved exactly."""

from redfield.quadratic.exact import solution  # noqa: F401  (registers its solvers)
from redfield.quadratic.exact.equation import Exact

__all__ = ["Exact"]
