"""The equation or system that a saved record belongs to: a store has its description, and the caller the object."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DIMS = "dims"
"""Attribute of a store: the dimensions of the factors of the tensor product that states are of, as JSON."""


class Described:
    """The description of an equation or system, which stands for the object where a record was loaded without it.

    Attributes
    ----------
    text : its repr.
    dims : of the factors of the tensor product that its states are of, or None.
    """

    def __init__(self, text: str, dims: tuple[int, ...] | None = None) -> None:
        self.text, self.dims = text, dims

    def __repr__(self) -> str:
        return self.text

    def _brief(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Described) and (self.text, self.dims) == (other.text, other.dims)

    def __hash__(self) -> int:
        return hash(self.text)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(
            f"the record was loaded and has but a description of what it belongs to, which has no .{name}: "
            f"load(path, equation) attaches the object ({self.__dict__.get('text', '')})"
        )


def origin_of(record: object, field: str = "equation") -> Any:
    """Return the object that a record belongs to; None where it has none, or a description alone."""
    origin = getattr(record, field, None)
    return None if isinstance(origin, Described) else origin


def dims_of_origin(origin: Any) -> tuple[int, ...] | None:
    """Return the dimensions of the factors of the tensor product that states are of, where they are known."""
    holder = origin if isinstance(origin, Described) else getattr(origin, "system", None)
    dims: tuple[int, ...] | None = getattr(holder, "dims", None)
    return dims


def attributes_of(origin: Any, field: str) -> dict[str, str]:
    """Return the attributes by which a store tells of an origin."""
    dims = dims_of_origin(origin)
    return {field: repr(origin), **({} if dims is None else {DIMS: json.dumps(dims)})}


def attached(path: str | Path, attributes: Mapping[str, Any], field: str, origin: Any) -> Any:
    """Return the object that a loaded record belongs to, or its description where no object is given.

    Raises
    ------
    ValueError
        Its description is another than that of the given object.
    """
    text = str(attributes.get(field, "None"))
    if origin is not None:
        if text != repr(origin):
            raise ValueError(f"{field} {origin!r} is not what path {str(path)!r} belongs to: {text}")
        return origin
    dims = attributes.get(DIMS)
    return None if text == "None" else Described(text, None if dims is None else tuple(json.loads(dims)))
