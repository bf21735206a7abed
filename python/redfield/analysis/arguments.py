"""Checks of the arguments that the functions of this package share."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from redfield._base.checks import as_kind, shown
from redfield.equations import Equation
from redfield.equations.base import AnyEquation
from redfield.quadratic import QuadraticSystem
from redfield.systems.driven import DrivenSystem
from redfield.systems.periodic import PeriodicSystem
from redfield.systems.system import System


def as_equation(name: str, value: object) -> Any:
    """Return an equation."""
    return as_kind(name, value, Equation)


def as_problem(name: str, value: object) -> Any:
    """Return a system of one problem: of density matrices or covariances, constant, driven or periodic."""
    return as_kind(name, value, System, QuadraticSystem, DrivenSystem, PeriodicSystem)


def as_still(name: str, value: object) -> Any:
    """Return a System or QuadraticSystem with a constant Hamiltonian."""
    system = as_problem(name, value)
    if system.problem not in ("constant", "quadratic"):
        held = "driven.at(t)" if system.problem == "periodic" else "at(t)"
        raise TypeError(f"{name} must have a constant Hamiltonian: ask about {name}.{held}")
    return system


def require_alike(a: AnyEquation, b: AnyEquation) -> None:
    """Raise a TypeError where one of two equations is of a QuadraticSystem and the other is not."""
    if (a.system.problem == "quadratic") is not (b.system.problem == "quadratic"):
        raise TypeError("a and b must both be quadratic equations, or neither")


def as_stationary(name: str, value: object) -> Any:
    """Return an equation with a steady state that is a matrix."""
    if isinstance(value, type) or not callable(getattr(value, "steady_state", None)):
        raise TypeError(f"{name} must be an equation with a steady state, got {shown(value)}")
    return value


Stationary = Annotated[AnyEquation, as_stationary]
"""An equation with a steady state that is a matrix."""


def as_steady_matrix(name: str, equation: AnyEquation) -> Any:
    """Return the steady state of an equation as one matrix."""
    state = np.asarray(getattr(equation.steady_state(), "state", None))
    if state.ndim != 2:
        raise TypeError(
            f"{name} must have one steady state that does not depend on time, got {shown(equation)}"
        )
    return state
