"""Redfield's, Lindblad's and the partial-secular equation of a periodically driven Hamiltonian."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_max_bytes,
    as_positive,
)
from redfield._base.checks.types import State
from redfield.equations.options import Options, SteadyOptions
from redfield.equations.unravelling import Maker, TrajectoryOptions, Unravelling
from redfield.results.periodic import NOT_COUNTED, Exchange, PeriodicState
from redfield.solve import fixed_point, period_change, period_map
from redfield.solve.periodic import Periodic
from redfield.solve.secular import floquet_redfield
from redfield.solve.trajectories import driven as of_driven
from redfield.solve.trajectories.periodic import breakpoints_of_periods
from redfield.systems.periodic import PeriodicSystem


class PeriodicRedfield(Periodic, problem="periodic", kind="Redfield"):
    """Redfield's equation in the Floquet modes, by Dormand and Prince's method."""

    methods = ("auto", "dopri5")

    @functools.cached_property
    def core(self) -> Any:
        return floquet_redfield(self.system, self.equation.lamb_shift)

    def _evolved(self, rest: tuple[Any, ...], longest: float) -> Any:
        return self.core.evolve(longest, list(self.system.core[2]), *rest)

    def _dissipators(self, times: RealArray) -> ComplexArray:
        system, turns = self.system, self.system.turns(times)
        pairs = [
            (np.tensordot(turns, system.of_coupling(j), 1), np.tensordot(turns, self.core.series(j), 1))
            for j in range(len(system.driven.couplings))
        ]
        return period_map.of_couplings(pairs, len(times), system.dimension)

    def change_of_a_period(self) -> Callable[[ComplexArray], ComplexArray]:
        """Return the action of the baths over a period to first order, in the interaction picture of H(t)."""
        return period_change.of_redfield(self.system, self.core)

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

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> PeriodicState:
        """Return the periodic state by GMRES on one period, preconditioned with Davies' equation.

        Where a period forgets less than 1e-6 of a state, the action of the baths in it is taken to first order.
        """
        system = self.system
        as_choice("method", options.method, ("auto",))
        if rho0 is not None:  # changes nothing where there is one state, and several are refused
            as_density_matrix("rho0", rho0, system.dimension)
        davies = self.davies
        threads = options.threads
        rho, residual = fixed_point.solve(self, davies, as_positive("tol", options.tol), threads)
        times = system.grid()
        tight = Options(rtol=fixed_point.RTOL, atol=fixed_point.ATOL, threads=threads)
        states = self.evolve(rho, times, None, tight).states
        assert states is not None
        phi = np.array([system.aligned_modes(t) for t in times])
        in_modes = phi.conj().transpose(0, 2, 1) @ states @ phi
        error = residual / max(fixed_point.forgotten_in_a_period(davies, system.period), 1e-300)
        return self._state(times, in_modes, self._exchange(times, phi, in_modes), residual, error, True)

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange:
        """Return the particles and energy of a period, and the work −∮ Σ_b tr(H 𝒟_b) dt."""
        system, period = self.system, self.system.period
        turns = system.turns(times)
        counts, energies = (period * x.mean(axis=1) for x in self._released(times, in_modes))
        h = phi.conj().transpose(0, 2, 1) @ [system.hamiltonian.at(t) for t in times] @ phi
        work = 0.0
        for j in range(len(system.baths)):
            adjoint = np.tensordot(turns, system.of_coupling(j), 1).conj().transpose(0, 2, 1)
            moved = np.tensordot(turns, self.core.series(j), 1) @ in_modes
            work -= period * float(_traces(adjoint @ h - h @ adjoint, moved).mean())
        return system.exchange(counts, energies, work)

    def _released(self, times: RealArray, in_modes: ComplexArray) -> tuple[RealArray, RealArray]:
        """Return 2Re tr(A†Λρ), how often each coupling acts, and with ωΓ for Γ what it releases."""
        system = self.system
        turns, w = system.turns(times), _frequencies(system)
        counts, energies = np.zeros((2, len(system.baths), len(times)))
        for j in range(len(system.baths)):
            adjoint = np.tensordot(turns, system.of_coupling(j), 1).conj().transpose(0, 2, 1)
            series = self.core.series(j)
            for out, each in ((counts, series), (energies, w * series)):
                out[j] = _traces(adjoint, np.tensordot(turns, each, 1) @ in_modes)
        return counts, energies


def _frequencies(system: PeriodicSystem) -> RealArray:
    """Return ω = ε_l − ε_k − nΩ of |k⟩⟨l| of each harmonic n, (2 harmonics + 1, N, N)."""
    e, n = system.energies, np.arange(-system.harmonics, system.harmonics + 1)
    w: RealArray = e - e[:, None] - system.frequency * n[:, None, None]
    return w


def _traces(x: ComplexArray, y: ComplexArray) -> RealArray:
    """Return 2Re tr(xy) at each time."""
    traces: RealArray = 2.0 * np.einsum("tab,tba->t", x, y).real
    return traces


class PeriodicLindblad(PeriodicRedfield, problem="periodic", kind="Lindblad"):
    """The solver of Lindblad's equation: Redfield's with white noise."""

    def _unravelling(
        self, make: Maker, psi0: State, times: RealArray, options: TrajectoryOptions
    ) -> Unravelling:
        """Return that of H(t) and L(t) in the basis they are given in, where a white noise has them."""
        system = self.system
        told = breakpoints_of_periods(system, float(times[0]), float(times[-1]))
        driven = self.equation.with_system(system.driven)
        return of_driven.unravelling(driven, None, make, times, options, told)

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange:
        return NOT_COUNTED

    def _released(self, times: RealArray, in_modes: ComplexArray) -> tuple[RealArray, RealArray]:
        raise TypeError(
            "the jumps of Lindblad's equation are no bath that counts energy: ask counted='system'"
        )


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
        equation, shift = self.equation, self.equation.lamb_shift
        if self._keeps_all:
            return floquet_redfield(self.system, shift)
        return _core.FloquetPartialSecular(
            self.system.core[0], self.system.contacts(shift), shift, equation.cutoff, self.degeneracy,
            as_max_bytes(equation.max_bytes),
        )  # fmt: skip

    def _dissipate(self, x: ComplexArray, t: float) -> ComplexArray:
        if self._keeps_all:
            return super()._dissipate(x, t)
        change: ComplexArray = self.core.dissipate(x, t)
        return change

    def _dissipators(self, times: RealArray) -> ComplexArray:
        if self._keeps_all:
            return super()._dissipators(times)
        return period_map.by_action(self, times)

    def change_of_a_period(self) -> Callable[[ComplexArray], ComplexArray]:
        if self._keeps_all:
            return super().change_of_a_period()
        return period_change.of_dissipator(self.system, self.core.dissipate)

    def _exchange(self, times: RealArray, phi: ComplexArray, in_modes: ComplexArray) -> Exchange:
        """Return the particles and energy of a period, and the work, which is what the baths get."""
        if self._keeps_all:
            return super()._exchange(times, phi, in_modes)
        counts, energies = (self.system.period * x.mean(axis=1) for x in self._released(times, in_modes))
        return self.system.exchange(counts, energies, float(energies.sum()))

    def _released(self, times: RealArray, in_modes: ComplexArray) -> tuple[RealArray, RealArray]:
        """Return 2Re tr(Kρ), how often each coupling acts, and what it releases, K with ωΓ in place of Γ.

        K = ΣA†(ω')Γ(ω)A(ω).
        """
        if self._keeps_all:
            return super()._released(times, in_modes)
        system, last = self.system, self.system.harmonics
        m = np.arange(-2 * last, 2 * last + 1)
        turns, w = np.exp(1j * system.frequency * np.multiply.outer(times, m)), _frequencies(system)
        whole = floquet_redfield(system, self.equation.lamb_shift)
        counts, energies = np.zeros((2, len(system.baths), len(times)))
        for j in range(len(system.baths)):
            kept = self.core.losses(j)
            weighted = np.where(kept != 0.0, _products(system.of_coupling(j), w * whole.series(j)), 0.0)
            for out, series in ((counts, kept), (energies, weighted)):
                out[j] = _traces(np.tensordot(turns, series, 1), in_modes)
        return counts, energies


def _products(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    """Return Σ_n A†_{n−m} B_n for each m from −2 harmonics, (4 harmonics + 1, N, N)."""
    harmonics = len(a) // 2
    out = np.zeros((4 * harmonics + 1, *a.shape[1:]), dtype=np.complex128)
    for m in range(-2 * harmonics, 2 * harmonics + 1):
        first, last = max(0, m), min(len(a), len(a) + m)
        shifted = a[first - m : last - m].conj().transpose(0, 2, 1)
        out[m + 2 * harmonics] = (shifted @ b[first:last]).sum(axis=0)
    return out
