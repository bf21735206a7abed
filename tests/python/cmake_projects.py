"""How tests configure, build and run C++ projects."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build/tests"
"""Where `tests/run` builds."""
WHEEL_EIGEN = Path(sysconfig.get_paths()["purelib"]) / "cmeel.prefix/share/eigen3/cmake"

HIDE_INSTALLED = "-DCMAKE_IGNORE_PATH=" + ";".join(
    f"{prefix}/{place}"
    for prefix in ("/usr", "/usr/local", "/opt/homebrew")
    for place in ("share/eigen3/cmake", "lib/cmake/eigen3", "share/cmake/eigen3")
)


def run(*command: str | Path, **options) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def configure(source: Path, build: Path, *options: str) -> str:
    return run(shutil.which("cmake") or "cmake", "-S", source, "-B", build, "-G", "Ninja", *options)


def refused(source: Path, build: Path, *options: str) -> str:
    """What CMake says where it refuses a project, on one line."""
    command = ["cmake", "-S", str(source), "-B", str(build), "-G", "Ninja", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0
    return " ".join(done.stderr.split())


def install(prefix: Path) -> Path:
    """Install the library that `tests/run` has built against the Eigen wheel, and return where."""
    assert (BUILD / "cpp/tests/redfield_tests").exists(), "built by tests/run, which these tests need"
    run("cmake", "--install", BUILD, "--component", "cpp", "--prefix", prefix)
    return prefix / "redfield"
