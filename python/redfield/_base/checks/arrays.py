"""Checks of arrays and matrices."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks.scalars import LARGEST, shown

ComplexArray = npt.NDArray[np.complex128]
RealArray = npt.NDArray[np.float64]

HERMITICITY_TOL = 1e-10
"""Largest max|A - A†| / max|A| that counts as rounding."""


def as_numeric(name: str, value: object) -> npt.NDArray[Any]:
    """`value` as a float64 or complex128 array; Qobj and scipy.sparse are made dense.

    Raises
    ------
    TypeError
        It holds flags, text, dates or objects.
    ValueError
        It is not rectangular, or has masked entries.
    """
    if type(value) is np.ndarray and value.dtype in _PLAIN:
        return value
    if isinstance(value, type):
        raise TypeError(f"{name} must be an array of numbers, got {shown(value)}")
    if hasattr(value, "full"):
        value = value.full()
    elif hasattr(value, "toarray"):
        value = value.toarray()
    refuse_masked(name, value)
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"{name} is not a rectangular array: {error}") from None
    if array.dtype.kind not in "iufc":
        got = shown(value) if array.ndim == 0 else f"an array of dtype {array.dtype}"
        raise TypeError(f"{name} must be numeric, got {got}")
    kind: Any = np.complex128 if array.dtype.kind == "c" else np.float64
    if array.dtype.itemsize <= 8:
        return array.astype(kind, copy=False)
    with np.errstate(over="ignore"):  # a longer float becomes inf, which require_finite tells
        return array.astype(kind, copy=False)


_PLAIN = (np.dtype(np.float64), np.dtype(np.complex128))


def refuse_masked(name: str, value: object) -> None:
    """ValueError where an array, or an array in a list, has masked entries: their values mean nothing."""
    if _holds_masked(value):
        raise ValueError(f"{name} has masked entries; fill them or leave them out")


def _holds_masked(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return isinstance(value, np.ma.MaskedArray) and bool(np.ma.is_masked(value))
    if not isinstance(value, list | tuple):
        return False
    types = set(map(type, value))
    return not types <= _SCALARS and any(_holds_masked(each) for each in value)


_SCALARS = {int, float, complex}


def all_finite(array: npt.NDArray[Any]) -> bool:
    """Return whether all entries are finite; counting takes half of the time of `.all()` where they are few."""
    return int(np.count_nonzero(np.isfinite(array))) == array.size


def require_finite(name: str, array: npt.NDArray[Any]) -> None:
    if not all_finite(array):
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        place = str(list(where)) if where else ""
        raise ValueError(f"{name}{place} is not finite: {array[where]}")


def as_finite_array(name: str, value: object) -> npt.NDArray[Any]:
    """Finite numbers in any shape, real or complex."""
    array = as_numeric(name, value)
    require_finite(name, array)
    return array


def as_real_array(name: str, value: object) -> RealArray:
    """Finite real numbers in any shape; complex ones only where every imaginary part is zero."""
    array = as_numeric(name, value)
    if array.dtype != np.float64:
        if array.imag.any():
            raise TypeError(f"{name} must be real, got dtype {array.dtype}")
        array = array.real
    require_finite(name, array)
    return array


def as_vector(name: str, value: object) -> RealArray:
    """(M,) finite real numbers, M > 0."""
    array = as_real_array(name, value)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} must be a non-empty list of numbers, got shape {array.shape}")
    return np.ascontiguousarray(array)


def as_points(name: str, value: object) -> Any:
    """Frequencies or times in any shape, as the functions of a bath take them; a float stays one."""
    if type(value) is float and isfinite(value):
        return value
    return as_real_array(name, value)


def as_real_values(what: str, values: object) -> RealArray:
    """Real numbers that a user's function has returned, finite or not."""
    array = as_numeric(what, values)
    if array.dtype != np.float64:
        if array.imag.any():
            raise ValueError(f"{what} must be real numbers, got dtype {array.dtype}")
        array = np.array(array.real)
    return array


def as_times(name: str, value: object) -> RealArray:
    """Return times to report, finite and ascending; the initial state holds at the first."""
    array = as_real_array(name, value)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} must be a non-empty list of times, got shape {array.shape}")
    descends = array[1:] < array[:-1]
    if np.count_nonzero(descends):
        bad = int(np.argmax(descends)) + 1
        raise ValueError(
            f"{name} must be ascending: {name}[{bad}] = {array[bad]:g} follows {array[bad - 1]:g}"
        )
    if not isfinite(float(array[-1]) - float(array[0])):
        raise ValueError(f"{name} spans more than 1e308, from {array[0]:g} to {array[-1]:g}")
    return np.array(array)


def as_breakpoints(name: str, value: object) -> tuple[float, ...]:
    """Return finite real numbers, any number of them in any order; None stands for none."""
    array = as_real_array(name, () if value is None else value)
    if array.ndim != 1:
        raise ValueError(f"{name} must be a list of numbers, got shape {array.shape}")
    return tuple(array.tolist())


