"""Attributes of variables and axes, as JSON keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

REMEDY = "numbers, strings, true, false, None, and lists and dicts of them are"


def as_attributes(owner: str, values: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes as they come back from a store: NumPy's numbers are Python's.

    Raises
    ------
    TypeError
        A name is no text; a value is not one that JSON gives back.
    """
    out = {}
    for name, value in values.items():
        if not isinstance(name, str):
            raise TypeError(f"{owner} has an attribute whose name is no text: {name!r}")
        out[name] = _as_value(f"attribute {name!r} of {owner}", value)
    return out


def _as_value(place: str, value: object) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str) and not _is_text(value):
        raise TypeError(f"{place} is a text that UTF-8 can not hold: {value!r}")
    if value is None or type(value) in (str, bool, int, float):
        return value
    if type(value) is list:
        return [_as_value(f"{place}[{k}]", x) for k, x in enumerate(value)]
    if type(value) is dict and all(isinstance(k, str) and _is_text(k) for k in value):
        return {k: _as_value(f"{place}[{k!r}]", x) for k, x in value.items()}
    instead = "; give a list (.tolist())" if isinstance(value, np.ndarray | tuple) else ""
    raise TypeError(
        f"{place} is a {type(value).__name__}, which a store does not keep: {REMEDY}{instead}"
    )


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def same_attributes(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Return whether attributes are the same, by type and sign, in whatever order."""
    if not a and not b:
        return True
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
