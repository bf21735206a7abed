"""Figure 1: how far Davies' equation is from Redfield's, against system size.

Single-particle sector, site projectors with identical Ohmic baths, η neglected, ρ(0) = |site 1⟩⟨site 1|.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from redfield import _core
from redfield.analysis import solution_distance
from redfield.baths import OhmicBath
from redfield.equations import Davies, Redfield
from redfield.models import anderson, dirac_syk2
from redfield.plotting import CasePanel, Curve, draw
from redfield.sweep import SampleStore, Task, open_samples, run
from redfield.systems import SiteProjectors, System
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_count,
    as_not_negative,
    as_positive,
)

POINTS = 101
"""Times in [0, t_max]."""


@dataclass(frozen=True)
class Parameters:
    """What a run computes. The physics (everything but samples and sizes) identifies its store."""

    samples: int
    sizes_syk2: tuple[int, ...]
    sizes_anderson: tuple[int, ...]
    disorder_chaotic: float = 2.0
    disorder_localized: float = 30.0
    periodic: bool = True
    t_max: float = 100.0
    seed: int = 0
    j_int: float = 0.2
    cutoff: float = 10.0
    beta: float = 5.0

    def __post_init__(self) -> None:
        as_count("samples", self.samples)
        for n in self.sizes_syk2:
            as_count("sizes_syk2", n, least=2)
        for length in self.sizes_anderson:
            as_count("sizes_anderson", length, least=2)
        if not self.sizes_syk2 and not self.sizes_anderson:
            raise ValueError("sizes_syk2 and sizes_anderson are both empty: nothing to compute")
        for name in ("disorder_chaotic", "disorder_localized"):
            # Without disorder the lattice's Bohr frequencies are degenerate.
            as_positive(name, getattr(self, name))
        as_positive("t_max", self.t_max)
        as_count("seed", self.seed, least=0)
        as_not_negative("j_int", self.j_int)

    def physics(self) -> dict[str, Any]:
        kept = asdict(self)
        for key in ("samples", "sizes_syk2", "sizes_anderson"):
            del kept[key]
        return {"study": "figure1", **kept, "points": POINTS}

    def times(self) -> RealArray:
        return np.linspace(0.0, self.t_max, POINTS)


PRESETS = {
    "quick": Parameters(20, (8, 16, 32, 64), (2, 3, 4)),
    "standard": Parameters(100, (8, 16, 32, 64, 128), (2, 3, 4, 5)),
    "full": Parameters(100, (8, 16, 32, 64, 128, 256, 512), (2, 3, 4, 5, 6, 7, 8)),
}


@dataclass(frozen=True)
class Case:
    """One curve: a model at one size."""

    family: str
    index: int
    size: int
    levels: int
    bandwidth: float

    @property
    def name(self) -> str:
        return f"{self.family}/N{self.levels:04d}"

    @property
    def cost(self) -> float:
        """Relative work of a sample: applications times products, and the trace norms."""
        return self.levels**3 * (100.0 * self.bandwidth + 6.0 * POINTS) + 1e6


FAMILIES = ("syk2", "anderson-chaotic", "anderson-localized")


def cases(parameters: Parameters) -> list[Case]:
    """All curves of a run, in the order of the panels."""
    found = [Case("syk2", 0, n, n, 4.0) for n in parameters.sizes_syk2]
    for index, disorder in ((1, parameters.disorder_chaotic), (2, parameters.disorder_localized)):
        found += [
            Case(FAMILIES[index], index, length, length**3, 2.0 * disorder + 8.0)
            for length in parameters.sizes_anderson
        ]
    return found


def hamiltonian(case: Case, seed: np.random.SeedSequence, p: Parameters) -> RealArray | ComplexArray:
    """One sample of h in units of J = 1."""
    if case.family == "syk2":
        return dirac_syk2(case.size, seed=seed)
    disorder = p.disorder_chaotic if case.index == 1 else p.disorder_localized
    return anderson(case.size, disorder, periodic=p.periodic, seed=seed)


def sample_seed(case: Case, sample: int, p: Parameters) -> np.random.SeedSequence:
    """Depends on nothing but the case and the sample, so that order and threads can not matter."""
    return np.random.SeedSequence(p.seed, spawn_key=(case.index, case.size, sample))


def compute_sample(case: Case, sample: int, p: Parameters, stop: _core.StopFlag) -> dict[str, Any]:
    """‖ρ_D(t) − ρ_R(t)‖₁ of one disorder sample."""
    start = time.perf_counter()
    seed = sample_seed(case, sample, p)
    bath = OhmicBath(strength=p.j_int**2, cutoff=p.cutoff, beta=p.beta)
    system = System(hamiltonian(case, seed, p), SiteProjectors(case.levels), bath)
    # Random spectra are not degenerate, only close by chance: refuse exact coincidence alone.
    davies = Davies(system, lamb_shift=False, degeneracy_tol=0.0)
    redfield = Redfield(system, lamb_shift=False)
    first_site = np.zeros(case.levels)
    first_site[0] = 1.0
    comparison = solution_distance(davies, redfield, first_site, p.times(), threads=1, stop=stop)
    return {
        "distance": comparison.distance,
        "applications": comparison.stats_b["applications"],
        "seed": int(seed.generate_state(1, np.uint64)[0]),
        "seconds": time.perf_counter() - start,
    }


def missing(store: SampleStore, p: Parameters) -> list[Task]:
    """The samples that are not stored yet."""
    tasks: list[Task] = []
    for case in cases(p):
        attributes = {"family": case.family, "levels": case.levels, "size": case.size}
        where = store.case(case.name, p.samples, attributes)
        for sample in np.flatnonzero(~where.complete()[: p.samples]).tolist():
            tasks.append(Task(partial(compute_sample, case, sample, p), where, sample, case.cost))
    return tasks


def total_cost(p: Parameters) -> float:
    return sum(case.cost for case in cases(p)) * p.samples


def compute(
    p: Parameters,
    directory: Path,
    *,
    threads: int | None = None,
    advance: Callable[[float], object] = lambda cost: None,
) -> Path:
    """Fill `directory`/samples.zarr, keeping what is there. `advance` gets each sample's cost."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "samples.zarr"
    tasks = missing(SampleStore(path, p.physics(), p.times()), p)
    advance(total_cost(p) - sum(task.cost for task in tasks))
    run(tasks, threads=threads, advance=advance)
    return path


