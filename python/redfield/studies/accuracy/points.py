"""Errors of all equations at one coupling, temperature and gap of one system."""

from __future__ import annotations

import math
import threading
import warnings

import numpy as np
import xarray as xr

from redfield import equations
from redfield._base.checks import ComplexArray, RealArray, as_choice
from redfield.analysis import trace_norm
from redfield.baths import UnderdampedBath
from redfield.equations.base import AnyEquation
from redfield.studies.common import X, Z, equations_of
from redfield.systems.system import System

FREQUENCY, DAMPING = 2.0, 2.0
"""Frequency and damping of the baths' broad mode, whose correlation function is a sum of few exponentials."""
MEMORY = 2.0 / DAMPING
"""Decay time of the baths' correlation function."""
STEP = 0.5 * MEMORY
"""Longest step of the equation with memory, which must not jump over the slip within the memory time."""
RTOL, ATOL = 1e-8, 1e-11
STEADY = 0.1
"""Part of the hierarchy's tolerance for dynamics that steady states are solved to."""
DOUBT = "the estimated error"
"""Beginning of the warning that an estimate does not fall with the coupling as it should."""
LOCK = threading.Lock()
"""Lock of the record of warnings, which all threads of Python share."""


def system_of(model: str, gap: float, beta: float, coupling: float) -> tuple[System, RealArray]:
    """Return "qubit", "v" or "pair" with its baths, and a pure state (N,) with populations and coherences."""
    as_choice("model", model, ("qubit", "v", "pair"))
    bath = UnderdampedBath(coupling, FREQUENCY, DAMPING, beta)
    if model == "qubit":
        return System(0.5 * gap * (Z + X) / np.sqrt(2.0), [Z], bath), np.array([1.0, 0.0])
    if model == "v":
        dipole = np.zeros((3, 3))
        dipole[0, 1:] = dipole[1:, 0] = 1.0
        return System(np.diag([0.0, 1.0, 1.0 + gap]), [dipole], bath), np.array(
            [1.0, 1.0, 0.0]
        ) / np.sqrt(2.0)
    one, lower = np.eye(2), np.array([[0.0, 0.0], [1.0, 0.0]])
    hop = np.kron(lower, lower.T)
    h = 0.5 * (np.kron(Z, one) + np.kron(one, Z)) + 0.5 * gap * (hop + hop.T)
    hot = UnderdampedBath(coupling, FREQUENCY, DAMPING, 0.5 * beta)
    start = np.kron([1.0, 1.0], [0.0, 1.0]) / np.sqrt(2.0)
    return System(h, [np.kron(X, one), np.kron(one, X)], [hot, bath]), start


def predicted(redfield: AnyEquation) -> tuple[ComplexArray, float, bool]:
    """Return the corrected steady state, the predicted error of Redfield's, and whether a warning doubts it."""
    with LOCK, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        steady = redfield.steady_state(error=True)
    assert steady.corrected is not None
    return steady.corrected, steady.error, any(str(w.message).startswith(DOUBT) for w in told)


def errors(
    model: str, gap: float, beta: float, coupling: float, *, points: int, relative: float
) -> xr.Dataset:
    """Return the largest error of each equation until one relaxation time, and that of its steady state.

    The hierarchy's tolerance is `relative` times the coupling, as errors are ∝ the coupling. Times lie as squares, so
    that the slip within the memory time is seen. The steady state of the equation with memory is Redfield's and the
    corrected one has no dynamics: both are nan.
    """
    system, start = system_of(model, gap, beta, coupling)
    every = equations_of(system, MEMORY) | {"memory": equations.Redfield(system, history="memory")}
    relaxation = 1.0 / every["redfield"].spectrum().gap
    times = relaxation * np.linspace(0.0, 1.0, points) ** 2
    tol = relative * coupling
    exact = equations.HEOM(system, tol=tol).evolve(start, times)
    steady = equations.HEOM(system, tol=STEADY * tol).steady_state()
    corrected, prediction, doubtful = predicted(every["redfield"])
    of_dynamics, of_steady = [], []
    for name, equation in every.items():
        longest = STEP if name == "memory" else None
        states = equation.evolve(start, times, rtol=RTOL, atol=ATOL, max_step=longest).states
        of_dynamics.append(float(trace_norm(states - exact.states).max()))
        of_steady.append(
            math.nan
            if name == "memory"
            else float(trace_norm(equation.steady_state().state - steady.state))
        )
    return xr.Dataset(
        {
            "dynamics": ("equation", [*of_dynamics, math.nan]),
            "steady": ("equation", [*of_steady, float(trace_norm(corrected - steady.state))]),
            "predicted": prediction,
            "doubtful": doubtful,
            "relaxation": relaxation,
            "exact_dynamics": exact.stats["error"],
            "exact_steady": steady.error,
            "depth": exact.stats["depth"],
        },
        {"equation": [*every, "corrected"]},
    )
