"""Objects that stay what they were made: systems, baths, equations and results."""

from __future__ import annotations

import abc
import dataclasses
import functools
import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import numpy as np

from redfield._base.checks.checked import check_methods, checked_arguments
from redfield._base.description import Described, declared, place_of


class _Frozen(abc.ABCMeta):
    """Checks the arguments of constructors and methods, and closes an object when its __init__ is done.

    A class with `answer=True`, and those derived from it, is made by this package alone: its constructor takes what it
    is given.
    """

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        answer: bool = False,
        **kwargs: Any,
    ) -> Any:
        if str(namespace.get("__module__", "")).startswith("redfield."):
            check_methods(namespace)
        made = super().__new__(mcs, name, bases, namespace, **kwargs)
        if answer:
            made._is_answer = True  # type: ignore[attr-defined]
        return made

    def __init__(
        cls, name: str, bases: Any, namespace: Any, *, answer: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(name, bases, namespace, **kwargs)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if not cls._is_answer:  # type: ignore[attr-defined]
            args, kwargs = checked_arguments(cls, args, kwargs)
        made = super().__call__(*args, **kwargs)
        if type(made) is cls:
            _record(made, args, kwargs)
        _close(made)
        return made

    @property
    def __signature__(cls) -> inspect.Signature:
        """That of __init__, for help() and notebooks."""
        signature = inspect.signature(cls.__init__)  # type: ignore[misc]
        return signature.replace(parameters=list(signature.parameters.values())[1:])


def _record(made: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Keeps the constructor's arguments that are no attributes, arrays copied."""
    kind: Any = type(made)
    if kind._told is not None:
        return
    lost = [name for name in declared(kind) if place_of(made, name) is None and name not in PASSING]
    if lost:
        bound = _constructor(kind).bind(made, *args, **kwargs)
        bound.apply_defaults()
        made.__dict__.update({f"_given_{name}": _copied(bound.arguments[name]) for name in lost})


@functools.cache
def _constructor(kind: Any) -> inspect.Signature:
    return inspect.signature(kind.__init__)


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return tuple(map(_copied, value))
    return dict(value) if type(value) is dict else value


def _close(made: Any) -> None:
    """From now on nothing is set, and no array among the attributes is written to."""
    for value in made.__dict__.values():
        _lock(value)
    made.__dict__["_closed"] = True


PLAIN = frozenset({int, float, complex, str, bool, bytes, type(None)})
"""What holds no array; most attributes are one of these, and a small system is made in microseconds."""


def _lock(value: Any) -> None:
    if type(value) in PLAIN:
        return
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif hasattr(value, "tocoo") and hasattr(value, "data"):
        for name in ("data", "row", "col", "indices", "indptr", "coords"):
            _lock(getattr(value, name, None))
    elif isinstance(value, tuple | list):
        if value and type(value[0]) not in PLAIN:
            for each in value:
                _lock(each)
    elif isinstance(value, Mapping):
        for each in value.values():
            _lock(each)


PASSING = frozenset({"progress", "stop"})
"""Arguments of constructors that are about the making, and no parameters of what is made."""


class Immutable(Described, metaclass=_Frozen):
    """Once made it does not change; what is cached is left out of its pickles and made again.

    It tells its parameters as every Described object does; arguments of its constructor that are no attributes are kept
    as they were given.

    Two of them are equal where they are of one class and their parameters are: the fields of a dataclass, arrays by
    their entries, functions as themselves. Others are equal to themselves only.
    """

    _is_answer: ClassVar[bool] = False

    def __setattr__(self, name: str, value: Any) -> None:
        if "_closed" in self.__dict__:
            raise AttributeError(
                f"{type(self).__name__} is immutable: make a new one instead of setting .{name}"
            )
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: .{name} can not be deleted")

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if not self._is_cached(name)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        _close(self)

    @classmethod
    def _is_cached(cls, name: str) -> bool:
        return name.startswith("_cached") or isinstance(
            getattr(cls, name, None), functools.cached_property
        )

    def _changed(self, **attributes: Any) -> Self:
        """The same object with other attributes and nothing cached."""
        other = object.__new__(type(self))
        other.__dict__.update({**self.__getstate__(), **attributes})
        _close(other)
        return other

    def __eq__(self, other: object) -> bool:
        if self is other or type(self) is not type(other) or not dataclasses.is_dataclass(self):
            return self is other
        return all(_equal(getattr(self, name), getattr(other, name)) for name in _compared(type(self)))

    def __hash__(self) -> int:
        if not dataclasses.is_dataclass(self):
            return id(self)
        known: int | None = self.__dict__.get("_cached_hash")
        if known is None:
            known = hash((type(self), *(_key(getattr(self, name)) for name in _compared(type(self)))))
            self.__dict__["_cached_hash"] = known
        return known


@functools.cache
def _compared(kind: Any) -> tuple[str, ...]:
    """The fields that two of a dataclass are equal by."""
    return tuple(f.name for f in dataclasses.fields(kind) if f.compare)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        numbers = a.dtype.kind in "fc" and b.dtype.kind in "fc"
        return a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=numbers))
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(_equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_equal(a[k], b[k]) for k in a)
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)
    return bool(a == b)


def _key(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, (value + 0 if value.dtype.kind in "fc" else value).tobytes()
    if isinstance(value, tuple | list):
        return tuple(_key(each) for each in value)
    if isinstance(value, Mapping):
        return frozenset((k, _key(v)) for k, v in value.items())
    return value
