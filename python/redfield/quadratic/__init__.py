"""Quadratic systems of fermions or bosons, on the N×N covariance matrix G_jk = ⟨a_k† a_j⟩.

`rf.Redfield`, `rf.Davies` and `rf.PartialSecular` take a `QuadraticSystem`, constant, driven or periodic; here is what
only quadratic systems have.
"""

from redfield.quadratic import constant, driven, periodic  # noqa: F401  (each registers its solvers)
from redfield.quadratic.bogoliubov import Bogoliubov
from redfield.quadratic.equivalence import Equivalence, equivalence
from redfield.quadratic.exact import Exact
from redfield.quadratic.hopping import group_velocity, hopping_distance
from redfield.quadratic.kinds import GivenFlow, LocalLindblad, QuasilocalFlow
from redfield.quadratic.locality import (
    LocalityProfile,
    TruncationError,
    locality_profile,
    truncation_errors,
)
from redfield.quadratic.observables.bonds import bond_currents, bond_energy_currents, densities
from redfield.quadratic.observables.currents import currents, power
from redfield.quadratic.observables.entropies import entropy, mutual_information, negativity
from redfield.quadratic.result import (
    CovarianceModes,
    CovarianceResult,
    Currents,
    PeriodicCovariance,
    SteadyCovariance,
)
from redfield.quadratic.system import QuadraticSystem

__all__ = [
    "Bogoliubov",
    "CovarianceModes",
    "CovarianceResult",
    "Currents",
    "Equivalence",
    "Exact",
    "GivenFlow",
    "LocalLindblad",
    "LocalityProfile",
    "PeriodicCovariance",
    "QuadraticSystem",
    "QuasilocalFlow",
    "SteadyCovariance",
    "TruncationError",
    "bond_currents",
    "bond_energy_currents",
    "currents",
    "densities",
    "entropy",
    "equivalence",
    "group_velocity",
    "hopping_distance",
    "locality_profile",
    "mutual_information",
    "negativity",
    "power",
    "truncation_errors",
]
