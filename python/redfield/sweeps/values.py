"""What a point returns, as arrays with dimensions."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield.batch import SteadyStates
from redfield.steady import SteadyState
from redfield.stores.groups import Array, Variable, fill


@dataclass(frozen=True)
class Returned:
    """The variables of one point or of a block, and the coordinates of their dimensions."""

    variables: dict[str, Variable]
    coordinates: dict[str, Variable]

    @classmethod
    def of(cls, given: Any, members: int | None = None) -> Returned:
        """Of a dict of arrays, a Dataset, a result or a steady state; with `members`, each with that leading axis.

        Raises
        ------
        TypeError, ValueError
            It is none of these; a value is no number; a leading axis does not have the members.
        """
        variables, coordinates = _read(given, members is not None)
        if members is not None:
            for name, variable in variables.items():
                if variable.values.shape[:1] != (members,):
                    raise ValueError(
                        f"{name} of a block of {members} points has shape {variable.values.shape}: its first axis must "
                        "be the points"
                    )
        return cls(variables, coordinates)


@dataclass(frozen=True)
class Schema:
    """What every point of a sweep returns, as JSON can hold it."""

    variables: dict[str, dict[str, Any]]
    coordinates: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, returned: Returned, *, batch: bool) -> Schema:
        return cls(
            {
                name: {
                    "dims": list(v.dims),
                    "shape": list(v.values.shape[batch:]),
                    "dtype": v.values.dtype.str,
                    "attributes": dict(v.attributes),
                }
                for name, v in returned.variables.items()
            },
            {
                name: {
                    "dims": list(v.dims),
                    "shape": list(v.values.shape),
                    "dtype": v.values.dtype.str,
                    "attributes": dict(v.attributes),
                    "checksum": checksum(v.values),
                }
                for name, v in returned.coordinates.items()
            },
        )

    @property
    def point_bytes(self) -> int:
        return sum(
            np.dtype(v["dtype"]).itemsize * int(np.prod(v["shape"])) for v in self.variables.values()
        )

    def empty(self, shape: tuple[int, ...]) -> dict[str, Array]:
        """Arrays over so many points that hold what stands for nothing."""
        return {
            name: np.full((*shape, *v["shape"]), fill(v["dtype"]), dtype=v["dtype"])
            for name, v in self.variables.items()
        }

    def require(self, other: Schema) -> None:
        """ValueError where a point returns something else than the first one did."""
        for mine, theirs in (
            (self.variables, other.variables),
            (self.coordinates, other.coordinates),
        ):
            for name in sorted({*mine, *theirs}):
                a, b = mine.get(name), theirs.get(name)
                if a is None or b is None:
                    raise ValueError(f"{name} is returned by some points and not by others")
                for key in ("dims", "shape", "dtype", "checksum"):
                    if a.get(key) != b.get(key):
                        what = "values" if key == "checksum" else key
                        raise ValueError(
                            f"{name} has the {what} {b.get(key)}, that of the first point has {a.get(key)}"
                        )


def checksum(*arrays: Array) -> int:
    total = 0
    for array in arrays:
        total = zlib.crc32(np.ascontiguousarray(array).tobytes(), total)
    return total


def _read(given: Any, batch: bool) -> tuple[dict[str, Variable], dict[str, Variable]]:
    if isinstance(given, SteadyState | SteadyStates):
        given = {
            "state": Variable(("row", "column"), np.asarray(given.state)),
            "residual": Variable((), np.asarray(given.residual)),
        }
    elif hasattr(given, "to_xarray"):
        given = given.to_xarray()
    if hasattr(given, "data_vars"):
        return (
            {str(k): _of_data_array(str(k), v, batch) for k, v in given.data_vars.items()},
            {str(k): _of_data_array(str(k), v, False, "U") for k, v in given.coords.items() if v.ndim},
        )
    if not isinstance(given, Mapping) or not given:
        raise TypeError(
            "a point must return a dict of arrays, an xarray.Dataset, a Result or a SteadyState, got "
            f"{'an empty dict' if isinstance(given, Mapping) else type(given).__name__}"
        )
    variables: dict[str, Variable] = {}
    coordinates: dict[str, Variable] = {}
    for name, value in given.items():
        if not isinstance(name, str):
            raise TypeError(f"a point must return a dict with names, got the key {name!r}")
        if isinstance(value, Variable):
            variables[name] = value
        elif hasattr(value, "dims") and hasattr(value, "coords"):
            variables[name] = _of_data_array(name, value, batch)
            coordinates |= {
                str(k): _of_data_array(str(k), c, False, "U") for k, c in value.coords.items() if c.ndim
            }
        else:
            array = _as_array(name, value)
            dims = tuple(f"{name}_dim_{k}" for k in range(array.ndim - batch))
            variables[name] = Variable(dims, array)
    return variables, coordinates


def _of_data_array(name: str, value: Any, batch: bool, more: str = "") -> Variable:
    attributes = {k: v for k, v in value.attrs.items() if isinstance(v, str | int | float)}
    dims = tuple(str(d) for d in value.dims)
    return Variable(dims[batch:], _as_array(name, value.values, more), attributes)


def _as_array(name: str, value: Any, more: str = "") -> Array:
    array = np.asarray(value)
    if array.dtype.kind not in "biufc" + more:
        raise TypeError(f"{name} must be numbers, got dtype {array.dtype}")
    return array
