"""Equations of a periodically driven Hamiltonian, in its Floquet modes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_max_bytes,
    as_moment,
    as_positive,
    as_square,
    as_times,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.progress import Progress, progress_callback
from redfield.equations.solver import Options, Solver
from redfield.results.evolution import Result
from redfield.results.periodic import NOT_COUNTED, Exchange, PeriodicState
from redfield.results.steady import MultipleSteadyStates
from redfield.solve import fixed_point, period_change
from redfield.solve.evolve import Problem
from redfield.solve.secular import Secular
from redfield.systems.periodic import PeriodicSystem

DEGENERACY = 1e-9
"""The accuracy of quasi-energies, as a part of Ω."""


class Periodic(Solver, problem="periodic"):
    """Base of the solvers of a PeriodicSystem."""

    system: PeriodicSystem

    methods: tuple[str, ...] = ("auto",)

    def prepare(self) -> None:
        if self.equation.remembers:
            raise ValueError(
                "history='memory' of a PeriodicSystem: its start is long ago, and its bath is remembered in full; for "
                "a start at tlist[0] make a DrivenSystem"
            )
        self.core  # noqa: B018

    @property
    def core(self) -> Any:
        """The equation in the compiled core."""
        self._refused("generator")

    @property
    def generator(self) -> Any:
        return self.core

    @property
    def degeneracy(self) -> float:
        """The difference up to which frequencies are one, an energy."""
        asked: float | None = getattr(self.equation, "degeneracy_tol", None)
        return self._usual_degeneracy() if asked is None else asked

    def _usual_degeneracy(self) -> float:
        system = self.system
        return max(DEGENERACY * system.frequency, _core.degeneracy_tol(system.energies))

    def _evolved(self, rest: tuple[Any, ...], longest: float) -> Any:
        self._refused("evolve")

    def at(self, t: float, tlist: Numbers | None = None) -> Any:
        raise TypeError(
            f"{type(self.equation).__name__} of a PeriodicSystem is no constant equation at any t; ask apply(rho, t), "
            "or an equation of equation.system.driven"
        )

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        if t is None:
            raise TypeError("t is missing: 𝓛(t) of a periodic system depends on it")
        x = as_square("rho", rho, self.system.dimension).astype(np.complex128)
        t = as_moment("t", t)
        h = self.system.hamiltonian.at(t)
        change: ComplexArray = self._dissipate(x, t) - 1j * (h @ x - x @ h)
        return change

    def _dissipate(self, x: ComplexArray, t: float) -> ComplexArray:
        """Return the action of the baths on ρ at t, in the basis H is given in."""
        self._refused("apply")

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Result:
        options.refuse("periodic", "breakpoints", "dtype")
        times, n = as_times("tlist", tlist), self.system.dimension
        settings = options.settings(self.methods)
        longest = np.inf if options.max_step is None else as_positive("max_step", options.max_step)
        start = as_density_matrix("rho0", rho0, n)
        problem = Problem(times, e_ops, n, options.store_states)
        with progress_callback(options.progress, "evolving") as callback:
            rest = (start, times, settings, problem.matrices, problem.store, options.stop, callback)
            raw = self._evolved(rest, longest)
        return problem.result(raw, self.equation)

    def _state(
        self,
        times: RealArray,
        in_modes: ComplexArray,
        exchange: Exchange,
        residual: float,
        error: float,
        unique: bool,
    ) -> PeriodicState:
        """Return the periodic state of ρ between the Floquet modes, (M, N, N)."""
        return PeriodicState._of(
            self.system, times, in_modes, exchange, residual, error, unique, self.equation
        )


class PeriodicDavies(Periodic, problem="periodic", kind="Davies"):
    """Davies' equation in the Floquet modes: solved exactly at any time."""

    methods = ("auto", "exact")

    @functools.cached_property
    def core(self) -> _core.FloquetDavies:
        system, shift = self.system, self.equation.lamb_shift
        return _core.FloquetDavies(
            system.core[0],
            system.contacts(shift),
            shift,
            self.degeneracy,
            as_max_bytes(self.equation.max_bytes),
        )

    @functools.cached_property
    def _secular(self) -> Secular:
        decay = np.abs(self.core.coherence_rates.real)
        return Secular(self.system, self.equation.lamb_shift, self.degeneracy, decay)

    def warn_if_not_secular(
        self, moments: Sequence[tuple[float, ComplexArray]], what: str, stacklevel: int
    ) -> None:
        """A SecularWarning where the equation does not hold of states ρ at times t, [(t, ρ)]."""
        populations = []
        for t, rho in moments:
            frame = self.system.core[0].frame(t)
            populations.append(np.einsum("ak,ab,bk->k", frame.conj(), rho, frame).real)
        self._secular.warn(populations, what, stacklevel + 1)

    def _evolved(self, rest: tuple[Any, ...], longest: float) -> Any:
        raw = self.core.evolve(*rest)
        rho0, times = rest[:2]
        moments = [(float(times[0]), rho0), (float(times[-1]), raw[1])]
        self.warn_if_not_secular(moments, "Davies of a PeriodicSystem", 4)
        return raw

    def _dissipate(self, x: ComplexArray, t: float) -> ComplexArray:
        frame = self.system.core[0].frame(t)
        change: ComplexArray = frame @ self.core.apply(frame.conj().T @ x @ frame) @ frame.conj().T
        return change

    def steady_state(
        self, rho0: State, method: str, tol: float, threads: int | None, progress: Progress
    ) -> PeriodicState:
        as_choice("method", method, ("auto",))
        as_positive("tol", tol)
        found, system = self.core.steady_states(), self.system
        unique = len(found) == 1
        frame = system.core[0].frame(0.0)
        start = None if rho0 is None else as_density_matrix("rho0", rho0, system.dimension)
        if not unique and start is not None:
            found = [fixed_point.late_part(self.core.apply, found, frame.conj().T @ start @ frame)]
        if len(found) > 1:
            raise MultipleSteadyStates(
                f"there are {len(found)} periodic states; .states of this exception has a basis of them at t = 0",
                len(found),
                np.array([frame @ x @ frame.conj().T for x in found]),
            )
        rho: ComplexArray = found[0] / np.trace(found[0])
        self._secular.warn([rho.diagonal().real], "Davies of a PeriodicSystem", 4)
        residual = float(np.linalg.norm(self.core.apply(rho))) * system.period
        e, times = system.energies, system.grid()
        phases = np.exp(-1j * np.multiply.outer(times, e[:, None] - e))
        counts, energies = (
            np.array([np.vdot(x, rho).real for x in each]) * system.period
            for each in (self.core.counts, self.core.energies_released)
        )
        exchange = system.exchange(counts, energies, float(energies.sum()))
        error = residual / max(fixed_point.forgotten_in_a_period(self.core, system.period), 1e-300)
        return self._state(times, phases * rho, exchange, residual, error, unique)


