"""Quadratic systems whose Hamiltonian repeats, in its Floquet modes."""

from redfield.quadratic.floquet.kinds import Davies, PeriodicState, Redfield
from redfield.quadratic.floquet.system import System

__all__ = ["Davies", "PeriodicState", "Redfield", "System"]
