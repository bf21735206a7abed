"""Who defines a class, a function or a module: the user, or an installed package."""

from __future__ import annotations

import functools
import sys
import sysconfig
from pathlib import Path
from typing import Any

PACKAGE = __name__.partition(".")[0]


def is_local(thing: object) -> bool:
    """Return whether a class or a function is a user's own, and not one of an installed package."""
    return is_local_module(str(getattr(thing, "__module__", None) or ""))


@functools.cache
def is_local_module(name: str) -> bool:
    """Return whether a module lies outside the standard library and the folders of installed packages."""
    top = name.partition(".")[0]
    if name == "__main__":  # a script, a notebook, or the driver of tests
        return True
    if top == PACKAGE or top in sys.builtin_module_names or top in sys.stdlib_module_names:
        return False
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), None)
    return file is None or not is_installed(file)


@functools.cache
def is_installed(file: str) -> bool:
    """Return whether a file belongs to the standard library or an installed package."""
    path = Path(file)
    if {"site-packages", "dist-packages"} & {*path.parts} or PACKAGE_FOLDER in path.parents:
        return True
    return any(path.is_relative_to(place) for place in _installed())


PACKAGE_FOLDER = Path(__file__).parents[1]


@functools.cache
def _installed() -> frozenset[str]:
    paths = sysconfig.get_paths()
    return frozenset(paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib"))


def qualified(thing: object) -> str:
    """Return the name of a class or a function, behind that of its module where it is an installed one."""
    name = str(getattr(thing, "__qualname__", None) or type(thing).__qualname__)
    return name if is_local(thing) else f"{getattr(thing, '__module__', '')}.{name}"


def library(module: str) -> str:
    """Return the name of an installed module and the version of its package; of the standard library the name."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top in sys.builtin_module_names:
        return module
    return f"{module} {getattr(sys.modules.get(top), '__version__', '')}"


def is_importable(thing: object) -> bool:
    """Return whether an installed module has this very thing under its name."""
    module = str(getattr(thing, "__module__", None) or "")
    found: Any = sys.modules.get(module)
    if found is None or is_local_module(module):
        return False
    for name in str(getattr(thing, "__qualname__", "")).split("."):
        found = getattr(found, name, None)
    return found is thing
