"""Parameters of models: energies, amplitudes and ratios of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield.validation import LARGEST, as_real_number


def as_energy(name: str, value: Any) -> float:
    """A finite number whose square does not overflow."""
    number = as_real_number(name, value)
    if not abs(number) <= LARGEST:
        raise ValueError(f"{name} must be finite and at most {LARGEST:g}, got {number}")
    return number


def as_amplitude(name: str, value: Any) -> complex:
    """A finite number, real or complex, whose square does not overflow."""
    if not isinstance(value, complex | np.complexfloating):
        return complex(as_energy(name, value))
    number = complex(value)
    as_energy(f"the real part of {name}", number.real)
    as_energy(f"the imaginary part of {name}", number.imag)
    return number
