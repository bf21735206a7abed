"""Benchmarks compare with NumPy on one BLAS thread, and keep what they measured."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from redfield import _core

RESULTS = Path(__file__).parent / "results"
rows: dict[str, dict[str, Any]] = {}


class Record:
    """Collects figures of one benchmark; a ratio comes with the requirement it must meet."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, **figures: Any) -> None:
        rows.setdefault(self.name, {}).update(figures)


@pytest.fixture(autouse=True)
def one_blas_thread() -> Iterator[None]:
    with threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Record:
    return Record(request.node.name)


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
        "date": time.strftime("%Y-%m-%d"),
    }


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if not rows:
        return
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "latest.json"
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
        )
        terminalreporter.write_line(f"{name}: {text}")
