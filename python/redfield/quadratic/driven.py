"""Equations of a QuadraticSystem with a drive: M(t) and Q(t) at each time, integrated by Magnus's expansion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    as_choice,
    as_moment,
    as_square,
    as_times,
    as_tolerances,
)
from redfield.equations.solver import Options
from redfield.quadratic.base import CovarianceSolver
from redfield.quadratic.covariance import Covariance
from redfield.quadratic.generator import Generator
from redfield.quadratic.kinds import GivenFlow, generator_of
from redfield.quadratic.magnus import Affine, Count, integrate
from redfield.quadratic.memory import Memory, largest_norm
from redfield.quadratic.recorder import Recorder
from redfield.quadratic.result import CovarianceResult, Currents
from redfield.quadratic.system import QuadraticSystem
from redfield.quadratic.tables import InterpolatedTables
from redfield.systems.drives.window import Window, window_of

LEAST_STEPS = 32

Moving = Callable[[float], Generator]
"""The generator at a time."""
Preparation = Callable[[Any, QuadraticSystem, Window], Moving]
"""The generators of an equation of a system in an evolution over a window; what they share is made once, for one caller
alone."""


def remembering(equation: Any) -> bool:
    """Return whether the generator of an equation depends on h since the start of the evolution."""
    return getattr(equation, "history", "instantaneous") != "instantaneous"


def instantaneous(equation: Any, system: QuadraticSystem, window: Window) -> Moving:
    """Return the equation of h held at each time."""
    spectra = InterpolatedTables(system.contacts, equation.lamb_shift)
    return lambda t: generator_of(equation, system.at(t), spectra)


def remembered(equation: Any, system: QuadraticSystem, window: Window) -> Moving:
    """Redfield's equation with memory integrals."""
    if equation.correlation == "exponentials":
        raise ValueError(
            "correlation = 'exponentials' is of density matrices; a QuadraticSystem takes the correlation functions as "
            "they are: 'auto' or 'quadrature'"
        )
    memory = Memory(system, window, equation.history == "stationary")
    contacts, sites = system.contacts, np.arange(system.dimension)

    def at(t: float) -> Generator:
        parts = memory(t)
        damped, gained = (
            contacts.strength[:, None]
            * np.array([part[i] for part in parts])[contacts.bath_of_site, sites]
            for i in (0, 1)
        )
        return Generator(contacts, system.h(t), (damped, gained))

    return at


def affine(generator: Generator) -> Affine:
    """M and Q in the basis h was given in."""
    flow = generator.flow
    return Affine(flow.out_of(flow.m), flow.out_of(flow.q))


def longest_step(
    system: QuadraticSystem, window: Window, tol: float
) -> tuple[Callable[[float], float], list[float]]:
    """Return the longest step from a time on, and the times at which h jumps: π/max‖h‖, where Magnus's series
    converges, a 32nd of the whole, and as short as h changes."""
    made = system.drive.core(window)
    jumps: list[float] = made.jumps.tolist()
    resolution = made.operator.resolution(jumps, 0.1 * tol)
    limit = window.longest
    if np.isinf(limit):
        norm = largest_norm(system.h, window.first, window.last)
        limit = min(max(window.duration, 1e-300) / LEAST_STEPS, np.pi / max(norm, 1e-300))
    return lambda t: min(limit, resolution.longest(t)), jumps


def evolve_driven(
    solver: CovarianceSolver,
    prepare: Preparation,
    rho0: Any,
    tlist: Any,
    e_ops: Any,
    options: Options,
) -> CovarianceResult:
    """G(t); atol + rtol·max|G0|, at least atol + rtol, is about the largest error of an entry at the end."""
    options.refuse("driven quadratic", "threads", "dtype")
    as_choice("method", options.method, ("auto", "magnus"))
    system, times = solver.system, as_times("tlist", tlist)
    g0 = solver.as_covariance("rho0", rho0)
    tol = tolerance(options, g0)
    system.require_cover(times)
    recorder, count = Recorder(solver.equation, e_ops, options), Count()
    window = window_of(times, options.max_step, options.breakpoints)
    longest, jumps = longest_step(system, window, tol)
    at = prepare(solver.equation, system, window)
    states = integrate(lambda t: affine(at(t)), g0, times, tol, longest, count, system.h, jumps)
    return recorder.collect(times, (Covariance(g) for g in states), "magnus", count)


def tolerance(options: Options, g0: ComplexArray) -> float:
    """Return the error of an entry of G that the options allow."""
    rtol, atol = as_tolerances(options.rtol, options.atol)
    return float(atol + rtol * max(1.0, float(np.abs(g0).max())))


class DrivenQuadratic(CovarianceSolver, problem="driven quadratic"):
    """The solver of a driven quadratic Hamiltonian."""

    @property
    def _prepare(self) -> Preparation:
        return remembered if remembering(self.equation) else instantaneous

    def at(self, t: float, tlist: Any = None) -> Any:
        system, t = self.system, as_moment("t", t)
        if not remembering(self.equation):
            system.require_cover(np.array([t, t]))
            return self.equation.with_system(system.at(t))
        if tlist is None:
            raise ValueError(
                f"tlist is needed: the generator at t = {t:g} depends on h since tlist[0], from which on it moves"
            )
        times = as_times("tlist", tlist)
        if t < times[0]:
            raise ValueError(f"t = {t:g} is before tlist[0] = {times[0]:g}, from which on h moves")
        last = max(t, float(times[-1]))
        system.require_cover(np.array([times[0], last]))
        now = self._prepare(self.equation, system, Window(float(times[0]), last))(t)
        return GivenFlow(system.held(t), now.damped, now.gained)

    def apply(self, rho: Any, t: float | None, threads: int | None) -> ComplexArray:
        if t is None:
            raise TypeError("t is missing: Ġ of a driven system depends on it")
        if remembering(self.equation):
            raise TypeError("Ġ depends on where the evolution starts: ask equation.at(t, tlist).apply(G)")
        change: ComplexArray = self.at(t).apply(
            as_square("rho", rho, self.system.dimension), threads=threads
        )
        return change

    def currents(self, covariance: Any, t: float | None, tlist: Any) -> Currents:
        if t is None:
            raise TypeError("t is missing: the currents of a driven system depend on it")
        found: Currents = self.at(t, tlist).solver.currents(covariance, None, None)
        return found

    def evolve(self, rho0: Any, tlist: Any, e_ops: Any, options: Options) -> CovarianceResult:
        return evolve_driven(self, self._prepare, rho0, tlist, e_ops, options)
