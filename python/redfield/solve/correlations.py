"""Correlation functions of two times, by the regression theorem."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_square,
    as_times,
    checked,
)
from redfield._base.checks.types import EOps, Numbers, Operator, State
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.equations.solver import Remembering
from redfield.results.evolution import Result
from redfield.solve import blocks, moving_correlations
from redfield.solve import evolve as _evolve

MOVING = ("driven", "periodic")
"""Problems whose equations depend on time."""


@checked
def evolve_operator(
    equation: AnyEquation,
    operator: Operator,
    tlist: Numbers,
    e_ops: EOps | None = None,
    *,
    store_states: bool | None = None,
    **options: Any,
) -> Result:
    r"""Solve Ẋ = 𝓛X from X(tlist[0]) = operator, which need be no state: neither Hermitian nor of trace 1.

    Parameters
    ----------
    equation : of one System.
    operator : (N, N).
    tlist, e_ops, store_states : as of `Equation.evolve`; tr(O X(t)) is complex.
    **options : method, rtol, atol, threads, progress, stop of `Equation.evolve`.

    Returns
    -------
    Result : `.states` are X(t), (T, N, N) complex.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=2.0)
    >>> davies = rf.Davies(rf.System(np.diag([0.5, -0.5]), [np.array([[0, 1], [1, 0]])], bath))
    >>> lower = np.array([[0, 0], [1, 0]])
    >>> x = evolve_operator(davies, lower, [0.0, 3.0]).final_state
    >>> bool(np.allclose(davies.apply(x) / x[1, 0], davies.apply(lower)))
    True
    """
    require_one(equation)
    n = equation.system.dimension
    x = as_square("operator", operator, n).astype(np.complex128)
    parts = _evolve.hermitian_parts(x)
    asked = Options(store_states=store_states, **options)
    return _evolve.evolve_parts(equation.solver.cheapest, equation, parts, tlist, e_ops, asked)


@checked
def correlation(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    taus: Numbers,
    state: State | str = "steady",
    c: Operator | None = None,
    *,
    times: Numbers | None = None,
    **options: Any,
) -> ComplexArray:
    r"""Return correlation functions of a system, by the regression theorem.

    .. math:: \langle c(t)\, a(t+\tau)\, b(t) \rangle = \mathrm{tr}\big[ a\, e^{\mathcal{L}\tau}(b\, \rho(t)\, c) \big]

    of a driven or periodic system with the propagator of 𝓛(t) from t to t + τ in the place of the exponential, as if
    the baths had no memory; of `HEOM` of a System exactly, 𝓛, b and c acting on all auxiliary operators. Its depth
    settles where the table changes by at most its `tol` in units of ‖a‖‖b‖‖c‖.

    Parameters
    ----------
    equation : of a System, a DrivenSystem or a PeriodicSystem.
    a, b : (N, N) operators; c : another, default 1.
    taus : (T,) ascending delays ≥ 0, the first of which may be positive.
    state : ρ(0), a ket or density matrix; "steady" the equation's own steady state, of a
        PeriodicSystem the periodic one; of a DrivenSystem there is none.
    times : (S,) ascending times t ≥ 0, for a grid; default t = 0 alone.
    **options : method, rtol, atol, threads, progress, stop of `Equation.evolve`, and max_step and breakpoints of one
        that depends on time.

    Returns
    -------
    (T,) complex, or with `times` (S, T).

    Raises
    ------
    ValueError, TypeError
        An argument does not fit.
    MultipleSteadyStates
        "steady" is not one state.

    Examples
    --------
    Of a level that decays, in its own time:

    >>> import numpy as np, redfield as rf
    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * lower])
    >>> taus = np.linspace(0.0, 5.0, 6)
    >>> bool(np.allclose(correlation(decay, lower, lower.T, taus), np.exp((-2j - 0.15) * taus), atol=1e-5))
    True

    Of one whose energy is swept, E(t) = 2 + t, at t = 1:

    >>> swept = rf.Lindblad([np.diag([0.0, 2.0]), (np.diag([0.0, 1.0]), lambda t: t)], [np.sqrt(0.3) * lower])
    >>> (found,) = correlation(swept, lower, lower.T, taus, state=[1.0, 0.0], times=[1.0])
    >>> bool(np.allclose(found, np.exp(-1j * (3 * taus + taus**2 / 2) - 0.15 * taus), atol=1e-5))
    True
    """
    solver = equation.solver
    moving = equation.system.problem in MOVING and not isinstance(solver, Remembering)
    if not (moving or isinstance(solver, Remembering)):
        require_one(equation)
    n = equation.system.dimension
    given = {"a": a, "b": b, "c": np.eye(n) if c is None else c}
    observed, before, after = (as_square(k, x, n).astype(np.complex128) for k, x in given.items())
    delays = from_zero("taus", taus)
    grid = None if times is None else from_zero("times", times)
    steady = is_steady(state)
    if moving:
        from_, at = None if steady else state, np.zeros(1) if grid is None else grid
        operators = observed, before, after
        table = moving_correlations.correlation(equation, operators, delays, from_, at, options)
        return table if grid is not None else np.asarray(table[0], dtype=np.complex128)
    if isinstance(solver, Remembering):
        start = None if steady else as_density_matrix("state", state, n)
        return solver.correlation((observed, before, after), delays, start, grid, Options(**options))
    rho = as_state(equation, state, options.get("threads"))
    if grid is None or steady:
        starts = [rho]
    else:
        reached = equation.evolve(rho, np.concatenate([[0.0], grid]), store_states=True, **options)
        assert reached.states is not None
        starts = list(reached.states[1:])
    table = regressed(equation, observed, np.array([before @ s @ after for s in starts]), delays, options)
    if grid is None:
        return np.asarray(table[0], dtype=np.complex128)
    return table if len(table) == len(grid) else np.repeat(table, len(grid), axis=0)


def regressed(
    equation: AnyEquation,
    a: ComplexArray,
    sources: ComplexArray,
    delays: RealArray,
    options: dict[str, Any],
) -> ComplexArray:
    """Return tr[a e^{𝓛τ}X] of sources X (S, N, N) at delays (T,), (S, T)."""
    few = blocks.regressed(equation, a, sources, delays, Options(**options))
    if few is not None:
        return few
    times = np.concatenate([[0.0], delays])
    if len(sources) > 1:
        # One operator for all of them.
        a_of_t = equation.adjoint().evolve(a, times, **options).states
        assert a_of_t is not None
        table: ComplexArray = np.einsum("tab,sba->st", a_of_t[1:], sources, optimize=True)
        return table
    result = evolve_operator(equation, sources[0], times, [a], **options)
    assert isinstance(result.expect, list)
    return np.asarray(result.expect[0], dtype=np.complex128)[None, 1:]


def require_one(equation: AnyEquation) -> None:
    """Raise a TypeError for an equation that has no constant generator, which says what to ask."""
    if equation.system.problem == "periodic":
        raise TypeError(
            f"{type(equation).__name__} of a PeriodicSystem (periodic) has no constant generator; rf.correlation and "
            "rf.spectrum of it are there, and so is evolve"
        )
    equation.generator  # noqa: B018


def is_steady(state: State | str) -> bool:
    """Return whether the state is "steady"; raises a ValueError for another word."""
    if isinstance(state, str):
        as_choice("state", state, ("steady",))
    return isinstance(state, str)


def as_state(equation: AnyEquation, state: State | str, threads: int | None) -> ComplexArray:
    """Return a density matrix, or "steady"."""
    if is_steady(state):
        steady: ComplexArray = equation.steady_state(threads=threads).state
        return steady
    return as_density_matrix("state", state, equation.system.dimension)


def from_zero(name: str, value: object) -> RealArray:
    """Return times that are not negative."""
    times = as_times(name, value)
    if times[0] < 0.0:
        raise ValueError(f"{name} must not be negative, got {times[0]:g}")
    return times
