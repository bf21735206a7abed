"""The types of public arguments, each with the check that every call applies to it.

A parameter's check follows from its annotation alone: an alias below carries its own, `CHECKS` has those of plain
types, and a class of this package demands an object of it. Where a type is a union, the function itself distinguishes
the cases.
"""

from __future__ import annotations

import functools
import operator
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks.arrays import (
    ComplexArray,
    RealArray,
    as_breakpoints,
    as_finite_array,
    as_points,
    as_real_array,
    as_vector,
)
from redfield._base.checks.choices import (
    as_axes,
    as_flag,
    as_function,
    as_function_of,
    as_items,
    as_kind,
    as_mapping,
    as_path,
    as_progress,
    as_text,
    as_three_axes,
)
from redfield._base.checks.operands import as_observables, as_operand, as_operands
from redfield._base.checks.scalars import (
    as_complex_number,
    as_count,
    as_count_from_zero,
    as_finite,
    as_integer,
    as_interval,
    as_not_negative,
    as_positive,
    as_positive_or_infinite,
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
PanelAxes = Annotated[Any, as_three_axes]
"""Three Axes of matplotlib."""
Number = Annotated[float, as_scale]
"""A number that is zero, infinite or in the range in which products of a few do not overflow."""
PositiveNumber = Annotated[Number, as_positive]
"""A number > 0 in that range."""
Strength = Annotated[Number, as_not_negative]
"""A number ≥ 0 in that range."""
Beta = Annotated[Number, as_positive_or_infinite]
"""An inverse temperature, infinite at zero temperature."""
Finite = Annotated[float, as_finite]
"""A finite number, such as a time."""
Positive = Annotated[float, as_positive]
"""A finite number > 0."""
Count = Annotated[int, as_count]
"""A number of things, at least 1."""
CountFromZero = Annotated[int, as_count_from_zero]
"""A number of things, perhaps none."""
NotNegative = Annotated[float, as_not_negative]
"""A finite number ≥ 0."""
PositiveOrInfinite = Annotated[float, as_positive_or_infinite]
"""A number > 0, such as a duration, infinite for all times."""
Breakpoints = Annotated[Sequence[float], as_breakpoints]
"""Finite numbers, any number of them in any order, near which a function is not smooth."""
FunctionOfFrequency = Annotated[
    Callable[[RealArray], npt.ArrayLike], lambda name, value: as_function_of(name, value, "w")
]
"""A function of frequencies, an array."""
Interval = Annotated[tuple[float, float], as_interval]
"""Two numbers, the lower first."""
if TYPE_CHECKING:
    RandomSource = int | np.random.SeedSequence | np.random.Generator
else:
    RandomSource = Any  # importing numpy.random takes as long as a tenth of this package
IntegerSeed = Annotated[RandomSource, as_seed]
"""An integer from which all random numbers follow, or what it is drawn from."""
Seed = Annotated[RandomSource, as_random_source]
"""The source of random numbers."""


def as_it_is(name: str, value: object) -> Any:
    """Return the value: the function itself distinguishes the members of the union."""
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
    object: as_it_is,
}
"""Checks of plain types."""

CHECKS_OF_GENERICS: dict[Any, Check] = {
    Mapping: as_mapping,
    dict: as_mapping,
    Callable: as_function,
    Sequence: as_items,
    list: as_items,
    types.UnionType: as_it_is,
    typing.Union: as_it_is,
}
"""Checks of generic types, whatever their arguments."""


def check_of_type(annotation: object, optional: bool = False) -> Check | None:
    """Return the check of an annotation, or None where it says nothing (`Any`); `X | None` lets None pass."""
    if _is_union(annotation) and type(None) in typing.get_args(annotation):
        members = (x for x in typing.get_args(annotation) if x is not type(None))
        return check_of_type(functools.reduce(operator.or_, members), optional=True)
    check = _check_of_type(annotation)
    if check is None or not optional:
        return check
    return lambda name, value: None if value is None else check(name, value)


def plain_type(annotation: Any) -> Any:
    """Return a type without its checks, `float` for `Finite`."""
    if _is_union(annotation):
        return functools.reduce(operator.or_, map(plain_type, annotation.__args__))
    return getattr(annotation, "__origin__", annotation) if _checks_of(annotation) else annotation


def _checks_of(annotation: object) -> list[Check]:
    return [check for check in getattr(annotation, "__metadata__", ()) if callable(check)]


def _check_of_type(annotation: object) -> Check | None:
    checks = _checks_of(annotation)
    if checks:
        return checks[0] if len(checks) == 1 else lambda name, value: _each(checks, name, value)
    if isinstance(annotation, typing.Hashable) and annotation in CHECKS:
        return CHECKS[annotation]
    members = typing.get_args(annotation) if _is_union(annotation) else (annotation,)
    classes: tuple[Any, ...] = tuple(typing.get_origin(x) or x for x in members)
    if all(map(_is_checked_class, classes)):
        return lambda name, value: as_kind(name, value, *classes)
    return CHECKS_OF_GENERICS.get(typing.get_origin(annotation))


def _each(checks: Sequence[Check], name: str, value: object) -> Any:
    for check in checks:
        value = check(name, value)
    return value


def _is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in (types.UnionType, typing.Union)


def _is_checked_class(kind: object) -> bool:
    ours = isinstance(kind, type) and kind.__module__.startswith("redfield")
    return ours or kind in (type, np.random.Generator)
