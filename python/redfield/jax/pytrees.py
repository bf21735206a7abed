"""Baths as JAX's trees of arrays."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import jax

from redfield.autodiff import BathArrays

Kind = tuple[type, tuple[str, ...], tuple[tuple[str, Any], ...]]
"""The class of a bath, the names of its numbers, and its fixed arguments."""


def register_baths() -> None:
    """Make `BathArrays` a pytree, whose leaves are its numbers."""
    jax.tree_util.register_pytree_with_keys(BathArrays, _flattened_with_keys, _made, _flattened)


def _flattened(bath: BathArrays) -> tuple[tuple[Any, ...], Kind]:
    return tuple(bath.numbers.values()), (bath.kind, tuple(bath.numbers), tuple(bath.fixed.items()))


def _flattened_with_keys(bath: BathArrays) -> tuple[tuple[tuple[Any, Any], ...], Kind]:
    leaves, kind = _flattened(bath)
    keys = (jax.tree_util.GetAttrKey(name) for name in bath.numbers)
    return tuple(zip(keys, leaves, strict=True)), kind


def _made(kind: Kind, leaves: Iterable[Any]) -> BathArrays:
    bath, names, fixed = kind
    return BathArrays.of_numbers(bath, dict(zip(names, leaves, strict=True)), dict(fixed))
