"""Arithmetic in full or in single precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import shown

_NAMES = {"float64": "float64", "complex128": "float64", "float32": "float32", "complex64": "float32"}


def as_dtype(dtype: npt.DTypeLike, rtol: float) -> str:
    """ "float64" or "float32", also of the complex types these belong to.

    Raises
    ------
    TypeError, ValueError
        It is another one, or rtol is too small for it.
    """
    if isinstance(dtype, str) and dtype == "float64":  # nearly always
        return dtype
    try:
        name = np.dtype(dtype).name
    except (TypeError, ValueError):
        raise TypeError(f"dtype must be 'float64' or 'float32', got {shown(dtype)}") from None
    if dtype is None or name not in _NAMES:
        raise ValueError(f"dtype must be 'float64' or 'float32', got {shown(dtype)}")
    name = _NAMES[name]
    min_rtol = _core.LEAST_RTOL_OF_SINGLE
    if name == "float32" and rtol < min_rtol:
        raise ValueError(
            f"dtype='float32' has an rtol of {min_rtol:g} at the least, got rtol={rtol!r}; pass a larger one, "
            "or leave dtype 'float64'"
        )
    return name


def states_type(dtype: str) -> Any:
    """Return the NumPy type of states."""
    return np.complex64 if dtype == "float32" else np.complex128
