"""Equations of a periodically driven Hamiltonian in its Floquet modes."""

from __future__ import annotations

import functools
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
from redfield.equations.options import Options
from redfield.equations.unravelling import Maker, TrajectoryOptions, Unravelling
from redfield.results.evolution import Result
from redfield.results.periodic import Exchange, PeriodicState
from redfield.solve import period_map
from redfield.solve.evolve import Observables
from redfield.solve.judged import DensityMatrices
from redfield.solve.trajectories import run
from redfield.solve.trajectories.result import TrajectoryResult
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

    def trajectories(
        self, make: Maker, psi0: State, tlist: Numbers, e_ops: EOps, options: TrajectoryOptions
    ) -> TrajectoryResult:
        times = as_times("tlist", tlist)
        unravelling = self._unravelling(make, psi0, times, options)
        return run.trajectories(self.equation, unravelling, make, psi0, times, e_ops, options)

    def _unravelling(
        self, make: Maker, psi0: State, times: RealArray, options: TrajectoryOptions
    ) -> Unravelling:
        """Return the effective Hamiltonian and jump operators over times."""
        unravelling: Unravelling = self.equation._unravelling(make)  # which says why there is none
        return unravelling

    def dissipate(self, x: ComplexArray, t: float) -> ComplexArray:
        """Return the action of the baths on X at t, in the basis H is given in."""
        return self._dissipate(x, t)

    @functools.cached_property
    def davies(self) -> _core.FloquetDavies:
        """Davies' equation of the same system."""
        system, shift = self.system, self.equation.lamb_shift
        tolerance, room = self._usual_degeneracy(), as_max_bytes(None)
        return _core.FloquetDavies(system.core[0], system.contacts(shift), shift, tolerance, room)

    def decoherence_rate(self) -> float:
        davies = self.davies
        return -min(float(davies.coherence_rates.real.min()), float(davies.rates.diagonal().min()))

    def fastest_decay(self) -> float:
        return self.decoherence_rate()

    def dissipators(self, times: RealArray) -> ComplexArray:
        """Return 𝒟(t) between the modes at times, on row-stacked X, (T, N², N²)."""
        period_map.require_dissipators(len(times), self.system.dimension)
        return self._dissipators(times)

    def _dissipators(self, times: RealArray) -> ComplexArray:
        return period_map.by_action(self, times)

    @functools.cached_property
    def _period_map(self) -> tuple[ComplexArray, float]:
        return period_map.map_of_period(self)

    def map_of_period(self) -> ComplexArray:
        """Return the map ρ(0) → ρ(T) between the modes, on row-stacked X, (N², N²)."""
        return self._period_map[0]

    def slowest_decay(self) -> tuple[float, float]:
        """Return the rate of the slowest mode of the map of a period, −ln|μ|/T, and its error."""
        return period_map.slowest_of_map(*self._period_map, self.system.period)

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
