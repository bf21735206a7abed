"""Quadratic systems of fermions or bosons on the N×N covariance matrix G_jk = ⟨a_k† a_j⟩."""

from redfield.quadratic import driven, floquet
from redfield.quadratic.base import Equation
from redfield.quadratic.bogoliubov import Bogoliubov
from redfield.quadratic.equivalence import Equivalence, equivalence
from redfield.quadratic.exact.solution import Exact
from redfield.quadratic.kinds import Davies, LocalLindblad, PartialSecular, Redfield
from redfield.quadratic.locality import (
    LocalityProfile,
    QuasilocalRedfield,
    TruncationError,
    group_velocity,
    hopping_distance,
    locality_profile,
    truncation_errors,
)
from redfield.quadratic.observables.bonds import bond_currents, bond_energy_currents, densities
from redfield.quadratic.observables.entropies import entropy, mutual_information, negativity
from redfield.quadratic.result import Currents, Result, Spectrum, SteadyState
from redfield.quadratic.system import System

__all__ = [
    "Bogoliubov",
    "Currents",
    "Davies",
    "Equation",
    "Equivalence",
    "Exact",
    "LocalLindblad",
    "LocalityProfile",
    "PartialSecular",
    "QuasilocalRedfield",
    "Redfield",
    "Result",
    "Spectrum",
    "SteadyState",
    "System",
    "TruncationError",
    "bond_currents",
    "bond_energy_currents",
    "densities",
    "driven",
    "entropy",
    "equivalence",
    "floquet",
    "group_velocity",
    "hopping_distance",
    "locality_profile",
    "mutual_information",
    "negativity",
    "truncation_errors",
]
