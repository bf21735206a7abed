"""Figures that bench/results holds: the newest of each benchmark, the ones before them, and how they are written.

A file is {"machine": …, "figures": {test: {figure: value}}}, as bench/conftest.py writes it into latest.json; its name
begins with the date. A row measured on another day or commit than the file's last says so itself."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goals import fraction, level

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench/results"


@dataclass(frozen=True)
class Result:
    """Figures of one benchmark, in one file of results."""

    test: str
    file: str
    figures: Mapping[str, Any]
    machine: Mapping[str, Any]

    @property
    def date(self) -> str:
        return str(self.figures.get("date", self.machine["date"]))

    @property
    def level(self) -> str:
        return level(str(self.machine["core_simd"]))

    @property
    def goals(self) -> Mapping[str, tuple[str, float]]:
        found: Mapping[str, tuple[str, float]] = self.figures.get("goals", {})
        return found

    def describe(self) -> str:
        """Return machine, level, date, commit and versions, for the legend of a table."""
        m = self.machine
        blas = next((b for b in m["blas"] if b.startswith("openblas")), "")
        kernels = re.sub(r".*\((.*)\)", r" with OpenBLAS's \1 kernels", blas)
        peers = [f"QuTiP {m['peers']['qutip']}"] if "qutip" in m.get("peers", {}) else []
        return ", ".join(
            [
                f"{m['cores']} cores of an {m['cpu']}",
                self.level,
                f"{m['core_compiler']}, Eigen {m['core_eigen']}, NumPy {m['numpy']}{kernels}",
                *peers,
                *([m["note"]] if "note" in m else []),
                f"`bench/results/{self.file}`",
            ]
        )


@functools.cache
def results() -> tuple[Result, ...]:
    """Return all, from the oldest to the newest; of one day the higher level last."""
    found = []
    for path in sorted(RESULTS.glob("2*.json")):
        read = json.loads(path.read_text())
        found += [Result(test, path.name, f, read["machine"]) for test, f in read["figures"].items()]
    return tuple(sorted(found, key=lambda r: (r.date, r.level, r.file)))


def newest(test: str) -> Result | None:
    """Return the newest result of a test, None where no file has one."""
    found = [r for r in results() if r.test == test]
    return found[-1] if found else None


def before(result: Result, figure: str) -> Result | None:
    """Return the newest result of an earlier day at the same level that has the figure, if there is one."""
    found = [
        r for r in results()
        if r.test == result.test and r.level == result.level and r.date < result.date and figure in r.figures
    ]  # fmt: skip
    return found[-1] if found else None


@functools.cache
def sources() -> Mapping[str, frozenset[str]]:
    """Return the benchmarks of each file."""
    return {
        path.name: frozenset(
            re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
        )
        for path in sorted((ROOT / "bench").glob("test_*.py"))
    }


def command(test: str, file: str | None = None) -> str:
    """Return what pytest is given to measure a row again; a benchmark that is gone is an error."""
    name = test.split("[")[0]
    there = [path for path, names in sources().items() if name in names]
    if file is None and len(there) > 1:
        raise SystemExit(f"{test} is in {' and '.join(there)}: measure it, or name it otherwise")
    found = (file or "bench/" + (there or [""])[0]).removeprefix("bench/")
    if found not in there:
        raise SystemExit(f"a table has {test}, which {found or 'no file of bench'} does not define")
    return f"{found.removesuffix('.py').removeprefix('test_')}::{test.removeprefix('test_')}"


def seconds(value: float) -> str:
    """Return a time in the unit that suits it, with two digits."""
    for size, unit in (
        (3600.0, "h"),
        (60.0, "min"),
        (1.0, "s"),
        (1e-3, "ms"),
        (1e-6, "µs"),
        (1e-9, "ns"),
    ):
        if value >= (2.0 if size >= 60.0 else 0.9995) * size:
            return f"{digits(value / size)} {unit}"
    return f"{value:.1e} s"


def digits(value: float) -> str:
    """Return two significant digits, or all before the point, without an exponent."""
    return f"{value:.0f}" if value >= 99.5 else f"{value:.2g}"


SCALES = (("_ms", 1e-3), ("milliseconds", 1e-3), ("_us", 1e-6), ("seconds", 1.0), ("_s", 1.0))
TIMES = (
    "times_faster",
    "ratio",
    "over_mesolve",
    "over_mcsolve",
    "over_dense",
    "over_double",
    "speedup",
    "over",
)


def show(figure: str, value: float) -> str:
    """Return a figure with the unit that the end of its name tells."""
    for unit, scale in SCALES:
        if figure.endswith(unit) or figure == unit.lstrip("_") or f"{unit}_" in figure:
            return seconds(value * scale)
    if figure.endswith("gigabytes"):
        return f"{digits(value)} GB"
    if "error" in figure or figure == "difference":
        return f"{value:.0e}"
    if figure in TIMES or figure.startswith("times_faster"):
        return f"{digits(value)}×"
    return digits(value)


def missed(result: Result, figure: str) -> bool:
    """Return whether there is a goal of the figure, which it does not meet."""
    return figure in result.goals and fraction(result.figures[figure], *result.goals[figure]) < 1.0
