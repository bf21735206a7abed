"""The units that are known, in joules and in seconds, from the CODATA constants of `scipy.constants`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scipy import constants

from redfield._base.checks import as_text

h, hbar, k, e = constants.h, constants.hbar, constants.k, constants.e

ENERGIES: Mapping[str, float] = MappingProxyType(
    {
        "J": 1.0,
        "eV": e,
        "meV": 1e-3 * e,
        "ueV": 1e-6 * e,
        "cm^-1": 100.0 * h * constants.c,
        "K": k,
        "mK": 1e-3 * k,
        "uK": 1e-6 * k,
        "Hz": h,
        "kHz": 1e3 * h,
        "MHz": 1e6 * h,
        "GHz": 1e9 * h,
        "THz": 1e12 * h,
        "rad/s": hbar,
        "rad/ms": 1e3 * hbar,
        "rad/us": 1e6 * hbar,
        "rad/ns": 1e9 * hbar,
        "rad/ps": 1e12 * hbar,
        "rad/fs": 1e15 * hbar,
        "hartree": constants.physical_constants["Hartree energy"][0],
        "kJ/mol": 1e3 / constants.N_A,
        "kcal/mol": 4184.0 / constants.N_A,
    }
)
"""Joules of one unit of energy: k_B T of a kelvin, hν of an ordinary, ħω of an angular frequency or a rate."""

TIMES: Mapping[str, float] = MappingProxyType(
    {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12, "fs": 1e-15, "as": 1e-18}
)
"""Seconds of one unit of time."""

_SPELLINGS = {
    "cm-1": "cm^-1", "1/cm": "cm^-1", "cm⁻¹": "cm^-1", "cm**-1": "cm^-1", "Hartree": "hartree", "Eh": "hartree",
    **{f"1/{t}": f"rad/{t}" for t in TIMES}, **{f"{t}^-1": f"rad/{t}" for t in TIMES},
}  # fmt: skip
"""Other spellings; a rate 1/T is an angular frequency."""


def is_time(unit: str) -> bool:
    """Return whether a unit is one of time."""
    return _spelled("unit", unit) in TIMES


def as_energy_unit(name: str, value: object) -> str:
    """Return the name of a unit of energy as `ENERGIES` has it."""
    return _as_unit(name, value, "energy", ENERGIES, "time", TIMES)


def as_time_unit(name: str, value: object) -> str:
    """Return the name of a unit of time as `TIMES` has it."""
    return _as_unit(name, value, "time", TIMES, "energy", ENERGIES)


def _as_unit(
    name: str,
    value: object,
    kind: str,
    known: Mapping[str, float],
    other: str,
    others: Mapping[str, float],
) -> str:
    """Return the name of a known unit of a kind; the ValueError tells where it is one of the other kind."""
    unit = _spelled(name, value)
    if unit in others:
        raise ValueError(f"{name} must be a unit of {kind}, got {value!r}, one of {other}")
    if unit not in known:
        raise ValueError(f"{name} must be a unit of {kind} ({', '.join(known)}), got {value!r}")
    return unit


def _spelled(name: str, value: object) -> str:
    # The micro sign and the Greek mu are two characters.
    text = as_text(name, value).strip().replace("µ", "u").replace("μ", "u")
    return _SPELLINGS.get(text, text)
