"""Parameters of models: energies, amplitudes and ratios of them."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import (
    LARGEST,
    RealArray,
    as_count,
    as_real_array,
    as_real_number,
    require_memory,
)


def as_energy(name: str, value: object) -> float:
    """Return a finite number whose square does not overflow."""
    number = as_real_number(name, value)
    if not abs(number) <= LARGEST:
        raise ValueError(f"{name} must be finite and at most {LARGEST:g}, got {number}")
    return number


def as_amplitude(name: str, value: object) -> complex:
    """Return a finite number, real or complex, whose square does not overflow."""
    if not isinstance(value, complex | np.complexfloating):
        return complex(as_energy(name, value))
    number = complex(value)
    as_energy(f"the real part of {name}", number.real)
    as_energy(f"the imaginary part of {name}", number.imag)
    return number


def as_energies(name: str, value: object, *counts: int) -> RealArray:
    """Return energies (M,), M one of `counts` or 1."""
    energies = as_real_array(name, value)
    if energies.ndim > 1 or energies.size not in (1, *counts):
        allowed = " or ".join(map(str, sorted({1, *counts})))
        raise ValueError(f"{name} must be {allowed} numbers, got shape {energies.shape}")
    largest = float(np.abs(energies).max())
    if largest > LARGEST:
        raise ValueError(f"{name} must be at most {LARGEST:g}, got {largest:g}")
    return energies.reshape(-1)


def as_sites(name: str, value: object, each: int = 1) -> int:
    """Return a number of cells of `each` sites, whose dense complex Hamiltonian and as much again fit the memory."""
    count = as_count(name, value)
    require_lattice(f"the Hamiltonian of {name} = {count}", float(count) * each)
    return count


def require_lattice(what: str, sites: float) -> None:
    """MemoryError where a dense complex Hamiltonian of so many sites, and as much again, does not fit."""
    require_memory(what, 32.0 * sites * sites)
