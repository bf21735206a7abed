"""What a wheel or sdist must hold, what it must not, and how large it may be:  check_wheel.py FILE…"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

MOST_BYTES = 10_000_000
WHEEL = (
    "redfield/__init__.py", "redfield/py.typed", "redfield/_core/_native.pyi", "redfield/include/redfield/redfield.hpp",
    "redfield/include/redfield/version.hpp", "redfield/lib/cmake/redfield/redfieldConfig.cmake",
    "redfield/lib/cmake/redfield/redfieldConfigVersion.cmake", "redfield/lib/pkgconfig/redfield.pc",
    "redfield/studies/fig1/study.toml",
)  # fmt: skip
SDIST = (
    "pyproject.toml",
    "CMakeLists.txt",
    "LICENSE",
    "README.md",
    "cpp/CMakeLists.txt",
    "python/redfield/__init__.py",
)
NEVER = ("/build/", "/tests/", "/bench/", "/.git/", "__pycache__", ".venv", "/docs/", "/.ci/")


def names_in(path: Path) -> list[str]:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    with tarfile.open(path) as archive:
        return [name.split("/", 1)[1] for name in archive.getnames() if "/" in name]


def faults_of(path: Path) -> list[str]:
    names, size, wheel = set(names_in(path)), path.stat().st_size, path.suffix == ".whl"
    faults = [f"{name} is missing" for name in (WHEEL if wheel else SDIST) if name not in names]
    forbidden = NEVER if wheel else ("/.git/", "__pycache__", ".venv", "build/")
    faults += [
        f"{name} should not be there" for name in sorted(names) if any(f in f"/{name}" for f in forbidden)
    ]
    if wheel and not any("libredfield" in name for name in names):
        faults.append("the C++ library is missing")
    if wheel and not any(
        name.startswith("redfield/_core/_native.") and name.endswith(".so") for name in names
    ):
        faults.append("the extension is missing")
    if size > MOST_BYTES:
        faults.append(f"{size / 1e6:.2f} MB, more than {MOST_BYTES / 1e6:g}")
    return faults


def main() -> None:
    bad = False
    for path in map(Path, sys.argv[1:]):
        faults = faults_of(path)
        bad = bad or bool(faults)
        print(
            f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, "
            + ("in order" if not faults else "; ".join(faults[:20]))
        )
    sys.exit(bad)


if __name__ == "__main__":
    main()
