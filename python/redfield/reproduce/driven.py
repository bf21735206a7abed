"""Driven quadratic systems: what limits the instantaneous Davies equation is the baths' memory, not the level spacing.

Two sites whose levels are swept through each other, h(t) = ½[ε(t)σᶻ + gσˣ], ε from −E to E in the time T, for
gaps g from wide to far below 1/T, at fixed J²T; and a chain driven periodically. Distances are of covariance
matrices in operator norm.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from redfield import _core
from redfield.baths import ParticleBath
from redfield.models import chain
from redfield.plotting.driven import FloquetPanel, Sweep, draw
from redfield.plotting.figure import save
from redfield.quadratic import driven
from redfield.reproduce.parameters import StudyParameters, from_preset
from redfield.sweeps.store import Field, open_samples
from redfield.sweeps.study import Case
from redfield.validation import ComplexArray, RealArray, as_count, as_positive

POINTS = 41
EXACT_EVERY = 10
RECURRENCE_MARGIN = 1.3
TOL = 1e-6
CURVES = (
    "davies_exact",
    "redfield_exact",
    "nonadiabatic",
    "davies_cycle",
    "redfield_cycle",
    "n_davies",
    "n_redfield",
    "n_exact",
)
"""Distances of Davies and of Redfield with memory from the exact solution, from each other and from their own
periodic states; and the occupation of the first site."""


@dataclass(frozen=True)
class Parameters(StudyParameters):
    """What a run computes; T is in memory times of the bath."""

    study: ClassVar[str] = "driven"
    points: ClassVar[int] = POINTS
    extent: ClassVar[tuple[str, ...]] = ("ratios", "gaps")

    ratios: tuple[float, ...]
    """T/τ_B."""
    periods_exact: int
    """Periods of the drive of which the exact solution is taken, a multiple of 10."""
    gaps: tuple[float, ...] = (1.0, 0.1, 1e-3)
    """g·T; a wide gap of E/2 comes on top."""
    height: float = 2.0
    depth: float = 0.5
    """J²T."""
    width: float = 2.0
    beta: float = 1.0
    mu: float = 0.3
    floquet_j: float = 0.4
    frequency: float = 1.5
    amplitude: float = 0.8

    def __post_init__(self) -> None:
        if not self.ratios:
            raise ValueError("ratios is empty: nothing to compute")
        for name in ("ratios", "gaps"):
            for value in getattr(self, name):
                as_positive(name, value)
        as_count("periods_exact", self.periods_exact, least=0)
        for name in ("height", "depth", "width", "beta", "floquet_j", "frequency", "amplitude"):
            as_positive(name, getattr(self, name))

    @property
    def fields(self) -> Mapping[str, Field]:
        scalars = {"exact_error": Field(), "seconds": Field()}
        return {**{name: Field(curve=True) for name in CURVES}, **scalars}

    def times(self) -> RealArray:
        """t/T of a sweep; of the chain, periods over 40."""
        return np.linspace(0.0, 1.0, POINTS)

    def bath(self) -> ParticleBath:
        """D(ω) = e^{−ω²/2w²}, C(t) ∝ e^{−w²t²/2}."""
        return ParticleBath(
            lambda w: np.exp(-((w / self.width) ** 2) / 2.0), self.beta, self.mu, scale=self.width
        )

    def cases(self) -> list[Case]:
        labels = ["wide", *(f"{g:g}" for g in self.gaps)]
        found = [
            Case(f"sweep/{label}/T{r:g}", 1, 20.0 + r * r / 40.0, {"gap": label, "ratio": r})
            for label in labels
            for r in self.ratios
        ]
        return [*found, Case("floquet", 1, 200.0 + 2.0 * self.periods_exact**2, {"gap": "floquet"})]

    def compute_sample(self, case: Case, sample: int) -> dict[str, Any]:
        """Every curve that the case has."""
        start = time.perf_counter()
        compute = self._floquet if case.attributes["gap"] == "floquet" else self._sweep
        values = {name: np.full(POINTS, np.nan) for name in CURVES}
        error = compute(case, values)
        return {**values, "exact_error": error, "seconds": time.perf_counter() - start}

    def _sweep(self, case: Case, values: dict[str, RealArray]) -> float:
        bath = self.bath()
        total = case.attributes["ratio"] * bath.empty.memory_time
        gap = (
            0.5 * self.height
            if case.attributes["gap"] == "wide"
            else float(case.attributes["gap"]) / total
        )
        system = driven.System(LandauZener(self.height, gap, total), np.sqrt(self.depth / total), bath)
        times = self.times() * total
        return _compare(system, np.diag([1.0, 0.0]), times, POINTS - 1, values)

    def _floquet(self, case: Case, values: dict[str, RealArray]) -> float:
        period = 2.0 * np.pi / self.frequency
        system = driven.System(Shaken(self.amplitude, self.frequency), self.floquet_j, self.bath())
        times: RealArray = np.linspace(0.0, (POINTS - 1) * period, POINTS)
        error = _compare(system, np.zeros((6, 6)), times, self.periods_exact, values)
        for name, equation, first in (
            ("davies", driven.Davies(system), 0.0),
            ("redfield", driven.Redfield(system), 4.0 * period),
        ):
            cycle = equation.periodic_state(period, first, points=2).covariances
            assert cycle is not None
            states = equation.evolve(np.zeros((6, 6)), times, rtol=TOL).covariances
            assert states is not None
            values[f"{name}_cycle"][:] = [_norm(g - cycle[0]) for g in states]
        return error


@dataclass(frozen=True)
class LandauZener:
    """½[ε(t)σᶻ + gσˣ], ε from −height to height within `total`."""

    height: float
    gap: float
    total: float

    def __call__(self, t: float) -> RealArray:
        e = self.height * (2.0 * t / self.total - 1.0)
        return 0.5 * np.array([[e, self.gap], [self.gap, -e]])


@dataclass(frozen=True)
class Shaken:
    """A chain of six sites in a field that shakes it."""

    amplitude: float
    frequency: float

    def __call__(self, t: float) -> RealArray:
        tilt = np.linspace(-1.0, 1.0, 6)
        h: RealArray = chain(6) + self.amplitude * np.cos(self.frequency * t) * np.diag(tilt)
        return h


def _compare(
    system: driven.System,
    g0: RealArray,
    times: RealArray,
    last_exact: int,
    values: dict[str, RealArray],
) -> float:
    """Davies, Redfield with memory and, at every tenth time, the exact solution; returns its estimated error."""
    instantaneous = driven.Davies(system).evolve(g0, times, rtol=TOL).covariances
    memory = driven.Redfield(system, history="none").evolve(g0, times, rtol=TOL).covariances
    assert instantaneous is not None
    assert memory is not None
    values["nonadiabatic"][:] = [_norm(a - b) for a, b in zip(instantaneous, memory, strict=True)]
    values["n_davies"][:] = instantaneous[:, 0, 0].real
    values["n_redfield"][:] = memory[:, 0, 0].real
    _core.poll()
    chosen = np.arange(0, last_exact + 1, EXACT_EVERY)
    recurrence = driven.Exact(system, modes=100).recurrence_time
    modes = max(100, int(np.ceil(RECURRENCE_MARGIN * 100 * times[chosen[-1]] / recurrence)))
    exact = driven.Exact(system, modes).evolve(g0, times[chosen], rtol=TOL)
    assert exact.covariances is not None
    assert exact.error is not None
    for i, g in zip(chosen, exact.covariances, strict=True):
        values["davies_exact"][i] = _norm(instantaneous[i] - g)
        values["redfield_exact"][i] = _norm(memory[i] - g)
        values["n_exact"][i] = g[0, 0].real
    return exact.error


def _norm(a: ComplexArray) -> float:
    return float(np.abs(np.linalg.eigvalsh(a)).max())


PRESETS = {
    "quick": Parameters((4.0, 8.0, 16.0, 32.0, 64.0), 10),
    "standard": Parameters((4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0), 20),
    "full": Parameters(
        (4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0), 40, gaps=(1.0, 0.1, 0.01, 1e-3)
    ),
}


def with_options(preset: str, **options: Any) -> Parameters:
    """A preset with the options that are not None put in its place."""
    return from_preset(PRESETS, preset, options)


@dataclass(frozen=True)
class Row:
    """One line of the table: the largest errors over time."""

    gap: str
    ratio: float
    davies: float
    redfield: float
    nonadiabatic: float
    exact_error: float


def sweeps(p: Parameters, path: Path) -> list[Sweep]:
    """Every sweep of a store."""
    found = []
    for case in p.cases():
        if case.name == "floquet":
            continue
        data = open_samples(path, case.name).isel(sample=0)
        found.append(
            Sweep(
                case.attributes["gap"],
                case.attributes["ratio"],
                {name: data[name].values for name in CURVES},
                float(data["exact_error"]),
            )
        )
    return found


def floquet(p: Parameters, path: Path) -> FloquetPanel:
    """The shaken chain of a store."""
    data = open_samples(path, "floquet").isel(sample=0)
    return FloquetPanel({name: data[name].values for name in CURVES})


def table(found: list[Sweep]) -> list[Row]:
    """One row for each sweep."""
    return [
        Row(
            s.gap,
            s.ratio,
            s.largest("davies_exact"),
            s.largest("redfield_exact"),
            s.largest("nonadiabatic"),
            s.exact_error,
        )
        for s in found
    ]


def save_figure(p: Parameters, path: Path, directory: Path) -> list[Path]:
    """driven.png and driven.pdf."""
    return save(draw(sweeps(p, path), floquet(p, path)), directory, "driven")
