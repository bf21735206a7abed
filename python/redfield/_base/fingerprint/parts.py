"""The parts of a point function, each with its token: what is told where two are not one."""

from __future__ import annotations

import functools
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

from redfield._base.fingerprint import functions
from redfield._base.fingerprint.walk import Walk

DEPTH = 4
"""How far into arguments that are dicts or lists their entries are told apart."""
ENTRIES = 20
"""The longest dict or list of which they are."""


class Part(NamedTuple):
    """Where something is, its value and its token."""

    place: str
    value: Any
    token: str


def parts_of(point: object, name: str = "point") -> list[Part]:
    """Code, closures, defaults, globals and attributes of a function, arguments that a partial binds.

    Raises
    ------
    TypeError
        See redfield.fingerprint.token.
    """
    walk = Walk(strict=True, name=name)
    return [Part(place, x, walk.whole(x, place).hex()) for place, x in _parts(walk, point, "")]


def _parts(walk: Walk, point: object, behind: str) -> Iterator[tuple[str, Any]]:
    if isinstance(point, functools.partial):
        yield from _parts(walk, point.func, behind)
        given = {**{str(k): x for k, x in enumerate(point.args)}, **point.keywords}
        for key in sorted(given):
            yield from _entries(f"argument '{key}'", given[key], DEPTH)
        if vars(point):
            yield "attributes of the partial", dict(vars(point))
    elif isinstance(point, types.MethodType):
        yield from _parts(walk, point.__func__, behind)
        yield "its object", point.__self__
    elif isinstance(point, types.FunctionType) and not hasattr(point, "registry"):
        for place, x in functions.held_by(point):
            yield place + behind, x
        imported = functions.modules(walk, point)
        yield f"imported modules{behind}", imported
    else:
        yield f"the function{behind}", point


def _entries(place: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if type(value) is dict and 0 < len(value) <= ENTRIES and depth and all(type(k) is str for k in value):
        yield f"keys of {place}", [*value]
        for key, x in value.items():
            inner = f"{place}.{key}" if key.isidentifier() else f"{place}[{key!r}]"
            yield from _entries(inner, x, depth - 1)
    elif type(value) in (list, tuple) and 0 < len(value) <= ENTRIES and depth:
        yield f"kind of {place}", [type(value).__name__, len(value)]
        for k, x in enumerate(value):
            yield from _entries(f"{place}[{k}]", x, depth - 1)
    else:
        yield place, value
