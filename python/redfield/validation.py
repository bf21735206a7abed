"""Every check of what a user gives, and every message about it."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

ComplexArray = npt.NDArray[np.complex128]
RealArray = npt.NDArray[np.float64]

HERMITICITY_TOL = 1e-10
"""Largest max|A - A†| / max|A| that counts as rounding."""
LARGEST = 1e150
"""Of the entries of a Hermitian matrix: their squares must not overflow."""
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
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} is not a rectangular array: {error}") from None
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} must be numeric, got an array of dtype {array.dtype}")
    with np.errstate(over="ignore"):  # of a longer float: require_finite tells
        return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)


def require_finite(name: str, array: npt.NDArray[Any]) -> None:
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}{list(where)} is not finite: {array[where]}")


def as_square(name: str, value: Any, dimension: int | None = None) -> npt.NDArray[Any]:
    """A finite square matrix, of the given dimension if there is one."""
    array = as_numeric(name, value)
    _require_square(name, array, dimension)
    require_finite(name, array)
    return array


def _require_square(name: str, array: Any, dimension: int | None) -> None:
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ValueError(f"{name} must be a square matrix, got shape {array.shape}")
    if 0 in array.shape:
        raise ValueError(f"{name} is empty: a system needs at least one level")
    if dimension is not None and array.shape[0] != dimension:
        raise ValueError(f"{name} has shape {array.shape}, but the system has {dimension} levels")


def as_hermitian(name: str, value: Any) -> npt.NDArray[Any]:
    """A Hermitian matrix, a copy; real (float64) where the imaginary part vanishes."""
    array = np.array(as_square(name, value))
    if array.dtype == np.complex128 and not array.imag.any():
        array = array.real
    _require_hermitian(
        name, float(np.abs(array).max()), lambda: float(np.abs(array - array.conj().T).max())
    )
    return np.ascontiguousarray(array)


def _require_hermitian(name: str, scale: float, defect: Callable[[], float]) -> None:
    """`defect` is asked for where `scale` can not make it overflow."""
    if scale > LARGEST:
        raise ValueError(
            f"{name} has entries of size {scale:.3g}; choose a unit in which they are below {LARGEST:g}"
        )
    if (found := defect()) > HERMITICITY_TOL * scale:
        raise ValueError(
            f"{name} is not Hermitian: max|{name} - {name}†| = {found:.3g} "
            f"where max|{name}| = {scale:.3g}"
        )


def as_sparse(name: str, value: Any, dimension: int | None = None) -> Any:
    """A finite square scipy.sparse array by rows, a copy; None where the value is not stored as a sparse one."""
    if isinstance(value, np.ndarray):
        return None
    if hasattr(value, "data_as") and hasattr(value, "to") and "Dense" not in type(value.data).__name__:
        value = value.to("CSR").data.as_scipy()  # a Qobj
    if not hasattr(value, "tocsr"):
        return None
    import scipy.sparse

    array = scipy.sparse.csr_array(value, copy=True)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{name} must be numeric, got dtype {array.dtype}")
    array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)
    _require_square(name, array, dimension)
    array.sum_duplicates()
    if not np.isfinite(array.data).all():
        raise ValueError(f"{name} has an entry that is not finite")
    return array


def require_hermitian_sparse(name: str, array: Any) -> Any:
    """What `as_hermitian` asks, of a sparse array."""
    if array.dtype == np.complex128 and not array.data.imag.any():
        array = array.real
    array.eliminate_zeros()
    _require_hermitian(
        name,
        float(np.abs(array.data).max(initial=0.0)),
        lambda: float(np.abs((array - array.conj().T).data).max(initial=0.0)),
    )
    return array


def as_state(name: str, value: Any, dimension: int) -> ComplexArray:
    """A density matrix, or a ket, (N,), as which it takes N² times less memory. Warns where the trace is not 1."""
    array = as_numeric(name, value)
    if array.ndim == 2 and array.shape == (dimension, 1) and dimension > 1:
        array = array[:, 0]
    if array.ndim == 1:
        if array.size != dimension:
            raise ValueError(
                f"{name} is a ket of {array.size} entries, but the system has {dimension} levels"
            )
        require_finite(name, array)
        trace = float(np.vdot(array, array).real)
    else:
        array = as_square(name, array, dimension)
        defect = float(np.abs(array - array.conj().T).max())
        if defect > HERMITICITY_TOL * max(1.0, float(np.abs(array).max())):
            raise ValueError(f"{name} is not Hermitian: max|{name} - {name}†| = {defect:.3g}")
        trace = float(np.trace(array).real)
    if abs(trace - 1.0) > 1e-8:
        warnings.warn(f"{name} has trace {trace:.10g}, not 1", UserWarning, stacklevel=4)
    return np.ascontiguousarray(array, dtype=np.complex128)


def as_ket(name: str, value: Any, dimension: int) -> ComplexArray:
    """A ket, (N,), of norm 1."""
    array = as_state(name, value, dimension)
    if array.ndim != 1:
        raise ValueError(f"{name} must be a ket of {dimension} entries, got shape {array.shape}")
    return array


def as_density_matrix(name: str, value: Any, dimension: int) -> ComplexArray:
    """A density matrix; a ket becomes its projector. Warns where the trace is not 1."""
    array = as_state(name, value, dimension)
    return np.outer(array, array.conj()) if array.ndim == 1 else array


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
    """Times to report: finite and ascending; the first is when the initial state holds."""
    array = as_numeric(name, value)
    if array.dtype != np.float64:
        raise TypeError(f"{name} must be real, got dtype {array.dtype}")
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be a non-empty list of times, got shape {array.shape}")
    require_finite(name, array)
    descends = array[1:] < array[:-1]
    if descends.any():
        bad = int(np.argmax(descends)) + 1
        raise ValueError(
            f"{name} must be ascending: {name}[{bad}] = {array[bad]:g} follows {array[bad - 1]:g}"
        )
    if not math.isfinite(float(array[-1]) - float(array[0])):
        raise ValueError(f"{name} spans more than 1e308, from {array[0]:g} to {array[-1]:g}")
    return np.array(array)


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
    """A real number, perhaps infinite, never NaN."""
    if (
        isinstance(value, (str, bytes, bool, np.bool_, complex, np.complexfloating))
        or np.ndim(value) != 0
    ):
        raise TypeError(f"{name} must be a real number, got {value!r}")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a real number, got {value!r}") from None
    except OverflowError:
        raise ValueError(f"{name} must be a real number, got one beyond 1e308") from None
    if math.isnan(number):
        raise ValueError(f"{name} must be a number, got nan")
    return number


def as_moment(name: str, value: Any) -> float:
    """A finite time."""
    t = as_real_number(name, value)
    if math.isinf(t):
        raise ValueError(f"{name} must be finite, got {t}")
    return t


def as_interval(name: str, value: Any) -> tuple[float, float]:
    try:
        low, high = (as_real_number(name, x) for x in value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be two numbers (lowest, highest), got {value!r}") from None
    if not low < high:
        raise ValueError(f"{name} must be (lowest, highest), got {value}")
    return low, high


def as_flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def as_items(name: str, value: Any) -> list[Any]:
    """The items of a list, tuple or array."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list, got {value!r}")
    try:
        return list(value)
    except TypeError:  # an array without dimensions
        raise TypeError(f"{name} must be a list, got {value!r}") from None


def as_kind(name: str, value: Any, *kinds: type) -> Any:
    """An object of one of some classes of this package."""
    if not isinstance(value, kinds):
        told = " or ".join(f"{k.__module__.removeprefix('redfield.')}.{k.__name__}" for k in kinds)
        raise TypeError(f"{name} must be a {told}, got {value!r}")
    return value


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
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return str(value)


def require_memory(what: str, bytes_needed: float, max_bytes: float | None = None) -> None:
    """The one check of anything of N²×N² or K×N×N numbers.

    Raises
    ------
    MemoryError
        `what` needs more than max_bytes, default the memory the machine has free.
    """
    limit = as_max_bytes(max_bytes)
    if bytes_needed > limit:
        raise MemoryError(
            f"{what} needs {bytes_needed:.3g} bytes, more than the {limit:.3g} there are (max_bytes)"
        )


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
