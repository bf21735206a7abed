"""Short hashes of what a value holds, the same in every process."""

from __future__ import annotations

import dataclasses
import dis
import functools
import hashlib
import inspect
import sys
import sysconfig
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

DIGITS = 10
"""Hexadecimal digits of a fingerprint in a text."""


def fingerprint(value: Any) -> str:
    """A short hash of the content of a value.

    Numbers and arrays are told by their entries, functions by their code, defaults and closures, a user's also by the
    global values they read, objects by their parameters. −0 and 0 are one, as are 1 and 1.0.

    Examples
    --------
    >>> import numpy as np
    >>> fingerprint(np.eye(2)) == fingerprint(np.eye(2)) != fingerprint(np.eye(3))
    True
    >>> fingerprint(lambda w: 0.1 * w) == fingerprint(lambda w: 0.2 * w)
    False
    """
    return "#" + _Digest().of(value).hex()[:DIGITS]


def parameters_of(value: Any) -> dict[str, Any] | None:
    """The parameters of an object that tells them by a method `_parameters`, or the fields of a dataclass."""
    if isinstance(value, type):
        return None
    own = getattr(value, "_parameters", None)
    if callable(own):
        return dict(own())
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    return None


class _Digest:
    """One walk through a value; objects that hold themselves are told by how far up they are."""

    def __init__(self) -> None:
        self._above: list[int] = []
        self._known: dict[types.FunctionType, bytes] = {}

    def of(self, value: Any) -> bytes:
        if id(value) in self._above:
            return _hash(b"above", str(len(self._above) - self._above.index(id(value))).encode())
        plain = _plain(value)
        if plain is not None:
            return plain
        self._above.append(id(value))
        try:
            return self._composite(value)
        finally:
            self._above.pop()

    def _composite(self, value: Any) -> bytes:
        if isinstance(value, np.ndarray):
            return self._array(value)
        if hasattr(value, "tocoo") and hasattr(value, "data"):
            return self._sparse(value)
        if isinstance(value, Mapping):
            pairs = sorted(self.of(k) + self.of(v) for k, v in value.items())
            return _hash(b"mapping", *pairs)
        if isinstance(value, set | frozenset):
            return _hash(b"set", *sorted(map(self.of, value)))
        if isinstance(value, list | tuple):
            return _hash(b"sequence", *map(self.of, value))
        if isinstance(value, types.ModuleType):
            return _hash(b"module", value.__name__.encode())
        if isinstance(value, types.CodeType):
            return self._code(value)
        if isinstance(value, types.FunctionType):
            return self._function(value)
        if isinstance(value, types.MethodType):
            return _hash(b"method", self.of(value.__func__), self.of(value.__self__))
        if isinstance(value, functools.partial):
            return _hash(b"partial", *map(self.of, (value.func, value.args, value.keywords)))
        if isinstance(value, type):
            return _hash(b"class", qualified(value).encode(), self._body(value))
        if inspect.isroutine(value) or isinstance(value, np.ufunc):
            return self._builtin(value)
        return self._object(value)

    def _array(self, array: np.ndarray[Any, Any]) -> bytes:
        if array.dtype.hasobject:
            return _hash(b"array", str(array.shape).encode(), *map(self.of, array.ravel().tolist()))
        whole = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
        if whole.dtype.kind in "fc":
            whole = whole + 0.0  # of −0
        return _hash(b"array", str(array.shape).encode(), array.dtype.name.encode(), whole.tobytes())

    def _sparse(self, matrix: Any) -> bytes:
        entries = matrix.tocoo(copy=True)
        entries.sum_duplicates()
        return _hash(b"sparse", *map(self.of, (entries.shape, *entries.coords, entries.data)))

    def _code(self, code: types.CodeType) -> bytes:
        return _hash(
            b"code",
            code.co_code,
            *map(self.of, (code.co_consts, code.co_names, code.co_varnames, code.co_freevars)),
        )

    def _function(self, f: types.FunctionType) -> bytes:
        if f not in self._known:
            inner = inspect.unwrap(f)
            cells = [_contents(cell) for cell in f.__closure__ or ()]
            held = self.of([f.__defaults__, f.__kwdefaults__, cells, None if inner is f else inner])
            names = _globals(f.__code__) & f.__globals__.keys() if is_local(f) else set()
            read = self.of({name: f.__globals__[name] for name in names})
            self._known[f] = _hash(b"function", qualified(f).encode(), self._code(f.__code__), held, read)
        return self._known[f]

    def _builtin(self, f: Any) -> bytes:
        owner = getattr(f, "__self__", None)
        bound = b"" if owner is None or isinstance(owner, types.ModuleType) else self.of(owner)
        name = getattr(f, "__qualname__", None) or getattr(f, "__name__", type(f).__name__)
        return _hash(b"builtin", str(getattr(f, "__module__", "")).encode(), str(name).encode(), bound)

    def _body(self, kind: type) -> bytes:
        """What a user's class does; a library's classes are told by their names."""
        return b"" if not is_local(kind) else _hash(b"body", *map(self._function, _functions(kind)))

    def _object(self, value: Any) -> bytes:
        kind = type(value)
        head = _hash(b"object", qualified(kind).encode(), self._body(kind))
        parameters = parameters_of(value)
        if parameters is not None:
            return _hash(head, self.of(parameters))
        try:
            reduced = value.__reduce_ex__(4)
        except Exception:  # an object that can not be pickled has its class alone
            reduced = ()
        if isinstance(reduced, str):
            return _hash(head, reduced.encode())
        made = [
            dict(x) if k == 4 and x is not None else list(x) if k == 3 and x is not None else x
            for k, x in enumerate(reduced)
        ]
        return _hash(head, self.of(made))


