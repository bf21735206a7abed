"""When, where and with which versions a sweep ran."""

from __future__ import annotations

import inspect
import platform
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from redfield import _core
from redfield.sweeps.identity import innermost


def surroundings(point: object) -> dict[str, Any]:
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


def _commit_of(point: object) -> str:
    function = innermost(point)
    try:
        file = inspect.getsourcefile(function if inspect.isroutine(function) else type(function))
        if file is None or not Path(file).exists():
            return ""
        done = subprocess.run(
            ["git", "-C", str(Path(file).parent), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True,
            text=True,
            timeout=5.0,
            check=False,
        )
    except (OSError, TypeError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
