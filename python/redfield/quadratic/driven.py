"""Equations of a QuadraticSystem with a drive: M(t) and Q(t) at each time, integrated by Magnus's expansion."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_moment,
    as_square,
    as_states,
    as_times,
)
from redfield._base.checks.types import Numbers, Operand, State
from redfield.quadratic.base import CovarianceSolver
from redfield.quadratic.covariance import Covariance
from redfield.quadratic.generator import Generator
from redfield.quadratic.kinds import CovarianceEquation, GivenFlow, generator_of
from redfield.quadratic.magnus import Affine, Magnus
from redfield.quadratic.memory import Memory, largest_norm
from redfield.quadratic.recorder import Recorder
from redfield.quadratic.result import CovarianceResult, Currents
from redfield.quadratic.tables import InterpolatedTables
from redfield.systems.drives.window import Window, window_of

MIN_STEPS = 32

Moving = Callable[[float], Generator]
"""The generator at a time."""


class DrivenQuadratic(CovarianceSolver, problem="driven quadratic"):
    """The solver of a driven quadratic Hamiltonian.

    Redfield's equation with a history has damping and gain by memory integrals; every other is that of h held at each
    time.
    """

    methods: ClassVar[tuple[str, ...]] = ("auto", "magnus")
    meaningless: ClassVar[tuple[str, ...]] = ("threads", "dtype")

    @property
    def _has_memory(self) -> bool:
        return getattr(self.equation, "history", "instantaneous") != "instantaneous"

    def _memory(self, window: Window) -> Memory | None:
        equation = self.equation
        if not self._has_memory:
            return None
        if equation.correlation == "exponentials":
            raise ValueError(
                "correlation = 'exponentials' is of density matrices; a QuadraticSystem takes the correlation "
                "functions as they are: 'auto' or 'quadrature'"
            )
        return Memory(self.system, window, equation.history == "stationary")

    def _generators(self, memory: Memory | None) -> Moving:
        """Return the generators of an evolution, which share tables or a memory."""
        equation, system = self.equation, self.system
        contacts = system.contacts
        if memory is None:
            spectra = InterpolatedTables(contacts, equation.lamb_shift)
            return lambda t: generator_of(equation, system.at(t), spectra)

        def at(t: float) -> Generator:
            of_sites = np.array(memory(t))[contacts.bath_of_site, :, np.arange(system.dimension)]
            damped, gained = contacts.strength[:, None] * of_sites.swapaxes(0, 1)
            return Generator(contacts, system.h(t), (damped, gained))

        return at

    def _magnus(self, window: Window, tol: float) -> Magnus:
        """Return the integrator of an evolution.

        Steps are at most π/max‖h‖, where Magnus's series converges, a 32nd of the whole, and as short as h changes.
        """
        system = self.system
        drive = system.drive.core(window)
        jumps: list[float] = drive.jumps.tolist()
        resolution = drive.operator.resolution(jumps, 0.1 * tol)
        limit = window.longest
        if np.isinf(limit):
            norm = largest_norm(system.h, window.first, window.last)
            limit = min(max(window.duration, 1e-300) / MIN_STEPS, np.pi / max(norm, 1e-300))

        memory = self._memory(window)
        at = self._generators(memory)

        def flow(t: float) -> Affine:
            now = at(t).flow
            return np.array([now.out_of(now.m), now.out_of(now.q)])

        bounds = [resolution.longest, *([] if memory is None else [memory.longest])]
        return Magnus(flow, system.h, lambda t: min(limit, *(bound(t) for bound in bounds)), jumps, tol)

    def _breakpoints(self, times: RealArray, recorder: Recorder) -> Operand:
        """Return times near which functions of time are sampled at all distances."""
        return recorder.options.breakpoints

    def _evolved(
        self, g0: ComplexArray, times: RealArray, tol: float, recorder: Recorder
    ) -> CovarianceResult:
        self.system.require_cover(times)
        window = window_of(times, recorder.options.max_step, self._breakpoints(times, recorder))
        magnus = self._magnus(window, tol)
        return recorder.collect(times, map(Covariance, magnus.states(g0, times)), "magnus", magnus.count)

    def at(self, t: float, tlist: Numbers | None = None) -> CovarianceEquation:
        system, t = self.system, as_moment("t", t)
        if not self._has_memory:
            system.require_cover(np.array([t, t]))
            held: CovarianceEquation = self.equation.with_system(system.at(t))
            return held
        if tlist is None:
            raise ValueError(
                f"tlist is needed: the generator at t = {t:g} depends on h since tlist[0], from which on it moves"
            )
        times = as_times("tlist", tlist)
        if t < times[0]:
            raise ValueError(f"t = {t:g} is before tlist[0] = {times[0]:g}, from which on h moves")
        last = max(t, float(times[-1]))
        system.require_cover(np.array([times[0], last]))
        now = self._generators(self._memory(Window(float(times[0]), last)))(t)
        return GivenFlow(system.held(t), now.damped, now.gained)

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        if t is None:
            raise TypeError("t is missing: Ġ of a driven system depends on it")
        if self._has_memory:
            raise TypeError("Ġ depends on where the evolution starts: ask equation.at(t, tlist).apply(G)")
        return self.at(t).apply(as_square("rho", rho, self.system.dimension), threads=threads)

    def currents(self, covariance: State | None, t: float | None, tlist: Numbers | None) -> Currents:
        if t is None:
            raise TypeError("t is missing: the currents of a driven system depend on it")
        solver = self.at(t, tlist).solver
        assert isinstance(solver, CovarianceSolver)
        return solver.currents(covariance, None, None)

    def flows(self, states: State, what: str, times: RealArray | None = None) -> RealArray:
        if times is None:
            raise ValueError("t is missing: the currents of a driven system depend on it")
        if self._has_memory:
            raise TypeError(
                "the currents of an equation with a history depend on where the evolution starts: ask "
                "rf.quadratic.currents(equation, G, t, tlist)"
            )
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        each = as_states("states", states, self.system.dimension)
        at = zip(each, times.tolist(), strict=True)
        return np.array([getattr(self.currents(g, t, None), kind) for g, t in at])
