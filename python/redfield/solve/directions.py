"""Checks of the directions in which an equation and its start change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    as_finite_array,
    as_hermitian,
    as_items,
    as_kind,
    as_mapping,
    as_real_array,
    as_real_number,
    as_square,
)
from redfield.results.gradient import Direction
from redfield.systems.couplings import SiteProjectors


def as_directions(system: Any, value: object, moves_start: bool) -> list[Direction]:
    """Return directions whose arrays fit a system, of which a steady state has no rho0.

    Raises
    ------
    ValueError, TypeError
        A part does not fit; the message names the direction and the part.
    """
    return [
        _checked(system, f"directions[{p}]", direction, moves_start)
        for p, direction in enumerate(as_items("directions", value))
    ]


def _checked(system: Any, name: str, value: object, moves_start: bool) -> Direction:
    as_kind(name, value, Direction)
    direction: Any = value
    n = system.dimension
    if direction.rho0 is not None and not moves_start:
        raise ValueError(f"{name}.rho0 has no meaning for a steady state, which does not depend on it")

    def hermitian(part: str, matrix: object) -> ComplexArray | None:
        if matrix is None:
            return None
        return as_hermitian(part, as_square(part, matrix, n)).astype(np.complex128)

    return Direction(
        hermitian(f"{name}.hamiltonian", direction.hamiltonian),
        _couplings(system, f"{name}.couplings", direction.couplings),
        _baths(system, f"{name}.baths", direction.baths),
        hermitian(f"{name}.rho0", direction.rho0),
    )


def _couplings(system: Any, name: str, value: object) -> Any:
    if value is None:
        return None
    count = len(system.couplings)
    if isinstance(system.couplings, SiteProjectors):
        weights = as_real_array(name, value)
        if weights.shape != (count,):
            raise ValueError(
                f"{name} has shape {weights.shape}, not one weight for each of {count} sites"
            )
        return weights
    matrices = as_items(name, value)
    if len(matrices) != count:
        raise ValueError(f"{name} has {len(matrices)} matrices, not one for each of {count} couplings")
    each = [as_square(f"{name}[{j}]", a, system.dimension) for j, a in enumerate(matrices)]
    return as_finite_array(name, np.array(each, dtype=np.complex128))


def _baths(system: Any, name: str, value: object) -> list[Mapping[str, float]]:
    baths = len(system.baths)
    if isinstance(value, Mapping):
        if baths != 1:
            raise ValueError(f"{name} is of which of the {baths} baths? Give one dict for each")
        value = [value]
    numbers: Sequence[Any] = as_items(name, value)
    if not numbers:
        return [{} for _ in range(baths)]
    if len(numbers) != baths:
        raise ValueError(f"{name} has {len(numbers)} dicts, not one for each of {baths} baths")
    return [
        {
            key: as_real_number(f"{name}[{b}][{key!r}]", change)
            for key, change in as_mapping(f"{name}[{b}]", each).items()
        }
        for b, each in enumerate(numbers)
    ]
