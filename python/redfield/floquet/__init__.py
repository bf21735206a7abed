"""Systems driven periodically: Floquet modes, equations in them, periodic states, heat and work."""

from redfield.floquet.kinds import Davies, Lindblad, Redfield
from redfield.floquet.state import PeriodicState
from redfield.floquet.system import System

__all__ = ["Davies", "Lindblad", "PeriodicState", "Redfield", "System"]
