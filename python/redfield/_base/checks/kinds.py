"""The kind of every public parameter: what is checked of it at each call, whatever function has it.

A parameter's kind follows from its type where that says enough (`bool`, `int | None`, `System`), else from its
name, which means the same everywhere in this package. A function whose parameter means something else says so in its
`checked` decorator.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks.arrays import (
    LARGEST,
    ComplexArray,
    RealArray,
    as_finite_array,
    as_points,
    as_real_array,
    refuse_masked,
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
from redfield._base.checks.scalars import (
    as_complex_number,
    as_finite,
    as_integer,
    as_random_source,
    as_real_number,
    as_seed,
    shown,
)
from redfield._base.progress import Progress

SMALLEST = 1e-150
"""Smallest number of a bath that is not zero; LARGEST is the largest."""

Check = Callable[[str, Any], Any]
"""Takes an argument's name and value, and returns the value as the function is to have it, or raises."""


def as_operand(name: str, value: Any) -> Any:
    """An array, operator, list of them or object: anything but None, text, flags, classes and masked entries."""
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


def as_operands(name: str, value: Any) -> Any:
    """A list of operators, or one: no number, mapping or function."""
    if isinstance(value, int | float | complex | Mapping):
        raise TypeError(f"{name} must be a list of operators, got {shown(value)}")
    return as_operand(name, value)


def as_observables(name: str, value: Any) -> Any:
    """Observables: an operator, or a list or dict of them."""
    if isinstance(value, int | float | complex):
        raise TypeError(f"{name} must be an operator, or a list or dict of them, got {shown(value)}")
    return as_operand(name, value)


def as_scale(name: str, value: Any) -> float:
    """A number of a bath: zero, infinite or in the range in which products of a few do not overflow."""
    number = as_real_number(name, value)
    size = abs(number)
    if size != 0.0 and not SMALLEST <= size <= LARGEST and size != math.inf:
        raise ValueError(
            f"{name} = {number:g} is beyond {SMALLEST:g} … {LARGEST:g}; choose a unit in which it is not"
        )
    return number


def as_anything(name: str, value: Any) -> Any:
    """What the function itself tells apart."""
    return value


Number = Annotated[float, "a number of a bath"]
"""A field of a bath that `Bath.batch` takes an array (B,) for, one number for each member."""
Seed = int | np.random.SeedSequence | np.random.Generator
"""The source of random numbers."""

BY_TYPE: dict[Any, Check] = {
    bool: as_flag,
    int: as_integer,
    float: as_real_number,
    complex: as_complex_number,
    str: as_text,
    str | Path: as_path,
    Number: as_scale,
    Progress: as_progress,
    Seed: as_random_source,
    RealArray: as_real_array,
    ComplexArray: as_finite_array,
    RealArray | ComplexArray: as_finite_array,
    Mapping[str, Any]: as_mapping,
    dict[str, Any]: as_mapping,
    Callable[..., Any]: as_function,
    Callable[[RealArray], npt.ArrayLike]: as_function,
    Callable[[float], object]: as_function,
    Sequence[int]: as_items,
    Sequence[float]: as_items,
    list[int]: as_items,
}
"""Checks by the type that a parameter is annotated with; with "| None" it may be None."""

BY_NAME: dict[str, Check] = {
    # Times, frequencies and energies at which a function is asked.
    "t": as_points,
    "w": as_points,
    "seed": as_seed,
    **dict.fromkeys(
        ("tlist", "taus", "taulist", "times", "frequencies", "wlist", "counting", "energies", "weights"), as_operand
    ),
    # Operators, states and tables of numbers, or functions of time that give them.
    **dict.fromkeys(
        (
            "hamiltonian", "hamiltonians", "h", "H", "pairing", "coupling", "matrix", "number", "rho", "rho0", "psi0",
            "G0", "state", "state0", "states", "covariance", "covariances", "change", "operator", "a", "b", "c", "a_op",
            "b_op", "breakpoints", "normal", "pairs", "values", "samples", "spectrum", "result", "onsite",
            "eigenvectors",
        ),
        as_operand,
    ),
    "couplings": as_operand,
    **dict.fromkeys(("jumps", "operators", "a_ops", "c_ops", "which"), as_operands),
    "e_ops": as_observables,
    "axes": as_axes,
    # Objects and lists of them, which have checks of their own where they are used.
    **dict.fromkeys(
        (
            "bath", "baths", "equation", "equations", "system", "fluctuators", "terms", "executor", "dtype",
            "distance", "modes", "density", "band", "support", "site", "cells", "length", "hoppings", "periodic",
            "spectra", "spectra_cb", "panels", "study", "raw", "options", "value", "difference", "origin",
        ),
        as_anything,
    ),
}  # fmt: skip
"""Kinds that a name tells, where its annotation does not."""


def kind_of(parameter: inspect.Parameter, function: Any) -> Check | None:
    """The check of a parameter, or None where neither its type nor its name tells one."""
    annotation = _resolved(parameter.annotation, function)
    optional = parameter.default is None
    if (
        typing.get_origin(annotation) in (types.UnionType, typing.Union)
        and type(None) in annotation.__args__
    ):
        optional = True
        members = tuple(x for x in annotation.__args__ if x is not type(None))
        annotation = functools.reduce(operator.or_, members)
    check = _of(parameter.name, annotation)
    return check if check is None or not optional else or_none(check)


def _resolved(annotation: Any, function: Any) -> Any:
    """The type that an annotation names; None where it is imported for type checkers only."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, inspect.unwrap(function).__globals__)
    except (NameError, AttributeError, TypeError, SyntaxError):
        return None


def _of(name: str, kind: Any) -> Check | None:
    if name == "seed" and kind is int:
        return as_seed
    if name in ("t", "start") and kind is float:
        return as_finite
    if name in ("scale", "duration", "window", "rate", "amplitude") and kind is float:
        return as_scale
    if name == "w" and kind == RealArray:
        return as_points
    try:
        found = BY_TYPE.get(kind)
    except TypeError:  # a type that has no hash
        found = None
    return found or _of_classes(kind) or BY_NAME.get(name)


def _of_classes(kind: Any) -> Check | None:
    """The check of classes of this package, one or any of several."""
    members = kind.__args__ if isinstance(kind, types.UnionType) else (kind,)
    classes = tuple(typing.get_origin(c) or c for c in members)
    if not all(isinstance(c, type) and c.__module__.startswith("redfield") for c in classes):
        return None
    return lambda name, value: as_kind(name, value, *classes)


def or_none(check: Check) -> Check:
    """The same check, of what may be None."""
    return lambda name, value: None if value is None else check(name, value)