def as_square(name: str, value: object, dimension: int | None = None) -> npt.NDArray[Any]:
    """Return a finite square matrix, of the given dimension if there is one."""
    array = as_numeric(name, value)
    _require_square(name, array.shape, dimension)
    require_finite(name, array)
    return array


def _require_square(name: str, shape: tuple[int, ...], dimension: int | None) -> None:
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(f"{name} must be a square matrix, got shape {shape}")
    if 0 in shape:
        raise ValueError(f"{name} is empty: a system needs at least one level")
    if dimension is not None and shape[0] != dimension:
        raise ValueError(f"{name} has shape {shape}, but the system has {dimension} levels")


def as_hermitian(name: str, value: object) -> npt.NDArray[Any]:
    """Return a Hermitian matrix, a copy; real (float64) where the imaginary part vanishes."""
    array = np.array(as_numeric(name, value))
    _require_square(name, array.shape, None)
    finite_and_hermitian = is_plainly_hermitian(array)
    if not finite_and_hermitian:
        require_finite(name, array)
    if array.dtype == np.complex128 and not np.count_nonzero(array.imag):
        array = array.real
    if finite_and_hermitian:
        return np.ascontiguousarray(array)
    _require_hermitian(
        name, float(np.abs(array).max()), lambda: float(np.abs(array - array.conj().T).max())
    )
    return np.ascontiguousarray(array)


def is_plainly_hermitian(array: Any) -> bool:
    """Return whether a square matrix is finite, far from overflow and Hermitian by half of what is allowed.

    Others may be so none the less, which slower checks tell, with words. Entries of a sparse one are finite.
    """
    if is_sparse(array):
        scale, defect = _sparse_defect(array)
    else:
        scale, defect = (float(x[0]) for x in _core.hermitian_defects(array[None]))
    return scale < 0.5 * LARGEST and defect <= 0.5 * HERMITICITY_TOL * scale


def _sparse_defect(array: Any) -> tuple[float, float]:
    """Return max|A| and max|A − A†| of a sparse A; infinity for the latter where A† has other entries than A."""
    a = array.tocoo()
    by_rows, by_columns = np.lexsort((a.col, a.row)), np.lexsort((a.row, a.col))
    scale = float(np.abs(a.data).max(initial=0.0))
    if np.any(a.row[by_rows] != a.col[by_columns]) or np.any(a.col[by_rows] != a.row[by_columns]):
        return scale, float("inf")
    return scale, float(np.abs(a.data[by_rows] - a.data[by_columns].conj()).max(initial=0.0))


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


SPARSE_LEVELS = 16
"""Levels from which on operators are stored as sparse; of fewer a whole matrix takes less memory and time."""


def as_sparse(name: str, value: object, dimension: int | None = None) -> Any:
    """Return a finite square scipy.sparse array by rows, a copy; None where the value is to be stored dense.

    That is where it is no sparse one, or has fewer than SPARSE_LEVELS levels.
    """
    shape = getattr(value, "shape", None)
    if isinstance(value, np.ndarray) or (
        isinstance(shape, tuple) and max(shape, default=0) < SPARSE_LEVELS
    ):
        return None
    if hasattr(value, "to") and hasattr(value, "data_as") and hasattr(value, "data"):  # a Qobj
        if "Dense" in type(value.data).__name__:
            return None
        value = value.to("CSR").data.as_scipy()
    if not hasattr(value, "tocsr"):
        return None
    array = scipy.sparse.csr_array(value, copy=True)
    if array.dtype.kind not in "iufc":
        raise TypeError(f"{name} must be numeric, got dtype {array.dtype}")
    array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64, copy=False)
    _require_square(name, array.shape, dimension)
    array.sum_duplicates()
    if not all_finite(array.data):
        raise ValueError(f"{name} has an entry that is not finite")
    return array


def as_matrix(name: str, value: object, dimension: int | None = None) -> Any:
    """Return a finite square matrix, by rows where it is stored as a sparse one."""
    sparse = as_sparse(name, value, dimension)
    return as_square(name, value, dimension) if sparse is None else sparse


def is_sparse(value: object) -> TypeGuard[scipy.sparse.sparray]:
    """Return whether a value is a matrix or array of scipy.sparse."""
    return hasattr(value, "tocoo") and hasattr(value, "data")


def require_hermitian_sparse(name: str, array: scipy.sparse.csr_array) -> Any:
    """Refuse a sparse array that is not square, finite and Hermitian."""
    if array.dtype == np.complex128 and not array.data.imag.any():
        array = array.real
    array.eliminate_zeros()
    if is_plainly_hermitian(array):
        return array
    _require_hermitian(
        name,
        float(np.abs(array.data).max(initial=0.0)),
        lambda: float(np.abs((array - array.conj().T).data).max(initial=0.0)),
    )
    return array
