"""The values of one parameter of a sweep."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from redfield._base.stores.variables import Variable
from redfield.sweeps.attributes import as_attributes, same_attributes

SAMPLE = "sample"

KINDS = {"b": "bool", "i": "int", "u": "int", "f": "float", "U": "str"}


@dataclass(frozen=True)
class Axis:
    """The values of one parameter, and its attributes. Values are told by type and sign: 0.0 and −0.0 are two."""

    name: str
    values: npt.NDArray[Any]
    attributes: Mapping[str, Any]

    @classmethod
    def of(cls, name: object, source: object) -> Self:
        """Return the axis of a list, an array, or a DataArray, whose attributes stay.

        Raises
        ------
        TypeError, ValueError
            The name is no parameter of a function; values are no numbers or strings, or of several types; attributes
            would not come back from a store.
        """
        if not isinstance(name, str) or not name.isidentifier() or name == SAMPLE:
            raise ValueError(f"axes has a name that is no parameter of a function: {name!r}")
        values = _as_values(f"axes[{name!r}]", getattr(source, "values", source))
        attributes = as_attributes(f"axes[{name!r}]", getattr(source, "attrs", {}))
        return cls(name, values, attributes)

    @property
    def variable(self) -> Variable:
        """The coordinate that the axis is in a Dataset."""
        return Variable((self.name,), self.values, self.attributes)

    @property
    def type(self) -> str:
        """The type of its values: text is of any length."""
        return "str" if self.values.dtype.kind == "U" else self.values.dtype.name

    def as_json(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {"type": self.type, "values": self.values.tolist(), "attributes": dict(self.attributes)}

    @classmethod
    def from_json(cls, name: str, data: Mapping[str, Any]) -> Self:
        """Return the axis of which JSON tells."""
        dtype = None if data["type"] == "str" else np.dtype(data["type"])
        return cls(name, np.array(data["values"], dtype=dtype), dict(data["attributes"]))

    def extends(self, other: Axis) -> bool:
        """Return whether values of another axis can be added to this one."""
        return self.type == other.type and same_attributes(self.attributes, other.attributes)

    def extended(self, other: Self) -> Self:
        """With the values of another axis that this one does not have, at the end."""
        seen = set(_exact(self.values).tolist())
        new = [k for k, v in enumerate(_exact(other.values).tolist()) if v not in seen]
        values = np.concatenate([self.values, other.values[new]])
        return type(self)(self.name, values, self.attributes)

    def places_of(self, other: Self) -> npt.NDArray[np.int64]:
        """Where the values of another axis, all of which this one has, are."""
        mine, theirs = _exact(self.values), _exact(other.values)
        order = np.argsort(mine, kind="stable")
        return order[np.searchsorted(mine, theirs, sorter=order)]


def _exact(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Floats as the integers that their bits are, which tell 0.0 and −0.0 apart."""
    if values.dtype.kind != "f":
        return values
    return np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")


def _as_values(name: str, source: object) -> npt.NDArray[Any]:
    values = np.asarray(source)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"{name} must be a list of values, got shape {values.shape}")
    if values.dtype.kind not in KINDS or (values.dtype.itemsize > 8 and values.dtype.kind != "U"):
        raise TypeError(f"{name} must be numbers or strings, got dtype {values.dtype}")
    if not hasattr(source, "dtype"):
        _require_one_type(name, np.asarray(source, dtype=object).tolist(), values)
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise ValueError(f"{name}[{int(np.argmax(np.isnan(values)))}] is nan")
    if values.dtype.kind == "U":
        return np.array(values.tolist())
    return np.array(values, dtype=values.dtype.newbyteorder("="))


def _require_one_type(name: str, items: list[Any], values: npt.NDArray[Any]) -> None:
    """Raise TypeError where a list has values that the array would hold as something else.

    Integers beside floats are floats, where they are exact.
    """
    kind = KINDS[values.dtype.kind]
    if kind == "float" and all(isinstance(x, numbers.Integral) for x in items):
        raise ValueError(
            f"{name} has integers that no one type of 64 bits holds: they are not exact in an array"
        )
    for k, (x, stored) in enumerate(zip(items, values.tolist(), strict=True)):
        is_bool, is_text = isinstance(x, bool | np.bool_), isinstance(x, str)
        if is_bool != (kind == "bool") or is_text != (kind == "str"):
            raise TypeError(
                f"{name} has values of several types: {name}[{k}] = {x!r} of a list that holds {kind}; give values of "
                "one type"
            )
        if (is_text and str(x) != stored) or (isinstance(x, numbers.Integral) and int(x) != stored):
            raise ValueError(f"{name}[{k}] = {x!r} is not exact in an array of {values.dtype}")
