"""Systems: a Hamiltonian, its couplings and their baths, constant, driven, periodic or a batch."""

from redfield.systems.batch import SystemBatch
from redfield.systems.correlated import correlated
from redfield.systems.couplings import SiteProjectors
from redfield.systems.driven import DrivenSystem
from redfield.systems.drives.spline import Spline
from redfield.systems.periodic import PeriodicSystem
from redfield.systems.reservoirs import UnpairedCouplingWarning
from redfield.systems.system import System

__all__ = [
    "DrivenSystem",
    "PeriodicSystem",
    "SiteProjectors",
    "Spline",
    "System",
    "SystemBatch",
    "UnpairedCouplingWarning",
    "correlated",
]
