"""Every check of what a user gives, and every message about it."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

ComplexArray = npt.NDArray[np.complex128]
RealArray = npt.NDArray[np.float64]

HERMITICITY_TOL = 1e-10
"""Largest max|A - A†| / max|A| that counts as rounding."""
OCCUPATION_TOL = 1e-9
"""How far beyond its bounds an eigenvalue of a covariance matrix counts as rounding."""


def as_numeric(name: str, value: Any) -> npt.NDArray[Any]:
    """`value` as a float64 or complex128 array; Qobj and scipy.sparse are made dense."""
    if hasattr(value, "full"):
        value = value.full()
    elif hasattr(value, "toarray"):
        value = value.toarray()
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} is not a rectangular array: {error}") from None
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} must be numeric, got an array of dtype {array.dtype}")
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)


def require_finite(name: str, array: npt.NDArray[Any]) -> None:
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}{list(where)} is not finite: {array[where]}")


def as_square(name: str, value: Any, dimension: int | None = None) -> npt.NDArray[Any]:
    """A finite square matrix, of the given dimension if there is one."""
    array = as_numeric(name, value)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError(f"{name} must be a square matrix, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} is empty: a system needs at least one level")
    if dimension is not None and array.shape[0] != dimension:
        raise ValueError(f"{name} has shape {array.shape}, but the system has {dimension} levels")
    require_finite(name, array)
    return array


def as_hermitian(name: str, value: Any) -> npt.NDArray[Any]:
    """A Hermitian matrix; real (float64) where the imaginary part vanishes."""
    array = as_square(name, value)
    if array.dtype == np.complex128 and not array.imag.any():
        array = array.real
    defect = float(np.abs(array - array.conj().T).max())
    scale = float(np.abs(array).max())
    if defect > HERMITICITY_TOL * scale:
        raise ValueError(
            f"{name} is not Hermitian: max|{name} - {name}†| = {defect:.3g} "
            f"where max|{name}| = {scale:.3g}"
        )
    return np.ascontiguousarray(array)


def as_density_matrix(name: str, value: Any, dimension: int) -> ComplexArray:
    """A density matrix; a ket becomes its projector. Warns where the trace is not 1."""
    array = as_numeric(name, value)
    if array.ndim == 2 and array.shape == (dimension, 1) and dimension > 1:
        array = array[:, 0]
    if array.ndim == 1:
        if array.size != dimension:
            raise ValueError(
                f"{name} is a ket of {array.size} entries, but the system has {dimension} levels"
            )
        require_finite(name, array)
        array = np.outer(array, array.conj())
    array = as_square(name, array, dimension)
    defect = float(np.abs(array - array.conj().T).max())
    if defect > HERMITICITY_TOL * max(1.0, float(np.abs(array).max())):
        raise ValueError(f"{name} is not Hermitian: max|{name} - {name}†| = {defect:.3g}")
    trace = float(np.trace(array).real)
    if abs(trace - 1.0) > 1e-8:
        warnings.warn(f"{name} has trace {trace:.10g}, not 1", UserWarning, stacklevel=4)
    return np.ascontiguousarray(array, dtype=np.complex128)


def as_covariance(name: str, value: Any, dimension: int, statistics: str) -> ComplexArray:
    """G_jk = ⟨a_k† a_j⟩ of a state: Hermitian, eigenvalues ≥ 0, of fermions ≤ 1. A vector is its diagonal."""
    array = as_numeric(name, value)
    if array.ndim == 1:
        array = np.diag(array)
    array = as_square(name, array, dimension).astype(np.complex128)
    defect = float(np.abs(array - array.conj().T).max())
    if defect > HERMITICITY_TOL * max(1.0, float(np.abs(array).max())):
        raise ValueError(f"{name} is not Hermitian: max|{name} - {name}†| = {defect:.3g}")
    hermitian: ComplexArray = 0.5 * (array + array.conj().T)
    occupations = np.linalg.eigvalsh(hermitian)
    slack = OCCUPATION_TOL * max(1.0, float(np.abs(occupations).max()))
    if occupations[0] < -slack or (statistics == "fermion" and occupations[-1] > 1.0 + slack):
        allowed = "[0, 1]" if statistics == "fermion" else "[0, inf)"
        raise ValueError(
            f"{name} is not the covariance of a state of {statistics}s: its eigenvalues reach from "
            f"{occupations[0]:.6g} to {occupations[-1]:.6g}, outside {allowed}"
        )
    return hermitian


def as_times(name: str, value: Any) -> RealArray:
    """Times to report: finite, non-negative and ascending; the first is when rho0 holds."""
    array = as_numeric(name, value)
    if array.dtype != np.float64:
        raise TypeError(f"{name} must be real, got dtype {array.dtype}")
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be a non-empty list of times, got shape {array.shape}")
    require_finite(name, array)
    if array[0] < 0.0 or (array.size > 1 and np.any(np.diff(array) < 0.0)):
        bad = (
            int(np.argmax(array < 0.0))
            if (array < 0.0).any()
            else int(np.argmax(np.diff(array) < 0.0)) + 1
        )
        reason = "is negative" if array[bad] < 0.0 else f"follows {array[bad - 1]:g}"
        raise ValueError(
            f"{name} must be ascending and not negative: {name}[{bad}] = {array[bad]:g} {reason}"
        )
    return array


def as_positive(name: str, value: Any, *, infinite: bool = False) -> float:
    """A positive number, infinite only where that has a meaning."""
    number = as_real_number(name, value)
    if not number > 0.0 or (math.isinf(number) and not infinite):
        allowed = "positive (inf allowed)" if infinite else "positive and finite"
        raise ValueError(f"{name} must be {allowed}, got {number}")
    return number


def as_not_negative(name: str, value: Any) -> float:
    number = as_real_number(name, value)
    if not 0.0 <= number < math.inf:
        raise ValueError(f"{name} must be finite and not negative, got {number}")
    return number


def as_real_number(name: str, value: Any) -> float:
    if isinstance(value, (str, bytes, bool, complex)):
        raise TypeError(f"{name} must be a real number, got {value!r}")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a real number, got {value!r}") from None


def as_count(name: str, value: Any, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return int(value)


def as_tolerances(rtol: Any, atol: Any) -> tuple[float, float]:
    rtol, atol = as_not_negative("rtol", rtol), as_not_negative("atol", atol)
    if rtol == 0.0 and atol == 0.0:
        raise ValueError("rtol and atol must not both be zero")
    return rtol, atol


def as_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return str(value)


def as_max_bytes(value: Any) -> float:
    """None stands for the memory that is free."""
    if value is not None:
        return as_positive("max_bytes", value, infinite=True)
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES")) * float(os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):  # not every system tells
        return 4e9


def as_threads(value: Any) -> int:
    """0 stands for "choose"."""
    return 0 if value is None else as_count("threads", value)
