"""What two runs must share to share a store, and what is told of how one went."""

from __future__ import annotations

import datetime
import functools
import hashlib
import inspect
import platform
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from redfield import _core
from redfield.sweeps.grid import Grid


def identity_of(point: Callable[..., Any], grid: Grid, batch: bool, threads: int) -> dict[str, Any]:
    """Of a sweep: its axes, seed, code and version, as JSON can hold it."""
    return {
        "axes": {axis.name: axis.values.tolist() for axis in grid.axes},
        "samples": grid.samples,
        "seed": grid.seed,
        "batch": batch,
        "threads": threads,
        "point": name_of(point),
        "code": code_of(point),
        "redfield": _core.build_info()["version"],
    }


def differences(stored: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """In words, none where they are one."""
    a: Any
    b: Any
    out = []
    for key in sorted({*stored, *asked}):
        a, b = (x.get(key, {} if key == "axes" else None) for x in (stored, asked))
        if a == b:
            continue
        if key == "axes":
            for name in sorted({*a, *b}):
                if a.get(name) != b.get(name):
                    out.append(f"axis {name}: stored {_short(a.get(name))}, asked {_short(b.get(name))}")
        elif key == "code":
            out.append(f"the source of the point function: stored {a[:12]}, asked {b[:12]} (SHA-256)")
        else:
            out.append(f"{key}: stored {a!r}, asked {b!r}")
    return out


def _short(values: Any) -> str:
    if values is None:
        return "none"
    text = ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in values[:3])
    return f"[{text}{', …' if len(values) > 3 else ''}] ({len(values)})"


def name_of(point: Any) -> str:
    """Without its module, which is __main__ where a file is run and another where it is imported."""
    inner = point.func if isinstance(point, functools.partial) else point
    return str(getattr(inner, "__qualname__", type(inner).__name__))


def code_of(point: Any) -> str:
    """SHA-256 of the source, or where there is none of the code; arguments of a partial included."""
    digest = hashlib.sha256()
    while isinstance(point, functools.partial):
        digest.update(repr((point.args, sorted(point.keywords.items()))).encode())
        point = point.func
    try:
        text = inspect.getsource(point if inspect.isroutine(point) else type(point))
        digest.update(inspect.cleandoc(text).encode())
    except (OSError, TypeError):
        code = getattr(point, "__code__", None)
        digest.update(_bytes_of(code) if code is not None else repr(type(point)).encode())
    return digest.hexdigest()


def _bytes_of(code: Any) -> bytes:
    constants = b"".join(_bytes_of(c) if inspect.iscode(c) else repr(c).encode() for c in code.co_consts)
    return bytes(code.co_code) + constants + repr(code.co_names).encode()


def now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def surroundings(point: Any) -> dict[str, Any]:
    """Versions, machine, and the commit of the file the point function is in."""
    info = _core.build_info()
    return {
        "redfield": info["version"],
        "core": f"Eigen {info['eigen']}, {info['simd']}, {info['compiler']}",
        "numpy": np.__version__,
        "python": platform.python_version(),
        "host": platform.node(),
        "commit": _commit_of(point),
    }


def _commit_of(point: Any) -> str:
    while isinstance(point, functools.partial):
        point = point.func
    try:
        file = inspect.getsourcefile(point if inspect.isroutine(point) else type(point))
        if file is None or not Path(file).exists():
            return ""
        told = subprocess.run(
            ["git", "-C", str(Path(file).parent), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            timeout=5.0,
            check=False,
        )
    except (OSError, TypeError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()
