"""Two-time functions of equations that depend on time, by the regression theorem with 𝓛(t)."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_density_matrix
from redfield._base.checks.types import State
from redfield._base.progress import progress_callback
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.solve.evolve import hermitian_parts


def correlation(
    equation: AnyEquation,
    operators: tuple[ComplexArray, ComplexArray, ComplexArray],
    taus: RealArray,
    state: State | None,
    times: RealArray,
    options: dict[str, Any],
) -> ComplexArray:
    """Return ⟨c(t) a(t+τ) b(t)⟩ = tr[a 𝒱(t+τ, t)(b ρ(t) c)] at times t and delays τ, (S, T).

    Parameters
    ----------
    operators : a, b and c.
    state : ρ(0), or None the periodic state.
    """
    a, b, c = operators
    asked = Options(**options)
    table = np.empty((len(times), len(taus)), dtype=np.complex128)
    with progress_callback(asked.progress, "correlation") as report:
        for i, rho in enumerate(_states(equation, state, times, options)):
            after = float(times[i]) + np.concatenate([[0.0], taus])
            row = np.zeros(len(taus), dtype=np.complex128)
            for factor, part in hermitian_parts(b @ rho @ c):
                if part.any():
                    row += factor * equation.solver.moved(part, after, a, asked)[1:]
            table[i] = row
            if report is not None:
                report((i + 1) / len(times))
    return table


def _states(
    equation: AnyEquation, state: State | None, times: RealArray, options: dict[str, Any]
) -> list[ComplexArray]:
    """Return ρ(t) at each time."""
    if state is None:
        if equation.system.problem != "periodic":
            raise ValueError(
                'state = "steady" is of a constant or a periodic system; give the state at t = 0 of a driven one'
            )
        periodic = equation.steady_state(threads=options.get("threads"))
        return [periodic.at(float(t)) for t in times]
    rho = as_density_matrix("state", state, equation.system.dimension)
    if times[-1] == 0.0:
        return [rho] * len(times)
    quiet = {**options, "progress": False}
    reached = equation.evolve(rho, np.concatenate([[0.0], times]), store_states=True, **quiet).states
    assert reached is not None
    return list(reached[1:])
