"""What every equation of a periodically driven system answers."""

from __future__ import annotations

import abc
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, as_density_matrix, as_flag, as_positive, as_times
from redfield._base.formula import Formula
from redfield._base.records import Immutable
from redfield.floquet.state import PeriodicState
from redfield.floquet.system import System
from redfield.results.result import Result
from redfield.solve import evolve as _evolve
from redfield.solve.evolve import Options, Progress


class Equation(Formula, Immutable):
    """What every equation of a periodically driven system answers."""

    _methods: tuple[str, ...] = ("auto",)

    def __init__(self, system: System, lamb_shift: bool) -> None:
        if not isinstance(system, System):
            raise TypeError(f"system must be a floquet.System, got {type(system).__name__}")
        self.system = system
        self.lamb_shift = as_flag("lamb_shift", lamb_shift)
        self.core  # noqa: B018  (errors come early)

    @property
    @abc.abstractmethod
    def core(self) -> Any:
        """The equation in the compiled core."""

    @abc.abstractmethod
    def _solved(self, rest: tuple[Any, ...], longest: float) -> Any: ...

    @abc.abstractmethod
    def apply(self, rho: Any, t: float) -> ComplexArray:
        """𝓛(t)ρ in the basis H is given in, (N, N) → (N, N)."""

    @abc.abstractmethod
    def steady_state(
        self, rho0: Any = None, *, tol: float = 1e-9, threads: int | None = None
    ) -> PeriodicState:
        """The state ρ(t + T) = ρ(t) of trace 1.

        Parameters
        ----------
        rho0 : (N, N) density matrix or (N,) ket at t = 0 whose late state is wanted where Davies' equation has several;
            where there is one it does not matter.
        tol : on ‖ρ(T) − ρ(0)‖_F, relative to how much of a state a period forgets.

        Raises
        ------
        MultipleSteadyStates
            Davies' equation has more than one and there is no rho0; `.states` has a basis of them at t = 0.
        ConvergenceError
            It is not found to `tol`; or an equation other than Davies' has several: evolve rho0 for many periods.
        """

    def evolve(
        self,
        rho0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        method: str = "auto",
        rtol: float = 1e-6,
        atol: float = 1e-9,
        threads: int | None = None,
        max_step: float | None = None,
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> Result:
        """Solve ρ̇ = 𝓛(t)ρ from ρ(tlist[0]) = rho0; t = 0 is where a period begins.

        Arguments are those of `redfield.driven.Redfield.evolve`, but for `breakpoints`, which the System takes; Davies'
        is solved exactly, whatever rtol is.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
        >>> bath = rf.OhmicBath(strength=0.02, cutoff=10.0, beta=1.0)
        >>> qubit = rf.floquet.System([0.5 * z, (0.3 * x, np.cos)], 2 * np.pi, [x], bath)
        >>> davies = rf.floquet.Davies(qubit).evolve([1, 0], [0.0, 1e3])
        >>> bool(np.allclose(davies.final_state, rf.floquet.Davies(qubit).steady_state().at(1e3)))
        True
        """
        times, n = as_times("tlist", tlist), self.system.dimension
        settings = Options(method, rtol, atol, threads, progress, stop).settings(self._methods)
        longest = np.inf if max_step is None else as_positive("max_step", max_step)
        start = as_density_matrix("rho0", rho0, n)
        problem = _evolve.Problem(times, e_ops, n, store_states)
        with _evolve.progress_callback(progress, "evolving") as callback:
            rest = (start, times, settings, problem.matrices, problem.store, stop, callback)
            raw = self._solved(rest, longest)
        return problem.result(raw, self)
