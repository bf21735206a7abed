"""A level crossing and a shaken chain: Davies, Redfield with memory and the exact solution."""

from __future__ import annotations

import numpy as np
import xarray as xr

from redfield import _core
from redfield._base.checks import RealArray
from redfield.equations import Davies, Redfield
from redfield.models import chain
from redfield.quadratic import Exact, QuadraticSystem
from redfield.studies.common import exact_solution, gaussian_band, operator_norm

POINTS = 41
EXACT_EVERY = 10
TOL = 1e-6
LATE = 80.0
"""Periods after which a state of the instantaneous Davies equation is periodic."""
CHAIN = chain(6)
TILT = np.diag(np.linspace(-1.0, 1.0, 6))
CURVES = ("davies_exact", "redfield_exact", "nonadiabatic", "n_davies", "n_redfield", "n_exact")
"""Distances of Davies and of Redfield with memory from the exact solution and from each other, and occupations of the
first site."""


def landau_zener(
    gap: str, ratio: float, *, height: float, depth: float, width: float, beta: float, mu: float
) -> xr.Dataset:
    """Return a sweep in T = ratio memory times of the bath, at J²T = depth; gap is "wide" (height/2) or g·T."""
    bath = gaussian_band(width, beta, mu)
    total = ratio * bath.empty.memory_time
    g = 0.5 * height if gap == "wide" else float(gap) / total

    def crossing(t: float) -> RealArray:
        e = height * (2.0 * t / total - 1.0)
        return 0.5 * np.array([[e, g], [g, -e]])

    system = QuadraticSystem(crossing, np.sqrt(depth / total), bath)
    times = np.linspace(0.0, 1.0, POINTS)
    values, error = _compare(system, np.diag([1.0, 0.0]), times * total, POINTS - 1)
    data = {name: ("time", curve) for name, curve in values.items()}
    return xr.Dataset({**data, "exact_error": error}, {"time": ("time", times, {"units": "T"})})


def shaken(
    *, periods_exact: int, j: float, frequency: float, amplitude: float, width: float, beta: float,
    mu: float,
) -> xr.Dataset:  # fmt: skip
    """Return the way of a chain driven periodically to the periodic states of both equations, by periods,
    `periods_exact` of which, a multiple of 10, are solved exactly."""
    period = 2.0 * np.pi / frequency

    def chain_in_field(t: float) -> RealArray:
        h: RealArray = CHAIN + amplitude * np.cos(frequency * t) * TILT
        return h

    system = QuadraticSystem(chain_in_field, j, gaussian_band(width, beta, mu))
    periods = np.arange(float(POINTS))
    values, error = _compare(system, np.zeros((6, 6)), periods * period, periods_exact)
    repeating = QuadraticSystem(chain_in_field, j, gaussian_band(width, beta, mu), period=period)
    redfield = Redfield(repeating)
    late = Davies(system).evolve(np.zeros((6, 6)), [0.0, LATE * period], rtol=TOL).final_covariance
    cycles = (
        ("davies", Davies(system), late),
        ("redfield", redfield, redfield.steady_state().state),
    )
    for name, equation, cycle in cycles:
        states = equation.evolve(np.zeros((6, 6)), periods * period, rtol=TOL).covariances
        assert states is not None
        values[f"{name}_cycle"] = operator_norm(states - cycle)
    data = {name: ("period", curve) for name, curve in values.items()}
    return xr.Dataset({**data, "exact_error": error}, {"period": periods})


def _compare(
    system: QuadraticSystem, g0: RealArray, times: RealArray, last_exact: int
) -> tuple[dict[str, RealArray], float]:
    """Return the curves, with the exact solution at every tenth time up to `last_exact`, and its estimated error."""
    values = {name: np.full(len(times), np.nan) for name in CURVES}
    instantaneous = Davies(system).evolve(g0, times, rtol=TOL).covariances
    memory = Redfield(system, history="memory").evolve(g0, times, rtol=TOL).covariances
    assert instantaneous is not None
    assert memory is not None
    values["nonadiabatic"] = operator_norm(instantaneous - memory)
    values["n_davies"], values["n_redfield"] = instantaneous[:, 0, 0].real, memory[:, 0, 0].real
    _core.poll()
    chosen = np.arange(0, last_exact + 1, EXACT_EVERY)
    exact, error = exact_solution(Exact, system, g0, times[chosen], rtol=TOL)
    values["davies_exact"][chosen] = operator_norm(instantaneous[chosen] - exact)
    values["redfield_exact"][chosen] = operator_norm(memory[chosen] - exact)
    values["n_exact"][chosen] = exact[:, 0, 0].real
    return values, error
