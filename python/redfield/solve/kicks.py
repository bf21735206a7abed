"""Evolutions with instantaneous pulses.

A generator is solved from pulse to pulse. What remembers is solved without any in the frame that moves with them: there
ρ̃ = K†ρK, H̃ = K†HK and Ã = K†AK, K being the product of all pulses so far, so that a memory integral and every auxiliary
operator meets each pulse at its time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_density_matrix, as_times, warn
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.progress import progress_callback
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.results.evolution import Result
from redfield.solve.evolve import Observables
from redfield.systems.driven import DrivenSystem
from redfield.systems.drives.kicks import Frames, Kick

COUNTED = ("applications", "steps", "rejected", "seconds")


def evolve(
    equation: AnyEquation,
    remembers: bool,
    rho0: State,
    tlist: Numbers,
    e_ops: EOps,
    options: Options,
) -> Result:
    """Return the evolution of an equation of a DrivenSystem with kicks; outputs at the time of one are after it."""
    system: Any = equation.system
    options.refuse("driven", "dtype", "error")
    times, n = as_times("tlist", tlist), system.dimension
    start = as_density_matrix("rho0", rho0, n)
    observables = Observables(e_ops, n, options.store_states)
    first, last = float(times[0]), float(times[-1])
    if any(t == first for t, _ in system.kicks):
        warn(f"a kick at tlist[0] = {first:g} is taken to be in rho0 already", UserWarning)
    kicks = [kick for kick in system.kicks if first < kick[0] <= last]
    if not kicks:
        plain = equation.with_system(system.without_kicks())
        found: Result = plain.evolve(
            start, times, e_ops, store_states=options.store_states, **_passed(options)
        )
        return replace(found, equation=equation)
    solve = _in_frame if remembers else _between
    states, stats, forces = solve(equation, start, times, kicks, options)
    values = np.array(
        [(o @ states).trace(axis1=1, axis2=2) if isinstance(o, np.ndarray) else _traces(o, states)
         for o in observables.operators]
    ).reshape(len(observables.operators), len(times))  # fmt: skip
    raw = (states if observables.store else None, states[-1].copy(), values, stats)
    result = observables.result(times, raw, equation, start=start)
    return replace(result, forces=forces if observables.store else None)


Solved = tuple[ComplexArray, dict[str, Any], ComplexArray | None]


def _between(
    equation: AnyEquation, start: ComplexArray, times: RealArray, kicks: list[Kick], options: Options
) -> Solved:
    """Return the states by evolutions from kick to kick."""
    system: Any = equation.system
    plain = equation.with_system(system.without_kicks())
    states = np.empty((len(times), *start.shape), dtype=np.complex128)
    edges = np.unique([times[0], *(t for t, _ in kicks), times[-1]])
    stats: dict[str, Any] = {}
    rho = start
    with progress_callback(options.progress, "evolving") as report:
        for a, b in itertools.pairwise(edges.tolist()):
            inside = (times >= a) & (times < b)
            moments = np.unique(np.concatenate([[a], times[inside], [b]]))
            found = plain.evolve(rho, moments, store_states=True, **_passed(options))
            assert found.states is not None
            states[inside] = found.states[np.searchsorted(moments, times[inside])]
            stats = _added(stats, dict(found.stats))
            rho = found.states[-1]
            for t, v in kicks:
                if t == b:
                    rho = v @ rho @ v.conj().T
            rho = 0.5 * (rho + rho.conj().T)
            _told(report, float((b - edges[0]) / (edges[-1] - edges[0])))
    states[times >= edges[-1]] = rho
    return states, stats, None


def _in_frame(
    equation: AnyEquation, start: ComplexArray, times: RealArray, kicks: list[Kick], options: Options
) -> Solved:
    """Return the states, and the forces of a hierarchy, by an evolution in the frame that moves with the kicks."""
    frames = Frames(kicks, len(start))
    turned = equation.with_system(in_frame(equation.system, frames))
    whole = replace(options, store_states=True)
    found: Any = turned.evolve(
        start, times, store_states=True, **_passed(whole, progress=options.progress)
    )
    k = frames.at(times)
    back = k.conj().transpose(0, 2, 1)
    forces = found.forces
    if forces is not None:
        forces = k[:, None] @ forces @ back[:, None]
    return k @ found.states @ back, dict(found.stats), forces


def in_frame(system: Any, frames: Frames) -> DrivenSystem:
    """Return the system without kicks in the frame that moves with them."""
    couplings = [frames.turned(a) for a in system.coupling_operators()]
    return DrivenSystem(frames.turned(system.hamiltonian), couplings, list(system.baths))


def _passed(options: Options, progress: Any = False) -> dict[str, Any]:
    """Return the options of an evolution as arguments."""
    return {
        "method": options.method,
        "rtol": options.rtol,
        "atol": options.atol,
        "threads": options.threads,
        "max_step": options.max_step,
        "breakpoints": options.breakpoints,
        "progress": progress,
        "stop": options.stop,
    }


def _added(stats: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return more if not stats else {**stats, **{k: stats[k] + more[k] for k in COUNTED}}


def _told(report: Callable[[float], object] | None, done: float) -> None:
    if report is not None:
        report(done)


def _traces(o: Any, states: ComplexArray) -> ComplexArray:
    return np.array([(o @ rho).trace() for rho in states])
