"""What the functions of this package are asked about."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield import quadratic
from redfield._base.checks import as_kind, shown
from redfield.equations import Equation


def is_equation_class(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Equation | quadratic.Equation)


def as_equation(name: str, value: object) -> Any:
    """An equation, general or quadratic."""
    return as_kind(name, value, Equation, quadratic.Equation)


def as_stationary(name: str, value: object) -> Any:
    """An equation with a steady state that is a matrix."""
    if isinstance(value, type) or not callable(getattr(value, "steady_state", None)):
        raise TypeError(f"{name} must be an equation with a steady state, got {shown(value)}")
    return value


def as_steady_matrix(name: str, equation: Any) -> Any:
    """The steady state of an equation as one matrix."""
    state = np.asarray(getattr(equation.steady_state(), "state", None))
    if state.ndim != 2:
        raise TypeError(
            f"{name} must have one steady state that does not depend on time, got {shown(equation)}"
        )
    return state
