"""The values that a point returns, as arrays with dimensions."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from redfield._base.stores.variables import Array, Variable, fill
from redfield.results.steady import SteadyState, SteadyStates
from redfield.sweeps.attributes import as_attributes, same_attributes

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Returned:
    """The variables of one point or of a block, and the coordinates of their dimensions."""

    variables: dict[str, Variable]
    coordinates: dict[str, Variable]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of the whole Dataset."""

    @classmethod
    def of(cls, returned: object, members: int | None = None) -> Returned:
        """Return the values of a dict of arrays, a Dataset, a result or a steady state; with `members` of so many.

        Raises
        ------
        TypeError, ValueError
            It is none of these; a value is no number; a leading axis does not have the members; two coordinates of one
            name differ; an attribute is not one that a store keeps.
        """
        variables, coordinates, attributes = _read(returned, members is not None)
        if members is not None:
            for name, variable in variables.items():
                if variable.values.shape[:1] != (members,):
                    raise ValueError(
                        f"{name} of a block of {members} points has shape {variable.values.shape}: its first axis must "
                        "be the points"
                    )
        return cls(variables, coordinates, attributes)


@dataclass(frozen=True)
class Schema:
    """The shape of what every point of a sweep returns, as JSON can hold it."""

    variables: dict[str, dict[str, Any]]
    coordinates: dict[str, dict[str, Any]]
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, returned: Returned, *, batch: bool) -> Schema:
        return cls(
            {name: _described(v, batch) for name, v in returned.variables.items()},
            {name: _with_checksum(v) for name, v in returned.coordinates.items()},
            dict(returned.attributes),
        )

    @property
    def point_bytes(self) -> int:
        return sum(
            np.dtype(v["dtype"]).itemsize * int(np.prod(v["shape"])) for v in self.variables.values()
        )

    def empty(self, shape: tuple[int, ...]) -> dict[str, Array]:
        """Return arrays over so many points that hold what stands for nothing."""
        return {
            name: np.full((*shape, *v["shape"]), fill(v["dtype"]), dtype=v["dtype"])
            for name, v in self.variables.items()
        }

    def require(self, other: Schema) -> None:
        """Raise ValueError where a point returns something else than the first one did."""
        if not same_attributes(self.attributes, other.attributes):
            raise ValueError(
                f"the Dataset has the attributes {_short(other.attributes)}, that of the first point has "
                f"{_short(self.attributes)}; return as variables what differs from point to point"
            )
        for mine, theirs in ((self.variables, other.variables), (self.coordinates, other.coordinates)):
            for name in sorted({*mine, *theirs}):
                a, b = mine.get(name), theirs.get(name)
                if a is None or b is None:
                    raise ValueError(f"{name} is returned by some points and not by others")
                _require_same(name, a, b)


