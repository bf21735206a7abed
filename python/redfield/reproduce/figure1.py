"""Figure 1: how far Davies' equation is from Redfield's, against system size.

Single-particle sector, site projectors with identical Ohmic baths, η neglected, ρ(0) = |site 1⟩⟨site 1|.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from redfield.analysis import solution_distance
from redfield.baths import OhmicBath
from redfield.couplings import SiteProjectors
from redfield.equations import Davies, Redfield
from redfield.models import anderson, dirac_syk2
from redfield.plotting import CasePanel, Curve, draw
from redfield.plotting.figure import save
from redfield.reproduce.parameters import StudyParameters, from_preset
from redfield.sweeps.store import Field, open_samples
from redfield.sweeps.study import Case
from redfield.systems import System
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_count,
    as_not_negative,
    as_positive,
)

POINTS = 101
"""Times in [0, t_max]."""
FIGURE1_FIELDS = {
    "distance": Field(curve=True),
    "seconds": Field(),
    "applications": Field("i8"),
    "seed": Field("u8"),
}


@dataclass(frozen=True)
class Parameters(StudyParameters):
    """What a run computes. The physics (everything but samples and sizes) identifies its store."""

    study: ClassVar[str] = "figure1"
    points: ClassVar[int] = POINTS
    extent: ClassVar[tuple[str, ...]] = ("samples", "sizes_syk2", "sizes_anderson")

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

    def times(self) -> RealArray:
        return np.linspace(0.0, self.t_max, POINTS)

    @property
    def fields(self) -> Mapping[str, Field]:
        return FIGURE1_FIELDS

    def cases(self) -> list[Case]:
        """All curves of a run, in the order of the panels."""
        n = self.samples
        found = [_case("syk2", 0, size, size, SYK2_BANDWIDTH, n) for size in self.sizes_syk2]
        for index, disorder in ((1, self.disorder_chaotic), (2, self.disorder_localized)):
            found += [
                _case(FAMILIES[index], index, length, length**3, 2.0 * disorder + 8.0, n)
                for length in self.sizes_anderson
            ]
        return found

    def hamiltonian(self, case: Case, seed: np.random.SeedSequence) -> RealArray | ComplexArray:
        """One sample of h in units of J = 1."""
        size = case.attributes["size"]
        if case.attributes["family"] == "syk2":
            return dirac_syk2(size, seed=seed)
        disorder = self.disorder_chaotic if case.attributes["index"] == 1 else self.disorder_localized
        return anderson(size, disorder, periodic=self.periodic, seed=seed)

    def compute_sample(self, case: Case, sample: int) -> dict[str, Any]:
        """‖ρ_D(t) − ρ_R(t)‖₁ of one disorder sample."""
        start = time.perf_counter()
        # Depends on nothing but the case and the sample, so that order and threads can not matter.
        key = (case.attributes["index"], case.attributes["size"], sample)
        seed = np.random.SeedSequence(self.seed, spawn_key=key)
        levels = case.attributes["levels"]
        bath = OhmicBath(strength=self.j_int**2, cutoff=self.cutoff, beta=self.beta)
        system = System(self.hamiltonian(case, seed), SiteProjectors(levels), bath)
        # Random spectra are not degenerate, only close by chance: refuse exact coincidence alone.
        davies = Davies(system, lamb_shift=False, degeneracy_tol=0.0)
        redfield = Redfield(system, lamb_shift=False)
        first_site = np.eye(1, levels)[0]
        comparison = solution_distance(davies, redfield, first_site, self.times(), threads=1)
        return {
            "distance": comparison.trace_norm,
            "applications": comparison.stats_b["applications"],
            "seed": int(seed.generate_state(1, np.uint64)[0]),
            "seconds": time.perf_counter() - start,
        }


PRESETS = {
    "quick": Parameters(20, (8, 16, 32, 64), (2, 3, 4)),
    "standard": Parameters(100, (8, 16, 32, 64, 128), (2, 3, 4, 5)),
    "full": Parameters(100, (8, 16, 32, 64, 128, 256, 512), (2, 3, 4, 5, 6, 7, 8)),
}


FAMILIES = ("syk2", "anderson-chaotic", "anderson-localized")
SYK2_BANDWIDTH = 4.0


def _case(family: str, index: int, size: int, levels: int, bandwidth: float, samples: int) -> Case:
    """One curve: a model at one size. Its cost: applications times products, and the trace norms."""
    cost = levels**3 * (100.0 * bandwidth + 6.0 * POINTS) + 1e6
    attributes = {"family": family, "index": index, "levels": levels, "size": size}
    return Case(f"{family}/N{levels:04d}", samples, cost, attributes)


def panels(p: Parameters, path: Path) -> list[CasePanel]:
    """The curves of panels a to c from a store."""
    titles = (
        "Dirac-SYK2",
        f"Anderson, W = {p.disorder_chaotic:g} (chaotic)",
        f"Anderson, W = {p.disorder_localized:g} (localised)",
    )
    curves: dict[str, list[Curve]] = {family: [] for family in FAMILIES}
    for case in p.cases():
        data = open_samples(path, case.name).isel(sample=slice(p.samples))
        curves[case.attributes["family"]].append(
            Curve(case.attributes["levels"], data["time"].values, data["distance"].values)
        )
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
    return save(draw(figure_panels), directory, "fig1")


def with_options(preset: str, **options: Any) -> Parameters:
    """A preset with the options that are not None put in its place."""
    return from_preset(PRESETS, preset, options)
