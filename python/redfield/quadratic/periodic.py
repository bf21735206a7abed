r"""Equations of a QuadraticSystem with a period, in its Floquet modes.

Davies' equation keeps the terms between modes of one quasi-energy modulo Ω and is solved in closed form in the frame
G = Φe^{−iεt} G̃ e^{iεt}Φ†,

.. math:: \dot{\tilde G} = -(m\tilde G + \tilde G m^\dagger) + q, \qquad
          m_{kk} = \sum_{jn} J_j^2 |(\Phi_n)_{jk}|^2 [\tfrac12 D_j + i\Delta_j](\varepsilon_k - n\Omega)

and q the same with γ_22. Redfield's equation has all terms, with Γ̂(t) = Σ_n e^{inΩt} Φ_n Γ(ε − nΩ) Φ†(t), and is
integrated; its periodic state solves G = EGE† + F, E and F of one period (a discrete Lyapunov equation).
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_choice, as_positive, as_times, as_tolerances
from redfield.equations.solver import Options, SteadyOptions, refuse
from redfield.quadratic.constant import ROUNDING
from redfield.quadratic.covariance import Covariance
from redfield.quadratic.driven import DrivenQuadratic, Moving, Preparation, affine, longest_step
from redfield.quadratic.floquet import FloquetBasis
from redfield.quadratic.flow import LinearFlow
from redfield.quadratic.generator import Generator, Rates
from redfield.quadratic.kinds import GivenFlow
from redfield.quadratic.magnus import Affine, Count, integrate
from redfield.quadratic.recorder import Recorder
from redfield.quadratic.result import CovarianceResult, PeriodicCovariance
from redfield.quadratic.secular import Secular
from redfield.quadratic.step import hermitian
from redfield.quadratic.system import QuadraticSystem
from redfield.systems.drives.window import Window

STILL = 1e-13
"""A mode that decays slower than this part of the fastest does not decay."""
FORGETS = 1e-12
"""The least part of G that a period must forget for a periodic state to be unique."""


class PeriodicQuadratic(DrivenQuadratic, problem="periodic quadratic"):
    """The solver of Redfield's equation of a periodic quadratic Hamiltonian."""

    def prepare(self) -> None:
        super().prepare()
        if getattr(self.equation, "history", "instantaneous") != "instantaneous":
            raise ValueError(
                f"history = {self.equation.history!r} of a QuadraticSystem with a period: its start is long ago; for a "
                "start at tlist[0] leave the period out"
            )
        self.floquet  # noqa: B018  (errors come early)

    @functools.cached_property
    def floquet(self) -> FloquetBasis:
        """The Floquet modes, equal quasi-energies as the equation takes them."""
        tol = getattr(self.equation, "degeneracy_tol", None)
        basis: FloquetBasis = self.system.floquet if tol is None else self.system.floquet_basis(tol)
        return basis

    @functools.cached_property
    def _rows(self) -> ComplexArray:
        """Damped and gained rows of every harmonic, (2, 2 harmonics + 1, N, N)."""
        harmonics = self.floquet.by_harmonic(self.system.contacts, self.equation.lamb_shift)
        return np.array([(h.damped, h.gained) for h in harmonics]).swapaxes(0, 1)

    def _rows_at(self, t: float, rows: ComplexArray) -> list[ComplexArray]:
        """Rows of every harmonic summed at t, columns in the basis h is given in."""
        since = t % self.floquet.period
        back = self.floquet.aligned(since).conj().T
        return [np.tensordot(self.floquet.turns(since), x, 1) @ back for x in rows]

    def _generator(self, t: float) -> Generator:
        damped, gained = self._rows_at(t, self._rows)
        return Generator(self.system.contacts, self.system.h(t), (damped, gained))

    @property
    def _prepare(self) -> Preparation:
        def prepared(equation: Any, system: QuadraticSystem, window: Window) -> Moving:
            return self._generator

        return prepared

    def at(self, t: float, tlist: Any = None) -> Any:
        now = self._generator(t)
        return GivenFlow(self.system.held(t), now.damped, now.gained)

    def evolve(self, rho0: Any, tlist: Any, e_ops: Any, options: Options) -> CovarianceResult:
        options.refuse("periodic quadratic", "breakpoints")
        times, period = as_times("tlist", tlist), self.floquet.period
        turns = np.arange(np.floor(times[0] / period), np.ceil(times[-1] / period) + 1.0)
        near = (np.array(self.system.breakpoints) + period * turns[:, None]).ravel()
        return super().evolve(rho0, times, e_ops, replace(options, breakpoints=near))

    def steady_state(self, rho0: Any, options: SteadyOptions) -> PeriodicCovariance:
        as_choice("method", options.method, ("auto",))
        options.refuse("periodic quadratic", "threads", "progress")
        refuse("periodic quadratic problem", rho0=(rho0, None))
        system, period, n = self.system, self.floquet.period, self.system.dimension
        tol = as_positive("tol", options.tol)
        longest, jumps = longest_step(system, Window(0.0, period, np.inf, system.breakpoints), tol)
        zero, one = np.zeros((n, n), dtype=np.complex128), np.eye(n, dtype=np.complex128)

        def doubled(t: float) -> Affine:
            # Beside the system a copy that nothing changes: G_12 becomes E G_12, and G_11 is F from 0.
            now = affine(self._generator(t))
            return Affine(scipy.linalg.block_diag(now.m, zero), scipy.linalg.block_diag(now.q, zero))

        def doubled_h(t: float) -> ComplexArray:
            h: ComplexArray = scipy.linalg.block_diag(system.h(t), zero)
            return h

        start, whole = np.block([[zero, one], [one, zero]]), np.array([0.0, period])
        (_, end) = integrate(doubled, start, whole, tol, longest, Count(), doubled_h, jumps)
        e, f = end[:n, n:], end[:n, :n]
        forgets = 1.0 - float(np.abs(np.linalg.eigvals(e)).max())
        if forgets <= FORGETS:
            raise _core.ConvergenceError(
                "steady_state: a mode does not decay over a period, so the periodic state depends on the initial "
                "one; evolve the rho0 you have over many periods"
            )
        g = hermitian(scipy.linalg.solve_discrete_lyapunov(e, f))
        times = self.floquet.grid()
        states = list(
            integrate(
                lambda t: affine(self._generator(t)), g, np.append(times, period), tol, longest, Count(),
                system.h, jumps,
            )
        )  # fmt: skip
        residual = float(np.linalg.norm(states.pop() - g))
        return self._periodic(times, np.array(states), residual, (residual + tol) / forgets)

    def _periodic(
        self, times: RealArray, states: ComplexArray, residual: float, error: float
    ) -> PeriodicCovariance:
        """Return the record of a periodic state, with what each bath gives in a period, in its frequencies."""
        contacts, period = self.system.contacts, self.floquet.period
        particle, energy = np.zeros((2, len(contacts.coupling)))
        work, frequencies = 0.0, self.floquet.frequencies[:, None, :]
        rows = np.concatenate([self._rows, frequencies * self._rows])
        for t, g in zip(times, states, strict=True):
            damped, gained, weighted_damped, weighted_gained = self._rows_at(float(t), rows)
            part = gained - damped @ g
            particle += 2.0 * np.diagonal(part).real
            energy += 2.0 * np.diagonal(weighted_gained - weighted_damped @ g).real
            work -= 2.0 * float(np.einsum("jk,kj->", part, self.system.h(float(t))).real)
        mean = period / len(times)
        particle, energy = contacts.per_bath(mean * particle), contacts.per_bath(mean * energy)
        phi = np.array([self.floquet.aligned(float(t)) for t in times])
        inner = phi.conj().transpose(0, 2, 1) @ states @ phi
        series: ComplexArray = np.fft.fft(inner, axis=0) / len(times)
        return PeriodicCovariance.of(
            states[0], residual, error, times=times, populations=np.einsum("kk->k", inner[0]).real.copy(),
            particle=particle, energy=energy, heat=energy - contacts.potentials * particle, work=mean * work,
            series=series, equation=self.equation,
        )  # fmt: skip


