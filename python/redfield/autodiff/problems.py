"""Steady states, evolutions and spectra of stacked arrays in NumPy, forward and in reverse.

A gradient here is ∂f/∂Re + i ∂f/∂Im of a real f, as PyTorch has it; JAX has its complex conjugate. With c the gradient
with respect to ρ, df = Re Σ c* dρ = tr(W dρ) for Hermitian dρ, where W is the Hermitian part of c†.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray
from redfield.autodiff.model import Model
from redfield.autodiff.stacks import Array, Stack
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options, SteadyOptions
from redfield.equations.solver import Solver
from redfield.results.gradient import GradientOptions
from redfield.solve import spectrum, spectrum_gradient


@dataclass(frozen=True)
class Problem(abc.ABC):
    """A function of arrays with one array as its answer, and the reverse of its derivative.

    All arrays of a call have the same number of leading axes, each of full length or 1, and so have the answers.
    """

    model: Model

    @property
    @abc.abstractmethod
    def ranks(self) -> tuple[int, ...]:
        """The number of axes of each argument."""

    @property
    def keeps_answer(self) -> bool:
        """Whether `reverse` takes the answer, which then is kept."""
        return True

    @abc.abstractmethod
    def shape(self, arrays: Sequence[Any]) -> tuple[int, ...]:
        """Return the shape of the answer to one call."""

    @abc.abstractmethod
    def solve(self, *arrays: Array) -> ComplexArray:
        """Return the answer."""

    @abc.abstractmethod
    def reverse(self, *arrays: Array) -> tuple[Array, ...]:
        """Return gradients with respect to the arguments, given these, the answer if it is kept, and its gradient."""

    def _shared(self, stack: Stack) -> AnyEquation | None:
        """Return the equation of all calls where it is the same."""
        known = len(self.model.ranks)
        return None if stack.differ(slice(known)) else self.model.equation_of(stack.member(0)[:known])

    def _each(self, stack: Stack, answer: Callable[[list[Array]], list[Array]]) -> list[Array]:
        """Return the answers of a function of one call, stacked."""
        rows = [answer(stack.member(call)) for call in range(len(stack))]
        return [np.stack(column) for column in zip(*rows, strict=True)]


@dataclass(frozen=True)
class SteadyStateProblem(Problem):
    """ρ with 𝓛ρ = 0 and tr ρ = 1, a function of the arrays of a `Model`."""

    options: SteadyOptions

    @property
    def ranks(self) -> tuple[int, ...]:
        return self.model.ranks

    def shape(self, arrays: Sequence[Any]) -> tuple[int, ...]:
        return (self.model.dimension, self.model.dimension)

    def solve(self, *arrays: Array) -> ComplexArray:
        stack = Stack(arrays, self.ranks)

        def one(member: list[Array]) -> list[Array]:
            return [self.model.equation_of(member).solver.steady_state(None, self.options).state]

        if len(stack) > 1 and self.model.batches():
            solver = self.model.equation_of_all(stack).solver
            return stack.unstacked(solver.steady_state(None, self.options).state)
        return stack.unstacked(self._each(stack, one)[0])

    def reverse(self, *arrays: Array) -> tuple[Array, ...]:
        stack = Stack(arrays, (*self.ranks, 2, 2))
        known = len(self.ranks)
        options = GradientOptions(self.options.method, self.options.tol, threads=self.options.threads)
        shared = self._shared(stack)

        def one(member: list[Array]) -> list[Array]:
            own = self.model.equation_of(member[:known]) if shared is None else shared
            state, weight = member[known], weight_of(member[known + 1])
            return self.model.gradients(own.solver.steady_gradient(state, weight, options))

        if shared is None and self.model.batches():
            solver = self.model.equation_of_all(stack).solver
            if _overrides(solver, "steady_gradient"):
                states, weights = stack.full(known), weight_of(stack.full(known + 1))
                found = solver.steady_gradient(states, weights, options)
                return tuple(map(stack.unstacked, self.model.gradients(found)))
        return tuple(map(stack.unstacked, self._each(stack, one)))


@dataclass(frozen=True)
class Evolution(Problem):
    """ρ(t) with ρ̇ = 𝓛ρ at times (T,), a function of the arrays of a `Model`, of ρ₀ (N, N) and of the times."""

    options: Options

    @property
    def ranks(self) -> tuple[int, ...]:
        return (*self.model.ranks, 2, 1)

    def shape(self, arrays: Sequence[Any]) -> tuple[int, ...]:
        return (int(arrays[-1].shape[-1]), self.model.dimension, self.model.dimension)

    @property
    def keeps_answer(self) -> bool:
        return False

    def solve(self, *arrays: Array) -> ComplexArray:
        stack = Stack(arrays, self.ranks)
        start, times = len(self.model.ranks), len(self.model.ranks) + 1

        def one(member: list[Array]) -> list[Array]:
            own = self.model.equation_of(member[:start])
            return [own.solver.evolve(member[start], member[times], None, self.options).states]

        if len(stack) > 1 and not stack.differ(slice(times, None)) and self.model.batches():
            equation = self.model.equation_of_all(stack)
            found = equation.solver.evolve(stack.full(start), stack.stacked(times), None, self.options)
            return stack.unstacked(np.asarray(found.states))
        return stack.unstacked(self._each(stack, one)[0])

    def reverse(self, *arrays: Array) -> tuple[Array, ...]:
        # The answer, with T times N² numbers, is not asked for: the gradient of an evolution recomputes it.
        stack = Stack(arrays, (*self.ranks, 3))
        start, times, last = (len(self.model.ranks) + k for k in range(3))
        shared = self._shared(stack)
        options = GradientOptions(rtol=self.options.rtol, threads=self.options.threads)

        def gradients(solver: Solver, rho0: Array, t: Array, weights: Array) -> list[Array]:
            found: Any = solver.evolution_gradient(rho0, t, weights, options)
            return [*self.model.gradients(found), found.rho0, found.times]

        def one(member: list[Array]) -> list[Array]:
            own = self.model.equation_of(member[:start]) if shared is None else shared
            return gradients(own.solver, member[start], member[times], weight_of(member[last]))

        batched = stack.differ(slice(times)) and not stack.differ(slice(times, last))
        if batched and self.model.batches():
            solver = self.model.equation_of_all(stack).solver
            if _overrides(solver, "evolution_gradient"):
                weights = weight_of(stack.full(last))
                each = gradients(solver, stack.full(start), stack.stacked(times), weights)
                return tuple(map(stack.unstacked, each))
        return tuple(map(stack.unstacked, self._each(stack, one)))


@dataclass(frozen=True)
class Fluctuations(Problem):
    """S(ω) of operators a and b at frequencies (F,), a function of the arrays of a `Model` and of these three.

    The gradients with respect to a, b and the frequencies are zeros, in places of derivatives that libraries refuse.
    """

    options: SteadyOptions

    @property
    def ranks(self) -> tuple[int, ...]:
        return (*self.model.ranks, 2, 2, 1)

    def shape(self, arrays: Sequence[Any]) -> tuple[int, ...]:
        return (int(arrays[-1].shape[-1]),)

    @property
    def keeps_answer(self) -> bool:
        return False

    def solve(self, *arrays: Array) -> ComplexArray:
        stack = Stack(arrays, self.ranks)
        known, o = len(self.model.ranks), self.options

        def one(member: list[Array]) -> list[Array]:
            own = self.model.equation_of(member[:known])
            return [spectrum(own, *member[known:], method=o.method, tol=o.tol, threads=o.threads)]

        return stack.unstacked(self._each(stack, one)[0])

    def reverse(self, *arrays: Array) -> tuple[Array, ...]:
        stack = Stack(arrays, (*self.ranks, 1))
        known, o = len(self.model.ranks), self.options
        shared = self._shared(stack)

        def one(member: list[Array]) -> list[Array]:
            own = self.model.equation_of(member[:known]) if shared is None else shared
            a, b, w, weights = member[known:]
            zeros = [np.zeros_like(x) for x in member[:-1]]
            asked = weights != 0.0  # a row of a Jacobian asks for one frequency
            if not asked.any():
                return zeros
            found = spectrum_gradient(
                own, a, b, w[asked], weights[asked], method=o.method, tol=o.tol, threads=o.threads
            )
            return [*self.model.gradients(found), *zeros[known:]]

        return tuple(map(stack.unstacked, self._each(stack, one)))


def weight_of(gradient: Array) -> ComplexArray:
    """Return the Hermitian W with df = tr(W dρ), of the gradient with respect to ρ (…, N, N)."""
    c = np.asarray(gradient, dtype=np.complex128)
    weight: ComplexArray = 0.5 * (c + c.conj().swapaxes(-1, -2))
    return weight


def _overrides(solver: Solver, call: str) -> bool:
    """Return whether a solver answers a call, which solvers refuse as a rule."""
    return getattr(type(solver), call) is not getattr(Solver, call)
