"""A level crossing and a shaken chain: Davies, Redfield with memory and the exact solution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from redfield import _core
from redfield._base.checks import RealArray
from redfield.models import chain
from redfield.quadratic import driven
from redfield.studies.common import gaussian_band, operator_norm

POINTS = 41
EXACT_EVERY = 10
RECURRENCE_MARGIN = 1.3
TOL = 1e-6
CURVES = ("davies_exact", "redfield_exact", "nonadiabatic", "n_davies", "n_redfield", "n_exact")
"""Distances of Davies and of Redfield with memory from the exact solution and from each other, and occupations of the
first site."""


def landau_zener(
    gap: str, ratio: float, *, height: float, depth: float, width: float, beta: float, mu: float
) -> xr.Dataset:
    """A sweep in T = ratio memory times of the bath, at J²T = depth; gap is "wide", which is height/2, or g·T."""
    bath = gaussian_band(width, beta, mu)
    total = ratio * bath.empty.memory_time
    g = 0.5 * height if gap == "wide" else float(gap) / total
    system = driven.System(LandauZener(height, g, total), np.sqrt(depth / total), bath)
    times = np.linspace(0.0, 1.0, POINTS)
    values, error = _compare(system, np.diag([1.0, 0.0]), times * total, POINTS - 1)
    data = {name: ("time", curve) for name, curve in values.items()}
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
) -> xr.Dataset:
    """The way of a chain driven periodically to the periodic states of both equations, by periods; the exact solution of
    `periods_exact` of them, a multiple of 10."""
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
    data = {name: ("period", curve) for name, curve in values.items()}
    return xr.Dataset({**data, "exact_error": error}, {"period": periods})


CHAIN = chain(6)
TILT = np.diag(np.linspace(-1.0, 1.0, 6))


@dataclass(frozen=True)
class LandauZener:
    """The Hamiltonian ½[ε(t)σᶻ + gσˣ], ε from −height to height within `total`."""

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
    system: driven.System, g0: RealArray, times: RealArray, last_exact: int
) -> tuple[dict[str, RealArray], float]:
    """The curves, with the exact solution at every tenth time up to `last_exact`, and its estimated error."""
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
