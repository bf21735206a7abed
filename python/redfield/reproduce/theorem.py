"""The theorem on quadratic systems: Redfield = Davies for identical baths, whatever the level spacings.

Random h of the Gaussian unitary ensemble, whose bandwidth is 4 and whose level spacings vanish as 4/N; couplings
that are equal, or uniformly random; every distance is that of covariance matrices in operator norm, the largest
error of the occupation of any mode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from redfield import _core, quadratic
from redfield._base.checks import ComplexArray, RealArray, as_count
from redfield.baths import ParticleBath
from redfield.models import chain, dirac_syk2
from redfield.plotting.figure import save
from redfield.plotting.theorem import SignPanel, SizeCurve, draw
from redfield.quadratic.flow import LinearFlow
from redfield.reproduce.bands import gaussian_band
from redfield.reproduce.norms import operator_norm
from redfield.reproduce.shipped import shipped

if TYPE_CHECKING:
    import xarray as xr

POINTS = 13
RECURRENCE_MARGIN = 1.3
FAMILIES = ("uniform", "uneven")
DISTANCES = ("difference", "redfield", "davies", "local")
"""Curves: Davies from Redfield, and from the exact solution Redfield, Davies and local Lindblad."""
SIGNS = ("redfield", "no_shift", "printed")
"""From the exact solution: Redfield, Redfield without Lamb shift, and with the one printed in the paper."""


def study(
    preset: str,
    *,
    samples: int | None = None,
    sizes: Sequence[int] | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The study of a preset, with the options that are not None."""
    if samples is not None:
        as_count("samples", samples)
    for n in sizes or ():
        as_count("sizes", n, least=2)
    return shipped(
        "theorem",
        preset,
        {
            "seed": seed,
            "parts.sizes.samples": samples,
            "parts.sizes.grid.size": None if sizes is None else list(sizes),
        },
    )


def distances(
    size: int,
    rng: np.random.Generator,
    *,
    j: float,
    depth: float,
    width: float,
    beta: float,
    mu: float,
    exact_uneven: int,
) -> Any:
    """Both families of couplings on one random h, at J²t in [0, depth]; the exact solution of uneven ones up to
    `exact_uneven` sites."""
    import xarray as xr

    h = dirac_syk2(size, seed=rng)
    couplings: dict[str, Any] = {"uniform": j, "uneven": j * rng.uniform(0.3, 1.5, size)}
    bath = gaussian_band(width, beta, mu)
    times = np.linspace(0.0, depth, POINTS)
    curves = np.full((len(DISTANCES), 2, POINTS), np.nan)
    numbers = np.full((3, 2), np.nan)
    for i, family in enumerate(FAMILIES):
        system = quadratic.System(h, couplings[family], bath)
        exact = family == "uniform" or size <= exact_uneven
        found, error = _compared(system, _flows(system), times / j**2, exact)
        curves[:, i] = [found[name] for name in DISTANCES]
        spacing = float(np.ptp(system.energies)) / max(size - 1, 1) / j**2
        numbers[:, i] = quadratic.equivalence(system).residual, spacing, error
    data: dict[str, Any] = {
        name: (("couplings", "time"), curve) for name, curve in zip(DISTANCES, curves, strict=True)
    }
    for name, values in zip(("residual", "spacing", "exact_error"), numbers, strict=True):
        data[name] = (("couplings",), values)
    return xr.Dataset(data, {"couplings": list(FAMILIES), "time": ("time", times, {"units": "1/J²"})})


def signs(strength: float, *, depth: float, width: float, beta: float, mu: float) -> Any:
    """Redfield with three Lamb shifts against the exact solution, of four sites at J² = strength."""
    import xarray as xr

    j = np.sqrt(strength) * np.array([1.0, 0.6, 0.9, 0.4])
    h = chain(4, onsite=[0.3, -0.2, 0.0, 0.5])
    system = quadratic.System(h, j, gaussian_band(width, beta, mu))
    flows = _flows(system)
    right, none = flows["redfield"], quadratic.Redfield(system, lamb_shift=False).flow
    # The printed Lamb shift, η_22 − η_11, is minus the one of the exact solution.
    printed = LinearFlow(2.0 * none.m - right.m, 2.0 * none.q - right.q, right.basis)
    times = np.linspace(0.0, depth, POINTS)
    found, error = _compared(
        system, {**flows, "no_shift": none, "printed": printed}, times / strength, exact=True
    )
    data: dict[str, Any] = {name: (("time",), found[name]) for name in SIGNS}
    return xr.Dataset({**data, "exact_error": error}, {"time": ("time", times, {"units": "1/J²"})})