def panels(p: Parameters, path: Path) -> list[CasePanel]:
    """The curves of panels a to c from a store."""
    titles = (
        "Dirac-SYK2",
        f"Anderson, W = {p.disorder_chaotic:g} (chaotic)",
        f"Anderson, W = {p.disorder_localized:g} (localised)",
    )
    curves: dict[str, list[Curve]] = {family: [] for family in FAMILIES}
    for case in cases(p):
        data = open_samples(path, case.name).isel(sample=slice(p.samples))
        curves[case.family].append(Curve(case.levels, data["time"].values, data["distance"].values))
    return [CasePanel(title, curves[family]) for title, family in zip(titles, FAMILIES, strict=True)]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    case: str
    levels: int
    samples: int
    maximum: float
    standard_error: float
    time: float


def table(figure_panels: Sequence[CasePanel]) -> list[Row]:
    """max over t of the mean over samples, its standard error and its time."""
    return [
        Row(
            panel.title,
            curve.size,
            len(curve.samples),
            float(curve.mean[curve.peak]),
            curve.standard_error,
            float(curve.time[curve.peak]),
        )
        for panel in figure_panels
        for curve in panel.curves
    ]


def save_figure(figure_panels: Sequence[CasePanel], directory: Path) -> list[Path]:
    """fig1.png and fig1.pdf."""
    figure = draw(figure_panels)
    paths = [directory / "fig1.png", directory / "fig1.pdf"]
    for path in paths:
        figure.savefig(path, dpi=150)
    return paths


def with_options(preset: str, **options: Any) -> Parameters:
    """A preset with the options that are not None put in its place."""
    if preset not in PRESETS:
        raise ValueError(f"preset must be one of {', '.join(PRESETS)}, got {preset!r}")
    return replace(PRESETS[preset], **{k: v for k, v in options.items() if v is not None})
