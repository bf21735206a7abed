"""Master equations: one short file a kind."""

from redfield.equations.base import Equation, evolve_ensemble
from redfield.equations.davies import Davies
from redfield.equations.redfield import Redfield

__all__ = ["Davies", "Equation", "Redfield", "evolve_ensemble"]
