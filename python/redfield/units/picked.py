"""One unit of energy for a whole problem, and everything in it."""

from __future__ import annotations

from typing import Any

from redfield._base.checks.types import Points
from redfield._base.records import Record, record
from redfield.units.convert import EnergyUnit, TimeUnit, beta, convert, scaled
from redfield.units.table import ENERGIES, TIMES, hbar


@record
class Units(Record):
    r"""The units of a problem: every energy in one unit that you pick, every time in ħ over it.

    .. math:: E = x\,[\mathrm{unit}], \qquad t = \tau\,\frac{\hbar}{[\mathrm{unit}]}, \qquad
              \beta = \frac{[\mathrm{unit}]}{k_B T}

    With "rad/ps" times are picoseconds, with "rad/ns" nanoseconds. With "GHz", an ordinary frequency, the unit of time
    is 1/2π ns: E = hν, while the package has ħ = 1.

    Parameters
    ----------
    unit : of energy, of `redfield.units.ENERGIES`.

    Examples
    --------
    A dimer of chromophores in cm⁻¹, and a qubit in rad/ns.

    >>> import redfield as rf
    >>> u = rf.units.Units("cm^-1")
    >>> round(u.energy(12.4, "meV"), 3), round(u.time(1.0, "ps"), 4), round(u.beta(77.0), 6)
    (100.013, 0.1884, 0.018685)
    >>> round(u.to_time(0.18836516, "fs"), 3), round(u.to_energy(100.0, "meV"), 4)
    (1000.0, 12.3984)
    >>> u = rf.units.Units("rad/ns")
    >>> round(u.energy(5.0, "GHz"), 4), round(u.time(20.0, "us"), 6), round(u.energy(20.0, "mK"), 4)
    (31.4159, 20000.0, 2.6184)
    """

    unit: EnergyUnit

    def energy(self, value: Points, unit: EnergyUnit) -> Any:
        """Return energies, rates or temperatures k_B T that are given in `unit` as numbers of the problem.

        Parameters
        ----------
        value : a number or an array.
        unit : of energy; a temperature in "K", a rate 1/T₁ in "1/us", an ordinary frequency in "GHz".
        """
        return convert(value, unit, self.unit)

    def to_energy(self, value: Points, unit: EnergyUnit) -> Any:
        """Return energies of the problem in `unit`."""
        return convert(value, self.unit, unit)

    def time(self, value: Points, unit: TimeUnit) -> Any:
        """Return times that are given in `unit` as numbers of the problem."""
        return scaled("value", value, TIMES[unit] * (ENERGIES[self.unit] / hbar))

    def to_time(self, value: Points, unit: TimeUnit) -> Any:
        """Return times of the problem in `unit`."""
        return scaled("value", value, (hbar / ENERGIES[self.unit]) / TIMES[unit])

    def beta(self, temperature: Points, scale: EnergyUnit = "K") -> Any:
        """Return 1/k_B T of a temperature in kelvin, or in the unit `scale`; infinite at 0."""
        return beta(temperature, self.unit, scale=scale)
