"""Systems driven by a Hamiltonian, or couplings, that depend on time."""

from redfield.driven.fluctuators import Average, Fluctuator, average
from redfield.driven.kinds import (
    CoarseGrained,
    Davies,
    GeometricArithmetic,
    Lindblad,
    PartialSecular,
    Redfield,
    UniversalLindblad,
)
from redfield.driven.system import System
from redfield.systems.drives.spline import Spline

__all__ = [
    "Average",
    "CoarseGrained",
    "Davies",
    "Fluctuator",
    "GeometricArithmetic",
    "Lindblad",
    "PartialSecular",
    "Redfield",
    "Spline",
    "System",
    "UniversalLindblad",
    "average",
]
