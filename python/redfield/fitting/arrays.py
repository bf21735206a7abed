"""What a prediction is made of, and what of it a parameter changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import as_kind
from redfield._base.equality import equal
from redfield._base.fingerprint import fingerprint
from redfield._base.records import Record
from redfield.baths.adjustable import adjustable
from redfield.equations.base import AnyEquation, Equation
from redfield.equations.solver import REMEMBERS, Remembering
from redfield.results.gradient import Direction
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

Arrays = dict[str, npt.NDArray[Any]]
"""Arrays by name: "hamiltonian", "couplings[0]", "baths[0].strength", "rho0", "e_ops[0]", …."""
MADE_OF_ARRAYS = ("system", "hamiltonian", "jumps")
"""Fields of an equation that its arrays stand for."""


def as_differentiable(name: str, value: object) -> AnyEquation:
    """Return an equation of a System with a generator.

    Raises
    ------
    TypeError
        It is something else.
    """
    equation: AnyEquation = as_kind(name, value, Equation)
    if not isinstance(equation.system, System):
        raise TypeError(
            f"{name} must be an equation of a System, whose H is constant, got one of a "
            f"{type(equation.system).__name__}"
        )
    if equation.remembers or isinstance(equation.solver, Remembering):
        raise TypeError(f"{name} must be one of a generator: {REMEMBERS}")
    return equation


def arrays_of(equation: AnyEquation) -> Arrays:
    """Return the arrays that an equation is made of: H, its couplings and the numbers of its baths."""
    system: Any = equation.system
    arrays: Arrays = {"hamiltonian": np.asarray(system.hamiltonian)}
    if isinstance(system.couplings, SiteProjectors):
        arrays["weights"] = system.couplings.weights
    else:
        for j, a in enumerate(system.couplings):
            arrays[f"couplings[{j}]"] = a.toarray() if hasattr(a, "toarray") else np.asarray(a)
    for b, bath in enumerate(system.baths):
        for name, (value, _) in adjustable(bath).items():
            arrays[f"baths[{b}].{name}"] = np.array(value)
    return arrays


def rest_of(equation: AnyEquation) -> dict[str, Any]:
    """Return everything else that an equation is made of, its baths with all their numbers 1."""
    system: Any = equation.system
    rest = {k: v for k, v in equation._parameters().items() if k not in MADE_OF_ARRAYS}
    return {
        **rest,
        "kind": type(equation),
        "couplings": len(system.couplings),
        "sites": getattr(system.couplings, "sites", None),
        "number": system.number,
        "baths of couplings": system.bath_of_coupling,
        "reservoirs of couplings": system.reservoir_of_coupling,
        "baths": [_without_numbers(bath) for bath in system.baths],
    }


def _without_numbers(value: Any) -> Any:
    """Return the fields of a bath that are no numbers, those of baths inside it too."""
    if isinstance(value, Record):
        fields = value._parameters().items()
        return type(value), {k: _without_numbers(v) for k, v in fields if not isinstance(v, float)}
    return list(map(_without_numbers, value)) if isinstance(value, list | tuple) else value


def direction_of(equation: AnyEquation, change: Mapping[str, npt.NDArray[Any]]) -> Direction:
    """Return the direction in which arrays change an equation."""
    system: Any = equation.system
    n, k = system.dimension, len(system.couplings)
    weights = isinstance(system.couplings, SiteProjectors)
    couplings = [j for j in range(k) if f"couplings[{j}]" in change]
    moved: Any = change.get("weights")
    if couplings and not weights:
        moved = np.zeros((k, n, n), dtype=np.complex128)
        for j in couplings:
            moved[j] = change[f"couplings[{j}]"]
    baths: list[dict[str, float]] = [{} for _ in system.baths]
    for name, value in change.items():
        place, _, number = name.partition("].")
        if place.startswith("baths["):
            baths[int(place.removeprefix("baths["))][number] = float(value)
    return Direction(change.get("hamiltonian"), moved, baths)


def of_reservoir(system: Any, direction: Direction, reservoir: int) -> Direction:
    """Return the part of a direction that the system with the couplings of one reservoir alone has."""
    chosen = [j for j, r in enumerate(system.reservoir_of_coupling) if r == reservoir]
    # Its baths are those of the chosen couplings, in the order in which they appear.
    baths = list(dict.fromkeys(system.bath_of_coupling[j] for j in chosen))
    couplings = None if direction.couplings is None else direction.couplings[chosen]
    return Direction(direction.hamiltonian, couplings, [direction.baths[b] for b in baths])


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """Return the name of the first thing in which two mappings differ."""
    for name in (*one, *other):
        if name not in one or name not in other or not same(one[name], other[name]):
            return name
    return None


def same(one: object, other: object) -> bool:
    """Return whether two values are equal, functions by their code and what they hold."""
    return equal(one, other) or fingerprint(one) == fingerprint(other)
