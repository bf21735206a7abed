"""Records: objects that are their fields, from which repr, ==, hash, pickle and token follow.

A record class declares its fields once, as annotated attributes, and its constructor is made of them (`dataclasses`);
a class derived by a user may have an `__init__` of its own, whose arguments are then its fields. While the outermost
constructor runs, attributes may be set; afterwards neither they nor arrays among them can be changed.
"""

from __future__ import annotations

import abc
import contextlib
import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

import numpy as np

from redfield._base.checks.checked import Plan, apply_plan, check_methods, plan_of
from redfield._base.description import as_table, text_of
from redfield._base.equality import equal, key_of
from redfield._base.fingerprint import fingerprint, is_local, token
from redfield._base.locks import PLAIN, lock, lock_values

T = TypeVar("T", bound="Record")

PASSING = frozenset({"progress", "stop", "temperature"})
"""Constructor arguments that are no fields: they concern the making of an object; a temperature becomes beta."""
BUILDING = "_building"
"""The attribute that a record has while its constructor runs."""
_SET = object.__setattr__


class Record(abc.ABC):  # noqa: B024  (classes derived from it have abstract methods)
    """Base of everything that does not change once it is made: systems, baths, equations and results.

    The fields are the constructor's arguments. Each is the attribute of its name; an argument of a user's constructor
    that is no attribute is kept as given. Cached properties and attributes that begin with `_cached` are no part of a
    record and are left out of its pickles.
    """

    _checks_fields: ClassVar[bool] = True

    def __init_subclass__(cls, *, answer: bool = False, **options: Any) -> None:
        """Make the constructor of a subclass.

        `answer=True` marks classes that only this package constructs, whose arguments need no checks.
        """
        super().__init_subclass__(**options)
        if answer:
            cls._checks_fields = False
        if _is_ours(cls):
            check_methods(cls)
        if "__init__" in cls.__dict__:
            _wrap_constructor(cls, cls.__dict__["__init__"])

    @classmethod
    def _adapted(cls, init: Callable[..., None]) -> Callable[..., None]:
        """Return the constructor that the fields make, with further arguments that a class may have."""
        return init

    def __setattr__(self, name: str, value: object) -> None:
        if BUILDING not in self.__dict__:
            raise AttributeError(
                f"{type(self).__name__} is immutable: make a new one instead of setting .{name}"
            )
        _SET(self, name, value)

    def _set(self, **attributes: Any) -> None:
        """Set several attributes, while the constructor runs."""
        for name, value in attributes.items():
            setattr(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: .{name} can not be deleted")

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if not _is_cache(type(self), name)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        for name, value in state.items():
            lock(value)
            object.__setattr__(self, name, value)

    def _replaced(self, **attributes: Any) -> Self:
        """Return a copy with other attributes and nothing cached, without the constructor's checks."""
        other = object.__new__(type(self))
        other.__setstate__({**self.__getstate__(), **attributes})
        return other

    def _with(self, **attributes: Any) -> Self:
        """Return a copy with other attributes and nothing cached, checked as a new record is by its `__post_init__`."""
        other = self._replaced(**attributes)
        with _open(other):
            other.__post_init__()  # type: ignore[attr-defined]
        return other

    def _parameters(self) -> Mapping[str, Any]:
        """Return the fields: names and values."""
        return {name: _value(self, name) for name in fields_of(type(self))}

    def _identity(self) -> dict[str, Any]:
        """Return the fields by which records are equal."""
        left_out = uncompared_of(type(self))
        return {name: value for name, value in self._parameters().items() if name not in left_out}

    def __eq__(self, other: object) -> bool:
        if self is other or type(self) is not type(other):
            return self is other
        mine, others = self._identity(), other._identity()
        return mine.keys() == others.keys() and all(equal(mine[name], others[name]) for name in mine)

    def __hash__(self) -> int:
        known: int | None = self.__dict__.get("_cached_hash")
        if known is None:
            known = hash((type(self), *map(key_of, self._identity().values())))
            object.__setattr__(self, "_cached_hash", known)
        return known

    def __repr__(self) -> str:
        return written(self, self._parameters())

    def _brief(self) -> str:
        """Return the repr as a part of another record's: fields that have their default values are left out."""
        usual = defaults_of(type(self))
        kept = {
            k: x
            for k, x in self._parameters().items()
            if not (k in usual and type(x) in PLAIN and x == usual[k] and type(x) is type(usual[k]))
        }
        return written(self, kept)

    def _repr_html_(self) -> str:
        return as_table(type(self).__qualname__, self._table_rows())

    def _table_rows(self) -> dict[str, str]:
        """Return names and texts of what a notebook shows."""
        return {k: text_of(v) for k, v in self._parameters().items()}

    def __dask_tokenize__(self) -> tuple[str, str]:
        """Return the token by which dask tells records apart."""
        return type(self).__qualname__, token(self, type(self).__qualname__)


@dataclass_transform(eq_default=False, field_specifiers=(dataclasses.field,))
def record(kind: type[T]) -> type[T]:
    """Make the annotated attributes of a Record class its fields."""
    made = dataclasses.dataclass(eq=False, repr=False)(kind)
    _wrap_constructor(made, made._adapted(made.__dict__["__init__"]))
    return made


def _is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] == __name__.partition(".")[0]


