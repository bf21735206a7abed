"""The steady state and the eigenvalues of a generator: checks, one call of the core, one result."""

from __future__ import annotations

import math

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_choice,
    as_count,
    as_density_matrix,
    as_max_bytes,
    as_positive,
    as_threads,
    warn,
)
from redfield._base.checks.resources import ALWAYS_THERE
from redfield._base.checks.types import State
from redfield._base.progress import progress_callback
from redfield.equations.options import SteadyOptions
from redfield.results.steady import Eigenmodes, MultipleSteadyStates, SteadyState

METHODS = ("auto", "direct", "iterative")
DEFAULT_MODES = 6
NOTICEABLE = 1e-6
"""The estimated error of a state, in trace norm, that a warning tells of."""


def steady_state(
    generator: _core.Generator, rho0: State | None, options: SteadyOptions, equation: object
) -> SteadyState:
    """Solve 𝓛ρ = 0; see Equation.steady_state."""
    method, tol = as_choice("method", options.method, METHODS), as_positive("tol", options.tol)
    start = None if rho0 is None else as_density_matrix("rho0", rho0, generator.dimension)
    with progress_callback(options.progress, "steady state") as report:
        raw = _core.steady_state(
            generator, method, tol, as_threads(options.threads), _room(generator), report, start
        )
    if len(raw) == 3:
        raise several(*raw)
    rho, residual, applications, by, unique, error = raw
    state = SteadyState(rho, residual, applications, by, unique, error, equation=equation)
    if state.error > NOTICEABLE:
        warn(
            f"the steady state may be wrong by {state.error:.1g} in trace norm (.error): some rates are so much slower "
            "than the fastest that rounding tells",
            UserWarning,
        )
    return state


def _room(generator: _core.Generator) -> float:
    """Return the bytes that a solver of 𝓛ρ = 0 may take; of a few levels it may take what it needs."""
    return as_max_bytes(None) if 128.0 * generator.dimension**4 > ALWAYS_THERE else math.inf


def several(message: str, count: int, states: ComplexArray) -> MultipleSteadyStates:
    """Return the error for several steady states that the core found."""
    return MultipleSteadyStates(message, count, states if len(states) == count else None)


def spectrum(
    generator: _core.Generator, k: int | None, method: str, tol: float, threads: int | None
) -> Eigenmodes:
    """Return eigenvalues of 𝓛 and their modes; see Equation.spectrum."""
    method, tol = as_choice("method", method, METHODS), as_positive("tol", tol)
    size = generator.dimension**2
    k = min(DEFAULT_MODES, size) if k is None else as_count("k", k)
    if k > size:
        raise ValueError(f"k = {k} modes of a generator with {size}")
    return Eigenmodes(*_core.spectrum(generator, k, method, tol, as_threads(threads), as_max_bytes(None)))
