"""Solvers: what answers an equation's calls for one kind of problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_max_bytes,
    as_threads,
    as_tolerances,
    shown,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.precision import as_dtype
from redfield._base.progress import Progress
from redfield.equations.registry import PROBLEMS, named

REMEMBERS = (
    "with history='memory' the generator depends on where the evolution starts; ask evolve, or "
    "history='instantaneous'"
)
"""The answer of an equation with a memory integral to whoever asks its generator."""


@dataclass(frozen=True)
class Options:
    """How an evolution is computed; `Equation.evolve` says what each option means."""

    method: str = "auto"
    rtol: float = 1e-6
    atol: float = 1e-9
    threads: int | None = None
    max_step: float | None = None
    breakpoints: Any = ()
    store_states: bool | None = None
    progress: Progress = False
    stop: _core.StopFlag | None = None
    dtype: Any = "float64"

    def settings(self, methods: tuple[str, ...]) -> _core.Settings:
        """Return the options as the core takes them."""
        rtol, atol = as_tolerances(self.rtol, self.atol)
        return _core.Settings(
            as_choice("method", self.method, methods),
            rtol,
            atol,
            as_max_bytes(None) if self.method == "exponential" else np.inf,
            as_threads(self.threads),
            as_dtype(self.dtype, rtol),
        )

    def refuse(self, problem: str, *names: str) -> None:
        """TypeError where an option is given that a problem has no use for."""
        usual = Options()
        for name in names:
            value = getattr(self, name)
            if name == "breakpoints" and value is not None:
                value = tuple(np.ravel(value).tolist())
            refuse(f"{problem} problem", **{name: (value, getattr(usual, name))})


def refuse(problem: str, **given: tuple[Any, Any]) -> None:
    """TypeError where an argument, given as (value, default), is not the default, which alone has a meaning."""
    for name, (value, usual) in given.items():
        if value is not None if usual is None else value != usual:
            raise TypeError(f"{name} = {shown(value)} has no meaning for a {problem}; leave it out")


class Solver:
    """Base of solvers; one class derives from it for each kind of problem, and answers what it can.

    Class options
    -------------
    problem : the kind of problem, of PROBLEMS.
    kind : the name of the only kind of equation that it solves; default every one.
    """

    solvers: ClassVar[dict[tuple[str, str | None], type[Solver]]] = {}

    def __init_subclass__(cls, *, problem: str | None = None, kind: str | None = None) -> None:
        if problem is not None:
            Solver.solvers[problem, kind] = cls

    def __init__(self, equation: Any) -> None:
        self.equation = equation
        self.system = equation.system

    @classmethod
    def of(cls, equation: Any) -> Solver:
        """Return the solver of an equation."""
        problem = equation.system.problem
        for kind in (*(k.__name__ for k in type(equation).__mro__), None):
            if (problem, kind) in cls.solvers:
                return cls.solvers[problem, kind](equation)
        raise TypeError(f"no solver of {problem} problems is imported")

    def prepare(self) -> None:
        """Compute what construction must not leave undone: errors come early."""

    def _refused(self, what: str) -> NoReturn:
        """TypeError for a call that this problem has no answer to."""
        able = [
            PROBLEMS[problem]
            for (problem, _), solver in Solver.solvers.items()
            if getattr(solver, what) is not getattr(Solver, what)
        ]
        told = f"; equations of a {named(sorted(set(able)))} have" if able else ""
        raise TypeError(
            f"{type(self.equation).__name__} of a {type(self.system).__name__} ({self.system.problem}) has no "
            f"{what}{told}"
        )

    @property
    def generator(self) -> Any:
        """𝓛 in the compiled core."""
        self._refused("generator")

    @property
    def cheapest(self) -> Any:
        """The generator that moves states, in the basis in which an application costs least."""
        return self.generator

    def at(self, t: float, tlist: Numbers | None = None) -> Any:
        """Return the equation held at a time."""
        self._refused("at")

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        """𝓛ρ."""
        self._refused("apply")

    def dissipator(self, rho: State, threads: int | None) -> ComplexArray:
        """𝓛ρ + i[H, ρ]."""
        self._refused("dissipator")

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Any:
        """Return the evolution of a state."""
        self._refused("evolve")

    def steady_state(
        self, rho0: State, method: str, tol: float, threads: int | None, progress: Progress
    ) -> Any:
        """Return the stationary or periodic state."""
        self._refused("steady_state")

    def spectrum(self, k: int | None, method: str, tol: float, threads: int | None) -> Any:
        """Eigenvalues of 𝓛."""
        self._refused("spectrum")

    def liouvillian(
        self, basis: str, threshold: float | None, max_bytes: float | None, threads: int | None
    ) -> Any:
        """𝓛 as a sparse matrix."""
        self._refused("liouvillian")

    def adjoint(self) -> Any:
        """𝓛† as an equation of operators."""
        self._refused("adjoint")

    def trajectories(
        self, make: Any, psi0: State, tlist: Numbers, e_ops: EOps, options: dict[str, Any]
    ) -> Any:
        """Quantum trajectories."""
        self._refused("trajectories")

    def evolve_low_rank(self, psi0: State, tlist: Numbers, e_ops: EOps, options: dict[str, Any]) -> Any:
        """Return the evolution of a density matrix of low rank."""
        self._refused("evolve_low_rank")

    def of_reservoir(self, reservoir: int) -> Any:
        """Return the equation with the couplings of one reservoir alone."""
        self._refused("of_reservoir")

    def flows(self, states: State, what: str) -> RealArray:
        """Energy, particles or heat from each reservoir in each state."""
        self._refused("flows")

    def entropy_rate(self, rho: State, change: State) -> float:
        """Return the change of entropy of a state that changes."""
        self._refused("entropy_rate")

    def margins(self, states: State) -> RealArray:
        """How far each state is inside the positive ones."""
        self._refused("margins")

    def fastest_decay(self) -> float:
        """Return a bound of the decay rates."""
        self._refused("fastest_decay")

    def decoherence_rate(self) -> float:
        """Return the fastest decay of a coherence in Davies' equation."""
        self._refused("decoherence_rate")
