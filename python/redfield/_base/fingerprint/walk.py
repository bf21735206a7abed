"""One walk through all that a value holds."""

from __future__ import annotations

import copyreg
import dataclasses
import enum
import functools
import types
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import numpy as np

from redfield._base.checks import is_sparse
from redfield._base.fingerprint import foreign, functions, kinds, numbers
from redfield._base.fingerprint.hashing import digest, text
from redfield._base.fingerprint.origin import PACKAGE, is_local, is_local_module, library

BUILTIN = (
    np.ufunc, types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodWrapperType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType, staticmethod, classmethod,
)  # fmt: skip
"""Functions and descriptors without code of Python."""
REMEDY = 'give key="…", a name of your own for this version of the point function'


class TokenError(TypeError):
    """Something has no token."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def holds_others(kind: type) -> bool:
    """Return whether a class is a container of Python's, of which it is told where in it something is."""
    return kind.__module__.partition(".")[0] in ("builtins", "collections", "types", "functools")


def reduces_itself(kind: Any) -> bool:
    """Return whether a class says by a method of its own what pickle keeps."""
    return kind.__reduce_ex__ is not object.__reduce_ex__ or kind.__reduce__ is not object.__reduce__


def parameters_of(value: object) -> dict[str, Any] | None:
    """Return the parameters of an object that tells them by a method `_parameters`, or the fields of a dataclass."""
    if isinstance(value, type):
        return None
    own = getattr(value, "_parameters", None)
    if callable(own):
        return dict(own())
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return None


