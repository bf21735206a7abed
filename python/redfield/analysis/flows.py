"""Currents and entropy rates of whatever states are given: of a result, a periodic state, or matrices at times."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_numeric,
    as_real_array,
    require_finite,
)
from redfield._base.stores.origins import origin_of
from redfield.analysis.arguments import as_equation
from redfield.analysis.events import currents
from redfield.analysis.members import of_members
from redfield.equations import Davies, Superoperator
from redfield.equations.base import AnyEquation
from redfield.equations.solver import NO_FLOWS, Remembering
from redfield.results.evolution import BaseResult, Result
from redfield.results.periodic import PeriodicState
from redfield.results.steady import SteadyState

MOVING = ("driven", "periodic", "driven quadratic")
"""The problems in which states alone do not tell currents: times do too."""


class Asked(NamedTuple):
    """The states that are asked about.

    Attributes
    ----------
    equation : what they obey.
    states : (T, N, N).
    times : (T,) of a driven or periodic system, else None.
    single : whether one state was given.
    forces : (T, J, N, N) of a hierarchy, else None.
    """

    equation: AnyEquation
    states: ComplexArray
    times: RealArray | None
    single: bool
    forces: ComplexArray | None = None

    def total_rates(self) -> RealArray:
        """Return tr(H 𝓛ρ) of each state, (T,)."""
        if self.times is None:
            h = self.equation.system.hamiltonian
            return np.array([np.sum(h.T * self.equation.apply(rho)).real for rho in self.states])
        of_time = zip(self.states, self.times.tolist(), strict=True)
        return np.array(
            [
                np.sum(self.equation.system.hamiltonian.at(t).T * self.equation.apply(rho, t)).real
                for rho, t in of_time
            ]
        )

    def entropy_rates(self) -> RealArray:
        """Return −tr(ρ̇ ln ρ) of each state, (T,)."""
        solver = self.equation.solver
        if self.forces is not None:
            assert isinstance(solver, Remembering)
            changes = list(solver.changes_of(self.forces, self.times))
        elif self.times is None:
            changes = [self.equation.apply(rho) for rho in self.states]
        else:
            of_time = zip(self.states, self.times.tolist(), strict=True)
            changes = [self.equation.apply(rho, t) for rho, t in of_time]
        rates = [solver.entropy_rate(*each) for each in zip(self.states, changes, strict=True)]
        return np.array(rates)

    def energies(self) -> RealArray:
        """Return tr(H ρ) of each state, (T,)."""
        hamiltonian = self.equation.system.hamiltonian
        h = hamiltonian[None] if self.times is None else hamiltonian.stack(self.times)
        energies: RealArray = np.einsum(
            "tab,tba->t", np.broadcast_to(h, self.states.shape), self.states
        ).real
        return energies


def asked_of(result: object, equation: object, t: object = None) -> Asked:
    """Return the states that a result has or that are given, with the equation they obey and their times."""
    known = isinstance(result, BaseResult | SteadyState | PeriodicState)
    if known:
        equation = origin_of(result) if equation is None else equation
    if equation is None:
        raise ValueError(
            "equation must be given: the result was loaded without it, load(path, equation) attaches it"
            if known
            else "equation must be given with states that do not come from an evolution"
        )
    obeyed: AnyEquation = as_equation("equation", equation)
    times = None
    if isinstance(result, BaseResult | PeriodicState):
        if getattr(result, "states", None) is None:
            raise ValueError("result has no states; evolve with store_states=True")
        states, times = result.states, result.times  # type: ignore[union-attr]
    else:
        states = result.state if isinstance(result, SteadyState) else as_numeric("result", result)
    states, single = _as_states(states, obeyed.system.dimension)
    if obeyed.system.problem not in MOVING:
        times = None
    if t is not None:
        if known or obeyed.system.problem not in MOVING:
            raise ValueError(f"t = {t} has no meaning here: it is of states of a driven equation alone")
        times = np.atleast_1d(as_real_array("t", t))
        if times.shape != (len(states),):
            raise ValueError(f"t has shape {times.shape}, but there are {len(states)} states")
    elif times is None and not known and isinstance(obeyed.solver, Remembering):
        raise TypeError(NO_FLOWS)
    elif times is None and obeyed.system.problem in MOVING:
        raise ValueError("t is missing: the times of states of a driven equation")
    return Asked(obeyed, states, times, single, _forces_of(result, obeyed))


def _as_states(states: Any, n: int) -> tuple[ComplexArray, bool]:
    if states.ndim not in (2, 3) or states.shape[-2:] != (n, n):
        raise ValueError(
            f"result must be states of shape ({n}, {n}) or (T, {n}, {n}), got {states.shape}"
        )
    require_finite("result", states)
    single = states.ndim == 2
    return (states[None] if single else states).astype(np.complex128, copy=False), single


def _forces_of(result: object, equation: AnyEquation) -> ComplexArray | None:
    """Return the forces of a hierarchy's result, (T, J, N, N)."""
    forces = result.forces if isinstance(result, Result | SteadyState) else None
    if forces is None:
        return None
    if not isinstance(equation.solver, Remembering):
        raise TypeError(f"equation must be the HEOM that the result is of, got {equation!r}")
    return forces[None] if forces.ndim == 3 else forces


