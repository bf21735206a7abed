"""Conversions between two units, and inverse temperatures."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from redfield._base.checks import RealArray, checked
from redfield._base.checks.types import Points
from redfield.units.table import ENERGIES, TIMES, as_energy_unit, as_time_unit, is_time

EnergyUnit = Annotated[str, as_energy_unit]
"""The name of a unit of energy."""
TimeUnit = Annotated[str, as_time_unit]
"""The name of a unit of time."""


@checked
def convert(value: Points, unit: str, to: str) -> Any:
    r"""Return energies or times in another unit of the same kind.

    .. math:: x_{\mathrm{to}} = x\,\frac{[\mathrm{unit}]}{[\mathrm{to}]}, \qquad
              E = k_B T = h\nu = \hbar\omega = hc\tilde\nu

    "GHz" and its like are ordinary frequencies, E = hν; "rad/ns" and its like, which may be written "1/ns", angular
    frequencies and rates, E = ħω: 1 GHz is 2π rad/ns.

    Parameters
    ----------
    value : a number or an array.
    unit, to : of energy (`ENERGIES`) or of time (`TIMES`), both the one or both the other.

    Returns
    -------
    A float, or an array of the shape of `value`.

    Raises
    ------
    ValueError
        A unit is not known, or one is of energy and the other of time; `Units` relates them. A number is beyond those
        of double precision in its new unit.

    Examples
    --------
    >>> round(convert(1.0, "eV", "cm^-1"), 3), round(convert(300.0, "K", "meV"), 4)
    (8065.544, 25.852)
    >>> round(convert(5.0, "GHz", "rad/ns"), 6), round(convert(20.0, "mK", "GHz"), 6)
    (31.415927, 0.416732)
    """
    known, as_unit = (TIMES, as_time_unit) if is_time(unit) else (ENERGIES, as_energy_unit)
    return scaled("value", value, known[as_unit("unit", unit)] / known[as_unit("to", to)])


@checked
def beta(temperature: Points, unit: EnergyUnit, *, scale: EnergyUnit = "K") -> Any:
    r"""Return the inverse temperature of a system whose energies are in a unit.

    .. math:: \beta = \frac{[\mathrm{unit}]}{k_B T}

    Parameters
    ----------
    temperature : T ≥ 0, a number or an array.
    unit : of all energies of the problem, such as "cm^-1" or "rad/ns".
    scale : of the temperature, "K", "mK", "uK" or a unit of energy for k_B T.

    Returns
    -------
    A float, or an array of the shape of `temperature`; infinite at T = 0.

    Raises
    ------
    ValueError
        A temperature is negative, or so small that 1/k_B T is no number; a unit is not known.

    Examples
    --------
    >>> import redfield as rf
    >>> round(rf.beta(300.0, "cm^-1") * 208.51, 4)     # k_B · 300 K is 208.51 cm⁻¹
    1.0
    >>> round(rf.beta(20.0, "rad/ns", scale="mK"), 6)
    0.381912
    """
    kelvins = np.asarray(temperature, dtype=np.float64)
    if (kelvins < 0.0).any():
        raise ValueError(f"temperature must not be negative, got {kelvins.min():g} {scale}")
    with np.errstate(divide="ignore", over="ignore"):
        found = ENERGIES[unit] / ENERGIES[scale] / kelvins
    _require_numbers("temperature", kelvins, found, kelvins > 0.0)
    return _plain(found)


def scaled(name: str, value: Points, factor: float) -> Any:
    """Return numbers times a factor; ValueError, naming one, where a product is beyond those of double precision."""
    given = np.asarray(value, dtype=np.float64)
    with np.errstate(over="ignore", under="ignore"):
        found = given * factor
    _require_numbers(name, given, found, given != 0.0)
    return _plain(found)


def _require_numbers(name: str, given: RealArray, found: RealArray, where: Any) -> None:
    """ValueError where a number that was given has overflown, or is nothing any more."""
    wrong = where & ((found == 0.0) | ~np.isfinite(found))
    if wrong.any():
        raise ValueError(
            f"{name} has {given[wrong].flat[0]:g}, which is {found[wrong].flat[0]:g} in the other unit: beyond the "
            "numbers of double precision"
        )


def _plain(array: Any) -> Any:
    """Return a number as a float, and an array as it is."""
    return float(array) if np.ndim(array) == 0 else array
