"""Solvers: what answers an equation's calls for one kind of problem."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn, Protocol

from redfield._base.checks import (
    ComplexArray,
    RealArray,
)
from redfield._base.checks.types import EOps, Numbers, Operand, Operator, State
from redfield.equations.asked import ASKED
from redfield.equations.options import Options, SteadyOptions
from redfield.equations.registry import PROBLEMS, named
from redfield.equations.unravelling import LowRankOptions, Maker, TrajectoryOptions
from redfield.results.gradient import Direction, Gradient, GradientOptions
from redfield.systems.base import Solvable

REMEMBERS = (
    "with history='memory' the generator depends on where the evolution starts; ask evolve, or "
    "history='instantaneous'"
)
"""The answer of an equation with a memory integral to whoever asks its generator."""
NO_FLOWS_OF_MEMORY = (
    "the currents of history='memory' are not known: Λ_j(t) depends on all that came before; ask "
    "history='instantaneous', or HEOM"
)
"""The answer of an equation with a memory integral to whoever asks its currents."""
NO_FLOWS = (
    "a state alone does not tell the currents of HEOM, whose baths remember: give the result of its evolve or "
    "steady_state, which has .forces"
)
"""The answer of a hierarchy to whoever asks the currents of states."""


Condition = Callable[[float, ComplexArray], float]
"""A function of time and state that ends an evolution where it passes zero."""


class Posed(Protocol):
    """An equation as solvers know it: it has a system, which says what the problem is."""

    @property
    def system(self) -> Solvable[Any, Any]: ...


class Solver:
    """Base of solvers; one class derives from it for each kind of problem, and answers what it can.

    Class options
    -------------
    problem : the kind of problem, of PROBLEMS.
    kind : the name of the only kind of equation that it solves; default every one.
    exchange : whether it takes the place of the one of that kind where baths exchange particles.
    """

    solvers: ClassVar[dict[tuple[str, str | None], type[Solver]]] = {}
    of_exchange: ClassVar[dict[tuple[str, str | None], type[Solver]]] = {}

    def __init_subclass__(
        cls, *, problem: str | None = None, kind: str | None = None, exchange: bool = False
    ) -> None:
        if problem is not None:
            (Solver.of_exchange if exchange else Solver.solvers)[problem, kind] = cls
            Solver._class_of.cache_clear()

    equation: Any
    system: Any

    def __init__(self, equation: Posed) -> None:
        self.equation = equation
        self.system = equation.system

    @classmethod
    def of(cls, equation: Posed) -> Solver:
        """Return the solver of an equation."""
        exchange = any(getattr(bath, "exchange", 0) for bath in getattr(equation.system, "baths", ()))
        return cls._class_of(type(equation), equation.system.problem, exchange)(equation)

    @staticmethod
    @functools.cache
    def _class_of(equation: type, problem: str, exchange: bool) -> type[Solver]:
        for kind in (*(k.__name__ for k in equation.__mro__), None):
            if exchange and (problem, kind) in Solver.of_exchange:
                return Solver.of_exchange[problem, kind]
            if (problem, kind) in Solver.solvers:
                return Solver.solvers[problem, kind]
        raise TypeError(f"no solver of {problem} problems is imported")

    def prepare(self) -> None:
        """Compute what construction must not leave undone: errors come early."""

    def _refused(self, what: str) -> NoReturn:
        """Raise a TypeError for a call that this problem has no answer to."""
        refusing = [getattr(base, what, None) for base in (Solver, Remembering)]
        able = {
            problem
            for (problem, _), solver in Solver.solvers.items()
            if getattr(solver, what, None) not in refusing
        }
        own = (
            [f"other equations of a {PROBLEMS[self.system.problem]}"]
            if self.system.problem in able
            else []
        )
        rest = sorted({PROBLEMS[problem] for problem in able - {self.system.problem}})
        others = [*own, *([f"equations of a {named(rest)}"] if rest else [])]
        possible = [*([f"{' and '.join(others)} have"] if others else []), *self._instead(what)]
        raise TypeError(
            f"{type(self.equation).__name__} of a {type(self.system).__name__} ({self.system.problem}) has no "
            + "; ".join([ASKED.get(what, what), *possible])
        )

    def _instead(self, what: str) -> list[str]:
        """Return what this equation has that is near to what it has not."""
        return []

    @property
    def generator(self) -> Any:
        """𝓛 in the compiled core."""
        self._refused("generator")

    @property
    def form(self) -> str:
        """The form of the dissipator.

        "couplings" Σ_j(|Λ_j⟩⟨A_j| + |A_j⟩⟨Λ_j|), "banded", the same between frequencies near each other, "jumps"
        Σ_j|L_j⟩⟨L_j|, "secular" γ(ω) for each Bohr frequency, or "general".
        """
        independent = not getattr(self.system, "has_matrix", False)
        form: str = self.equation._form if independent else "general"
        return form

    @property
    def cheapest(self) -> Any:
        """The generator that moves states, in the basis in which an application costs least."""
        return self.generator

    @property
    def differentiable(self) -> Any:
        """The equation's baths and their derivatives at the Bohr frequencies, which all its gradients need."""
        self._refused("gradients")

    def at(self, t: float, tlist: Numbers | None = None) -> Any:
        """Return the equation held at a time."""
        self._refused("at")

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        """Return 𝓛ρ."""
        self._refused("apply")

    def dissipator(self, rho: State, threads: int | None) -> ComplexArray:
        """Return 𝓛ρ + i[H, ρ]."""
        self._refused("dissipator")

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Any:
        """Return the evolution of a state."""
        self._refused("evolve")

    def evolve_until(
        self, condition: Condition, rho0: State, tlist: Numbers, e_ops: EOps, options: Options
    ) -> Any:
        """Return the evolution of a state up to where a function of time and state passes zero."""
        self._refused("evolve_until")

    def moved(
        self, x: ComplexArray, times: RealArray, operator: ComplexArray, options: Options
    ) -> ComplexArray:
        """Return tr(O X(t)) of a Hermitian X at times[0], which need be no state, (T,)."""
        self._refused("moved")

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> Any:
        """Return the stationary or periodic state."""
        self._refused("steady_state")

    def steady_gradient(
        self, state: ComplexArray, observable: Operator, options: GradientOptions
    ) -> Gradient:
        """Return the gradient of an expectation value of a steady state."""
        self._refused("steady_gradient")

    def evolution_gradient(
        self, rho0: State, times: RealArray, weights: Operand, options: GradientOptions
    ) -> Gradient:
        """Return the gradient of Σ_i tr(W_i ρ(t_i)) of an evolution."""
        self._refused("evolution_gradient")

    def tangent_evolution(
        self, rho0: State, times: RealArray, directions: Sequence[Direction], options: GradientOptions
    ) -> ComplexArray:
        """Return dρ(t) along each direction, (P, T, N, N)."""
        self._refused("tangent_evolution")

    def tangent_steady(
        self, state: ComplexArray, directions: Sequence[Direction], options: GradientOptions
    ) -> ComplexArray:
        """Return dρ of a steady state along each direction, (P, N, N)."""
        self._refused("tangent_steady")

    def current_gradient(
        self, state: ComplexArray, reservoir: int, what: str, options: GradientOptions
    ) -> Gradient:
        """Return the gradient of a steady current."""
        self._refused("current_gradient")

    def eigenvalue_gradient(
        self, value: complex, mode: ComplexArray, part: str, options: GradientOptions
    ) -> Gradient:
        """Return the gradient of an eigenvalue of 𝓛."""
        self._refused("eigenvalue_gradient")

    def spectrum(self, k: int | None, method: str, tol: float, threads: int | None) -> Any:
        """Return eigenvalues of 𝓛 and their modes."""
        self._refused("spectrum")

    def liouvillian(
        self, basis: str, threshold: float | None, max_bytes: float | None, threads: int | None
    ) -> Any:
        """Return 𝓛 as a sparse matrix."""
        self._refused("liouvillian")

    def adjoint(self) -> Any:
        """Return 𝓛† as an equation of operators."""
        self._refused("adjoint")

    def trajectories(
        self, make: Maker, psi0: State, tlist: Numbers, e_ops: EOps, options: TrajectoryOptions
    ) -> Any:
        """Return averages over quantum trajectories."""
        self._refused("trajectories")

    def evolve_low_rank(self, psi0: State, tlist: Numbers, e_ops: EOps, options: LowRankOptions) -> Any:
        """Return the evolution of a density matrix of low rank."""
        self._refused("evolve_low_rank")

    def of_reservoir(self, reservoir: int) -> Any:
        """Return the equation with the couplings of one reservoir alone."""
        self._refused("of_reservoir")

    def flows(self, states: State, what: str, times: RealArray | None = None) -> RealArray:
        """Return the energy, particles or heat from each reservoir in each state, of a drive at its time."""
        self._refused("flows")

    def entropy_rate(self, rho: State, change: State) -> float:
        """Return the change of entropy of a state that changes."""
        self._refused("entropy_rate")

    def margins(self, states: State) -> RealArray:
        """Return the distance of each state from the boundary of the positive ones."""
        self._refused("margins")

    def fastest_decay(self) -> float:
        """Return a bound of the decay rates."""
        self._refused("fastest_decay")

    def decoherence_rate(self) -> float:
        """Return the fastest decay of a coherence in Davies' equation."""
        self._refused("decoherence_rate")


