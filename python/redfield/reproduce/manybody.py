"""Do baths at every site cancel each other's coherences in interacting systems? The question the paper leaves open.

XXZ chains with σᶻ_j ⊗ B_j on every site and identical Ohmic baths, η neglected: chaotic (second neighbours, weak
disorder), localised (strong disorder) and integrable (clean). Matrix elements in the middle of the spectrum, and
‖ρ_D(t) − ρ_R(t)‖₁ from the Néel state.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from redfield import analysis
from redfield.baths import OhmicBath
from redfield.equations import Davies, Redfield
from redfield.models import ManyBody, xxz
from redfield.plotting.figure import save
from redfield.plotting.manybody import Growth, draw
from redfield.reproduce.matrix_elements import matrix_element_sums
from redfield.reproduce.parameters import StudyParameters, from_preset
from redfield.sweeps.store import Field, open_samples
from redfield.sweeps.study import Case
from redfield.systems import System
from redfield.validation import RealArray, as_count, as_not_negative, as_positive

POINTS = 21
FAMILIES = ("chaotic", "localised", "integrable")
INTEGRABLE_ANISOTROPY = 0.7
"""Not the cosine of a rational angle, where the ring has more degeneracies."""


@dataclass(frozen=True)
class Parameters(StudyParameters):
    """What a run computes."""

    study: ClassVar[str] = "manybody"
    points: ClassVar[int] = POINTS
    extent: ClassVar[tuple[str, ...]] = ("samples", "sizes", "dynamic")

    samples: int
    sizes: tuple[int, ...]
    dynamic: int
    """Largest size whose evolution is compared."""
    disorder_chaotic: float = 0.5
    second: float = 0.5
    disorder_localised: float = 12.0
    strength: float = 0.04
    cutoff: float = 10.0
    beta: float = 1.0
    t_max: float = 40.0
    window: float = 5.0
    """Bohr frequencies of the transitions compared are at most this, in units of J."""
    seed: int = 0

    def __post_init__(self) -> None:
        as_count("samples", self.samples)
        as_count("seed", self.seed, least=0)
        if not self.sizes:
            raise ValueError("sizes is empty: nothing to compute")
        for n in self.sizes:
            if as_count("sizes", n, least=4) % 2:
                raise ValueError(f"sizes must be even, got {n}")
        for name in ("strength", "cutoff", "beta", "t_max", "window"):
            as_positive(name, getattr(self, name))
        for name in ("disorder_chaotic", "second", "disorder_localised"):
            as_not_negative(name, getattr(self, name))

    @property
    def fields(self) -> Mapping[str, Field]:
        names = ("r", "r_error", "secular", "nonsecular", "seconds")
        curves = {name: Field(curve=True) for name in ("distance", "local")}
        return {**curves, **{name: Field() for name in names}}

    def times(self) -> RealArray:
        return np.linspace(0.0, self.t_max, POINTS)

    def cases(self) -> list[Case]:
        """A clean chain has one sample."""
        found = []
        for family in FAMILIES:
            for n in self.sizes:
                dynamic = n <= self.dynamic
                name = f"{family}/{'dynamics' if dynamic else 'elements'}/N{n:02d}"
                cost = 8.0**n if dynamic else 40.0 * 8.0 ** (n - 2)
                samples = 1 if family == "integrable" else self.samples
                found.append(Case(name, samples, cost, {"family": family, "size": n, "dynamic": dynamic}))
        return found

    def model(self, family: str, n: int, seed: Any) -> ManyBody:
        """One sample."""
        if family == "integrable":
            # One up spin more than down: without the symmetry of flipping all spins.
            return xxz(n, INTEGRABLE_ANISOTROPY, magnetisation=2)
        if family == "chaotic":
            return xxz(n, disorder=self.disorder_chaotic, second=self.second, seed=seed)
        return xxz(n, disorder=self.disorder_localised, seed=seed)

    def compute_sample(self, case: Case, sample: int) -> dict[str, Any]:
        """⟨r⟩, the sums of matrix elements and, where the case has it, the distance of Davies from Redfield."""
        start = time.perf_counter()
        family, n = case.attributes["family"], case.attributes["size"]
        seed = np.random.SeedSequence(self.seed, spawn_key=(FAMILIES.index(family), n, sample))
        model = self.model(family, n, seed)
        bath = OhmicBath(self.strength, self.cutoff, self.beta)
        system = System(model.hamiltonian, model.local("z"), bath)
        statistics = self._level_statistics(family, n, system.energies)
        secular, nonsecular = matrix_element_sums(
            system.energies,
            system.eigenvectors,
            np.array([o.diagonal() for o in model.local("z")]),
            self.window,
            np.random.default_rng(seed),
        )
        distance, local = np.full(POINTS, np.nan), np.full(POINTS, np.nan)
        if case.attributes["dynamic"]:
            distance, local = self._distances(model, system)
        return {
            "distance": distance,
            "local": local,
            "r": statistics[0],
            "r_error": statistics[1],
            "secular": secular,
            "nonsecular": nonsecular,
            "seconds": time.perf_counter() - start,
        }

    def _distances(self, model: ManyBody, system: System) -> tuple[RealArray, RealArray]:
        """‖ρ_D − ρ_R‖₁ and the mean over sites of |⟨σᶻ_j⟩_D − ⟨σᶻ_j⟩_R| over time."""
        # Of clean chains chance degeneracies of Bohr frequencies are told apart as well.
        davies = Davies(system, lamb_shift=False, degeneracy_tol=0.0)
        redfield = Redfield(system, lamb_shift=False)
        rho0 = np.zeros(system.dimension)
        rho0[neel(model)] = 1.0
        a, b = (e.evolve(rho0, self.times(), threads=1).states for e in (davies, redfield))
        assert a is not None
        assert b is not None
        difference = a - b
        z = np.array([o.diagonal() for o in model.local("z")])
        local: RealArray = np.abs(np.einsum("jd,tdd->tj", z, difference).real).mean(axis=1)
        return analysis.trace_norm(difference), local

    def _level_statistics(self, family: str, n: int, energies: RealArray) -> tuple[float, float]:
        if family != "integrable":
            found = analysis.level_statistics(energies)
            return found.r, found.standard_error
        # An open clean chain still has its reflection; a ring is resolved by momentum.
        rings = [
            xxz(n, INTEGRABLE_ANISOTROPY, magnetisation=2, periodic=True, momentum=k).hamiltonian
            for k in range(1, n // 2)
        ]
        rings = [h for h in rings if h.shape[0] >= 8]
        if not rings:
            return float("nan"), float("nan")
        found = analysis.level_statistics(rings)
        return found.r, found.standard_error


def neel(model: ManyBody) -> int:
    """The basis state with alternating spins, as far as the magnetisation allows."""
    wanted = np.arange(model.sites) % 2
    excess = int(wanted.sum() - model.occupations[0].sum())
    for site in np.flatnonzero(wanted)[: max(excess, 0)]:
        wanted[site] = 0
    return int(np.flatnonzero((model.occupations == wanted).all(axis=1))[0])


PRESETS = {
    "quick": Parameters(12, (6, 8, 10), 8),
    "standard": Parameters(12, (6, 8, 10, 12), 10),
    "full": Parameters(24, (6, 8, 10, 12, 14), 12),
}


def with_options(preset: str, **options: Any) -> Parameters:
    """A preset with the options that are not None put in its place."""
    return from_preset(PRESETS, preset, options)


def growths(p: Parameters, path: Path) -> list[Growth]:
    """One for each family."""
    found = []
    for family in FAMILIES:
        data = {
            case.attributes["size"]: open_samples(path, case.name).isel(sample=slice(case.samples))
            for case in p.cases()
            if case.attributes["family"] == family
        }
        found.append(
            Growth(
                family,
                {
                    n: {k: d[k].values for k in ("secular", "nonsecular", "r", "r_error")}
                    for n, d in data.items()
                },
                {
                    n: {k: d[k].values for k in ("distance", "local")}
                    for n, d in data.items()
                    if np.isfinite(d["distance"].values).all()
                },
                p.times(),
            )
        )
    return found


@dataclass(frozen=True)
class Row:
    """One line of the table: means over samples, and the largest distance over time."""

    family: str
    size: int
    r: float
    r_error: float
    secular: float
    nonsecular: float
    ratio: float
    distance: float
    distance_error: float
    local: float


def table(found: Sequence[Growth]) -> list[Row]:
    """One row for each family and size."""
    rows = []
    for growth in found:
        for n in growth.sizes:
            r, r_error = growth.level_ratio(n)
            peak, peak_error = growth.peak("distance", n)
            rows.append(
                Row(
                    growth.family, n, r, r_error, growth.mean("secular", n)[0], growth.mean("nonsecular", n)[0],
                    growth.ratio(n)[0], peak, peak_error, growth.peak("local", n)[0],
                )
            )  # fmt: skip
    return rows


def exponents(found: Sequence[Growth]) -> list[dict[str, Any]]:
    """Of N, of each quantity of each family that has three sizes or more, with the error of the fit."""
    rows = []
    for growth in found:
        row: dict[str, Any] = {"family": growth.family}
        for name in ("secular", "nonsecular", "ratio", "distance", "local"):
            row[name] = growth.exponent(name)
        rows.append(row)
    return rows


def save_figure(found: Sequence[Growth], directory: Path) -> list[Path]:
    """manybody.png and manybody.pdf."""
    return save(draw(found), directory, "manybody")
