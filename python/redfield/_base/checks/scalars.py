"""Checks of single numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

SMALLEST = 1e-150
"""Smallest number of a bath that is not zero."""
LARGEST = 1e150
"""Largest number of a bath, and largest entry of a Hermitian matrix: the squares of larger ones overflow."""
LARGEST_COUNT = 2**53
"""Largest number of things: beyond, neither memory nor float64 can count them."""
_NOT_NUMBERS = (str, bytes, bool, np.bool_, np.datetime64, np.timedelta64)


def shown(value: object) -> str:
    """`value` in a message: its repr, shortened."""
    try:
        text = repr(value)
    except Exception:  # an integer of more digits than Python prints, or an object of the user's
        text = f"a {type(value).__name__}"
    return text if len(text) <= 200 else f"{text[:180]}… ({type(value).__name__})"


def as_real_number(name: str, value: object) -> float:
    """Return a real number, perhaps infinite, never NaN."""
    if type(value) is float and value == value:
        return value
    single = _single(name, value, "a real number")
    if isinstance(single, complex | np.complexfloating):
        raise TypeError(f"{name} must be a real number, got {shown(value)}")
    try:
        number = float(single)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a real number, got {shown(value)}") from None
    except OverflowError:
        raise ValueError(f"{name} must be a real number, got one beyond 1e308") from None
    if math.isnan(number):
        raise ValueError(f"{name} must be a number, got nan")
    return number


def as_complex_number(name: str, value: object) -> complex:
    """Return a finite number, real or complex."""
    single = _single(name, value, "a number")
    try:
        number = complex(single)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, got {shown(value)}") from None
    except OverflowError:
        raise ValueError(f"{name} must be a number, got one beyond 1e308") from None
    if not (math.isfinite(number.real) and math.isfinite(number.imag)):
        raise ValueError(f"{name} must be finite, got {number}")
    return number


def _single(name: str, value: Any, what: str) -> Any:
    """Return a number as it is, or the only entry of a 0-d array; refuse text, flags, dates and masked entries."""
    if isinstance(value, np.ma.MaskedArray) and value.ndim == 0 and np.ma.is_masked(value):
        raise ValueError(f"{name} is masked")
    single = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    try:
        dimensions = 0 if isinstance(single, int | float | complex | np.generic) else np.ndim(single)
    except ValueError:  # a ragged list
        dimensions = 1
    if single is None or isinstance(single, _NOT_NUMBERS) or dimensions:
        raise TypeError(f"{name} must be {what}, got {shown(value)}")
    return single


def as_finite(name: str, value: object) -> float:
    """Return a finite real number."""
    number = as_real_number(name, value)
    if math.isinf(number):
        raise ValueError(f"{name} must be finite, got {number}")
    return number


as_moment = as_finite
"""A finite time."""


def as_positive(name: str, value: object, *, infinite: bool = False) -> float:
    """Return a positive number, infinite only where that has a meaning."""
    number = as_real_number(name, value)
    if not number > 0.0 or (math.isinf(number) and not infinite):
        allowed = "positive (inf allowed)" if infinite else "positive and finite"
        raise ValueError(f"{name} must be {allowed}, got {number}")
    return number


def as_positive_or_infinite(name: str, value: object) -> float:
    """Return a positive number, infinite where it is so large that it does not matter."""
    return as_positive(name, value, infinite=True)


def as_not_negative(name: str, value: object) -> float:
    number = as_real_number(name, value)
    if not 0.0 <= number < math.inf:
        raise ValueError(f"{name} must be finite and not negative, got {number}")
    return number


def as_interval(name: str, value: Any) -> tuple[float, float]:
    """Two numbers, the lower first; they may be infinite."""
    try:
        low, high = (as_real_number(name, x) for x in value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be two numbers (lowest, highest), got {shown(value)}") from None
    if not low < high:
        raise ValueError(f"{name} must be (lowest, highest), got {value}")
    return low, high


def as_integer(name: str, value: object) -> int:
    """Return an integer of at most 2**53; a 0-d array of one is one, a flag and 2.0 are not."""
    number = _integer(name, value)
    if abs(number) > LARGEST_COUNT:
        raise ValueError(f"{name} must be at most 2**53, got {shown(number)}")
    return number


def _integer(name: str, value: object) -> int:
    if type(value) is int:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = _single(name, value, "an integer")
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be an integer, got {shown(value)}")
    return int(value)


def as_count(name: str, value: object, least: int = 1) -> int:
    """Return an integer from `least` to 2**53."""
    number = as_integer(name, value)
    if number < least:
        raise ValueError(f"{name} must be at least {least}, got {shown(number)}")
    return number


def as_count_from_zero(name: str, value: object) -> int:
    """Return an integer from 0 to 2**53."""
    return as_count(name, value, 0)


def as_index(name: str, value: object, size: int) -> int:
    """Return an index of one of `size` things, from 0."""
    number = as_count(name, value, 0)
    if number >= size:
        raise ValueError(f"{name} must be below {size}, got {number}")
    return number


def as_tolerances(rtol: object, atol: object) -> tuple[float, float]:
    """Relative and absolute tolerance, not both zero."""
    rtol, atol = as_not_negative("rtol", rtol), as_not_negative("atol", atol)
    if rtol == 0.0 and atol == 0.0:
        raise ValueError("rtol and atol must not both be zero")
    return rtol, atol


def as_seed(name: str, value: object) -> int:
    """Return a non-negative integer of any size, from which all random numbers follow.

    That of a SeedSequence is made of its state; a Generator draws one, and another at the next call; both below 2⁶³.
    """
    if isinstance(value, np.random.SeedSequence):
        return int(value.generate_state(1, np.uint64)[0] >> np.uint64(1))
    if isinstance(value, np.random.Generator):
        return int(value.integers(2**63, dtype=np.uint64))
    if value is None or not isinstance(value, int | np.integer | np.ndarray):
        raise TypeError(f"{name} must be an integer, SeedSequence or Generator, got {shown(value)}")
    number = _integer(name, value)
    if number < 0:
        raise ValueError(f"{name} must not be negative, got {shown(number)}")
    return number


def as_random_source(name: str, value: object) -> int | np.random.SeedSequence | np.random.Generator:
    """Return a seed, or the SeedSequence or Generator that the random numbers are taken from."""
    if isinstance(value, np.random.SeedSequence | np.random.Generator):
        return value
    return as_seed(name, value)


def as_scale(name: str, value: object) -> float:
    """Return a number of a bath: zero, infinite or in the range in which products of a few do not overflow."""
    if isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "iuf":
        raise TypeError(
            f"{name} must be a real number, got an array of {value.size}; baths of the members of a "
            "SystemBatch are made by their class's batch(…)"
        )
    number = as_real_number(name, value)
    size = abs(number)
    if size != 0.0 and not SMALLEST <= size <= LARGEST and size != math.inf:
        raise ValueError(
            f"{name} = {number:g} is beyond {SMALLEST:g} … {LARGEST:g}; choose a unit in which it is not"
        )
    return number
