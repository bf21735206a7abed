"""The types of public arguments, each with the check that every call applies to it.

A parameter's check follows from its annotation alone: an alias below carries its own, `CHECKS` has those of plain
types, and a class of this package demands an object of it. Where a type is a union, the function itself tells the cases
apart.
"""

from __future__ import annotations

import functools
import operator
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks.arrays import (
    ComplexArray,
    RealArray,
    as_finite_array,
    as_points,
    as_real_array,
    as_vector,
    as_window,
)
from redfield._base.checks.choices import (
    as_axes,
    as_flag,
    as_function,
    as_items,
    as_kind,
    as_mapping,
    as_path,
    as_progress,
    as_text,
)
from redfield._base.checks.operands import as_observables, as_operand, as_operands
from redfield._base.checks.scalars import (
    as_complex_number,
    as_finite,
    as_integer,
    as_interval,
    as_not_negative,
    as_random_source,
    as_real_number,
    as_scale,
    as_seed,
)
from redfield._base.progress import Progress

Check = Callable[[str, Any], Any]
"""A function of an argument's name and value that returns the value as the function is to have it, or raises."""

Operand = Annotated[object, as_operand]
"""An array, an operator, or a list of them."""
Operator = Annotated[object, as_operand]
"""An operator, (N, N), or a function of time that returns one."""
State = Annotated[object, as_operand]
"""A density matrix (N, N) or ket (N,), or of quadratic systems a covariance; or several."""
Operators = Annotated[object, as_operands]
"""A list of operators, or one."""
EOps = Annotated[object, as_observables]
"""An operator, or a list or dict of them."""
Numbers = Annotated[npt.ArrayLike, as_operand]
"""Numbers (T,), such as times or frequencies."""
Points = Annotated[npt.ArrayLike, as_points]
"""Real numbers of any shape, finite: times or frequencies at which a function is evaluated."""
Vector = Annotated[RealArray, as_vector]
"""Real numbers (M,), finite, at least one."""
Axes = Annotated[Any, as_axes]
"""Axes of matplotlib."""
Number = Annotated[float, as_scale]
"""A field of a bath that `Bath.batch` takes an array (B,) for, one number for each member."""
Scale = Annotated[float, as_scale]
"""A number that is zero, infinite or in the range in which products of a few do not overflow."""
Finite = Annotated[float, as_finite]
"""A finite number, such as a time."""
NotNegative = Annotated[float, as_not_negative]
"""A finite number ≥ 0."""
Duration = Annotated[float, as_window]
"""A duration, infinite for all times."""
Interval = Annotated[tuple[float, float], as_interval]
"""Two numbers, the lower first."""
IntegerSeed = Annotated[int, as_seed]
"""An integer from which all random numbers follow."""
Seed = Annotated[int | np.random.SeedSequence | np.random.Generator, as_random_source]
"""The source of random numbers."""


def as_given(name: str, value: object) -> Any:
    """Return the value: the function itself tells the members of its union apart."""
    return value


CHECKS: dict[Any, Check] = {
    bool: as_flag,
    int: as_integer,
    float: as_real_number,
    complex: as_complex_number,
    str: as_text,
    str | Path: as_path,
    Progress: as_progress,
    npt.ArrayLike: as_operand,
    RealArray: as_real_array,
    ComplexArray: as_finite_array,
    RealArray | ComplexArray: as_finite_array,
    object: as_given,
}
"""Checks of plain types."""

CHECKS_OF_GENERICS: dict[Any, Check] = {
    Mapping: as_mapping,
    dict: as_mapping,
    Callable: as_function,
    Sequence: as_items,
    list: as_items,
    types.UnionType: as_given,
    typing.Union: as_given,
}
"""Checks of generic types, whatever their arguments."""


def check_of_type(annotation: Any, optional: bool = False) -> Check | None:
    """Return the check of an annotation, or None where it says nothing (`Any`); `X | None` lets None pass."""
    if _is_union(annotation) and type(None) in annotation.__args__:
        members = (x for x in annotation.__args__ if x is not type(None))
        return check_of_type(functools.reduce(operator.or_, members), optional=True)
    check = _check_of_type(annotation)
    if check is None or not optional:
        return check
    return lambda name, value: None if value is None else check(name, value)


def _check_of_type(annotation: Any) -> Check | None:
    for check in getattr(annotation, "__metadata__", ()):
        if callable(check):
            return check  # type: ignore[no-any-return]
    if isinstance(annotation, typing.Hashable) and annotation in CHECKS:
        return CHECKS[annotation]
    members = annotation.__args__ if _is_union(annotation) else (annotation,)
    classes = tuple(typing.get_origin(x) or x for x in members)
    if all(map(_is_checked_class, classes)):
        return lambda name, value: as_kind(name, value, *classes)
    return CHECKS_OF_GENERICS.get(typing.get_origin(annotation))


def _is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in (types.UnionType, typing.Union)


def _is_checked_class(kind: object) -> bool:
    ours = isinstance(kind, type) and kind.__module__.startswith("redfield")
    return ours or kind in (type, np.random.Generator)
