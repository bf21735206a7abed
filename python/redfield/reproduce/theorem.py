"""The theorem on quadratic systems: Redfield = Davies for identical baths, whatever the level spacings.

Random h of the Gaussian unitary ensemble, whose bandwidth is 4 and whose level spacings vanish as 4/N; couplings
that are equal, or uniformly random; every distance is that of covariance matrices in operator norm, the largest
error of the occupation of any mode.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from redfield import _core, quadratic
from redfield.baths import ParticleBath
from redfield.models import chain, dirac_syk2
from redfield.plotting.figure import save
from redfield.plotting.theorem import SignPanel, SizeCurve, draw
from redfield.quadratic.flow import LinearFlow
from redfield.reproduce.parameters import StudyParameters, from_preset
from redfield.sweeps.store import Field, open_samples
from redfield.sweeps.study import Case
from redfield.validation import ComplexArray, RealArray, as_count, as_positive

POINTS = 13
RECURRENCE_MARGIN = 1.3
DISTANCES = ("difference", "redfield", "davies", "local", "no_shift", "printed")
"""Curves: Davies from Redfield, and from the exact solution Redfield, Davies, local Lindblad, and Redfield without
Lamb shift and with the one printed in the paper."""


@dataclass(frozen=True)
class Parameters(StudyParameters):
    """What a run computes. Times are J²t in [0, depth]."""

    study: ClassVar[str] = "theorem"
    points: ClassVar[int] = POINTS
    extent: ClassVar[tuple[str, ...]] = ("samples", "sizes", "strengths")

    samples: int
    sizes: tuple[int, ...]
    exact_uneven: int
    """Largest size with uneven couplings whose exact solution is taken."""
    strengths: tuple[float, ...]
    """J² of the panel of signs."""
    j: float = 0.3
    depth: float = 2.0
    width: float = 2.0
    beta: float = 1.0
    mu: float = 0.3
    seed: int = 0

    def __post_init__(self) -> None:
        as_count("samples", self.samples)
        as_count("seed", self.seed, least=0)
        for n in self.sizes:
            as_count("sizes", n, least=2)
        if not self.sizes:
            raise ValueError("sizes is empty: nothing to compute")
        for name in ("j", "depth", "width", "beta"):
            as_positive(name, getattr(self, name))

    @property
    def fields(self) -> Mapping[str, Field]:
        scalars = {"residual": Field(), "spacing": Field(), "exact_error": Field(), "seconds": Field()}
        return {**{name: Field(curve=True) for name in DISTANCES}, **scalars}

    def times(self) -> RealArray:
        return np.linspace(0.0, self.depth, POINTS)

    def cases(self) -> list[Case]:
        found = [
            Case(f"{family}/N{n:04d}", self.samples, 1e6 + float(n) ** 3, {"family": family, "size": n})
            for family in ("uniform", "uneven")
            for n in self.sizes
        ]
        return found + [
            Case(f"sign/{s:g}", 1, 1e6 / s, {"family": "sign", "strength": s}) for s in self.strengths
        ]

    def bath(self) -> ParticleBath:
        """D(ω) = e^{−ω²/2w²}."""
        return ParticleBath(
            lambda w: np.exp(-((w / self.width) ** 2) / 2.0), self.beta, self.mu, scale=self.width
        )

    def system(self, case: Case, sample: int) -> quadratic.System:
        """One sample; the same h for both families of couplings."""
        if case.attributes["family"] == "sign":
            j = np.sqrt(case.attributes["strength"]) * np.array([1.0, 0.6, 0.9, 0.4])
            return quadratic.System(chain(4, onsite=[0.3, -0.2, 0.0, 0.5]), j, self.bath())
        n = case.attributes["size"]
        rng = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(n, sample)))
        h = dirac_syk2(n, seed=rng)
        j = self.j if case.attributes["family"] == "uniform" else self.j * rng.uniform(0.3, 1.5, n)
        return quadratic.System(h, j, self.bath())

    def compute_sample(self, case: Case, sample: int) -> dict[str, Any]:
        """Every distance of one sample that the case has."""
        start = time.perf_counter()
        system = self.system(case, sample)
        n, family = system.dimension, case.attributes["family"]
        strength = case.attributes.get("strength", self.j**2)
        times = self.times() / strength
        flows = _flows(system, all_signs=family == "sign")
        g0 = np.diag((np.arange(n) % 2).astype(np.complex128))
        solutions = {name: flow.solve(g0, times) for name, flow in flows.items()}
        values: dict[str, Any] = {name: np.full(POINTS, np.nan) for name in DISTANCES}
        exact, error = None, np.nan
        if family != "uneven" or n <= self.exact_uneven:
            exact, error = _exact(system, g0, times)
        for i in range(POINTS):
            _core.poll()
            now = {name: next(solution).matrix() for name, solution in solutions.items()}
            values["difference"][i] = _norm(now["davies"] - now["redfield"])
            if exact is not None:
                for name, g in now.items():
                    values[name][i] = _norm(g - exact[i])
        return {
            **values,
            "residual": quadratic.equivalence(system).residual,
            "spacing": float(np.ptp(system.energies)) / max(n - 1, 1) / strength,
            "exact_error": error,
            "seconds": time.perf_counter() - start,
        }


PRESETS = {
    "quick": Parameters(4, (4, 8, 16, 32, 64, 128), 8, (0.16, 0.08, 0.04, 0.02)),
    "standard": Parameters(
        4, (4, 8, 16, 32, 64, 128, 256, 512, 1000), 32, (0.16, 0.08, 0.04, 0.02, 0.01)
    ),
    "full": Parameters(16, (4, 8, 16, 32, 64, 128, 256, 512, 1000), 64, (0.16, 0.08, 0.04, 0.02, 0.01)),
}


def with_options(preset: str, **options: Any) -> Parameters:
    """A preset with the options that are not None put in its place."""
    return from_preset(PRESETS, preset, options)


def _flows(system: quadratic.System, *, all_signs: bool) -> dict[str, LinearFlow]:
    flows = {
        "redfield": quadratic.Redfield(system).flow,
        "davies": quadratic.Davies(system).flow,
        "local": quadratic.LocalLindblad(system).flow,
    }
    if all_signs:
        right, none = flows["redfield"], quadratic.Redfield(system, lamb_shift=False).flow
        # The printed Lamb shift, η_22 − η_11, is minus the one of the exact solution.
        printed = LinearFlow(2.0 * none.m - right.m, 2.0 * none.q - right.q, right.basis)
        flows |= {"no_shift": none, "printed": printed}
    return flows


def _exact(system: quadratic.System, g0: ComplexArray, times: RealArray) -> tuple[ComplexArray, float]:
    """G at each time, and its estimated error."""
    span = float(times[-1])
    probe = quadratic.Exact(system, modes=100)
    modes = max(100, int(np.ceil(RECURRENCE_MARGIN * 100 * span / probe.recurrence_time)))
    result = quadratic.Exact(system, modes).evolve(g0, times)
    assert result.covariances is not None
    assert result.error is not None
    return result.covariances, result.error


def _norm(a: ComplexArray) -> float:
    """Operator norm of a Hermitian matrix."""
    return float(np.abs(np.linalg.eigvalsh(a)).max())


@dataclass(frozen=True)
class Row:
    """One line of the table: means over samples, distances at their largest over time; nan where not computed."""

    couplings: str
    size: int
    residual: float
    spacing: float
    difference: float
    redfield: float
    davies: float
    local: float


def curves(p: Parameters, path: Path) -> list[SizeCurve]:
    """Both families against size."""
    found = []
    for case in p.cases():
        if case.attributes["family"] == "sign":
            continue
        data = open_samples(path, case.name).isel(sample=slice(case.samples))
        found.append(
            SizeCurve(
                case.attributes["family"],
                case.attributes["size"],
                data["time"].values,
                {name: data[name].values for name in DISTANCES},
                data["residual"].values,
                data["spacing"].values,
            )
        )
    return found


def signs(p: Parameters, path: Path) -> SignPanel:
    """The distance from the exact solution at the last time, against J², for the three Lamb shifts."""
    last = {"redfield": [], "no_shift": [], "printed": []}  # type: dict[str, list[float]]
    for s in p.strengths:
        data = open_samples(path, f"sign/{s:g}")
        for name, values in last.items():
            values.append(float(data[name].values[0, -1]))
    return SignPanel(np.array(p.strengths), {name: np.array(v) for name, v in last.items()})


def sublattice(n: int = 24, p: int = 4) -> quadratic.Equivalence:
    """A ring with every p-th site coupled, in plane waves: what survives of the pairs of modes."""
    waves = np.exp(2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n) / np.sqrt(n)
    j = np.where(np.arange(n) % p == 0, 0.3, 0.0)
    # A flux tells the ±k modes apart.
    ring = chain(n, -np.exp(0.1j), periodic=True)
    return quadratic.equivalence(
        quadratic.System(ring, j, Parameters(1, (2,), 0, ()).bath()), modes=waves
    )


def table(found: Sequence[SizeCurve]) -> list[Row]:
    """One row for each family and size."""
    return [
        Row(
            curve.family,
            curve.size,
            float(curve.residual.max()),
            float(curve.spacing.mean()),
            *(curve.largest(name) for name in ("difference", "redfield", "davies", "local")),
        )
        for curve in found
    ]


def save_figure(p: Parameters, path: Path, directory: Path) -> list[Path]:
    """theorem.png and theorem.pdf."""
    return save(draw(curves(p, path), signs(p, path), sublattice()), directory, "theorem")
