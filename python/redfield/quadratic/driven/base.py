"""What every equation of a driven quadratic system offers."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_choice,
    as_count,
    as_covariance,
    as_positive,
    as_real_number,
    as_square,
    as_threads,
    as_times,
    as_tolerances,
    require_memory,
)
from redfield._base.progress import Progress
from redfield._base.records import Record
from redfield._core import ConvergenceError
from redfield.quadratic import base as static
from redfield.quadratic.driven.magnus import Affine, Count, integrate
from redfield.quadratic.driven.system import System
from redfield.quadratic.flow import Covariance
from redfield.quadratic.result import Currents, Recorder, Result
from redfield.systems.drives.window import Window, window_of

PERIODICITY_TOL = 1e-9
LEAST_STEPS = 32


class Equation(Record):
    r"""Ġ = −(M(t)G + GM(t)†) + Q(t) of a driven system.

    Where a method takes `tlist`, only its first time matters, from which on h moves: what acts at t depends on it
    where the baths have a memory.
    """

    def __init__(self, system: System) -> None:
        if not isinstance(system, System):
            raise TypeError(f"system must be a quadratic.driven.System, got {type(system).__name__}")
        self.system = system

    needs_history: ClassVar[bool] = False
    """Whether what acts at t depends on when h began to move."""

    @abc.abstractmethod
    def _prepared(self, window: Window) -> Callable[[float], static.Equation]:
        """M and Q at t, in an evolution over a window, as an equation with constant ones; what they share is made once,
        for one caller alone."""

    def at(self, t: float, tlist: Any = None) -> static.Equation:
        """The equation with M and Q held at their values at t, with all that a constant one offers.

        Raises
        ------
        ValueError
            tlist is not given to an equation with memory, or t is before its first time.
        """
        t = as_real_number("t", t)
        if tlist is None and self.needs_history:
            raise ValueError(
                f"tlist is needed: what acts at t = {t:g} depends on h since tlist[0], from which on it moves"
            )
        times = np.array([t, t]) if tlist is None else as_times("tlist", tlist)
        if t < times[0]:
            raise ValueError(f"t = {t:g} is before tlist[0] = {times[0]:g}, from which on h moves")
        self.system.require_cover(np.array([times[0], max(t, float(times[-1]))]))
        return self._prepared(Window(float(times[0]), max(t, float(times[-1]))))(t)

    def apply(self, covariance: Any, t: float, tlist: Any = None) -> ComplexArray:
        """Ġ at time t."""
        return self.at(t, tlist).apply(covariance)

    def currents(self, covariance: Any, t: float, tlist: Any = None) -> Currents:
        """Particle, energy and heat flow from each bath into the system at time t; see quadratic.Equation.currents.

        With `power` they are the first law: d⟨H_S⟩/dt = Σ_b Ė_b + tr(ḣG).
        """
        return self.at(t, tlist).currents(covariance)

    def power(self, covariance: Any, t: float, tlist: Any) -> float:
        """tr(ḣ(t)G), the work done on the system per time; ḣ by differences inside tlist."""
        g = as_square("covariance", covariance, self.system.dimension)
        times = as_times("tlist", tlist)
        return float(np.trace(self.system.slope(float(t), float(times[0]), float(times[-1])) @ g).real)

    def evolve(
        self,
        G0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        method: str = "auto",
        rtol: float = 1e-8,
        atol: float = 0.0,
        threads: int | None = None,
        max_step: float | None = None,
        breakpoints: Any = (),
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> Result:
        """G(t) from G(tlist[0]) = G0, by exponential steps of fourth order.

        Parameters
        ----------
        G0, tlist, e_ops, threads, store_states, progress, stop : as of quadratic.Equation.evolve.
        method : "auto" or "magnus".
        rtol, atol : atol + rtol·max|G0| (at least rtol) is about the largest error of an entry of G at the end; the
            difference of two methods is held below that·dt/(whole time) in each step.
        max_step : of time, default π/max‖h‖, where Magnus's series converges, and a 32nd of the whole time. Steps are
            as short as h changes, and end where it jumps: what lasts a 4000th of the whole time, or max_step, is found.
        breakpoints : times near which something shorter happens; as of `redfield.driven.Redfield.evolve`.

        Raises
        ------
        ValueError, TypeError
            G0 is not the covariance of a state; h(t) is not Hermitian at some t; a Spline does not cover tlist.
        ConvergenceError
            h(t) jumps, or the memory of a bath does not end.
        """
        times, n = as_times("tlist", tlist), self.system.dimension
        rtol, atol = as_tolerances(rtol, atol)
        as_choice("method", method, ("auto", "magnus"))
        as_threads(threads)
        g0 = as_covariance("G0", G0, n, self.system.statistics)
        tol = atol + rtol * max(1.0, float(np.abs(g0).max()))
        self.system.require_cover(times)
        recorder, count = Recorder(e_ops, n, store_states, self, stop), Count()
        window = window_of(times, max_step, breakpoints)
        longest, jumps = self._longest(window, tol)
        at = self._prepared(window)
        states = integrate(
            lambda t: _affine(at(t)), g0, times, tol, longest, count, self.system.at, jumps
        )
        covariances = (Covariance(g, None) for g in states)
        return recorder.collect(times, covariances, progress, "magnus", count=count)

    def _longest(self, window: Window, tol: float) -> tuple[Callable[[float], float], list[float]]:
        """The longest step from a time on, and where h jumps."""
        made = self.system.made(window)
        jumps = made.jumps.tolist()
        resolution = made.operator.resolution(jumps, 0.1 * tol)
        span = np.array([window.first, window.last])
        limit = window.longest
        if np.isinf(limit):
            whole = max(window.duration, 1e-300)
            limit = min(whole / LEAST_STEPS, np.pi / max(self.system.largest_norm(span), 1e-300))
        return lambda t: min(limit, resolution.longest(t)), jumps

    def periodic_state(
        self,
        period: float,
        start: float = 0.0,
        *,
        points: int = 33,
        tol: float = 1e-10,
        breakpoints: Any = (),
    ) -> Result:
        r"""The state that repeats itself, G(t + period) = G(t), of a periodically driven system.

        .. math:: G = E G E^\dagger + F

        with E and F of one period (a discrete Lyapunov equation).

        Parameters
        ----------
        period : h(t + period) = h(t).
        start : where the period begins. h moves from 0 on: for Redfield choose a start by which its baths have
            forgotten the beginning.
        points : times of the result, the period's ends included.
        tol : of the evolution.
        breakpoints : as of `evolve`.

        Raises
        ------
        ValueError
            h(start + period) differs from h(start).
        ConvergenceError
            A mode does not decay over a period.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 18), beta=1.0)
        >>> def h(t):
        ...     return rf.models.chain(3) + np.diag([0.5, 0.0, -0.5]) * np.cos(2.0 * t)
        >>> davies = rf.quadratic.driven.Davies(System(h, coupling=0.4, bath=bath))
        >>> cycle = davies.periodic_state(np.pi)
        >>> late = davies.evolve(np.zeros(3), [0.0, 40.0 * np.pi])
        >>> bool(abs(cycle.covariances[0] - late.final_covariance).max() < 1e-6)
        True
        """
        period, n = as_positive("period", period), self.system.dimension
        points = as_count("points", points, 2)
        require_memory(f"{points} covariance matrices", 32.0 * points * n * n)
        first, last = self.system.at(start), self.system.at(start + period)
        within = (self.system.at(start + period * k / 8.0) for k in range(8))
        if np.abs(first - last).max() > PERIODICITY_TOL * max(float(np.abs(h).max()) for h in within):
            raise ValueError(
                f"h(start + period) differs from h(start) at start = {start:g}: the period is not {period:g}"
            )
        # h moves from 0 on, or from the start where that is earlier.
        history = np.array([min(0.0, start), start + period])
        at = self._prepared(window_of(history, None, breakpoints))
        zero = np.zeros((n, n), dtype=np.complex128)

        def doubled(t: float) -> Affine:
            # Beside the system a copy that nothing changes: G_12 becomes E G_12, and G_11 is F from 0.
            one = _affine(at(t))
            return Affine(scipy.linalg.block_diag(one.m, zero), scipy.linalg.block_diag(one.q, zero))

        def doubled_h(t: float) -> ComplexArray:
            h: ComplexArray = scipy.linalg.block_diag(self.system.at(t), zero)
            return h

        one = np.eye(n, dtype=np.complex128)
        whole = np.array([start, start + period])
        longest, jumps = self._longest(window_of(whole, None, breakpoints), tol)
        start_state = np.block([[zero, one], [one, zero]])
        (_, end) = integrate(doubled, start_state, whole, tol, longest, Count(), doubled_h, jumps)
        e, f = end[:n, n:], end[:n, :n]
        if np.abs(np.linalg.eigvals(e)).max() >= 1.0 - 1e-12:
            raise ConvergenceError(
                "periodic_state: a mode does not decay over a period, so the periodic state depends on the initial "
                "one; evolve the G0 you have over many periods"
            )
        g = scipy.linalg.solve_discrete_lyapunov(e, f)
        tlist = np.linspace(start, start + period, points)
        g = 0.5 * (g + g.conj().T)
        states = integrate(
            lambda t: _affine(at(t)), g, tlist, tol, longest, Count(), self.system.at, jumps
        )
        return Recorder(None, n, True, self).collect(
            tlist, (Covariance(x, None) for x in states), False, "magnus"
        )


def _affine(equation: static.Equation) -> Affine:
    flow = equation.flow
    return Affine(flow.out_of(flow.m), flow.out_of(flow.q))
