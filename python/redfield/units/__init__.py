"""Physical units: numbers in cm⁻¹, meV, GHz, K or fs in the one unit of energy that a problem is given in."""

from redfield.units.convert import beta, convert
from redfield.units.picked import Units
from redfield.units.table import ENERGIES, TIMES

__all__ = ["ENERGIES", "TIMES", "Units", "beta", "convert"]
