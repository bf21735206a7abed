"""Checks of flags, choices, lists, functions and objects."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from redfield._base.checks.scalars import shown


def as_flag(name: str, value: object) -> bool:
    """Return True or False."""
    if value is True or value is False:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0 and not np.ma.is_masked(value):
        value = value[()]
    if not isinstance(value, np.bool_):
        raise TypeError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def as_progress(name: str, value: object) -> Any:
    """Return True for a bar, False for none, or a function of the fraction done."""
    if value is False or value is True:
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if not is_function(value):
        raise TypeError(
            f"{name} must be True, False or a function of the fraction done, got {shown(value)}"
        )
    return value


def as_text(name: str, value: object) -> str:
    """Return a name or text."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {shown(value)}")
    return value


def as_path(name: str, value: object) -> Any:
    """Return a path of a file or folder."""
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise TypeError(f"{name} must be a path, got {shown(value)}")
    return value


def as_choice(name: str, value: object, choices: Sequence[str]) -> str:
    """One of some names."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {shown(value)}")
    return str(value)


def as_items(name: str, value: object) -> list[Any]:
    """Return the items of a list, tuple or array; a set has no order."""
    if type(value) is list or type(value) is tuple:
        return list(value)
    if isinstance(value, str | bytes | Mapping | set | frozenset) or not isinstance(value, Iterable):
        raise TypeError(f"{name} must be a list, got {shown(value)}")
    if np.ma.is_masked(value):
        raise ValueError(f"{name} has masked entries; fill them or leave them out")
    try:
        return list(value)
    except TypeError:  # an array without dimensions
        raise TypeError(f"{name} must be a list, got {shown(value)}") from None


def as_mapping(name: str, value: object) -> Any:
    """Return a dict or its like."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} must be a dict, got {shown(value)}")
    return value


def is_function(value: object) -> bool:
    """Return whether a value is meant to be called: classes and QuTiP's operators are not, though they can be."""
    return callable(value) and not isinstance(value, type) and not hasattr(value, "dims")


def as_function(name: str, value: object) -> Any:
    """Return a function; a class is none."""
    if not is_function(value):
        raise TypeError(f"{name} must be a function, got {shown(value)}")
    return value


def as_function_of(name: str, value: object, *arguments: str) -> Any:
    """Return a function that takes these positional arguments; one without a known signature is taken as it is."""
    function = as_function(name, value)
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):  # functions written in C, such as NumPy's
        return value
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise TypeError(
            f"{name} must be a function of ({', '.join(arguments)}), got {shown(value)}: {error}"
        ) from None
    return value


def as_axes(name: str, value: object) -> Any:
    """Axes of matplotlib, or None for new ones."""
    if value is not None and not (hasattr(value, "plot") and hasattr(value, "set_xlabel")):
        raise TypeError(f"{name} must be matplotlib Axes, got {shown(value)}")
    return value


def as_three_axes(name: str, value: object) -> Any:
    """Three axes of matplotlib, or None for new ones."""
    if value is None:
        return value
    each = as_items(name, value) if isinstance(value, Iterable) else [value]
    if len(each) != 3:
        raise TypeError(f"{name} must be three matplotlib Axes, got {shown(value)}")
    return [as_axes(f"{name}[{k}]", x) for k, x in enumerate(each)]


def as_kind(name: str, value: object, *kinds: type) -> Any:
    """Return an object of one of some classes; `_described` is how a class is named where its name does not tell."""
    if not isinstance(value, kinds):
        described = (vars(kind).get("_described", f"a {kind.__name__}") for kind in kinds)
        raise TypeError(
            f"{name} must be {' or '.join(described)}, got {type(value).__name__}: {shown(value)}"
        )
    return value
