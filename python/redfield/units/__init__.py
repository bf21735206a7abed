"""Physical units: numbers in cm⁻¹, meV, GHz, K, fs, … as the package takes them, in one unit of energy that you pick."""

from redfield.units.convert import beta, convert
from redfield.units.picked import Units
from redfield.units.table import ENERGIES, TIMES

__all__ = ["ENERGIES", "TIMES", "Units", "beta", "convert"]
