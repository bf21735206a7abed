"""The numbers of `diagnose` about the equations of a PeriodicSystem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, shown
from redfield.analysis.cells import Row
from redfield.analysis.distances import generator_distance, trace_norm
from redfield.analysis.findings import Asked, steady_of
from redfield.analysis.kossakowski import kossakowski
from redfield.analysis.of_periodic import choi
from redfield.analysis.periodic_diagnosis import PeriodicDiagnosis
from redfield.analysis.thermodynamics import entropy_production, first_law_defect
from redfield.equations.base import AnyEquation
from redfield.systems.levels import boltzmann_weights
from redfield.systems.periodic import PeriodicSystem
from redfield.systems.reservoirs import common

CHECKS = (
    "completely_positive", *PeriodicDiagnosis.columns, "choi", "first_law", "entropy",
)  # fmt: skip
MOST_LEVELS = 8
"""Levels up to which the table has what is read off superoperators at all times of a period."""
KNOWN = 1e-3
"""The largest relative error of a gap that is told."""


def periodic_findings(
    system: PeriodicSystem,
    equations: Sequence[Any] | Mapping[str, Any] | None,
    lamb_shift: bool,
    beta: float | None,
    mu: float | None,
) -> PeriodicDiagnosis:
    """Return the diagnosis of the equations, those of None being the usual ones."""
    if mu is not None:
        raise ValueError(
            f"mu = {shown(mu)} has no meaning for a PeriodicSystem: no particle number is known of its modes"
        )
    asked = Asked.of(system, equations, lamb_shift)
    table = asked.table(CHECKS, lambda row, equation: _check(row, equation, asked.reference, beta))
    return PeriodicDiagnosis(
        table.names, table.values, asked.secular, decay_length=float("nan"), reasons=table.reasons
    )


def _check(row: Row, equation: AnyEquation, reference: AnyEquation, beta: float | None) -> None:
    """Enter the numbers of one equation; those of a check that does not apply are left out, with the reason."""
    system: Any = equation.system
    solver: Any = equation.solver
    n, times = system.dimension, system.grid()

    def require_few() -> None:
        if n > MOST_LEVELS:
            raise ValueError(f"superoperators over a period are left out beyond {MOST_LEVELS} levels")

    def positivity() -> tuple[float, float]:
        require_few()
        k = kossakowski(equation)
        return k.smallest, float(k.completely_positive)

    def gap() -> tuple[float]:
        require_few()
        if n == 1:
            raise ValueError("one level has nothing to forget")
        rate, error = solver.slowest_decay()
        if error > KNOWN * abs(rate):
            raise ValueError(
                f"the slowest mode decays at {rate:.2g} with an error of {error:.2g}: there are several periodic "
                "states, or a period forgets too little"
            )
        return (rate,)

    def distance() -> tuple[float]:
        require_few()
        return (generator_distance(equation, reference),)

    def map_positivity() -> tuple[float]:
        require_few()
        return (float(np.linalg.eigvalsh(choi(solver.map_of_period(), n) / n).min()),)

    def gibbs() -> tuple[float]:
        fastest = solver.fastest_decay()
        if fastest == 0.0:
            raise ValueError("nothing decays, so that every state of the modes is stationary")
        thermal = _floquet_gibbs(system, times, beta)
        changes = [solver.dissipate(rho, t) for rho, t in zip(thermal, times.tolist(), strict=True)]
        return (float(np.max(trace_norm(np.array(changes)))) / fastest,)

    row.attempt(("kossakowski", "completely_positive"), positivity)
    row.attempt(("gap",), gap)
    row.attempt(("distance",), distance)
    row.attempt(("choi",), map_positivity)
    row.attempt(("gibbs",), gibbs)
    steady = steady_of(row, equation)
    if steady is None:
        return
    lowest = float(solver.margins(steady.states).min())

    def from_gibbs() -> tuple[float]:
        return (float(np.max(trace_norm(steady.states - _floquet_gibbs(system, steady.times, beta)))),)

    def produced() -> tuple[float]:
        return (float(entropy_production(steady)),)

    row.attempt(("steady_minimum",), lambda: (lowest,))
    row.attempt(("steady_state",), from_gibbs)
    row.attempt(("first_law",), lambda: (first_law_defect(steady),))
    row.attempt(("entropy",), produced)


def _floquet_gibbs(system: PeriodicSystem, times: RealArray, beta: float | None) -> Any:
    """Return Φ(t)e^{−βε}Φ†(t)/Z at times, (T, N, N)."""
    if any(bath.exchange for bath in system.baths):
        raise ValueError(
            "baths that exchange particles have no Floquet–Gibbs state without a particle number"
        )
    inverse = common(system.reservoirs, "beta") if beta is None else beta
    weights = boltzmann_weights(system.energies, inverse, 1e-9 * system.frequency)
    phi = system.aligned_modes_at(times)
    return (phi * weights) @ phi.conj().transpose(0, 2, 1)
