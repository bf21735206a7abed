"""Short texts that tell values apart: what reprs, notebooks and saved results say."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sized
from typing import Any

import numpy as np

from redfield._base.checks import is_sparse
from redfield._base.fingerprint import fingerprint, is_local

FEW = 3
"""Longer sequences and mappings are elided, their fingerprint standing for the rest."""
LONG = 60
"""Characters of a string that are shown."""


def text_of(value: Any) -> str:
    """Return a short text that tells a value from others.

    Numbers are written whole, arrays as their shape and fingerprint, functions as their name and fingerprint, long
    sequences as their first entries and fingerprint.

    Examples
    --------
    >>> import numpy as np
    >>> text_of((1.0, None, "auto")), text_of(np.eye(2))
    ("(1.0, None, 'auto')", '<2×2 float64 #85d1a8cf04>')
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value == 0.0:
        return "0.0"
    if isinstance(value, str) and len(value) > LONG:
        return f"{value[:LONG]!r}… {fingerprint(value)}"
    if value is None or isinstance(value, bool | int | float | complex | str):
        return repr(value)
    if isinstance(value, np.ndarray):
        return f"<{_shape(value.shape)} {value.dtype.name} {fingerprint(value)}>"
    if is_sparse(value):
        return (
            f"<{_shape(value.shape)} sparse {value.dtype.name}, {value.nnz} entries {fingerprint(value)}>"
        )
    if isinstance(value, Mapping):
        inside = [f"{text_of(k)}: {text_of(v)}" for k, v in list(value.items())[:FEW]]
        return "{" + _elided(value, inside) + "}"
    if isinstance(value, list | tuple):
        if len(value) > 1 and _is_record(value[0]) and len({id(x) for x in value}) == 1:
            return f"[{len(value)} × {text_of(value[0])}]"
        items = _elided(value, [text_of(x) for x in value[:FEW]])
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' * (len(value) == 1)})"
    if isinstance(value, type):
        return (
            value.__qualname__ if not is_local(value) else f"<{value.__qualname__} {fingerprint(value)}>"
        )
    if isinstance(value, functools.partial):
        return f"<partial {_short_name(value.func)} {fingerprint(value)}>"
    if _is_record(value):
        return str(value._brief())
    if callable(value):
        return f"<{_short_name(value)} {fingerprint(value)}>"
    return f"<{type(value).__qualname__} {fingerprint(value)}>"


def _is_record(value: object) -> bool:
    """Return whether a value tells its fields as a record does."""
    return not isinstance(value, type) and hasattr(type(value), "_brief")


def as_table(name: str, rows: Mapping[str, str]) -> str:
    """Return an HTML table of names and texts."""
    from html import escape

    inside = "".join(
        f"<tr><th>{escape(key)}</th><td>{escape(text)}</td></tr>" for key, text in rows.items()
    )
    return f"<table><caption>{escape(name)}</caption><tbody>{inside}</tbody></table>"


def _elided(value: Sized, inside: list[str]) -> str:
    more = len(value) - len(inside)
    return ", ".join([*inside, f"… {more} more {fingerprint(value)}"] if more else inside)


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "scalar"


def _short_name(f: object) -> str:
    name = str(getattr(f, "__qualname__", None) or getattr(f, "__name__", None) or type(f).__qualname__)
    return name.removeprefix("<").removesuffix(">").rpartition("<locals>.")[2].strip("<>")
