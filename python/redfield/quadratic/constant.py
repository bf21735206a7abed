"""Equations of a QuadraticSystem with a constant Hamiltonian: closed forms on N×N matrices."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import ClassVar

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_hermitian,
    as_index,
    as_positive,
    as_square,
    as_states,
    as_times,
)
from redfield._base.checks.types import EOps, Numbers, Operand, Operator, State
from redfield.equations.options import Options, refuse
from redfield.equations.solver import REMEMBERS
from redfield.quadratic import gradients
from redfield.quadratic.base import StationarySolver
from redfield.quadratic.contacts import Tables
from redfield.quadratic.driven import DrivenQuadratic
from redfield.quadratic.generator import Generator
from redfield.quadratic.kinds import CovarianceEquation, generator_of
from redfield.quadratic.recorder import Recorder
from redfield.quadratic.response import Response
from redfield.quadratic.result import CovarianceModes, CovarianceResult, Currents, SteadyCovariance
from redfield.results.gradient import Gradient, GradientOptions

ROUNDING = 1e-9
"""The error of a closed form that no tolerance refuses."""


class Quadratic(StationarySolver, problem="quadratic"):
    """The solver of a constant quadratic Hamiltonian."""

    methods: ClassVar[tuple[str, ...]] = ("auto", "modes", "steps")

    def prepare(self) -> None:
        super().prepare()
        if not self.equation.remembers:
            self.generator  # noqa: B018  (errors come early)

    @functools.cached_property
    def generator(self) -> Generator:
        if self.equation.remembers:
            raise TypeError(REMEMBERS)
        return generator_of(self.equation, self.system, self._spectra)

    @functools.cached_property
    def response(self) -> Response:
        """How the generator responds to h, couplings and baths."""
        return gradients.response_of(self.equation, self.generator.mask)

    def _spectra(self, w: RealArray) -> Tables:
        system, shift = self.system, self.equation.lamb_shift
        return system.tables(shift) if w is system.energies else system.contacts.tables(w, shift)

    @property
    def cheapest(self) -> Generator:
        raise TypeError(
            f"{type(self.equation).__name__} of a QuadraticSystem is affine in G: ask equation.generator.flow for M "
            "and Q"
        )

    def at(self, t: float, tlist: Numbers | None = None) -> CovarianceEquation:
        same: CovarianceEquation = self.equation
        return same

    def _square(self, name: str, value: State) -> ComplexArray:
        return as_square(name, value, self.system.dimension).astype(np.complex128)

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        refuse("quadratic problem", t=(t, None), threads=(threads, None))
        return self.generator.apply(self._square("rho", rho))

    def dissipator(self, rho: State, threads: int | None) -> ComplexArray:
        refuse("quadratic problem", threads=(threads, None))
        return self.generator.dissipate(self._square("rho", rho))

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> CovarianceResult:
        if self.equation.remembers:
            return DrivenQuadratic(self.equation).evolve(rho0, tlist, e_ops, options)
        return super().evolve(rho0, tlist, e_ops, options)

    def _evolved(
        self, g0: ComplexArray, times: RealArray, tol: float, recorder: Recorder
    ) -> CovarianceResult:
        flow = self.generator.flow
        flow.require_digits(float(times[-1] - times[0]), max(tol, ROUNDING))
        modal = {"auto": None, "modes": True, "steps": False}[recorder.options.method]
        return recorder.collect(times, flow.solve(g0, times, modal), "closed form")

    def _steady(self, g0: ComplexArray | None, tol: float) -> SteadyCovariance:
        flow = self.generator.flow
        g, error, unique = flow.steady(g0, tol)
        scale = max(float(np.abs(flow.q).max()), 1e-300)
        residual = float(np.linalg.norm(flow.apply(g))) / scale
        return SteadyCovariance.of(g, residual, error, unique, self.equation)

    def steady_gradient(
        self, state: ComplexArray, observable: Operator, options: GradientOptions
    ) -> Gradient:
        weight = as_hermitian("observable", as_square("observable", observable, self.system.dimension))
        options = replace(options, tol=as_positive("tol", options.tol))
        return gradients.of_steady_state(self.equation, state, weight, options)

    def current_gradient(
        self, state: ComplexArray, reservoir: int, what: str, options: GradientOptions
    ) -> Gradient:
        bath = as_index("reservoir", reservoir, len(self.system.baths))
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        options = replace(options, tol=as_positive("tol", options.tol))
        return gradients.of_current(self.equation, state, bath, kind, options)

    def evolution_gradient(
        self, rho0: State, times: RealArray, weights: Operand, options: GradientOptions
    ) -> Gradient:
        if self.equation.remembers:
            raise TypeError(REMEMBERS)
        start, each = (
            self.as_covariance("rho0", rho0),
            as_states("weights", weights, self.system.dimension),
        )
        for k, weight in enumerate(each):
            as_hermitian(f"weights[{k}]", weight)
        return gradients.of_evolution(self.equation, start, as_times("times", times), each, options)

    def spectrum(self, k: int | None, method: str, tol: float, threads: int | None) -> CovarianceModes:
        """Return the slowest k modes, default all."""
        as_choice("method", method, ("auto", "direct"))
        refuse("quadratic problem", tol=(tol, 1e-9), threads=(threads, None))
        flow = self.generator.flow
        values, vectors = flow.separation.values, flow.separation.vectors
        order = np.argsort(values.real, kind="stable")[:k]
        modes = vectors if flow.basis is None else flow.basis @ vectors
        return CovarianceModes(values[order], modes[:, order], 2.0 * float(values.real.min()))

    def currents(self, covariance: State | None, t: float | None, tlist: Numbers | None) -> Currents:
        refuse("quadratic problem", t=(t, None), tlist=(tlist, None))
        return self.generator.currents(self._square("covariance", covariance))

    def site_flows(self, covariance: State, operator: State) -> RealArray:
        """(N,) tr(O Ġ_j) of each site's bath and a Hermitian one-body operator O."""
        return self.generator.site_flows(
            self._square("covariance", covariance), self._square("operator", operator)
        )

    def flows(self, states: State, what: str, times: RealArray | None = None) -> RealArray:
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        states = as_states("states", states, self.system.dimension)
        return np.array([getattr(self.currents(g, None, None), kind) for g in states])

    def fastest_decay(self) -> float:
        return 2.0 * float(np.abs(self.generator.flow.separation.decay.real).max())

    def decoherence_rate(self) -> float:
        """Return the largest decay rate of a mode of h."""
        loss, gain, _, _ = self.generator.parts()
        return float(np.diagonal(loss - self.system.contacts.zeta * gain).real.max())
