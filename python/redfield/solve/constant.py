"""Equations of a constant Hamiltonian: one generator of the core answers everything."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_hermitian,
    as_max_bytes,
    as_not_negative,
    as_square,
    as_state,
    as_states,
    as_threads,
    as_times,
    require_hermitian_each,
)
from redfield._base.checks.types import EOps, Numbers, Operand, Operator, State
from redfield.equations.options import Options, SteadyOptions
from redfield.equations.solver import NO_FLOWS_OF_MEMORY, REMEMBERS
from redfield.equations.unravelling import LowRankOptions, Maker, TrajectoryOptions
from redfield.results.evolution import Result
from redfield.results.gradient import Direction, Gradient, GradientOptions
from redfield.results.steady import Eigenmodes, SteadyState
from redfield.solve import evolve as _evolve
from redfield.solve import gradients, gradients_of_flows, gradients_of_modes, steady, tangents
from redfield.solve.adjoint import Adjoint
from redfield.solve.directions import as_directions
from redfield.solve.driven import evolve_with_memory
from redfield.solve.errors import with_error
from redfield.solve.evolution_errors import with_errors
from redfield.solve.judged import DensityMatrices
from redfield.solve.matrices import liouvillian
from redfield.solve.trajectories import LowRankResult, TrajectoryResult, low_rank, run
from redfield.systems.driven import DrivenSystem


class Constant(DensityMatrices, problem="constant"):
    """The solver of a System, by its generator in the core."""

    def prepare(self) -> None:
        if not self.equation.remembers:
            self.cheapest  # noqa: B018

    @functools.cached_property
    def generator(self) -> _core.Generator:
        if self.equation.remembers:
            raise TypeError(REMEMBERS)
        generator: _core.Generator = self.equation._in_eigenbasis()
        return generator

    @functools.cached_property
    def cheapest(self) -> _core.Generator:
        return self.equation._in_given_basis() or self.generator

    @property
    def differentiable(self) -> gradients.Differentiable:
        few = self.system.dimension <= gradients.KEPT
        return (self._differentiable if few else gradients.Differentiable(self.equation)).warned()

    @functools.cached_property
    def _differentiable(self) -> gradients.Differentiable:
        return gradients.Differentiable(self.equation)

    def at(self, t: float, tlist: Numbers | None = None) -> Any:
        return self.equation

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        if t is not None:
            raise TypeError(f"t = {t} has no meaning for a constant Hamiltonian; leave it out")
        x = as_square("rho", rho, self.system.dimension)
        return self.cheapest.apply(x.astype(np.complex128, copy=False), as_threads(threads))

    def dissipator(self, rho: State, threads: int | None) -> ComplexArray:
        x = as_square("rho", rho, self.system.dimension).astype(np.complex128, copy=False)
        core = self.cheapest
        if core.in_eigenbasis:
            # Without H from the start: cancelling it may cost more digits than a weak bath has.
            return core.dissipate(np.ascontiguousarray(x), as_threads(threads))
        h = self.system.hamiltonian
        change: ComplexArray = self.apply(x, None, threads) + 1j * (h @ x - x @ h)
        return change

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Result:
        if options.error:
            plain = replace(options, error=False, store_states=True)
            return with_errors(self.evolve(rho0, tlist, e_ops, plain), rho0, e_ops, options)
        if self.equation.remembers:
            still = DrivenSystem.held(self.system)
            return evolve_with_memory(self.equation, still, rho0, tlist, e_ops, options)
        options.refuse("constant", "max_step", "breakpoints")
        start = as_state("rho0", rho0, self.system.dimension)
        parts = [(1.0 + 0j, start)]
        return _evolve.evolve_parts(self.cheapest, self.equation, parts, tlist, e_ops, options)

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> SteadyState:
        state = steady.steady_state(self.generator, rho0, options, self.equation)
        return with_error(self.equation, state, options) if options.error else state

    def steady_gradient(
        self, state: ComplexArray, observable: Operator, options: GradientOptions
    ) -> Gradient:
        weight = as_hermitian("observable", as_square("observable", observable, self.system.dimension))
        return gradients.of_steady_state(self.equation, state, weight.astype(np.complex128), options)

    def evolution_gradient(
        self, rho0: State, times: RealArray, weights: Operand, options: GradientOptions
    ) -> Gradient:
        if self.equation.remembers:
            raise TypeError(REMEMBERS)
        n = self.system.dimension
        start = as_density_matrix("rho0", rho0, n)
        each = as_states("weights", weights, n)
        require_hermitian_each("weights", each)
        return gradients.of_evolution(self.equation, start, as_times("times", times), each, options)

    def spectrum(self, k: int | None, method: str, tol: float, threads: int | None) -> Eigenmodes:
        return replace(steady.spectrum(self.generator, k, method, tol, threads), equation=self.equation)

    def tangent_evolution(
        self, rho0: State, times: RealArray, directions: Sequence[Direction], options: GradientOptions
    ) -> ComplexArray:
        if self.equation.remembers:
            raise TypeError(REMEMBERS)
        start = as_density_matrix("rho0", rho0, self.system.dimension)
        asked = as_directions(self.system, directions, moves_start=True)
        return tangents.of_evolution(self.equation, start, as_times("times", times), asked, options)

    def tangent_steady(
        self, state: ComplexArray, directions: Sequence[Direction], options: GradientOptions
    ) -> ComplexArray:
        asked = as_directions(self.system, directions, moves_start=False)
        return tangents.of_steady_state(self.equation, state, asked, options)

    def current_gradient(
        self, state: ComplexArray, reservoir: int, what: str, options: GradientOptions
    ) -> Gradient:
        return gradients_of_flows.of_current(self.equation, state, reservoir, what, options)

    def eigenvalue_gradient(
        self, value: complex, mode: ComplexArray, part: str, options: GradientOptions
    ) -> Gradient:
        return gradients_of_modes.of_eigenvalue(self.equation, value, mode, part, options)

    def liouvillian(
        self, basis: str, threshold: float | None, max_bytes: float | None, threads: int | None
    ) -> Any:
        eigenbasis = as_choice("basis", basis, ("given", "eigen")) == "eigen"
        if threshold is None:
            threshold = 1e-15 * math.hypot(*self.generator.bounds)
        return liouvillian(
            self.generator,
            eigenbasis,
            as_not_negative("threshold", threshold),
            as_max_bytes(max_bytes),
            as_threads(threads),
        )

    def adjoint(self) -> Adjoint:
        self.cheapest  # noqa: B018
        return Adjoint(self.equation)

    def trajectories(
        self, make: Maker, psi0: State, tlist: Numbers, e_ops: EOps, options: TrajectoryOptions
    ) -> TrajectoryResult:
        unravelling = self.equation._unravelling(make)
        return run.trajectories(self.equation, unravelling, make, psi0, tlist, e_ops, options)

    def evolve_low_rank(
        self, psi0: State, tlist: Numbers, e_ops: EOps, options: LowRankOptions
    ) -> LowRankResult:
        unravelling = self.equation._unravelling(Maker("low rank"))
        return low_rank.evolve(self.equation, unravelling, psi0, tlist, e_ops, options)

    def of_reservoir(self, reservoir: int) -> Any:
        return self.equation.with_system(self.system.of_reservoir(reservoir))

    def flows(self, states: State, what: str, times: RealArray | None = None) -> RealArray:
        if self.equation.remembers:
            raise TypeError(NO_FLOWS_OF_MEMORY)
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        each = as_states("states", states, self.system.dimension)
        flows = np.empty((len(each), len(self.system.reservoirs)))
        for b in range(flows.shape[1]):
            of, measured = self.equation.of_reservoir(b), self.system.flowing(b, kind).T
            flows[:, b] = [np.sum(measured * of.dissipator(rho)).real for rho in each]
        return flows

    def fastest_decay(self) -> float:
        bound: float = self.generator.bounds[1]
        return bound

    def decoherence_rate(self) -> float:
        """Return max −Re κ_mn of Davies' equation, an energy."""
        self.system.require_independent("decoherence_rate")
        kind = _core.Kind.davies(False, 0.0, as_max_bytes(None))
        davies: Any = kind.make(self.system.core(False))
        return float(-davies.coherence_rates.real.min())
