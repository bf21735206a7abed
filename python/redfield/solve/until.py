"""Evolutions that end where a function of time and state passes zero."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray, as_finite, as_function_of, as_times
from redfield._base.checks.types import EOps, Numbers, State
from redfield.equations.options import Options
from redfield.equations.solver import Condition, Remembering, Solver
from redfield.results.evolution import Result
from redfield.results.stats import Stats

CHUNK = 32
"""Outputs that are solved for before the condition is looked at; each time twice as many."""
POINTS = 17
CLOSE = 10.0 ** -np.arange(2.0, 9.0)
"""Distances from where the passage is expected, as parts of its interval, at which it is looked for."""
ROUNDS = 40


def evolve_until(
    solver: Solver,
    condition: Condition,
    rho0: State,
    tlist: Numbers,
    e_ops: EOps,
    options: Options,
) -> Result:
    """Return the evolution up to the first passage between two of the times, or to the last of them."""
    asked = as_function_of("stop_when", condition, "t", "rho")
    times = as_times("tlist", tlist)
    quiet = replace(options, store_states=True, progress=False, error=False)

    def value(t: float, rho: ComplexArray) -> float:
        return as_finite(f"stop_when({t:g}, rho)", asked(t, rho))

    def states_at(start: Any, moments: RealArray) -> ComplexArray:
        found: Any = solver.evolve(start, moments, None, quiet)
        return cast("ComplexArray", found.states)

    goes_on = not (solver.equation.remembers or isinstance(solver, Remembering) or _kicked(solver))
    interval = _interval(value, states_at, rho0, times, goes_on)
    stopped = np.nan
    if interval is not None:
        index, start, signs = interval
        begin = times[index : index + 1] if goes_on else times[:1]

        def sampled(moments: RealArray) -> RealArray:
            # To the same end each time, for which a memory integral has its exponentials already.
            whole = np.concatenate([begin, moments, times[index + 1 : index + 2]])
            states = states_at(start, whole)[1:-1]
            return np.array([value(*each) for each in zip(moments.tolist(), states, strict=True)])

        bracket = float(times[index]), float(times[index + 1])
        stopped = _located(sampled, bracket, signs, options.rtol)
        times = np.append(times[: index + 1], stopped) if stopped > times[index] else times[: index + 1]
    result: Any = solver.evolve(rho0, times, e_ops, options)
    return cast("Result", replace(result, stats=cast("Stats", {**result.stats, "stopped": stopped})))


def _kicked(solver: Solver) -> bool:
    return bool(getattr(solver.system, "kicks", ()))


def _interval(
    value: Condition,
    states_at: Callable[[Any, RealArray], ComplexArray],
    rho0: State,
    times: RealArray,
    goes_on: bool,
) -> tuple[int, Any, tuple[float, float]] | None:
    """Return after which time the function passes zero, from where to solve, and its signs at both ends."""
    if len(times) < 2:
        return None
    start: Any = rho0
    place, size, before = 0, CHUNK if goes_on else len(times), 0.0
    while place < max(len(times) - 1, 1):
        moments = times[place : place + size + 1]
        states = states_at(start, moments)
        for i, (t, rho) in enumerate(zip(moments.tolist(), states, strict=True)):
            now = float(np.sign(value(t, rho)))
            if before != 0.0 and now != before:
                return place + i - 1, (states[i - 1] if goes_on else rho0), (before, now)
            before = now if before == 0.0 else before
        place, start, size = place + len(moments) - 1, states[-1], 2 * size
    return None


def _located(
    sampled: Callable[[RealArray], RealArray],
    bracket: tuple[float, float],
    signs: tuple[float, float],
    rtol: float,
) -> float:
    """Return where a function passes zero first between two times, to rtol of their distance."""
    (low, high), tol = bracket, rtol * (bracket[1] - bracket[0])
    if signs[1] == 0.0 and signs[0] == 0.0:
        return high
    guess: float | None = None
    for _ in range(ROUNDS):
        span = high - low
        if span <= max(tol, 4.0 * np.spacing(abs(high))):
            break
        near: Any = [] if guess is None else guess + span * np.concatenate([-CLOSE, [0.0], CLOSE])
        inside = np.unique(np.concatenate([np.linspace(low, high, POINTS), near]))
        inside = inside[(inside > low) & (inside < high)]
        values = sampled(inside)
        passed = np.flatnonzero(np.sign(values) != signs[0])
        first = int(passed[0]) if len(passed) else len(inside)
        guess = _root(inside, values, first)
        ends = np.concatenate([[low], inside, [high]])
        low, high = float(ends[first]), float(ends[first + 1])
        if guess is not None and not low < guess < high:
            guess = None
    return 0.5 * (low + high) if guess is None else guess


def _root(times: RealArray, values: RealArray, first: int) -> float | None:
    """Return the zero of a cubic through the values around a passage before `times[first]`."""
    if not 0 < first < len(times):
        return None
    few = slice(max(0, first - 2), first + 2)
    t, v = times[few], values[few]
    if len(t) < 2 or v.max() == v.min():
        return None
    curve = scipy.interpolate.BarycentricInterpolator(t, v)
    a, b = float(times[first - 1]), float(times[first])
    if np.sign(curve(a)) == np.sign(curve(b)):
        return None
    return float(scipy.optimize.brentq(curve, a, b))
