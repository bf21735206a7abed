"""Equality of values that hold arrays, and keys by which they are hashed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from redfield._base.checks import is_sparse


def equal(a: object, b: object) -> bool:
    """Return whether two values are equal: arrays entry by entry, NaN to NaN, sequences and mappings by their parts."""
    if a is b:
        return True
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        numbers = a.dtype.kind in "fc" and b.dtype.kind in "fc"
        return a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=numbers))
    if is_sparse(a) and is_sparse(b):
        return bool(a.shape == b.shape and a.dtype == b.dtype and (a != b).nnz == 0)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)
    return bool(a == b)


def key_of(value: object) -> Any:
    """Return a hashable stand-in of a value; equal values have equal keys."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, (value + 0 if value.dtype.kind in "fc" else value).tobytes()
    if is_sparse(value):
        return value.shape, value.dtype.str
    if isinstance(value, tuple | list):
        return tuple(key_of(each) for each in value)
    if isinstance(value, Mapping):
        return frozenset((k, key_of(v)) for k, v in value.items())
    try:
        hash(value)
    except TypeError:
        return type(value)
    return value