def _wrap_constructor(kind: type[Record], init: Callable[..., None]) -> None:
    kind.__init__ = _constructor(init, kind)  # type: ignore[method-assign]


def written(record: Record, parameters: Mapping[str, Any]) -> str:
    """`Class(field=value, …)`; a class defined by a user is told by its fingerprint too."""
    inside = [f"{key}={text_of(x)}" for key, x in parameters.items()]
    if is_local(type(record)):
        inside.append(f"class {fingerprint(type(record))}")
    return f"{type(record).__qualname__}({', '.join(inside)})"


@functools.cache
def fields_of(kind: type) -> tuple[str, ...]:
    """Return the names of a record class's fields."""
    return tuple(p.name for p in _arguments(kind) if p.name not in PASSING)


@functools.cache
def uncompared_of(kind: object) -> frozenset[str]:
    """Return the fields that do not count for equality."""
    if not dataclasses.is_dataclass(kind):
        return frozenset()
    return frozenset(f.name for f in dataclasses.fields(kind) if not f.compare)


@functools.cache
def defaults_of(kind: type) -> dict[str, Any]:
    """Return the default values of a record class's fields."""
    return {p.name: p.default for p in _arguments(kind) if p.default is not p.empty}


def _arguments(kind: Any) -> list[inspect.Parameter]:
    if kind.__init__ is object.__init__:
        return []
    arguments = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return [a for a in arguments if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD)]


def _value(record: Record, name: str) -> Any:
    """Return the value of a field: the attribute of its name, or what the constructor was given."""
    kept = record.__dict__.get("_arguments")
    return kept[name] if kept is not None and name in kept else getattr(record, name)


@contextlib.contextmanager
def _open(record: Record) -> Iterator[None]:
    """Let attributes of a record be set, and close it with its arrays read-only."""
    record.__dict__[BUILDING] = True
    try:
        yield
    finally:
        del record.__dict__[BUILDING]
    lock_values(vars(record).values())


def _constructor(init: Callable[..., None], kind: type[Record]) -> Callable[..., None]:
    """Return a constructor that checks its arguments and closes the record when the outermost one is done."""
    if hasattr(init, "__wrapped_by_record__"):
        return init
    checks = _is_ours(kind) and kind._checks_fields
    plan: list[Plan] = []

    @functools.wraps(init)
    def construct(self: Record, *args: Any, **kwargs: Any) -> None:
        attributes = self.__dict__
        outermost = BUILDING not in attributes
        attributes[BUILDING] = True
        try:
            if checks:
                if not plan:
                    plan.append(plan_of(init, kind))
                args, kwargs = apply_plan(plan[0], args, kwargs)
            init(self, *args, **kwargs)
            if outermost:
                _keep_arguments(self, init, args, kwargs)
        finally:
            if outermost:
                del attributes[BUILDING]
        if outermost:
            lock_values(attributes.values())

    construct.__wrapped_by_record__ = True  # type: ignore[attr-defined]
    return construct


def _keep_arguments(
    record: Record,
    init: Callable[..., None],
    args: Sequence[object],
    kwargs: Mapping[str, object],
) -> None:
    """Keep constructor arguments that are no attributes, arrays copied, so that they are fields all the same."""
    attributes = record.__dict__
    fields = _plain_fields(type(record))
    if fields <= attributes.keys():
        return
    declared = inspect.signature(init)
    missing = [name for name in fields if name not in attributes and name in declared.parameters]
    if missing:
        bound = declared.bind(record, *args, **kwargs)
        bound.apply_defaults()
        object.__setattr__(
            record, "_arguments", {name: _copied(bound.arguments[name]) for name in missing}
        )


@functools.cache
def _plain_fields(kind: type) -> frozenset[str]:
    """Return the fields that are no properties, and so are attributes of a record or kept as given."""
    if kind._parameters is not Record._parameters:  # type: ignore[attr-defined]
        return frozenset()  # a class that tells its fields by a method has them all
    return frozenset(
        name
        for name in fields_of(kind)
        if not isinstance(inspect.getattr_static(kind, name, None), property | functools.cached_property)
    )


@functools.cache
def _is_cache(kind: type, name: str) -> bool:
    return name.startswith("_cached") or isinstance(
        inspect.getattr_static(kind, name, None), functools.cached_property
    )


def _copied(value: object) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) is list or type(value) is tuple:
        return tuple(map(_copied, value))
    return dict(value) if type(value) is dict else value