class PeriodicQuadraticDavies(PeriodicQuadratic, problem="periodic quadratic", kind="Davies"):
    """The solver of Davies' equation in the Floquet modes."""

    def prepare(self) -> None:
        super().prepare()
        self.generator  # noqa: B018

    @functools.cached_property
    def generator(self) -> FloquetGenerator:
        return FloquetGenerator(self.floquet, self.system, self.equation.lamb_shift)

    @functools.cached_property
    def _secular(self) -> Secular:
        harmonics = self.floquet.by_harmonic(self.system.contacts, self.equation.lamb_shift)
        return Secular(self.floquet, harmonics, self.generator.rates, self.generator.bound)

    def at(self, t: float, tlist: Any = None) -> Any:
        raise TypeError(
            "Davies of a QuadraticSystem with a period is no constant equation at any t; Redfield is"
        )

    def apply(self, rho: Any, t: float | None, threads: int | None) -> ComplexArray:
        self._refused("apply")

    def evolve(self, rho0: Any, tlist: Any, e_ops: Any, options: Options) -> CovarianceResult:
        options.refuse("periodic quadratic", "threads", "max_step", "breakpoints", "dtype")
        as_choice("method", options.method, ("auto",))
        times, g0 = as_times("tlist", tlist), self.as_covariance("rho0", rho0)
        start, flow = self.floquet.frame(float(times[0])), self.generator.flow
        inner = start.conj().T @ g0 @ start
        self._secular.warn(inner.diagonal().real, 3)
        tol = max(sum(as_tolerances(options.rtol, options.atol)), ROUNDING)
        flow.require_digits(float(times[-1] - times[0]), tol)
        states = (
            Covariance(state.matrix(), self.floquet.frame(float(t)))
            for t, state in zip(times, flow.solve(inner, times), strict=True)
        )
        return Recorder(self.equation, e_ops, options).collect(times, states, "closed form")

    def steady_state(self, rho0: Any, options: SteadyOptions) -> PeriodicCovariance:
        as_choice("method", options.method, ("auto",))
        options.refuse("periodic quadratic", "threads", "progress")
        generator, floquet, unique = self.generator, self.floquet, True
        tol = as_positive("tol", options.tol)
        flow, frame = generator.flow, floquet.frame(0.0)
        if rho0 is not None:
            start = frame.conj().T @ self.as_covariance("rho0", rho0) @ frame
            g, error, unique = flow.late(start, tol)
            # Coherences of modes that do not decay turn by their quasi-energies.
            g = np.where(generator.same, g, 0.0)
        else:
            generator.require_decay()
            g, error = flow.steady(tol)
        populations: RealArray = g.diagonal().real.copy()
        self._secular.warn(populations, 3)
        particle, energy = (floquet.period * x for x in generator.exchanged(populations))
        residual = float(np.linalg.norm(flow.apply(g))) * floquet.period
        heat = energy - self.system.contacts.potentials * particle
        return PeriodicCovariance.of(
            hermitian(frame @ g @ frame.conj().T), residual, error, unique, times=floquet.grid(),
            populations=populations, particle=particle, energy=energy, heat=heat, work=-float(energy.sum()),
            series=g[None], equation=self.equation,
        )  # fmt: skip


