"""The kind of every public parameter: what is checked of it at each call, whatever function has it.

A parameter's kind follows from its type where that says enough (`bool`, `int | None`, `System`), else from its
name, which means the same everywhere in this package. A function whose parameter means something else says so in its
`checked` decorator.
"""

from __future__ import annotations

import functools
import inspect
import operator
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks.arrays import (
    ComplexArray,
    RealArray,
    as_finite_array,
    as_points,
    as_real_array,
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
    as_random_source,
    as_real_number,
    as_scale,
    as_seed,
)
from redfield._base.checks.types import Seed
from redfield._base.progress import Progress

Check = Callable[[str, Any], Any]
"""Takes an argument's name and value, and returns the value as the function is to have it, or raises."""


def as_anything(name: str, value: object) -> Any:
    """No check: the function itself tells the values apart."""
    return value


BY_TYPE: dict[Any, Check] = {
    bool: as_flag,
    int: as_integer,
    float: as_real_number,
    complex: as_complex_number,
    str: as_text,
    str | Path: as_path,
    Progress: as_progress,
    Seed: as_random_source,
    np.random.Generator: lambda name, value: as_kind(name, value, np.random.Generator),
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


def kind_of(parameter: inspect.Parameter, function: object) -> Check | None:
    """Return the check of a parameter, or None where neither its type nor its name tells one."""
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
    """Return the type that an annotation names; None where it is imported for type checkers only."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, inspect.unwrap(function).__globals__)
    except (NameError, AttributeError, TypeError, SyntaxError):
        return None


def _of(name: str, kind: object) -> Check | None:
    told = [check for check in getattr(kind, "__metadata__", ()) if callable(check)]
    if told:
        return told[0]  # type: ignore[no-any-return]
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


def _of_classes(kind: object) -> Check | None:
    """Return the check of classes of this package, one or any of several."""
    members = kind.__args__ if isinstance(kind, types.UnionType) else (kind,)
    classes = tuple(typing.get_origin(c) or c for c in members)
    if not all(isinstance(c, type) and c.__module__.startswith("redfield") for c in classes):
        return None
    return lambda name, value: as_kind(name, value, *classes)


def or_none(check: Check) -> Check:
    """Return a check that lets None pass."""
    return lambda name, value: None if value is None else check(name, value)
