"""A level crossing and a shaken chain: Davies, Redfield with memory and the exact solution."""

from __future__ import annotations

import numpy as np
import xarray as xr

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.equations import Davies, Redfield
from redfield.equations.base import Equation
from redfield.models import chain
from redfield.quadratic import QuadraticSystem
from redfield.quadratic.result import CovarianceResult, SteadyCovariance
from redfield.studies.common import Line, X, Z, exact_solution, gaussian_band, operator_norm

POINTS = 41
EXACT_EVERY = 10
TOL = 1e-6
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
    crossing = [0.5 * g * X, (0.5 * Z, Line(-height, 2.0 * height / total))]
    system = QuadraticSystem(crossing, np.sqrt(depth / total), bath)
    times = np.linspace(0.0, 1.0, POINTS)
    davies = _covariances(Davies(system), np.diag([1.0, 0.0]), times * total)
    values, error = _compared(system, davies, times * total, POINTS - 1)
    data = {name: ("time", curve) for name, curve in values.items()}
    return xr.Dataset({**data, "exact_error": error}, {"time": ("time", times, {"units": "T"})})


def shaken(
    *, periods: int, periods_exact: int, j: float, frequency: float, amplitude: float, width: float,
    beta: float, mu: float,
) -> xr.Dataset:  # fmt: skip
    """Return the way of a chain driven periodically to the periodic states of both equations, by periods.

    The exact solution is that of the first `periods_exact` periods, a multiple of 10. After twice the periods the state
    of the instantaneous Davies equation is taken to be periodic.
    """
    period = 2.0 * np.pi / frequency
    h = [CHAIN, (TILT, lambda t: amplitude * np.cos(frequency * t))]
    bath = gaussian_band(width, beta, mu)
    system, empty = QuadraticSystem(h, j, bath), np.zeros((6, 6))
    count = np.arange(periods + 1.0)
    *davies, late = _covariances(Davies(system), empty, period * np.append(count, 2.0 * periods))
    values, error = _compared(system, np.array(davies), period * count, periods_exact)
    redfield = Redfield(QuadraticSystem(h, j, bath, period=period))
    states = _covariances(redfield, empty, period * count)
    values["davies_cycle"] = operator_norm(davies - late)
    values["redfield_cycle"] = operator_norm(states - redfield.steady_state().state)
    data = {name: ("period", curve) for name, curve in values.items()}
    return xr.Dataset({**data, "exact_error": error}, {"period": count})


def _covariances(
    equation: Equation[CovarianceResult, SteadyCovariance], g0: RealArray, times: RealArray
) -> ComplexArray:
    covariances = equation.evolve(g0, times, rtol=TOL).covariances
    assert covariances is not None
    return covariances


def _compared(
    system: QuadraticSystem, davies: ComplexArray, times: RealArray, last_exact: int
) -> tuple[dict[str, RealArray], float]:
    """Return the curves, with the exact solution at every tenth time up to `last_exact`, and its estimated error."""
    values = {name: np.full(len(times), np.nan) for name in CURVES}
    memory = _covariances(Redfield(system, history="memory"), davies[0], times)
    values["nonadiabatic"] = operator_norm(davies - memory)
    values["n_davies"], values["n_redfield"] = davies[:, 0, 0].real, memory[:, 0, 0].real
    _core.poll()
    chosen = np.arange(0, min(last_exact + 1, len(times)), EXACT_EVERY)
    exact, error = exact_solution(system, davies[0], times[chosen], rtol=TOL)
    values["davies_exact"][chosen] = operator_norm(davies[chosen] - exact)
    values["redfield_exact"][chosen] = operator_norm(memory[chosen] - exact)
    values["n_exact"][chosen] = exact[:, 0, 0].real
    return values, error
