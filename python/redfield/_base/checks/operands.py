"""Checks of operators, states and tables of numbers, before their shapes are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from redfield._base.checks.arrays import refuse_masked
from redfield._base.checks.scalars import shown


def as_operand(name: str, value: object) -> Any:
    """Return an array, operator, list of them or object: anything but None, text, flags, classes and masked entries."""
    if type(value) is np.ndarray or type(value) is list:
        return value
    if (
        value is None
        or isinstance(value, str | bytes | bool | np.bool_ | type | set)
        or value is np.ma.masked
    ):
        raise TypeError(f"{name} must be an array, an operator or a list of them, got {shown(value)}")
    if isinstance(value, np.ndarray):
        refuse_masked(name, value)
    return value


def as_operands(name: str, value: object) -> Any:
    """Return a list of operators, or one: no number, mapping or function."""
    if isinstance(value, int | float | complex | Mapping):
        raise TypeError(f"{name} must be a list of operators, got {shown(value)}")
    return as_operand(name, value)


def as_observables(name: str, value: object) -> Any:
    """Observables: an operator, or a list or dict of them."""
    if isinstance(value, int | float | complex):
        raise TypeError(f"{name} must be an operator, or a list or dict of them, got {shown(value)}")
    return as_operand(name, value)
