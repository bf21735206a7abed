"""Arrays made read-only, wherever in a value they are."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

PLAIN = frozenset({int, float, complex, str, bool, bytes, type(None)})
"""Types that hold no array and compare by value."""


def lock(value: object) -> None:
    """Make arrays read-only, also those in sequences, mappings and sparse matrices."""
    kind: Any = type(value)
    make_read_only = _lock_of(kind)
    if make_read_only is not None:
        make_read_only(value)


def lock_values(values: Iterable[object]) -> None:
    """Make the arrays in each of some values read-only; most of those of a record are plain."""
    for value in values:
        if type(value) not in PLAIN:
            lock(value)


@functools.cache
def _lock_of(kind: type) -> Callable[[Any], None] | None:
    """Return what makes the arrays in values of a type read-only, or None where there are none."""
    if kind in PLAIN:
        return None
    if issubclass(kind, np.ndarray):
        return lambda array: array.setflags(write=False)
    if hasattr(kind, "tocoo"):
        return _lock_sparse
    if issubclass(kind, tuple | list):
        return _lock_each
    # Other mappings may compute their values when they are asked for.
    return (lambda mapping: _lock_each(list(mapping.values()))) if issubclass(kind, dict) else None


def _lock_sparse(matrix: object) -> None:
    for name in ("data", "row", "col", "indices", "indptr", "coords"):
        lock(getattr(matrix, name, None))


def _lock_each(values: Sequence[object]) -> None:
    if values and not set(map(type, values)) <= PLAIN:
        lock_values(values)
