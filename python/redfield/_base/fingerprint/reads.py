"""The names that code reads from outside: globals, attributes of modules, and modules that it imports."""

from __future__ import annotations

import contextlib
import dis
import functools
import importlib.util
import sys
import types
from dataclasses import dataclass
from typing import Any

LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_DEREF", "LOAD_CLASSDEREF")
ATTRIBUTES = ("LOAD_ATTR", "LOAD_METHOD")


@dataclass(frozen=True)
class Reads:
    """Names with the attributes that follow them, and imports: level, name, and what is taken from there."""

    chains: frozenset[tuple[str, ...]]
    imports: frozenset[tuple[int, str, tuple[str, ...]]]


@functools.lru_cache(maxsize=4096)
def reads_of(code: types.CodeType) -> Reads:
    """Return the names that code, and the functions inside it, read."""
    chains, imports = set(), set()
    chain: list[str] = []
    before: list[Any] = [0, None]
    for step in dis.get_instructions(code):
        if chain and step.opname in ATTRIBUTES:
            chain.append(str(step.argval))
            continue
        if chain:
            chains.add(tuple(chain))
            chain = []
        if step.opname in LOADS:
            chain = [str(step.argval)]
        elif step.opname == "IMPORT_NAME":
            level, names = before
            imports.add((level if isinstance(level, int) else 0, str(step.argval), tuple(names or ())))
        before = [before[1], step.argval]
    if chain:
        chains.add(tuple(chain))
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            found = reads_of(inner)
            chains |= found.chains
            imports |= found.imports
    return Reads(frozenset(chains), frozenset(imports))


def imported(reads: Reads, package: str | None) -> list[str]:
    """Return the full names of the modules that imports name, the packages that they lie in included."""
    out: set[str] = set()
    for level, name, taken in reads.imports:
        full = name
        if level:
            try:
                full = importlib.util.resolve_name("." * level + name, package)
            except ImportError:
                continue
        parts = full.split(".")
        out |= {".".join(parts[: k + 1]) for k in range(len(parts))}
        out |= {f"{full}.{part}" for part in taken if part != "*" and is_module(f"{full}.{part}")}
    return sorted(out)


def is_module(name: str) -> bool:
    return name in sys.modules or source_file(name) is not None


def source_file(name: str) -> str | None:
    """Return the file of a module that is not loaded; nothing is executed but the packages that it lies in."""
    parent = name.rpartition(".")[0]
    if parent and not hasattr(sys.modules.get(parent), "__path__"):
        return None
    with contextlib.suppress(ImportError, ValueError, AttributeError):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.has_location:
            return spec.origin
    return None
