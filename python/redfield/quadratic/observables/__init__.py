"""Observables of a covariance matrix: densities, currents along bonds, entropies."""

from redfield.quadratic.observables.bonds import bond_currents, bond_energy_currents, densities
from redfield.quadratic.observables.entropies import entropy, mutual_information, negativity

__all__ = [
    "bond_currents",
    "bond_energy_currents",
    "densities",
    "entropy",
    "mutual_information",
    "negativity",
]
