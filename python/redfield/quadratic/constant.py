"""Equations of a QuadraticSystem with a constant Hamiltonian: closed forms on N×N matrices."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_positive,
    as_square,
    as_states,
    as_times,
    as_tolerances,
)
from redfield.equations.solver import REMEMBERS, Options, SteadyOptions, refuse
from redfield.quadratic.base import CovarianceSolver
from redfield.quadratic.contacts import Tables
from redfield.quadratic.driven import evolve_driven, remembered, remembering
from redfield.quadratic.generator import Generator
from redfield.quadratic.kinds import generator_of
from redfield.quadratic.recorder import Recorder
from redfield.quadratic.result import CovarianceModes, CovarianceResult, Currents, SteadyCovariance

ROUNDING = 1e-9
"""The error of a closed form that no tolerance refuses."""


class Quadratic(CovarianceSolver, problem="quadratic"):
    """The solver of a constant quadratic Hamiltonian."""

    def prepare(self) -> None:
        super().prepare()
        if not remembering(self.equation):
            self.generator  # noqa: B018  (errors come early)

    @functools.cached_property
    def generator(self) -> Generator:
        if remembering(self.equation):
            raise TypeError(REMEMBERS)
        return generator_of(self.equation, self.system, self._spectra)

    def _spectra(self, w: RealArray) -> Tables:
        system, shift = self.system, self.equation.lamb_shift
        tables: Tables = (
            system.tables(shift) if w is system.energies else system.contacts.tables(w, shift)
        )
        return tables

    @property
    def cheapest(self) -> Any:
        raise TypeError(
            f"{type(self.equation).__name__} of a QuadraticSystem is affine in G: ask equation.generator.flow for M "
            "and Q"
        )

    def at(self, t: float, tlist: Any = None) -> Any:
        return self.equation

    def _state(self, rho: Any) -> ComplexArray:
        return as_square("rho", rho, self.system.dimension).astype(np.complex128)

    def apply(self, rho: Any, t: float | None, threads: int | None) -> ComplexArray:
        refuse("quadratic problem", t=(t, None), threads=(threads, None))
        return self.generator.apply(self._state(rho))

    def dissipator(self, rho: Any, threads: int | None) -> ComplexArray:
        refuse("quadratic problem", threads=(threads, None))
        return self.generator.dissipate(self._state(rho))

    def evolve(self, rho0: Any, tlist: Any, e_ops: Any, options: Options) -> CovarianceResult:
        if remembering(self.equation):
            return evolve_driven(self, remembered, rho0, tlist, e_ops, options)
        options.refuse("quadratic", "threads", "max_step", "breakpoints", "dtype")
        times, flow = as_times("tlist", tlist), self.generator.flow
        g0 = self.as_covariance("rho0", rho0)
        modal = {"auto": None, "modes": True, "steps": False}[
            as_choice("method", options.method, ("auto", "modes", "steps"))
        ]
        tol = max(sum(as_tolerances(options.rtol, options.atol)), ROUNDING)
        flow.require_digits(float(times[-1] - times[0]), tol)
        recorder = Recorder(self.equation, e_ops, options)
        return recorder.collect(times, flow.solve(g0, times, modal), "closed form")

    def steady_state(self, rho0: Any, options: SteadyOptions) -> SteadyCovariance:
        as_choice("method", options.method, ("auto",))
        options.refuse("quadratic", "threads", "progress")
        flow, unique, tol = self.generator.flow, True, as_positive("tol", options.tol)
        if rho0 is None:
            g, error = flow.steady(tol)
        else:
            g, error, unique = flow.late(self.as_covariance("rho0", rho0), tol)
        scale = max(float(np.abs(flow.q).max()), 1e-300)
        residual = float(np.linalg.norm(flow.apply(g))) / scale
        return SteadyCovariance.of(g, residual, error, unique)

    def spectrum(self, k: int | None, method: str, tol: float, threads: int | None) -> CovarianceModes:
        """Return the slowest k modes, default all."""
        as_choice("method", method, ("auto", "direct"))
        refuse("quadratic problem", tol=(tol, 1e-9), threads=(threads, None))
        flow = self.generator.flow
        values, vectors, _ = flow.eigen
        order = np.argsort(values.real, kind="stable")[:k]
        modes = vectors if flow.basis is None else flow.basis @ vectors
        return CovarianceModes(values[order], modes[:, order], 2.0 * float(values.real.min()))

    def currents(self, covariance: Any, t: float | None, tlist: Any) -> Currents:
        refuse("quadratic problem", t=(t, None), tlist=(tlist, None))
        g = as_square("covariance", covariance, self.system.dimension)
        return self.generator.currents(g.astype(np.complex128))

    def site_flows(self, covariance: Any, operator: Any) -> RealArray:
        """(N,) tr(O Ġ_j) of each site's bath and a Hermitian one-body operator O."""
        n = self.system.dimension
        g, o = as_square("covariance", covariance, n), as_square("operator", operator, n)
        return self.generator.site_flows(g.astype(np.complex128), o.astype(np.complex128))

    def flows(self, states: Any, what: str) -> RealArray:
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        states = as_states("states", states, self.system.dimension)
        return np.array([getattr(self.currents(g, None, None), kind) for g in states])

    def fastest_decay(self) -> float:
        return 2.0 * float(np.abs(self.generator.flow.eigen[0].real).max())

    def decoherence_rate(self) -> float:
        """Return the largest decay rate of a mode of h."""
        loss, gain, _, _ = self.generator.parts()
        return float(np.diagonal(loss - self.system.contacts.zeta * gain).real.max())
