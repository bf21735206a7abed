"""Systems driven by a Hamiltonian, or couplings, that depend on time."""

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
from redfield.spline import Spline

__all__ = [
    "CoarseGrained",
    "Davies",
    "GeometricArithmetic",
    "Lindblad",
    "PartialSecular",
    "Redfield",
    "Spline",
    "System",
    "UniversalLindblad",
]
