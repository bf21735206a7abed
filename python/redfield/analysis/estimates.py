"""The estimated distance of steady states from that of system and baths, where it is asked for or costs little."""

from __future__ import annotations

from typing import Any

from redfield.equations import HEOM
from redfield.equations.base import AnyEquation

CHEAP = 1e4
"""(couplings)² N³ up to which the estimate, of a product for each pair of exponentials, takes about a second."""


def estimates_steady_error(equation: AnyEquation, asked: bool | None) -> bool:
    """Return whether the estimate is to be made: as asked, or where it costs little."""
    system: Any = equation.system
    if asked is not None or system.problem != "constant":
        return bool(asked)
    return float(len(system.couplings) ** 2 * system.dimension**3) <= CHEAP


def steady_error(equation: AnyEquation) -> float:
    """Return the estimated trace norm between an equation's steady state and that of system and baths.

    Raises
    ------
    TypeError, ValueError, RuntimeError, MemoryError, NotImplementedError
        There is none: no single steady state, or system or baths without a hierarchy.
    """
    if isinstance(equation, HEOM):
        return float(equation.steady_state().error)
    return float(equation.steady_state(error=True).error)
