"""The functions that a study may name: those in the current folder and in the studies of redfield.

A module's place is found without running it, by the finders of the import system, one package after another: a parent
package is not imported to find what is in it, since importing runs it.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
import site
import sysconfig
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

from redfield.studies.toml.files import StudyError

OWN = Path(__file__).parents[1]
"""The folder of the studies that come with redfield, a folder each, whose functions are points of their files. Other
functions of redfield write files or run studies, and are not for a file to call."""
SEVERAL = "several folders"
"""The place of a namespace package."""


def require_near(point: str) -> None:
    """Require that the module of a point lies in the current folder or is one of redfield's studies.

    Raises
    ------
    StudyError
        The module lies elsewhere, or is not found; it is not imported.
    """
    name, _ = point.split(":")
    place = _place(name)
    if place is None:
        raise StudyError(
            f"point = {point!r} can not be imported (No module named {name!r}); is its folder on PYTHONPATH?"
        )
    if not _is_near(name, place):
        _refuse(point, name, place)


def require_defined_near(function: Callable[..., object], point: str) -> None:
    """Require that an imported point is defined there too: modules have attributes that are other modules' functions.

    Raises
    ------
    StudyError
        The point is defined elsewhere.
    """
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function)
    function = getattr(function, "__func__", function)
    owner = function if inspect.isroutine(function) or inspect.isclass(function) else type(function)
    name = getattr(owner, "__module__", None) or "builtins"
    place = _place(name)
    if place is None or not _is_near(name, place):
        _refuse(point, f"{name}.{getattr(owner, '__qualname__', owner)}", place or "")


def _refuse(point: str, name: str, place: str) -> None:
    where = f" ({place})" if place else ""
    raise StudyError(
        f"point = {point!r} is {name}{where}, outside the current folder and the studies of this package: it is code "
        "that the file chooses, and may do whatever you may; read both, and if you trust them add --trust"
    )


def _place(name: str) -> str | None:
    """Return the file or folder of a module, "built-in" or "frozen"; None where it is not found."""
    spec: ModuleSpec | None = None
    path: Any = None
    parts = name.split(".")
    for i in range(len(parts)):
        full = ".".join(parts[: i + 1])
        try:
            # Only a name without dots is given: for others find_spec imports the parent.
            spec = importlib.util.find_spec(full) if i == 0 else PathFinder.find_spec(full, path)
        except (ImportError, ValueError, AttributeError):
            return None
        if spec is None:
            return None
        path = spec.submodule_search_locations
        if i + 1 < len(parts) and path is None:
            return spec.origin if spec.origin in ("built-in", "frozen") else None
    assert spec is not None
    if spec.origin is not None:
        return spec.origin
    folders = list(spec.submodule_search_locations or ())
    return folders[0] if len(folders) == 1 else SEVERAL


def _is_near(name: str, place: str) -> bool:
    top, *inner = name.split(".")
    if top == "redfield":
        return len(inner) > 2 and inner[0] == OWN.name and (OWN / inner[1] / "study.toml").is_file()
    if place in ("built-in", "frozen", SEVERAL):
        return False
    file = Path(place).resolve()
    return file.is_relative_to(Path.cwd().resolve()) and not any(map(file.is_relative_to, _installed()))


def _installed() -> list[Path]:
    """Folders of Python's own modules and of installed packages, which the current folder may hold."""
    ours = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return [Path(p).resolve() for p in (*ours, *site.getsitepackages(), site.getusersitepackages())]
