"""Master equations: one short file a kind."""

from redfield.equations.base import Equation
from redfield.equations.coarse_grained import CoarseGrained
from redfield.equations.davies import Davies
from redfield.equations.ensemble import evolve_ensemble
from redfield.equations.geometric_arithmetic import GeometricArithmetic
from redfield.equations.lindblad import Lindblad
from redfield.equations.local import LocalRedfield
from redfield.equations.local_jumps import LocalJumps, local_jumps
from redfield.equations.partial_secular import PartialSecular
from redfield.equations.quasilocal import QuasilocalRedfield
from redfield.equations.redfield import Redfield
from redfield.equations.universal_lindblad import UniversalLindblad

__all__ = [
    "CoarseGrained",
    "Davies",
    "Equation",
    "GeometricArithmetic",
    "Lindblad",
    "LocalJumps",
    "LocalRedfield",
    "PartialSecular",
    "QuasilocalRedfield",
    "Redfield",
    "UniversalLindblad",
    "evolve_ensemble",
    "local_jumps",
]
