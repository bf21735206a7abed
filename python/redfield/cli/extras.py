"""The packages that commands need beside those of the installation, and the extra that brings each."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

EXTRAS = {
    "plot": ("matplotlib",),
    "sweep": (
        "xarray", "zarr", "google_crc32c", "threadpoolctl", "cloudpickle", "psutil", "dask", "distributed",
    ),
    "cli": ("typer", "rich", "pydantic"),
    "qutip": ("qutip",),
}  # fmt: skip
"""Importable modules by the extra of this package that they belong to."""


def require(*modules: str) -> None:
    """Raise ImportError at the start of a command where a module is missing that it uses at its end."""
    for module in modules:
        importlib.import_module(module)


def missing(error: ImportError) -> str:
    """Return the line that names the module that an import did not find, and the extra that brings it."""
    reason = " ".join(str(error).split())[:200]
    return needed(error) or f"this needs more packages ({reason}): pip install 'redfield[all]'"


def needed(error: BaseException) -> str | None:
    """Return the line of `missing`, where an exception or a cause of it is the import of a module of an extra."""
    for one in _chain(error):
        for extra, modules in EXTRAS.items():
            for module in modules:
                if module in _words(one):
                    return (
                        f"this needs {module}, which can not be imported: pip install 'redfield[{extra}]'"
                    )
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Return an exception and its causes, the first cause first."""
    found = [error]
    while (cause := found[-1].__cause__ or found[-1].__context__) is not None and cause not in found:
        found.append(cause)
    return reversed(found)


def _words(error: BaseException) -> set[str]:
    """Return the top-level modules that an ImportError may be about; other exceptions are about none."""
    if not isinstance(error, ImportError):
        return set()
    if error.name is not None:
        return {error.name.split(".")[0]}
    return set(re.findall(r"\w+", str(error)))
