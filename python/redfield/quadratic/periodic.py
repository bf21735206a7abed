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
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Numbers, State
from redfield.quadratic.base import StationarySolver
from redfield.quadratic.constant import ROUNDING
from redfield.quadratic.covariance import Covariance, hermitian
from redfield.quadratic.driven import DrivenQuadratic, Moving
from redfield.quadratic.floquet import FloquetBasis
from redfield.quadratic.flow import LinearFlow
from redfield.quadratic.generator import Generator, Rates
from redfield.quadratic.kinds import CovarianceEquation, GivenFlow
from redfield.quadratic.memory import Memory
from redfield.quadratic.recorder import Recorder
from redfield.quadratic.result import CovarianceResult, PeriodicCovariance
from redfield.quadratic.secular import Secular
from redfield.quadratic.system import QuadraticSystem
from redfield.results.periodic import Exchange
from redfield.systems.drives.window import Window

FORGETS = 1e-12
"""The min part of G that a period must forget for a periodic state to be unique."""


class PeriodicQuadratic(StationarySolver, DrivenQuadratic, problem="periodic quadratic"):
    """The solver of Redfield's equation of a periodic quadratic Hamiltonian."""

    has_several: ClassVar[bool] = False

    meaningless: ClassVar[tuple[str, ...]] = ("threads", "dtype", "breakpoints")

    def prepare(self) -> None:
        super().prepare()
        if self._has_memory:
            raise ValueError(
                f"history = {self.equation.history!r} of a QuadraticSystem with a period: its start is long ago; for a "
                "start at tlist[0] leave the period out"
            )
        self.floquet  # noqa: B018  (errors come early)

    @functools.cached_property
    def floquet(self) -> FloquetBasis:
        """The Floquet modes, equal quasi-energies as the equation takes them."""
        tol = getattr(self.equation, "degeneracy_tol", None)
        return self.system.floquet if tol is None else self.system.floquet_basis(tol)

    @functools.cached_property
    def _rows(self) -> ComplexArray:
        """Damped and gained rows of every harmonic, (2, 2 harmonics + 1, N, N)."""
        harmonics = self.floquet.by_harmonic(self.system.contacts, self.equation.lamb_shift)
        return np.array([(h.damped, h.gained) for h in harmonics]).swapaxes(0, 1)

    def _rows_at(self, t: float, rows: ComplexArray) -> list[ComplexArray]:
        """Rows of every harmonic summed at t, columns in the basis h is given in."""
        since = t % self.floquet.period
        back = self.floquet.aligned_modes(since).conj().T
        return [np.tensordot(self.floquet.turns(since), x, 1) @ back for x in rows]

    def _generator(self, t: float) -> Generator:
        damped, gained = self._rows_at(t, self._rows)
        return Generator(self.system.contacts, self.system.h(t), (damped, gained))

    def _generators(self, memory: Memory | None) -> Moving:
        return self._generator

    def at(self, t: float, tlist: Numbers | None = None) -> CovarianceEquation:
        now = self._generator(t)
        return GivenFlow(self.system.held(t), now.damped, now.gained)

    def _breakpoints(self, times: RealArray, recorder: Recorder) -> npt.ArrayLike:
        period = self.floquet.period
        turns = np.arange(np.floor(times[0] / period), np.ceil(times[-1] / period) + 1.0)
        return (np.array(self.system.breakpoints) + period * turns[:, None]).ravel()

    def _steady(self, g0: ComplexArray | None, tol: float) -> PeriodicCovariance:
        system, period, n = self.system, self.floquet.period, self.system.dimension
        magnus = self._magnus(Window(0.0, period, np.inf, system.breakpoints), tol)

        def doubled(x: ComplexArray) -> ComplexArray:
            # Beside the system a copy that nothing changes: G_12 becomes E G_12, and G_11 is F from 0.
            return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, n)] * 2)

        pair = replace(
            magnus, flow=lambda t: doubled(magnus.flow(t)), hamiltonian=lambda t: doubled(system.h(t))
        )
        start = np.roll(np.eye(2 * n, dtype=np.complex128), n, axis=0)
        _, end = pair.states(start, np.array([0.0, period]))
        e, f = end[:n, n:], end[:n, :n]
        forgets = 1.0 - float(np.abs(np.linalg.eigvals(e)).max())
        if forgets <= FORGETS:
            raise _core.ConvergenceError(
                "steady_state: a mode does not decay over a period, so the periodic state depends on the initial "
                "one; evolve the rho0 you have over many periods"
            )
        g, times = hermitian(scipy.linalg.solve_discrete_lyapunov(e, f)), self.floquet.grid()
        *states, last = magnus.states(g, np.append(times, period))
        residual = float(np.linalg.norm(last - g))
        return self._periodic(times, np.array(states), residual, (residual + tol) / forgets)

    def _periodic(
        self, times: RealArray, states: ComplexArray, residual: float, error: float
    ) -> PeriodicCovariance:
        """Return the record of a periodic state, with what each bath gives in a period, in its frequencies."""
        period = self.floquet.period
        particle, energy = np.zeros((2, self.system.dimension))
        work, frequencies = 0.0, self.floquet.frequencies[:, None, :]
        rows = np.concatenate([self._rows, frequencies * self._rows])
        for t, g in zip(times, states, strict=True):
            damped, gained, weighted_damped, weighted_gained = self._rows_at(float(t), rows)
            part = gained - damped @ g
            particle += 2.0 * np.diagonal(part).real
            energy += 2.0 * np.diagonal(weighted_gained - weighted_damped @ g).real
            work -= 2.0 * float(np.einsum("jk,kj->", part, self.system.h(float(t))).real)
        mean = period / len(times)
        particle, energy = mean * particle, mean * energy
        phi = np.array([self.floquet.aligned_modes(float(t)) for t in times])
        inner = phi.conj().transpose(0, 2, 1) @ states @ phi
        return self._state(inner, particle, energy, mean * work, residual, error, True)

    def _state(
        self,
        inner: ComplexArray,
        particle: RealArray,
        energy: RealArray,
        work: float,
        residual: float,
        error: float,
        unique: bool,
    ) -> PeriodicCovariance:
        """Return the record of G between the Floquet modes, (M, N, N); `particle` and `energy` come from each site."""
        contacts, times = self.system.contacts, self.floquet.grid()
        particle, energy = contacts.per_bath(particle), contacts.per_bath(energy)
        exchange = Exchange(particle, energy, energy - contacts.potentials * particle, work)
        return PeriodicCovariance._of(
            self.floquet, times, inner, exchange, residual, error, unique, self.equation
        )


