"""Short texts that tell values apart: what reprs, notebooks and saved results say."""

from __future__ import annotations

import dataclasses
import functools
import html
import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from redfield._base.fingerprint import fingerprint, is_local, token

FEW = 3
"""Longer sequences and mappings are elided, their fingerprint standing for the rest."""
LONG = 60
"""Characters of a string that are shown."""


def text_of(value: Any) -> str:
    """A short text that tells a value from others: numbers whole, arrays by their shape and fingerprint, functions by
    their name and fingerprint, long sequences by their first entries and fingerprint.

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
    if hasattr(value, "tocoo") and hasattr(value, "data"):
        return (
            f"<{_shape(value.shape)} sparse {value.dtype.name}, {value.nnz} entries {fingerprint(value)}>"
        )
    if isinstance(value, Mapping):
        inside = [f"{text_of(k)}: {text_of(v)}" for k, v in list(value.items())[:FEW]]
        return "{" + _elided(value, inside) + "}"
    if isinstance(value, list | tuple):
        if len(value) > 1 and isinstance(value[0], Described) and len({id(x) for x in value}) == 1:
            return f"[{len(value)} × {text_of(value[0])}]"
        items = _elided(value, [text_of(x) for x in value[:FEW]])
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' * (len(value) == 1)})"
    if isinstance(value, type):
        return (
            value.__qualname__ if not is_local(value) else f"<{value.__qualname__} {fingerprint(value)}>"
        )
    if isinstance(value, functools.partial):
        return f"<partial {_short_name(value.func)} {fingerprint(value)}>"
    if callable(value) and not isinstance(value, Described):
        return f"<{_short_name(value)} {fingerprint(value)}>"
    if isinstance(value, Described):
        return _briefly(value) if type(value).__repr__ is Described.__repr__ else repr(value)
    return f"<{type(value).__qualname__} {fingerprint(value)}>"


class Described:
    """An object that is its parameters, of which repr, notebooks, provenance of results and fingerprints are made.

    They are the fields of a dataclass, else the arguments of the constructor. Each is told from the attribute of its
    name, or of its name behind _, or behind _given_ where an attribute of its name says something else. Objects that
    users do not make list the attributes to tell in `_told`.
    """

    _told: ClassVar[tuple[str, ...] | None] = None

    def _parameters(self) -> Mapping[str, Any]:
        """Names and values of the parameters."""
        kind: Any = type(self)
        places = {name: place_of(self, name) for name in self._told or declared(kind)}
        return {name: getattr(self, place) for name, place in places.items() if place is not None}

    def _name(self) -> str:
        """The name of the class behind those of the packages in which a name has several meanings."""
        root, *modules = type(self).__module__.split(".")
        inside = [m for m in modules if m in PACKAGES] if root == __name__.partition(".")[0] else []
        return ".".join([*inside, type(self).__qualname__])

    def __repr__(self) -> str:
        return _told(self, self._parameters())

    def __dask_tokenize__(self) -> tuple[str, str]:
        """The content, by which dask tells objects apart."""
        return type(self).__qualname__, token(self, type(self).__qualname__)

    def _repr_html_(self) -> str:
        return as_table(self._name(), {k: text_of(v) for k, v in self._parameters().items()})


def _told(described: Described, parameters: Mapping[str, Any]) -> str:
    inside = [f"{key}={text_of(x)}" for key, x in parameters.items()]
    if is_local(type(described)):
        inside.append(f"class {fingerprint(type(described))}")
    return f"{described._name()}({', '.join(inside)})"


def _briefly(described: Described) -> str:
    """The repr of a part of something: without what is as by default."""
    kind: Any = type(described)
    usual = defaults(kind)
    kept = {
        k: x
        for k, x in described._parameters().items()
        if not (k in usual and type(x) in PLAIN and x == usual[k] and type(x) is type(usual[k]))
    }
    return _told(described, kept)


PACKAGES = frozenset({"quadratic", "driven", "floquet"})
PLAIN = frozenset({int, float, complex, str, bool, bytes, type(None)})


@functools.cache
def declared(kind: Any) -> tuple[str, ...]:
    """The parameters of a class: the fields of a dataclass, else the arguments of its constructor."""
    if dataclasses.is_dataclass(kind):
        return tuple(f.name for f in dataclasses.fields(kind))
    return tuple(a.name for a in _arguments(kind))


@functools.cache
def defaults(kind: Any) -> dict[str, Any]:
    """What the parameters of a class are where they are not given."""
    if dataclasses.is_dataclass(kind):
        return {
            f.name: f.default for f in dataclasses.fields(kind) if f.default is not dataclasses.MISSING
        }
    return {a.name: a.default for a in _arguments(kind) if a.default is not a.empty}


def _arguments(kind: Any) -> list[inspect.Parameter]:
    if kind.__init__ is object.__init__:
        return []
    arguments = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return [a for a in arguments if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD)]


def place_of(thing: Any, name: str) -> str | None:
    """The attribute that has a parameter, None where there is none: methods and defaults of classes do not count."""
    kind: Any = type(thing)
    for place, is_property in _places(kind, name):
        if is_property or place in thing.__dict__:
            return place
    return None


@functools.cache
def _places(kind: type, name: str) -> tuple[tuple[str, bool], ...]:
    properties = (property, functools.cached_property)
    places = f"_given_{name}", name, f"_{name}"
    return tuple((p, isinstance(inspect.getattr_static(kind, p, None), properties)) for p in places)


def as_table(name: str, rows: Mapping[str, str]) -> str:
    """An HTML table of names and texts."""
    inside = "".join(
        f"<tr><th>{html.escape(key)}</th><td>{html.escape(text)}</td></tr>" for key, text in rows.items()
    )
    return f"<table><caption>{html.escape(name)}</caption><tbody>{inside}</tbody></table>"


def _elided(value: Any, inside: list[str]) -> str:
    more = len(value) - len(inside)
    return ", ".join([*inside, f"… {more} more {fingerprint(value)}"] if more else inside)


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "scalar"


def _short_name(f: Any) -> str:
    name = str(getattr(f, "__qualname__", None) or getattr(f, "__name__", None) or type(f).__qualname__)
    return name.removeprefix("<").removesuffix(">").rpartition("<locals>.")[2].strip("<>")