def _require_same(name: str, first: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    for key in ("dims", "shape", "dtype"):
        if first.get(key) != other.get(key):
            raise ValueError(
                f"{name} has the {key} {other.get(key)}, that of the first point has {first.get(key)}"
            )
    if not same_attributes(first["attributes"], other["attributes"]):
        raise ValueError(
            f"{name} has the attributes {_short(other['attributes'])}, that of the first point has "
            f"{_short(first['attributes'])}; return as variables what differs from point to point"
        )
    if first.get("checksum") != other.get("checksum"):
        raise ValueError(
            f"the coordinate {name} has other values than that of the first point; return it as a variable "
            "(reset_coords), or drop it (drop_vars)"
        )


def _described(variable: Variable, batch: bool) -> dict[str, Any]:
    """Return what a variable is of one point, but for its values."""
    return {
        "dims": list(variable.dims),
        "shape": list(variable.values.shape[batch:]),
        "dtype": variable.values.dtype.str,
        "attributes": dict(variable.attributes),
    }


def _with_checksum(coordinate: Variable) -> dict[str, Any]:
    values = np.ascontiguousarray(coordinate.values)
    return {**_described(coordinate, False), "checksum": zlib.crc32(values.tobytes())}


def _short(attributes: Mapping[str, Any]) -> str:
    text = repr(dict(attributes))
    return text if len(text) <= 100 else text[:99] + "…"


LEFT_OUT = "left_out"
"""Attribute that names the variables of a result that a sweep does not keep, and why."""
RAGGED = "has another length at each point; return what is wanted of it as arrays of one shape"

Read = tuple[dict[str, Variable], dict[str, Variable], dict[str, Any]]


def _read(returned: object, batch: bool) -> Read:
    attributes: dict[str, Any] = {}
    if isinstance(returned, SteadyState | SteadyStates):
        returned = {
            "state": Variable(("row", "column"), np.asarray(returned.state)),
            "residual": Variable((), np.asarray(returned.residual)),
        }
    elif to_xarray := getattr(returned, "to_xarray", None):
        ragged = getattr(returned, "ragged", ())
        data = returned = to_xarray()  # whose attributes are those of one point
        dropped = [str(name) for name, v in data.data_vars.items() if {*ragged} & {*v.dims}]
        if dropped:
            returned = data.drop_vars(dropped)
            attributes = {LEFT_OUT: f"{', '.join(dropped)}: {', '.join(ragged)} {RAGGED}"}
    elif _is_dataset(returned):
        attributes = as_attributes("the Dataset that a point returns", returned.attrs)
    coordinates: dict[str, Variable] = {}
    if _is_dataset(returned):
        variables = {str(k): _of_data_array(k, v, batch) for k, v in returned.data_vars.items()}
        _add_coordinates(coordinates, returned)
        return variables, coordinates, attributes
    if not isinstance(returned, Mapping) or not returned:
        raise TypeError(
            "a point must return a dict of arrays, an xarray.Dataset, a Result or a SteadyState, got "
            f"{'an empty dict' if isinstance(returned, Mapping) else type(returned).__name__}"
        )
    variables = {}
    for key, value in returned.items():
        name = _as_name(key)
        if isinstance(value, Variable):
            variables[name] = value
        elif hasattr(value, "dims") and hasattr(value, "coords"):
            variables[name] = _of_data_array(name, value, batch)
            _add_coordinates(coordinates, value)
        else:
            array = _as_array(name, value)
            dims = tuple(f"{name}_dim_{k}" for k in range(array.ndim - batch))
            variables[name] = Variable(dims, array)
    return variables, coordinates, attributes


def _is_dataset(value: object) -> TypeGuard[xr.Dataset]:
    return hasattr(value, "data_vars")


def _add_coordinates(coordinates: dict[str, Variable], data: xr.Dataset | xr.DataArray) -> None:
    """Add the coordinates of a Dataset or DataArray, scalar ones included.

    Raises
    ------
    ValueError
        There is another of the same name.
    """
    for key, value in data.coords.items():
        name = _as_name(key)
        new = _of_data_array(name, value, False, "U")
        old = coordinates.setdefault(name, new)
        if not same_attributes(_with_checksum(old), _with_checksum(new)):
            raise ValueError(
                f"two of the variables that a point returns have different coordinates {name!r}"
            )


def _as_name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"what a point returns must have names that are texts, got {name!r}")
    return name


def _of_data_array(name: object, value: xr.DataArray, batch: bool, more: str = "") -> Variable:
    name, dims = _as_name(name), tuple(_as_name(d) for d in value.dims)
    return Variable(dims[batch:], _as_array(name, value.values, more), as_attributes(name, value.attrs))


def _as_array(name: str, value: object, more: str = "") -> Array:
    array = np.asarray(value)
    if array.dtype in PLAIN:
        return array
    if more and (array.dtype.kind == "T" or (array.dtype.kind == "O" and array.size)):
        texts = array.ravel().tolist()
        strings = np.array(texts, dtype=np.str_) if all(isinstance(x, str) for x in texts) else array
        array = strings.reshape(array.shape) if strings.tolist() == texts else array
    if array.dtype.kind not in "biufc" + more or (
        array.dtype.kind in "fc" and array.dtype.name not in FLOATS
    ):
        raise TypeError(f"{name} must be numbers, got dtype {array.dtype}")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


FLOATS = ("float16", "float32", "float64", "complex64", "complex128")
"""Floating and complex types that a Zarr array holds."""
PLAIN = frozenset(map(np.dtype, ("bool", "int64", "float64", "complex128")))
"""Types, in the processor's byte order, of nearly all values: they are kept as they are."""