class Remembering(Solver):
    """Base of solvers for which a state alone does not tell what follows: they keep what the baths remember."""

    def correlation(
        self,
        operators: tuple[ComplexArray, ComplexArray, ComplexArray],
        taus: RealArray,
        state: ComplexArray | None,
        times: RealArray | None,
        options: Options,
    ) -> ComplexArray:
        """Return ⟨c(t) a(t + τ) b(t)⟩ of operators (a, b, c), from a state at t = 0 or, of None, the steady one."""
        self._refused("correlation")

    def spectrum_of_fluctuations(
        self,
        a: ComplexArray,
        b: ComplexArray,
        w: RealArray,
        options: SteadyOptions,
        state: ComplexArray | None = None,
    ) -> ComplexArray:
        """Return the spectrum of ⟨a(τ)b⟩ − ⟨a⟩⟨b⟩ of the steady state, or from a state at τ = 0 of what decays."""
        self._refused("spectrum_of_fluctuations")

    def susceptibility(
        self, a: ComplexArray, b: ComplexArray, w: RealArray, options: SteadyOptions
    ) -> ComplexArray:
        """Return the response of ⟨a⟩ of the steady state to a force that enters as −f(t)b."""
        self._refused("susceptibility")

    def changes_of(self, forces: ComplexArray, times: RealArray | None) -> ComplexArray:
        """Return ρ̇ + i[H, ρ] of forces (T, J, N, N) of the baths at times, (T, N, N)."""
        self._refused("changes_of")

    def flows_of(self, forces: ComplexArray, what: str, times: RealArray | None) -> RealArray:
        """Return the energy, particles or heat from each reservoir, of forces (T, J, N, N) of the baths at times."""
        self._refused("flows_of")
