"""Systems driven periodically: Floquet modes, equations in them, periodic states, heat and work."""

from redfield.floquet.kinds import Davies, Redfield
from redfield.floquet.lindblad import Lindblad
from redfield.floquet.partial_secular import PartialSecular
from redfield.floquet.state import PeriodicState
from redfield.floquet.system import System

__all__ = ["Davies", "Lindblad", "PartialSecular", "PeriodicState", "Redfield", "System"]
