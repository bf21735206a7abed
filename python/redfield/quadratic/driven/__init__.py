"""Driven quadratic systems: the instantaneous Davies equation, Redfield's with its memory, and the exact solution."""

from redfield.quadratic.driven.base import Equation
from redfield.quadratic.driven.exact import Exact
from redfield.quadratic.driven.kinds import Davies, Redfield
from redfield.quadratic.driven.system import System
from redfield.systems.drives.spline import Spline

__all__ = ["Davies", "Equation", "Exact", "Redfield", "Spline", "System"]