class FloquetGenerator(Rates):
    """m and q of Davies' equation in the frame of the Floquet modes.

    Attributes
    ----------
    same : (N, N) pairs of modes of equal quasi-energies.
    bound : no element that m and q would have with all terms is larger, by Cauchy and Schwarz, the columns of Σ_n Φ_n
        being of norm 1.
    """

    def __init__(self, basis: FloquetBasis, system: QuadraticSystem, lamb_shift: bool) -> None:
        contacts, e, n = system.contacts, basis.energies, system.dimension
        self.same = np.abs(e - e[:, None]) <= basis.degeneracy
        m, q = np.zeros((2, n, n), dtype=np.complex128)
        squares = np.zeros((2, n))
        self._counts = np.zeros((2, 2, len(contacts.baths), n))
        for phi, w, damped, gained in basis.by_harmonic(contacts, lamb_shift):
            squares += [(np.abs(damped) ** 2).sum(axis=0), 4.0 * (np.abs(gained) ** 2).sum(axis=0)]
            d, g = (phi.conj() * x for x in (damped, gained))
            if self.same.sum() == n:  # only the diagonal of Φ†(…)
                m[np.diag_indices(n)] += d.sum(axis=0)
                q[np.diag_indices(n)] += 2.0 * g.sum(axis=0).real
            else:
                m += np.where(self.same, phi.conj().T @ damped, 0.0)
                x = np.where(self.same, phi.conj().T @ gained, 0.0)
                q += x + x.conj().T
            for i, of_sites in enumerate((g.real, d.real)):
                of_bath = np.zeros((len(contacts.baths), n))
                np.add.at(of_bath, contacts.bath_of_site, of_sites)
                self._counts[i] += of_bath, w * of_bath
        self.bound = float(np.sqrt(squares.max()))
        self.flow = LinearFlow(m, q)

    def exchanged(self, occupations: RealArray) -> tuple[RealArray, RealArray]:
        """(B,) particles and energy that each bath gives per time, without coherences of equal quasi-energies, whose
        mean is the same."""
        gained, damped = self._counts
        particle, energy = 2.0 * (gained - damped * occupations).sum(axis=2)
        return particle, energy

    def require_decay(self) -> None:
        """ConvergenceError where a mode does not decay."""
        if self.rates.min() <= STILL * max(float(self.rates.max()), 1e-300):
            raise _core.ConvergenceError(
                f"a Floquet mode does not decay (its rate is {self.rates.min():.2g}): its occupation stays; "
                "give steady_state the initial covariance as rho0"
            )
