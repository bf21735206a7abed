"""Hashes of functions, their code, and modules."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from redfield._base.fingerprint.hashing import Walk, digest, text
from redfield._base.fingerprint.origin import (
    is_importable,
    is_installed,
    is_local_module,
    library,
    qualified,
)
from redfield._base.fingerprint.reads import Reads, imported, reads_of, source_file

MISSING = object()


def code(walk: Walk, value: types.CodeType) -> bytes:
    """Return the hash of code: what is executed and its constants, wherever it is written."""
    held = [walk.of(x) for x in (value.co_consts, value.co_names, value.co_varnames, value.co_freevars)]
    counts = value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount, value.co_flags
    table = getattr(value, "co_exceptiontable", b"")
    return digest(b"code", value.co_code, table, str(counts).encode(), text(value.co_name), *held)


def function(walk: Walk, f: types.FunctionType) -> bytes:
    """Return the hash of a function: see `held_by`; one that an installed module has under its name is that name."""
    if is_importable(f):
        return digest(b"function", text(qualified(f)), text(library(f.__module__)))
    if hasattr(f, "registry") and hasattr(f, "dispatch"):  # functools.singledispatch
        forms = [walk.of(k) + walk.of(v, f"the form for {k.__qualname__}") for k, v in f.registry.items()]
        return digest(b"dispatch", text(qualified(f)), *sorted(forms))
    held = [text(step) + walk.of(x, step) for step, x in held_by(f)]
    return digest(b"function", text(qualified(f)), *held, modules(walk, f))


def held_by(f: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the parts that decide what a function does, each with where it is found."""
    yield "code", f.__code__
    names = f.__code__.co_varnames[: f.__code__.co_argcount]
    defaults = f.__defaults__ or ()
    for name, x in zip(names[len(names) - len(defaults) :], defaults, strict=True):
        yield f"default '{name}'", x
    for name, x in sorted((f.__kwdefaults__ or {}).items()):
        yield f"default '{name}'", x
    cells = {k: _contents(c) for k, c in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)}
    for name, x in cells.items():
        yield f"closure '{name}'", x
    for name, x in sorted(vars(f).items()):
        yield f".{name}", x
    own = is_local_module(str(f.__globals__.get("__name__", "")))
    for chain in sorted(reads_of(f.__code__).chains):
        outside = f.__globals__ if own and chain[0] not in cells else cells
        yield from _followed(chain, outside)


def _followed(chain: tuple[str, ...], outside: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield a global value, and of a user's module also the attributes of it that are read."""
    x = outside.get(chain[0], MISSING)
    if x is MISSING or chain[0] in ("__builtins__", "__name__"):  # a script is __main__ where it is run
        return
    is_global = "__name__" in outside
    if is_global:
        yield f"global '{chain[0]}'", x
    for k, name in enumerate(chain[1:], 2):
        if not isinstance(x, types.ModuleType) or not is_local_module(x.__name__):
            return
        x = vars(x).get(name, MISSING)
        if x is MISSING:
            return
        yield f"global '{'.'.join(chain[:k])}'", x


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None  # not yet filled


def modules(walk: Walk, f: types.FunctionType) -> bytes:
    """Return the hash of the modules that a user's function imports itself."""
    name = str(f.__globals__.get("__name__", ""))
    if not walk.strict or not is_local_module(name):
        return b""
    return imports(walk, reads_of(f.__code__), f.__globals__.get("__package__"))


def imports(walk: Walk, reads: Reads, package: str | None) -> bytes:
    return digest(*(text(name) + module_named(walk, name) for name in imported(reads, package)))


def module(walk: Walk, value: types.ModuleType) -> bytes:
    """Return the hash of a module.

    An installed one is its name and version, a user's its source and the modules that it imports.
    """
    if not walk.strict:
        return digest(b"module", text(value.__name__))
    return module_named(walk, value.__name__, value)


def module_named(walk: Walk, name: str, value: types.ModuleType | None = None) -> bytes:
    value = value if value is not None else sys.modules.get(name)
    if name not in walk.modules:
        walk.modules[name] = digest(b"module above", text(name))
        walk.modules[name] = _module(walk, name, value)
    return walk.modules[name]


def _module(walk: Walk, name: str, value: types.ModuleType | None) -> bytes:
    file = source_file(name) if value is None else getattr(value, "__file__", None)
    if not is_local_module(name) or (file is not None and is_installed(file)):
        return digest(b"module", text(library(name)))
    if file is None:
        own = {} if value is None else {k: x for k, x in vars(value).items() if k[:2] != "__"}
        own = {} if hasattr(value, "__path__") else own
        return digest(b"module", walk.named(own, ".{}"))
    if not Path(file).exists() or Path(file).suffix != ".py":
        return digest(b"module", extension(name) if value is not None else b"")
    compiled = compile(Path(file).read_bytes(), "", "exec", dont_inherit=True)
    package = name if Path(file).name == "__init__.py" else name.rpartition(".")[0]
    package = getattr(value, "__package__", None) or package
    return digest(b"module", code(walk, compiled), imports(walk, reads_of(compiled), package))


def extension(name: str) -> bytes:
    """Return the hash of the file of a user's compiled module, nothing of an installed one."""
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None or not is_local_module(name):
        return b""
    return digest(Path(file).read_bytes()) if Path(file).exists() else b""


def ufunc(walk: Walk, f: np.ufunc) -> bytes:
    """Return the hash of a function of NumPy or SciPy by its name; those made of Python functions hide them."""
    homes = (np, sys.modules.get("scipy.special"))
    home = next((h for h in homes if getattr(h, f.__name__, None) is f), None)
    if home is not None:
        return digest(b"ufunc", text(library(home.__name__)), text(f.__name__))
    if walk.strict:
        walk.refuse(f, f"{f.__name__} hides what it is made of; use numpy.vectorize")
    return digest(b"ufunc", text(f.__name__))
