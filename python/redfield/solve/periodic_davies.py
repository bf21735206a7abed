"""Davies' equation of a periodically driven Hamiltonian, which is solved in closed form in the Floquet modes."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

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
from redfield.equations.options import SteadyOptions
from redfield.equations.unravelling import Maker, TrajectoryOptions, Unravelling
from redfield.results.periodic import PeriodicState
from redfield.results.steady import MultipleSteadyStates
from redfield.solve import fixed_point, period_map
from redfield.solve.periodic import Periodic
from redfield.solve.secular import Secular
from redfield.solve.trajectories import periodic as of_periodic


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

    @property
    def davies(self) -> _core.FloquetDavies:
        return self.core

    def _dissipators(self, times: RealArray) -> ComplexArray:
        return period_map.of_davies(self.core, self.system.energies, times)

    def map_of_period(self) -> ComplexArray:
        period, e = self.system.period, self.system.energies
        decay = scipy.linalg.expm(period * self.dissipators(np.zeros(1))[0])
        whole: ComplexArray = period_map.turning(e, np.array([period]))[0][:, None] * decay
        return whole

    def slowest_decay(self) -> tuple[float, float]:
        return period_map.slowest_of_generator(self.dissipators(np.zeros(1))[0])

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

    def _unravelling(
        self, make: Maker, psi0: State, times: RealArray, options: TrajectoryOptions
    ) -> Unravelling:
        found = of_periodic.davies(self.equation, self.degeneracy, make, times)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # who makes the trajectories tells of its trace
            start = as_density_matrix("psi0", psi0, self.system.dimension)
        self.warn_if_not_secular([(float(times[0]), start)], "Davies of a PeriodicSystem", 5)
        return found

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
        n = self.system.dimension
        return period_map.turning(self.system.energies, times).reshape(-1, n, n)

    def _released(self, times: RealArray, in_modes: ComplexArray) -> tuple[RealArray, RealArray]:
        rho = self._phases(times).conj() * in_modes
        counts, energies = (
            np.array([np.einsum("ab,tab->t", x.conj(), rho).real for x in each]).reshape(-1, len(times))
            for each in (self.core.counts, self.core.energies_released)
        )
        return counts, energies
