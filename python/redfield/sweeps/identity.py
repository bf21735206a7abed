"""What two runs must share to share a store, and what is told of how one went."""

from __future__ import annotations

import datetime
import functools
import hashlib
import inspect
import json
import platform
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from redfield import _core
from redfield.description import text_of
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
        "arguments": arguments_of(point),
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
        if a == b and (key != "axes" or [*a] == [*b]):
            continue
        if isinstance(a, dict) and isinstance(b, dict) and key != "axes":
            flat_a, flat_b = flattened(a), flattened(b)
            out += [
                f"{place}: stored {flat_a.get(place)!r}, asked {flat_b.get(place)!r}"
                for place in sorted({*flat_a, *flat_b})
                if flat_a.get(place) != flat_b.get(place)
            ]
        elif key == "axes" and sorted(a) == sorted(b) and [*a] != [*b]:
            out.append(f"axes: stored {', '.join(a)}, asked {', '.join(b)}")
        elif key == "axes":
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


def arguments_of(point: Any) -> dict[str, Any]:
    """What a partial has bound, as JSON can hold it."""
    if not isinstance(point, functools.partial):
        return {}
    given = {**{str(i): x for i, x in enumerate(point.args)}, **point.keywords}
    as_json: dict[str, Any] = json.loads(json.dumps(given, default=_described, sort_keys=True))
    return as_json


def _described(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return text_of(value)


def flattened(table: Any, place: str = "") -> dict[str, Any]:
    """{"a": [{"b": 1}]} → {"a[0].b": 1}."""
    if isinstance(table, dict) and table:
        parts = [flattened(v, f"{place}.{k}" if place else str(k)) for k, v in table.items()]
    elif isinstance(table, list) and any(isinstance(x, dict | list) for x in table):
        parts = [flattened(v, f"{place}[{i}]") for i, v in enumerate(table)]
    else:
        return {place: table}
    return {k: v for part in parts for k, v in part.items()}


def code_of(point: Any) -> str:
    """SHA-256 of the source, or where there is none of the code."""
    digest = hashlib.sha256()
    while isinstance(point, functools.partial):
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
