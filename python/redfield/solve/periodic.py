"""Equations of a periodically driven Hamiltonian in its Floquet modes; Davies' is solved in closed form."""

from __future__ import annotations

import functools
from collections.abc import Sequence
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
    as_states,
    as_times,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.progress import progress_callback
from redfield.equations.options import Options, SteadyOptions
from redfield.results.evolution import Result
from redfield.results.periodic import Exchange, PeriodicState
from redfield.results.steady import MultipleSteadyStates
from redfield.solve import fixed_point
from redfield.solve.evolve import Observables
from redfield.solve.judged import DensityMatrices
from redfield.solve.secular import Secular
from redfield.systems.periodic import PeriodicSystem

DEGENERACY = 1e-9
"""The accuracy of quasi-energies, as a part of Ω."""


class Periodic(DensityMatrices, problem="periodic"):
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

    def of_reservoir(self, reservoir: int) -> Any:
        return self.equation.with_system(self.system.of_reservoir(reservoir))

    def flows(self, states: State, what: str, times: RealArray | None = None) -> RealArray:
        """Return tr[M(t) 𝒟_b(t) ρ(t)], M of the system."""
        if times is None:
            raise ValueError("t is missing: the currents of a periodic system depend on it")
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        each = as_states("states", states, self.system.dimension)
        driven = self.system.driven
        flows = np.empty((len(times), len(driven.reservoirs)))
        for b in range(flows.shape[1]):
            part, measured = self.equation.of_reservoir(b).solver, driven.flowing(b, kind, times)
            for i, t in enumerate(times.tolist()):
                flows[i, b] = np.sum(measured[i].T * part._dissipate(each[i], t)).real
        return flows

    def exchanged(self, states: State, what: str, times: RealArray) -> RealArray:
        """Return what each reservoir gives, counted in the frequencies ε_l − ε_k − nΩ, (T, B)."""
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        each = as_states("states", states, self.system.dimension)
        phi = self.system.aligned_modes_at(times)
        counts, released = self._released(times, phi.conj().transpose(0, 2, 1) @ each @ phi)
        system = self.system
        flows = np.zeros((len(times), len(system.reservoirs)))
        for j, (bath, b) in enumerate(zip(system.baths, system.reservoir_of_coupling, strict=True)):
            weight = {"energy": 0.0, "particle": 1.0, "heat": -bath.mu}[kind] * bath.exchange
            flows[:, b] -= weight * counts[j] + (0.0 if kind == "particle" else released[j])
        return flows

    def _released(self, times: RealArray, in_modes: ComplexArray) -> tuple[RealArray, RealArray]:
        """Return how often each coupling acts and the energy it releases, per time, of ρ between the modes, (J, T)."""
        self._refused("exchanged")

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Result:
        options.refuse("periodic", "breakpoints", "dtype", "error")
        times, n = as_times("tlist", tlist), self.system.dimension
        settings = options.settings(self.methods)
        longest = np.inf if options.max_step is None else as_positive("max_step", options.max_step)
        start = as_density_matrix("rho0", rho0, n)
        observables = Observables(e_ops, n, options.store_states)
        matrices, store = observables.matrices, observables.store
        with progress_callback(options.progress, "evolving") as callback:
            rest = (start, times, settings, matrices, store, options.stop, callback)
            raw = self._evolved(rest, longest)
        return observables.result(times, raw, self.equation, start=start)

    def dissipate(self, x: ComplexArray, t: float) -> ComplexArray:
        """Return the action of the baths on X at t, in the basis H is given in."""
        return self._dissipate(x, t)

    def moved(
        self, x: ComplexArray, times: RealArray, operator: ComplexArray, options: Options
    ) -> ComplexArray:
        options.refuse("periodic", "breakpoints", "dtype", "error", "store_states")
        longest = np.inf if options.max_step is None else as_positive("max_step", options.max_step)
        rest = (x, times, options.settings(self.methods), [operator], False, options.stop, None)
        curve: ComplexArray = self._evolved(rest, longest)[2][0]
        return curve

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
        """Warn where the equation does not hold of states ρ at times t, [(t, ρ)]."""
        populations = []
        for t, rho in moments:
            frame = self.system.core[0].frame(t)
            populations.append((frame.conj() * (rho @ frame)).sum(axis=0).real)
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

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> PeriodicState:
        as_choice("method", options.method, ("auto",))
        as_positive("tol", options.tol)
        options.refuse("periodic", "error")
        states, system = self.core.steady_states(), self.system
        unique = len(states) == 1
        frame = system.core[0].frame(0.0)
        start = None if rho0 is None else as_density_matrix("rho0", rho0, system.dimension)
        if not unique and start is not None:
            states = [fixed_point.late_part(self.core.apply, states, frame.conj().T @ start @ frame)]
        if len(states) > 1:
            raise MultipleSteadyStates(
                f"there are {len(states)} periodic states; .states of this exception has a basis of them at t = 0",
                len(states),
                np.array([frame @ x @ frame.conj().T for x in states]),
            )
        rho: ComplexArray = states[0] / np.trace(states[0])
        self._secular.warn([rho.diagonal().real], "Davies of a PeriodicSystem", 4)
        residual = float(np.linalg.norm(self.core.apply(rho))) * system.period
        times = system.grid()
        in_modes = self._phases(times) * rho
        counts, energies = (x[:, 0] * system.period for x in self._released(times[:1], in_modes[:1]))
        exchange = system.exchange(counts, energies, float(energies.sum()))
        error = residual / max(fixed_point.forgotten_in_a_period(self.core, system.period), 1e-300)
        return self._state(times, in_modes, exchange, residual, error, unique)

    def _phases(self, times: RealArray) -> ComplexArray:
        """Return e^{−i(ε_k − ε_l)t}, with which ρ between the modes turns, (T, N, N)."""
        e = self.system.energies
        phases: ComplexArray = np.exp(-1j * np.multiply.outer(times, e[:, None] - e))
        return phases

    def _released(self, times: RealArray, in_modes: ComplexArray) -> tuple[RealArray, RealArray]:
        rho = self._phases(times).conj() * in_modes
        counts, energies = (
            np.array([np.einsum("ab,tab->t", x.conj(), rho).real for x in each]).reshape(-1, len(times))
            for each in (self.core.counts, self.core.energies_released)
        )
        return counts, energies