class PeriodicQuadraticDavies(PeriodicQuadratic, problem="periodic quadratic", kind="Davies"):
    """The solver of Davies' equation in the Floquet modes."""

    has_several: ClassVar[bool] = True

    methods: ClassVar[tuple[str, ...]] = ("auto",)
    meaningless: ClassVar[tuple[str, ...]] = StationarySolver.meaningless

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

    def at(self, t: float, tlist: Numbers | None = None) -> CovarianceEquation:
        raise TypeError(
            "Davies of a QuadraticSystem with a period is no constant equation at any t; Redfield is"
        )

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        self._refused("apply")

    def _in_frame(self, g0: ComplexArray, t: float) -> ComplexArray:
        frame = self.floquet.frame(t)
        return frame.conj().T @ g0 @ frame

    def _evolved(
        self, g0: ComplexArray, times: RealArray, tol: float, recorder: Recorder
    ) -> CovarianceResult:
        inner, flow = self._in_frame(g0, float(times[0])), self.generator.flow
        self._secular.warn(inner.diagonal().real, 4)
        flow.require_digits(float(times[-1] - times[0]), max(tol, ROUNDING))
        states = (
            Covariance(state.matrix(), self.floquet.frame(float(t)))
            for t, state in zip(times, flow.solve(inner, times), strict=True)
        )
        return recorder.collect(times, states, "closed form")

    def _steady(self, g0: ComplexArray | None, tol: float) -> PeriodicCovariance:
        generator, floquet = self.generator, self.floquet
        flow = generator.flow
        start = None if g0 is None else self._in_frame(g0, 0.0)
        g, error, unique = flow.steady(start, tol)
        # Coherences of modes that do not decay turn by their quasi-energies.
        g = np.where(generator.same, g, 0.0)
        populations: RealArray = g.diagonal().real.copy()
        self._secular.warn(populations, 4)
        particle, energy = (floquet.period * x for x in generator.exchanged(populations))
        residual = float(np.linalg.norm(flow.apply(g))) * floquet.period
        inner = np.repeat(g[None], len(floquet.grid()), axis=0)
        return self._state(inner, particle, energy, -float(energy.sum()), residual, error, unique)


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
        self._counts = np.zeros((2, 2, n, n))
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
                self._counts[i] += of_sites, w * of_sites
        self.bound = float(np.sqrt(squares.max()))
        self.flow = LinearFlow(m, q)

    def exchanged(self, occupations: RealArray) -> tuple[RealArray, RealArray]:
        """(N,) particles and energy that the bath of each site gives per time.

        Coherences of equal quasi-energies are left out; the mean with them is the same.
        """
        gained, damped = self._counts
        particle, energy = 2.0 * (gained - damped * occupations).sum(axis=2)
        return particle, energy
