"""Driven quadratic systems: what limits the instantaneous Davies equation is the baths' memory, not the level spacing.

Two sites whose levels are swept through each other, h(t) = ½[ε(t)σᶻ + gσˣ], ε from −E to E in the time T, for
gaps g from wide to far below 1/T, at fixed J²T; and a chain driven periodically. Distances are of covariance
matrices in operator norm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray, as_positive
from redfield.models import chain
from redfield.plotting.driven import FloquetPanel, Sweep, draw
from redfield.plotting.figure import save
from redfield.quadratic import driven
from redfield.reproduce.bands import gaussian_band
from redfield.reproduce.norms import operator_norm
from redfield.reproduce.shipped import shipped

if TYPE_CHECKING:
    import xarray as xr

POINTS = 41
EXACT_EVERY = 10
RECURRENCE_MARGIN = 1.3
TOL = 1e-6
CURVES = ("davies_exact", "redfield_exact", "nonadiabatic", "n_davies", "n_redfield", "n_exact")
"""Distances of Davies and of Redfield with memory from the exact solution and from each other; and the occupation of
the first site."""


def study(
    preset: str, *, ratios: Sequence[float] | None = None, gaps: Sequence[float] | None = None
) -> dict[str, Any]:
    """The study of a preset, with the options that are not None."""
    for name, values in (("ratios", ratios), ("gaps", gaps)):
        for value in values or ():
            as_positive(name, value)
    return shipped(
        "driven",
        preset,
        {
            "parts.sweeps.grid.ratio": None if ratios is None else list(ratios),
            "parts.sweeps.grid.gap": None if gaps is None else ["wide", *(f"{g:g}" for g in gaps)],
        },
    )


def landau_zener(
    gap: str, ratio: float, *, height: float, depth: float, width: float, beta: float, mu: float
) -> Any:
    """One sweep in T = ratio memory times of the bath, at J²T = depth; gap is "wide", height/2, or g·T."""
    import xarray as xr

    bath = gaussian_band(width, beta, mu)
    total = ratio * bath.empty.memory_time
    g = 0.5 * height if gap == "wide" else float(gap) / total
    system = driven.System(LandauZener(height, g, total), np.sqrt(depth / total), bath)
    times = np.linspace(0.0, 1.0, POINTS)
    values, error = _compare(system, np.diag([1.0, 0.0]), times * total, POINTS - 1)
    data: dict[str, Any] = {name: (("time",), curve) for name, curve in values.items()}
    return xr.Dataset({**data, "exact_error": error}, {"time": ("time", times, {"units": "T"})})


def shaken(
    *,
    periods_exact: int,
    j: float,
    frequency: float,
    amplitude: float,
    width: float,
    beta: float,
    mu: float,
) -> Any:
    """A chain driven periodically: its way to the periodic states of both equations, by periods. The exact solution of
    `periods_exact` periods, a multiple of 10, is taken."""
    import xarray as xr

    period = 2.0 * np.pi / frequency
    system = driven.System(Shaken(amplitude, frequency), j, gaussian_band(width, beta, mu))
    periods = np.arange(float(POINTS))
    values, error = _compare(system, np.zeros((6, 6)), periods * period, periods_exact)
    for name, equation, first in (
        ("davies", driven.Davies(system), 0.0),
        ("redfield", driven.Redfield(system), 4.0 * period),
    ):
        cycle = equation.periodic_state(period, first, points=2).covariances
        assert cycle is not None
        states = equation.evolve(np.zeros((6, 6)), periods * period, rtol=TOL).covariances
        assert states is not None
        values[f"{name}_cycle"] = np.array([operator_norm(g - cycle[0]) for g in states])
    data: dict[str, Any] = {name: (("period",), curve) for name, curve in values.items()}
    return xr.Dataset({**data, "exact_error": error}, {"period": periods})


CHAIN = chain(6)
TILT = np.diag(np.linspace(-1.0, 1.0, 6))


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
        h: RealArray = CHAIN + self.amplitude * np.cos(self.frequency * t) * TILT
        return h


def _compare(
    system: driven.System,
    g0: RealArray,
    times: RealArray,
    last_exact: int,
) -> tuple[dict[str, RealArray], float]:
    """Davies, Redfield with memory and, at every tenth time, the exact solution; returns its estimated error."""
    values = {name: np.full(len(times), np.nan) for name in CURVES}
    instantaneous = driven.Davies(system).evolve(g0, times, rtol=TOL).covariances
    memory = driven.Redfield(system, history="none").evolve(g0, times, rtol=TOL).covariances
    assert instantaneous is not None
    assert memory is not None
    values["nonadiabatic"][:] = [operator_norm(a - b) for a, b in zip(instantaneous, memory, strict=True)]
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
        values["davies_exact"][i] = operator_norm(instantaneous[i] - g)
        values["redfield_exact"][i] = operator_norm(memory[i] - g)
        values["n_exact"][i] = g[0, 0].real
    return values, exact.error


@dataclass(frozen=True)
class Row:
    """One line of the table: the largest errors over time."""

    gap: str
    ratio: float
    davies: float
    redfield: float
    nonadiabatic: float
    exact_error: float


def sweeps(data: Mapping[str, xr.Dataset]) -> list[Sweep]:
    """Every sweep."""
    part = data["sweeps"].load()
    return [
        Sweep(
            str(gap),
            float(ratio),
            {name: here[name].values for name in CURVES},
            float(here["exact_error"]),
        )
        for gap in part["gap"].values
        for ratio in part["ratio"].values
        for here in [part.sel(gap=gap, ratio=ratio)]
    ]


def floquet(data: Mapping[str, xr.Dataset]) -> FloquetPanel:
    """The shaken chain."""
    part = data["floquet"].isel(sample=0).load()
    names = (*CURVES, "davies_cycle", "redfield_cycle")
    return FloquetPanel({name: part[name].values for name in names})


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


def save_figure(data: Mapping[str, xr.Dataset], directory: Path) -> list[Path]:
    """driven.png and driven.pdf."""
    return save(draw(sweeps(data), floquet(data)), directory, "driven")