class PeriodicRedfield(Periodic, problem="periodic", kind="Redfield"):
    """Redfield's equation in the Floquet modes, by Dormand and Prince's method."""

    methods = ("auto", "dopri5")

    @functools.cached_property
    def core(self) -> Any:
        shift = self.equation.lamb_shift
        return _core.FloquetRedfield(self.system.core[0], self.system.contacts(shift), shift)

    def _evolved(self, rest: tuple[Any, ...], longest: float) -> Any:
        return self.core.evolve(longest, list(self.system.core[2]), *rest)

    def change_of_a_period(self) -> Callable[[ComplexArray], ComplexArray]:
        """Return the action of the baths over a period to first order, in the interaction picture of H(t)."""
        return period_change.of_redfield(self)

    def _dissipate(self, x: ComplexArray, t: float) -> ComplexArray:
        system = self.system
        change = np.zeros_like(x)
        phi = system.core[0].frame(t) * np.exp(1j * system.energies * t)
        turns = system.turns(np.array([t]))[0]
        for j in range(len(system.driven.couplings)):
            a, b = (
                phi @ np.tensordot(turns, series, 1) @ phi.conj().T
                for series in (system.of_coupling(j), self.core.series(j))
            )
            adjoint = a.conj().T
            part = b @ x @ adjoint - adjoint @ b @ x
            other = a @ x @ b.conj().T - x @ b.conj().T @ a
            change = change + part + other
        return change

    def steady_state(
        self, rho0: State, method: str, tol: float, threads: int | None, progress: Progress
    ) -> PeriodicState:
        """By GMRES on one period, preconditioned with Davies' equation; where a period forgets less than 1e-6 of a
        state, the action of the baths in it is taken to first order."""
        system = self.system
        as_choice("method", method, ("auto",))
        if rho0 is not None:  # changes nothing where there is one state, and several are refused
            as_density_matrix("rho0", rho0, system.dimension)
        shift = self.equation.lamb_shift
        davies = _core.FloquetDavies(
            system.core[0], system.contacts(shift), shift, self._usual_degeneracy(), as_max_bytes(None)
        )
        rho, residual = fixed_point.solve(self, davies, as_positive("tol", tol), threads)
        times = system.grid()
        options = Options(rtol=fixed_point.RTOL, atol=fixed_point.ATOL, threads=threads)
        states = self.evolve(rho, times, None, options).states
        assert states is not None
        phi = np.array([system.aligned_modes(t) for t in times])
        in_modes = phi.conj().transpose(0, 2, 1) @ states @ phi
        error = residual / max(fixed_point.forgotten_in_a_period(davies, system.period), 1e-300)
        return self._state(times, in_modes, self._exchange(times, phi, in_modes), residual, error, True)

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange:
        """Each coupling acts 2Re tr(A†Λρ) times and releases the same with ωΓ for Γ; the drive's work is −∮tr(H𝒟ρ)."""
        system = self.system
        turns, period = system.turns(times), system.period
        e, n = system.energies, np.arange(-system.harmonics, system.harmonics + 1)
        w = e - e[:, None] - system.frequency * n[:, None, None]
        h = phi.conj().transpose(0, 2, 1) @ [system.hamiltonian.at(t) for t in times] @ phi
        counts, energies = np.zeros((2, len(system.baths)))
        work = 0.0
        for j in range(len(system.baths)):
            adjoint = np.tensordot(turns, system.of_coupling(j), 1).conj().transpose(0, 2, 1)
            series = self.core.series(j)
            plain, weighted = (np.tensordot(turns, s, 1) @ in_modes for s in (series, w * series))

            def mean(x: ComplexArray, y: ComplexArray) -> float:
                return 2.0 * period * float(np.einsum("tab,tba->", x, y).real) / len(times)

            counts[j], energies[j] = mean(adjoint, plain), mean(adjoint, weighted)
            work -= mean(adjoint @ h - h @ adjoint, plain)
        return self.system.exchange(counts, energies, work)