def _flows(system: quadratic.System) -> dict[str, LinearFlow]:
    return {
        "redfield": quadratic.Redfield(system).flow,
        "davies": quadratic.Davies(system).flow,
        "local": quadratic.LocalLindblad(system).flow,
    }


def _compared(
    system: quadratic.System, flows: Mapping[str, LinearFlow], times: RealArray, exact: bool
) -> tuple[dict[str, RealArray], float]:
    """Davies from Redfield, and each flow from the exact solution where it is taken; and the latter's error."""
    g0 = np.diag((np.arange(system.dimension) % 2).astype(np.complex128))
    solutions = {name: flow.solve(g0, times) for name, flow in flows.items()}
    values = {name: np.full(len(times), np.nan) for name in (*flows, "difference")}
    solution, error = _exact(system, g0, times) if exact else (None, float("nan"))
    for i in range(len(times)):
        _core.poll()
        now = {name: next(s).matrix() for name, s in solutions.items()}
        values["difference"][i] = operator_norm(now["davies"] - now["redfield"])
        if solution is not None:
            for name, g in now.items():
                values[name][i] = operator_norm(g - solution[i])
    return values, error


def _exact(system: quadratic.System, g0: ComplexArray, times: RealArray) -> tuple[ComplexArray, float]:
    """G at each time, and its estimated error."""
    span = float(times[-1])
    probe = quadratic.Exact(system, modes=100)
    modes = max(100, int(np.ceil(RECURRENCE_MARGIN * 100 * span / probe.recurrence_time)))
    result = quadratic.Exact(system, modes).evolve(g0, times)
    assert result.covariances is not None
    assert result.error is not None
    return result.covariances, result.error


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


def curves(data: Mapping[str, xr.Dataset]) -> list[SizeCurve]:
    """Both families against size."""
    part = data["sizes"].load()
    return [
        SizeCurve(
            family,
            int(n),
            part["time"].values,
            {name: here[name].values for name in DISTANCES},
            here["residual"].values,
            here["spacing"].values,
        )
        for family in FAMILIES
        for n in part["size"].values
        for here in [part.sel(couplings=family, size=n)]
    ]


def sign_panel(data: Mapping[str, xr.Dataset]) -> SignPanel:
    """The distance from the exact solution at the last time, against J², for the three Lamb shifts."""
    last = data["signs"].isel(time=-1).load()
    return SignPanel(last["strength"].values, {name: last[name].values for name in SIGNS})


def sublattice(bath: ParticleBath, n: int = 24, p: int = 4) -> quadratic.Equivalence:
    """A ring with every p-th site coupled, in plane waves: what survives of the pairs of modes."""
    waves = np.exp(2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n) / np.sqrt(n)
    j = np.where(np.arange(n) % p == 0, 0.3, 0.0)
    # A flux tells the ±k modes apart.
    ring = chain(n, -np.exp(0.1j), periodic=True)
    return quadratic.equivalence(quadratic.System(ring, j, bath), modes=waves)


def table(found: Sequence[SizeCurve]) -> list[Row]:
    """One row for each family and size."""
    return [
        Row(
            curve.family,
            curve.size,
            float(curve.residual.max()),
            float(curve.spacing.mean()),
            *(curve.largest(name) for name in DISTANCES),
        )
        for curve in found
    ]


def save_figure(data: Mapping[str, xr.Dataset], directory: Path) -> list[Path]:
    """theorem.png and theorem.pdf."""
    ring = sublattice(gaussian_band(2.0, 1.0, 0.3))
    return save(draw(curves(data), sign_panel(data), ring), directory, "theorem")
