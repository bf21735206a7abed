"""Benchmarks compare with NumPy on one BLAS thread, and keep what they measured beside what was asked."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from redfield import _core

from goals import bar, goals, level

RESULTS = Path(__file__).parent / "results"
PEERS = ("qutip", "dynamiqs", "jax", "scipy")
rows: dict[str, dict[str, Any]] = {}


class Record:
    """Collects figures of one benchmark; a requirement stands behind the figure that must meet it."""

    def __init__(self, name: str, path: str) -> None:
        self.name, self.path = name, path

    def __call__(self, **figures: Any) -> None:
        row = rows.setdefault(self.name, {"file": self.path, "date": TODAY, "commit": COMMIT})
        row.update(figures)
        row.setdefault("goals", {}).update(goals(figures))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="benchmarks of many minutes too")
    parser.addoption(
        "--results", type=Path, default=RESULTS / "latest.json", help="file that gets the figures"
    )


@pytest.fixture
def long(request: pytest.FixtureRequest) -> None:
    """Skip what asks for this, without --long."""
    if not request.config.getoption("--long"):
        pytest.skip("takes many minutes: --long")


@pytest.fixture(autouse=True)
def one_blas_thread() -> Iterator[None]:
    with threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    return Record(request.node.name, f"bench/{request.path.name}")


def commit() -> str:
    """Return the commit that is measured, with + behind it where files have changed since; empty outside a checkout."""
    try:
        git = ["git", "-C", str(RESULTS.parent)]
        told = [
            subprocess.run([*git, *words], capture_output=True, text=True, check=True).stdout.strip()
            for words in (["rev-parse", "--short=10", "HEAD"], ["status", "--porcelain", "-uno"])
        ]
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told[0] + ("+" if told[1] else "")


TODAY, COMMIT = time.strftime("%Y-%m-%d"), commit()


def versions() -> dict[str, str]:
    """Return versions of what is compared with."""
    found = {}
    for name in PEERS:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        platform.processor(),
    ) if Path("/proc/cpuinfo").exists() else platform.processor()  # fmt: skip
    blas = [f"{p['internal_api']} {p['version']} ({p.get('architecture')})" for p in threadpool_info()]
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": sorted(set(blas)),
        **{f"core_{key}": value for key, value in _core.build_info().items()},
        "level": level(str(_core.build_info()["simd"])),
        "peers": versions(),
        "date": TODAY,
        "commit": COMMIT,
    }


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if not rows:
        return
    path: Path = session.config.getoption("--results")
    path.parent.mkdir(exist_ok=True)
    known = json.loads(path.read_text()) if path.exists() else {}
    figures = {**known.get("figures", {}), **rows}
    path.write_text(
        json.dumps({"machine": machine(), "figures": figures}, indent=1, sort_keys=True) + "\n"
    )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.section("figures")
    for name, figures in rows.items():
        text = ", ".join(
            f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
            for key, value in figures.items()
            if key not in ("goals", "file", "date", "commit")
        )
        terminalreporter.write_line(f"{name}: {text}")
    terminalreporter.section("goals")
    for name, figures in rows.items():
        for figure, goal in figures["goals"].items():
            terminalreporter.write_line(f"{bar(figures[figure], *goal)}  {name}: {figure}")