class PeriodicLindblad(PeriodicRedfield, problem="periodic", kind="Lindblad"):
    """Lindblad's equation: Redfield's with white noise."""

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange:
        return NOT_COUNTED


class PeriodicPartialSecular(PeriodicRedfield, problem="periodic", kind="PartialSecular"):
    """Redfield's equation in the Floquet modes without the terms that turn faster than the cutoff."""

    @functools.cached_property
    def _keeps_all(self) -> bool:
        """Whether no two transitions are further apart than the cutoff, so that this is Redfield's equation."""
        system = self.system
        width = float(np.ptp(system.energies))
        keeps: bool = self.equation.cutoff >= 2.0 * (width + system.harmonics * system.frequency)
        return keeps

    @functools.cached_property
    def core(self) -> Any:
        shift = self.equation.lamb_shift
        contacts = self.system.contacts(shift)
        if self._keeps_all:
            return _core.FloquetRedfield(self.system.core[0], contacts, shift)
        return _core.FloquetPartialSecular(
            self.system.core[0],
            contacts,
            shift,
            self.equation.cutoff,
            self.degeneracy,
            as_max_bytes(self.equation.max_bytes),
        )

    def _dissipate(self, x: ComplexArray, t: float) -> ComplexArray:
        if self._keeps_all:
            return super()._dissipate(x, t)
        change: ComplexArray = self.core.dissipate(x, t)
        return change

    def change_of_a_period(self) -> Callable[[ComplexArray], ComplexArray]:
        if self._keeps_all:
            return super().change_of_a_period()
        return period_change.of_dissipator(self.system, self.core.dissipate)

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange:
        """Each coupling acts 2Re tr(Kρ) times, K = ΣA†(ω')Γ(ω)A(ω), and releases the same with ωΓ for Γ; the drive's
        work is what the baths get."""
        if self._keeps_all:
            return super()._exchange(times, phi, in_modes)
        system, period = self.system, self.system.period
        e, omega, most = system.energies, system.frequency, system.harmonics
        n, m = np.arange(-most, most + 1), np.arange(-2 * most, 2 * most + 1)
        turns = np.exp(1j * omega * np.multiply.outer(times, m))
        w = e - e[:, None] - omega * n[:, None, None]
        whole = _core.FloquetRedfield(
            system.core[0], system.contacts(self.equation.lamb_shift), self.equation.lamb_shift
        )
        counts, energies = np.zeros((2, len(system.baths)))
        for j in range(len(system.baths)):
            kept = self.core.losses(j)
            weighted = np.where(kept != 0.0, _products(system.of_coupling(j), w * whole.series(j)), 0.0)
            for out, series in ((counts, kept), (energies, weighted)):
                operators = np.tensordot(turns, series, 1)
                out[j] = (
                    2.0 * period * float(np.einsum("tab,tba->", operators, in_modes).real) / len(times)
                )
        return self.system.exchange(counts, energies, float(energies.sum()))


def _products(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    """Σ_n A†_{n−m} B_n for each m from −2 harmonics, (4 harmonics + 1, N, N)."""
    most = len(a) // 2
    out = np.zeros((4 * most + 1, *a.shape[1:]), dtype=np.complex128)
    for m in range(-2 * most, 2 * most + 1):
        first, last = max(0, m), min(len(a), len(a) + m)
        shifted = a[first - m : last - m].conj().transpose(0, 2, 1)
        out[m + 2 * most] = (shifted @ b[first:last]).sum(axis=0)
    return out
