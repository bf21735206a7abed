"""The compiled core: one extension module, on the library of the highest x86-64 level that the CPU has.

A wheel has the library for several levels, a source build that of its machine. The chosen one is loaded by its path
before the extension module, which needs a library of that name and finds it loaded. REDFIELD_CPU_LEVEL=2, 3 or 4 asks
for a lower level.
"""

import ctypes as _ctypes
import os as _os

from redfield._core import _levels


def _load_library() -> None:
    """Load the library for this CPU; ImportError says why there is none."""
    cpu, built = _levels.cpu, [int(level) for level in _levels.built]
    asked = _os.environ.get("REDFIELD_CPU_LEVEL", "")
    if asked not in ("", "2", "3", "4"):
        raise ImportError(f'REDFIELD_CPU_LEVEL must be 2, 3 or 4, got "{asked}"')
    wanted = int(asked or cpu)
    if wanted > cpu:
        raise ImportError(f"REDFIELD_CPU_LEVEL is {wanted}, but this CPU is x86-64-v{cpu}")
    level = max((level for level in built if level <= wanted), default=None)
    if level is None:
        raise ImportError(
            f"this build of redfield has no code for a CPU of level x86-64-v{wanted}: the lowest that it was built "
            f"for is x86-64-v{built[0]}. Build it on this machine (pip install --no-binary redfield redfield), or "
            "for every level (CMAKE_ARGS=-DREDFIELD_LEVELS=auto)"
        )
    if len(built) > 1:  # the only one is where the extension looks for it
        folder = _os.path.join(_os.path.dirname(_os.path.dirname(_levels.__file__)), "lib")
        if level > built[0]:
            folder = _os.path.join(folder, "glibc-hwcaps", f"x86-64-v{level}")
        _ctypes.CDLL(_os.path.join(folder, "libredfield.so"))


if _levels.built != "":  # else the library is the compiler's baseline
    _load_library()

from redfield._core._native import *  # noqa: E402, F403