def currents_of(result: object, equation: object, what: str, counted: str | None, t: object) -> RealArray:
    """Return the "energy", "particle" or "heat" that each reservoir gives, (T, R), or (R,) of one state or a cycle.

    Those of a batch have a leading axis B.
    """
    if isinstance(result, PeriodicState):
        return _averages(result, what, counted)
    of_batch = of_members(lambda rho, x: currents_of(rho, x, what, counted, None), result, equation)
    if of_batch is not None:
        return of_batch
    asked = asked_of(result, equation, t)
    flows = flows_in(asked, what, counted)
    return flows[0] if asked.single else flows


def flows_in(asked: Asked, what: str, counted: str | None) -> RealArray:
    """Return the "energy", "particle" or "heat" that each reservoir gives to each state, (T, B)."""
    require_baths(asked.equation)
    by_bath = _by_bath(asked.equation, counted)
    solver = asked.equation.solver
    if asked.forces is not None:
        if by_bath:
            raise TypeError(
                f'counted = {counted!r}: the currents of HEOM are those that enter the system, counted="system"'
            )
        assert isinstance(solver, Remembering)
        return solver.flows_of(asked.forces, what, asked.times)
    return _in_baths(asked, what) if by_bath else solver.flows(asked.states, what, asked.times)


def _by_bath(equation: AnyEquation, counted: str | None) -> bool:
    """Return whether currents are counted in the baths."""
    periodic = equation.system.problem == "periodic"
    if counted is None:
        return periodic
    where = as_choice("counted", counted, ("system", "bath"))
    # Davies' jumps release just what the system loses, where H is constant or held.
    return where == "bath" and (periodic or not isinstance(equation, Davies))


def _in_baths(asked: Asked, what: str) -> RealArray:
    equation, states, times = asked.equation, asked.states, asked.times
    solver: Any = equation.solver
    if equation.system.problem == "periodic":
        flows: RealArray = solver.exchanged(states, what, times)
        return flows
    if times is None:
        return currents(equation, states, what)
    at = zip(states, times.tolist(), strict=True)
    return np.concatenate([currents(equation.at(t), rho[None], what) for rho, t in at])


def _averages(state: PeriodicState, what: str, counted: str | None) -> RealArray:
    """Return the averages over a period."""
    asked = asked_of(state, None)
    period: float = asked.equation.system.period
    if _by_bath(asked.equation, counted):
        kept: RealArray | None = getattr(state, what)
        if kept is None:
            raise TypeError(
                f"the jumps of {type(asked.equation).__name__} are no bath that counts energy: ask "
                "counted='system'"
            )
        return kept / period
    flows: RealArray = asked.equation.solver.flows(asked.states, what, asked.times).mean(axis=0)
    return flows


def periodic_defect(state: PeriodicState) -> float:
    """Return |W + Σ_b E_b|/T of a periodic state."""
    if state.energy is None:
        raise TypeError(
            f"the first law of {type(state.equation).__name__} has no energies of baths: its work is what "
            "the jumps take"
        )
    period: float = asked_of(state, None).equation.system.period
    return float(abs(state.work + state.energy.sum()) / period)


def require_baths(equation: AnyEquation) -> None:
    """TypeError where an equation has a dissipator, but not the baths that it is of."""
    if isinstance(equation, Superoperator):
        raise TypeError(f"{equation!r} is a matrix, which does not tell what its baths do")


def temperatures(equation: AnyEquation) -> RealArray:
    """Return β of each reservoir, (B,).

    Raises
    ------
    ValueError
        One has no temperature or an infinite beta.
    """
    require_baths(equation)
    betas = [bath.beta for bath in equation.system.reservoirs]
    if any(b is None or np.isinf(b) for b in betas):
        raise ValueError(
            f"entropy production needs a finite temperature of every bath, got beta = {betas}"
        )
    return np.array(betas, dtype=np.float64)
