"""The bases of the solvers of quadratic problems, which check arguments and judge covariances."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_covariance,
    as_positive,
    as_square,
    as_states,
    as_times,
    as_tolerances,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield.equations.options import Options, SteadyOptions, refuse
from redfield.equations.solver import Solver
from redfield.quadratic.observables.entropies import entropy_rate
from redfield.quadratic.recorder import Recorder
from redfield.quadratic.result import CovarianceResult, Currents, PeriodicCovariance, SteadyCovariance
from redfield.quadratic.system import QuadraticSystem

Steady = SteadyCovariance | PeriodicCovariance


class CovarianceSolver(Solver):
    """Base of the solvers of a QuadraticSystem.

    Class attributes
    ----------------
    methods : of `evolve`.
    meaningless : the options of `evolve` that are refused.
    """

    system: QuadraticSystem
    methods: ClassVar[tuple[str, ...]] = ("auto",)
    meaningless: ClassVar[tuple[str, ...]] = ("threads", "max_step", "breakpoints", "dtype")

    def prepare(self) -> None:
        refuse("quadratic problem", max_bytes=(getattr(self.equation, "max_bytes", None), None))

    def as_covariance(self, name: str, value: State) -> ComplexArray:
        """Return the covariance of a state, or densities, checked."""
        return as_covariance(name, value, self.system.dimension, self.system.statistics)

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> CovarianceResult:
        options.refuse(self.system.problem, *self.meaningless, "error")
        as_choice("method", options.method, self.methods)
        times, g0 = as_times("tlist", tlist), self.as_covariance("rho0", rho0)
        rtol, atol = as_tolerances(options.rtol, options.atol)
        tol = float(atol + rtol * max(1.0, float(np.abs(g0).max())))
        return self._evolved(g0, times, tol, Recorder(self.equation, e_ops, options, g0))

    def _evolved(
        self, g0: ComplexArray, times: RealArray, tol: float, recorder: Recorder
    ) -> CovarianceResult:
        """Return the recorded G at each time; `tol` bounds the error of an entry."""
        raise NotImplementedError

    def entropy_rate(self, rho: State, change: State) -> float:
        """dS/dt where G changes at the rate `change`."""
        g = self.as_covariance("covariance", rho)
        return entropy_rate(g, as_square("change", change, len(g)), self.system.statistics)

    def margins(self, states: State) -> RealArray:
        """(T,) the distance of each G from its bounds: the min eigenvalue of G, and of 1 − G for fermions."""
        values = np.linalg.eigvalsh(as_states("states", states, self.system.dimension))
        lower = values[:, 0].astype(np.float64)
        return np.minimum(lower, 1.0 - values[:, -1]) if self.system.statistics == "fermion" else lower

    def currents(self, covariance: State | None, t: float | None, tlist: Numbers | None) -> Currents:
        """Particle, energy and heat flow from each bath into the system; see `quadratic.currents`."""
        self._refused("generator")


class StationarySolver(CovarianceSolver):
    """Base of the solvers of problems with stationary or periodic states.

    Class attributes
    ----------------
    has_several : whether several late states differ by rho0.
    """

    has_several: ClassVar[bool] = True

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> Steady:
        as_choice("method", options.method, ("auto",))
        if not self.has_several:
            refuse("problem whose late state is one", rho0=(rho0, None))
        options.refuse(self.system.problem, "threads", "progress", "error")
        g0 = None if rho0 is None else self.as_covariance("rho0", rho0)
        return self._steady(g0, as_positive("tol", options.tol))

    def _steady(self, g0: ComplexArray | None, tol: float) -> Steady:
        """Return the late state, from G0 where there are several and it is not None."""
        raise NotImplementedError
