"""The registry's lines: every kind of equation of density matrices, and what is known of it."""

from redfield.equations.coarse_grained import CoarseGrained
from redfield.equations.davies import Davies
from redfield.equations.geometric_arithmetic import GeometricArithmetic
from redfield.equations.heom import HEOM
from redfield.equations.lindblad import Lindblad
from redfield.equations.local import LocalRedfield
from redfield.equations.partial_secular import PartialSecular
from redfield.equations.quasilocal import QuasilocalRedfield
from redfield.equations.redfield import Redfield
from redfield.equations.registry import KINDS, Kind
from redfield.equations.superoperator import Superoperator
from redfield.equations.universal_lindblad import UniversalLindblad

__all__ = [
    "HEOM",
    "CoarseGrained",
    "Davies",
    "GeometricArithmetic",
    "Lindblad",
    "LocalRedfield",
    "PartialSecular",
    "QuasilocalRedfield",
    "Redfield",
    "Superoperator",
    "UniversalLindblad",
]

ONE = ("constant",)
STILL = ("constant", "batch")
MOVED = (*STILL, "driven")
EVERY = (*MOVED, "periodic", "quadratic", "driven quadratic", "periodic quadratic")

KINDS.add(
    Kind(Redfield, EVERY, matrix=True, usual=True, differentiable=True),
    Kind(
        PartialSecular,
        (*MOVED, "periodic", "quadratic"),
        {"cutoff": lambda rate: 10.0 * rate},
        usual=True,
        differentiable=True,
    ),
    Kind(Davies, EVERY, positive=True, matrix=True, usual=True, differentiable=True),
    Kind(UniversalLindblad, MOVED, positive=True, matrix=True, usual=True, differentiable=True),
    Kind(GeometricArithmetic, MOVED, positive=True, matrix=True, usual=True, differentiable=True),
    Kind(CoarseGrained, MOVED, {"window": lambda rate: 1.0 / rate}, positive=True, usual=True),
    Kind(Lindblad, (*MOVED, "periodic"), positive=True, differentiable=True),
    Kind(LocalRedfield, ONE, {"error": lambda rate: 0.1 * rate}),
    Kind(HEOM, MOVED),
    Kind(QuasilocalRedfield, ONE, {"reach": lambda rate: 1}),
    Kind(Superoperator, ONE),
)