class Walk:
    """Hashes of values, of which each is looked into once.

    A strict walk tells values by type and bit, and raises where something has no hash that another process would find;
    a lenient one takes −0 and 0, 1 and 1.0, lists and tuples as one and tells what it can not look into by its class.
    """

    def __init__(self, *, strict: bool, name: str = "value") -> None:
        self.strict = strict
        self._path = [name]
        self._above: dict[int, bytes] = {}
        self._counts: dict[str, int] = {}
        self._known: dict[int, bytes] = {}
        self._kept: list[Any] = []
        self.modules: dict[str, bytes] = {}

    def of(self, value: object, step: str | None = None) -> bytes:
        """Return the hash of a value, which is found at this step from where the walk is."""
        if step is not None:
            self._path.append(step)
        try:
            return self._of(value)
        finally:
            if step is not None:
                self._path.pop()

    def whole(self, value: object, step: str | None = None) -> bytes:
        """As `of`, where the walk begins."""
        try:
            return self.of(value, step)
        except RecursionError:
            where = " → ".join(self._path if step is None else [*self._path, step])
            raise TypeError(f"{where} is nested too deeply to have a token; {REMEDY}") from None

    def named(self, values: Mapping[str, Any], how: str = "{}") -> bytes:
        """Return the hash of values by their names, whatever their order; `how` tells a step to one."""
        return digest(
            *(part for k in sorted(values) for part in (text(k), self.of(values[k], how.format(k))))
        )

    def listed(self, values: Iterable[Any]) -> bytes:
        return digest(*(self.of(x, f"[{k}]") for k, x in enumerate(values)))

    def alone(self, value: object) -> bytes:
        """Return the hash of a member of a set, which does not depend on what was seen before it."""
        walk = Walk(strict=self.strict)
        walk._path = self._path
        walk._above = self._above
        return walk.of(value)

    def refuse(self, value: object, why: str = "") -> NoReturn:
        kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
        raise TokenError(
            kind,
            f"{' → '.join(self._path)} has no token that another process would find: it is a {kind}"
            f"{f' ({why})' if why else ''}; {REMEDY}",
        )

    def _of(self, value: object) -> bytes:
        plain = numbers.plain(value, self.strict)
        if plain is not None:
            return plain
        place = id(value)
        if place in self._above:
            return self._above[place]
        if place in self._known:
            return self._known[place]
        name = str(getattr(value, "__qualname__", None) or type(value).__qualname__)
        self._counts[name] = self._counts.get(name, 0) + 1
        self._above[place] = digest(b"above", text(name), str(self._counts[name]).encode())
        self._kept.append(value)
        try:
            found = self._composite(value)
        finally:
            del self._above[place]
        self._known[place] = found
        return found

    def _composite(self, value: object) -> bytes:
        if isinstance(value, np.ndarray):
            return numbers.array(self, value)
        if isinstance(value, types.CodeType):
            return functions.code(self, value)
        if isinstance(value, types.ModuleType):
            return functions.module(self, value)
        if isinstance(value, types.FunctionType):
            return functions.function(self, value)
        if isinstance(value, types.MethodType):
            return digest(b"method", self.of(value.__func__), self.of(value.__self__, "its object"))
        if isinstance(value, functools.partial):
            held = [
                self.of(value.func, "func"),
                self.listed(value.args),
                self.named(value.keywords, "argument '{}'"),
            ]
            return digest(b"partial", *held, self.named(vars(value), ".{}"))
        if isinstance(value, type):
            return kinds.kind(self, value)
        if isinstance(value, enum.Enum):
            return digest(
                b"enum", self.of(type(value)), text(str(value.name)), self.of(value.value, ".value")
            )
        if is_sparse(value):
            return numbers.sparse(self, value)
        return self._container(value)

    def _container(self, value: object) -> bytes:
        exact = (
            type(value) in (dict, list, tuple, set, frozenset, types.MappingProxyType) or not self.strict
        )
        if exact and isinstance(value, Mapping):
            pairs = [self.of(k, "a key") + self.of(v, f"[{k!r}]"[:60]) for k, v in value.items()]
            return digest(b"mapping", *(pairs if self.strict else sorted(pairs)))
        if exact and isinstance(value, set | frozenset):
            return digest(b"set", *sorted(map(self.alone, value)))
        if exact and isinstance(value, list | tuple):
            kind = text(type(value).__name__) if self.strict else b"sequence"
            return digest(kind, self.listed(value))
        if isinstance(value, BUILTIN):
            return self._builtin(value)
        return self._object(value)

    def _builtin(self, f: object) -> bytes:
        owner = getattr(f, "__self__", None)
        name = str(getattr(f, "__qualname__", None) or getattr(f, "__name__", type(f).__name__))
        if isinstance(f, np.ufunc):
            return functions.ufunc(self, f)
        if isinstance(f, staticmethod | classmethod):
            return digest(text(type(f).__name__), self.of(f.__func__))
        if owner is None or isinstance(owner, types.ModuleType):
            home = str(getattr(f, "__module__", None) or getattr(owner, "__name__", ""))
            from_file = functions.extension(home) if self.strict else b""
            kind = self.of(f.__objclass__) if hasattr(f, "__objclass__") else b""
            return digest(b"builtin", text(library(home)), text(name), from_file, kind)
        return digest(b"builtin", text(name), self.of(owner, "its object"))

    def _object(self, value: object) -> bytes:
        kind: Any = type(value)
        head = digest(b"object", self.of(kind))
        if not self.strict:
            parameters = parameters_of(value)
            if parameters is not None:
                return digest(head, self.named(parameters, ".{}"))
            return digest(head, self._reduced(value))
        own = foreign.content(self, value)
        if own is not None:
            return digest(head, own)
        if (
            kind.__module__.partition(".")[0] == PACKAGE
            and (parameters := foreign.untimed(parameters_of(value))) is not None
        ):
            return digest(head, self.named(parameters, ".{}"))
        if hasattr(value, "__wrapped__") and callable(value):
            return digest(head, self.of(value.__wrapped__, "the function it wraps"))
        if isinstance(value, set | frozenset):
            inside = sorted(map(self.alone, value))
            return digest(head, *inside, self.named(getattr(value, "__dict__", {}), ".{}"))
        found = self._reduced(value) if is_local(kind) or holds_others(kind) else self._kept_by(value)
        if reduces_itself(kind):
            self._require_steady(value, found)
        return digest(head, found)

    def _kept_by(self, value: object) -> bytes:
        """Return the hash of an object of a library by its pickled state; a part without a token refuses the whole."""
        try:
            return self._reduced(value)
        except TokenError as error:
            self.refuse(value, f"it holds a {error.kind}")

    def _require_steady(self, value: object, found: bytes) -> None:
        """Whether what an object's own method gives to pickle is the same when it is asked again."""
        walk = Walk(strict=True)
        vars(walk).update(vars(self))
        if walk._reduced(value) != found:
            self.refuse(value, "what pickle keeps of it changes from one call to the next")

    def _reduced(self, value: object) -> bytes:
        """Return the hash of an object by its pickled state."""
        try:
            # Of classes with a method of their own it decides, whatever other libraries register.
            own = None if reduces_itself(type(value)) else copyreg.dispatch_table.get(type(value))
            reduced: Any = value.__reduce_ex__(4) if own is None else own(value)
        except Exception as error:
            if self.strict:
                self.refuse(value, str(error))
            return b""  # an object that can not be pickled has its class alone
        if isinstance(reduced, str):
            module = str(getattr(value, "__module__", ""))
            return digest(text(module if is_local_module(module) else library(module)), text(reduced))
        maker, arguments, state, items, pairs = (*reduced, None, None, None, None)[:5]
        held = [self.of(maker), self.listed(arguments or ())]
        if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
            held += [b"slots", self.named(state[1], ".{}")]
            state = state[0]
        state = None if state == {} else state  # some objects make their dict when it is asked for
        if isinstance(state, dict) and all(isinstance(k, str) for k in state):
            held.append(self.named(kinds.uncached(type(value), state), ".{}"))
        else:
            held.append(self.of(state, "its state"))
        held.append(self.listed(items or ()))
        both = [self.of(k, "a key") + self.of(v, f"[{k!r}]"[:60]) for k, v in pairs or ()]
        return digest(*held, *both)
