"""`redfield doctor`: the machine, the versions, and two seconds of speed."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from redfield import _core, equations, models
from redfield.baths import OhmicBath
from redfield.cli.errors import errors
from redfield.cli.extras import require
from redfield.cli.output import say, say_facts
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

SIDE = 6
"""Sites along a side of the cubic lattice whose equation is applied."""
FEW = 0.6
"""The part of the speed of real products below which something is in the way."""
SECONDS = 1.0
"""The time for which each speed is measured."""


@errors()
def doctor() -> None:
    """Print machine, threads, SIMD level and versions, and compare the core's speed with its floor."""
    require("threadpoolctl")
    build = _core.build_info()
    mine, floor = _speeds()
    say_facts(
        {
            "machine": f"{_processor()}, {platform.system()} {platform.release()}",
            "cores": f"{_core.cores()} for this process, {os.cpu_count()} in the machine",
            "OpenMP": f"{build['max_threads']} threads" if build["openmp"] else "not available",
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "not set"),
            "SIMD": build["simd"],
            "compiler": f"{build['compiler']}, Eigen {build['eigen']}",
            "Python": platform.python_version(),
            **{name: _version(name) for name in ("redfield", *LIBRARIES)},
            "one application": f"{1e3 * mine:.3g} ms ({SIDE**3} levels, one bath a site, one thread)",
            "its floor": f"{1e3 * floor:.3g} ms (as many real products of NumPy): {floor / mine:.0%} reached",
        }
    )
    if floor / mine < FEW:
        say(
            f"slow: less than {FEW:.0%} of the floor. Is the machine busy, or the build without optimisation?"
        )


LIBRARIES = ("numpy", "scipy", "xarray", "zarr", "dask", "distributed", "matplotlib", "qutip", "pydantic")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _speeds() -> tuple[float, float]:
    """Return the seconds of an application with real eigenvectors, and of the real products it consists of."""
    bath = OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    h = models.anderson(SIDE, disorder=2.0, seed=1)
    equation = equations.Redfield(System(h, SiteProjectors(SIDE**3), bath), lamb_shift=False)
    rho = np.eye(SIDE**3) / SIDE**3
    a = np.random.default_rng(0).standard_normal((SIDE**3, SIDE**3))
    products = 8  # four of a matrix with each of two planes
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return (
            _best(lambda: equation.apply(rho, threads=1), SECONDS),
            _best(lambda: [a @ a for _ in range(products)], SECONDS),
        )


def _best(call: Callable[[], object], seconds: float) -> float:
    """Return the shortest of the times of a call repeated for so long."""
    best, end = float("inf"), time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        call()
        best = min(best, time.perf_counter() - start)
    return best