def _hash(*parts: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


def _plain(value: Any) -> bytes | None:
    """Of numbers, strings and what else has no parts."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is ... or value is NotImplemented:
        return _hash(b"constant", repr(value).encode())
    if isinstance(value, str):
        return _hash(b"string", value.encode("utf-8", "surrogatepass"))
    if isinstance(value, bytes | bytearray):
        return _hash(b"bytes", bytes(value))
    if isinstance(value, bool | int):
        try:
            same = float(value) == value
        except OverflowError:
            same = False
        return _plain(float(value)) if same else _hash(b"integer", str(int(value)).encode())
    if isinstance(value, float):
        return _hash(b"float", (value + 0.0).hex().encode())
    if isinstance(value, complex):
        if value.imag == 0.0:
            return _plain(value.real)
        return _hash(b"complex", (value.real + 0.0).hex().encode(), (value.imag + 0.0).hex().encode())
    return None


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None  # not yet filled


def _globals(code: types.CodeType) -> set[str]:
    """The names of the global values that code reads, that of the functions inside it included."""
    own = {str(i.argval) for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return own.union(*(_globals(c) for c in code.co_consts if isinstance(c, types.CodeType)))


def _functions(kind: type) -> Iterable[types.FunctionType]:
    for name in sorted(vars(kind)):
        member = vars(kind)[name]
        member = getattr(member, "fget", None) or getattr(member, "func", None) or member
        member = getattr(member, "__func__", member)
        if isinstance(member, types.FunctionType):
            yield member


def is_local(thing: Any) -> bool:
    """Whether a class or a function is a user's own, and not one of an installed package."""
    return _is_local(str(getattr(thing, "__module__", None) or ""))


@functools.cache
def _is_local(module: str) -> bool:
    if module.partition(".")[0] == __name__.partition(".")[0] or module in sys.builtin_module_names:
        return False
    file = getattr(sys.modules.get(module), "__file__", None)
    return file is None or not any(Path(file).is_relative_to(place) for place in _installed())


@functools.cache
def _installed() -> frozenset[str]:
    paths = sysconfig.get_paths()
    return frozenset(paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib"))


def qualified(thing: Any) -> str:
    """The name of a class or a function, behind that of its module where it is an installed one."""
    name = str(getattr(thing, "__qualname__", type(thing).__qualname__))
    return name if is_local(thing) else f"{getattr(thing, '__module__', '')}.{name}"
