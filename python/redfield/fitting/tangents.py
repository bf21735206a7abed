"""Solutions and their derivatives: how states change when their equation does."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.fitting.changes import FEW, Change
from redfield.results.gradient import GradientOptions
from redfield.solve.evolve import evolve_parts, hermitian_parts

LEAST_RTOL = 1e-13
"""The smallest relative tolerance that a forward mode is asked for."""
NODES = 12
"""Points of a Gauss rule beside those that the phase and decay of an interval ask for."""
NODES_A_PHASE = 0.7
"""Points of a Gauss rule for each radian of the fastest phase or decay of an interval."""


def evolved(
    equation: AnyEquation,
    rho0: ComplexArray,
    times: RealArray,
    changes: Sequence[Change],
    options: Options,
) -> tuple[ComplexArray, list[ComplexArray]]:
    r"""Return ρ(t), (T, N, N), and along each change its derivative, from dρ(t₀) = 0.

    .. math:: d\rho(t + h) = e^{\mathcal L h} d\rho(t)
              + \int_0^h ds\, e^{\mathcal L(h-s)}\, (d\mathcal L)\, \rho(t + s)

    In forward mode where the kind of equation has one; else by the derivative of a dense exponential for few levels, or
    by a Gauss rule whose terms the core evolves.
    """
    result = evolve_parts(equation.solver.cheapest, equation, [(1.0 + 0j, rho0)], times, None, options)
    states = np.asarray(result.states)
    way = _by_matrices if equation.system.dimension <= FEW else _by_quadrature
    exact = [change.direction for change in changes if change.moves and change.direction is not None]
    found: Iterator[ComplexArray] = iter(())
    if exact:
        given = GradientOptions(rtol=max(options.rtol, LEAST_RTOL))
        found = iter(equation.solver.tangent_evolution(rho0, times, exact, given))
    out = []
    for change in changes:
        if not change.moves:
            out.append(np.zeros_like(states))
        elif change.direction is not None:
            out.append(np.asarray(next(found)))
        else:
            out.append(way(equation, states, times, change, options))
    return states, out


def _by_matrices(
    equation: AnyEquation, states: ComplexArray, times: RealArray, change: Change, options: Options
) -> ComplexArray:
    """Return dρ(t) by e^{𝓛h} and its derivative, one pair for each length of interval."""
    n = equation.system.dimension
    matrix = equation.liouvillian(threshold=0.0).toarray()
    known: dict[float, tuple[ComplexArray, ComplexArray]] = {}
    d = np.zeros((len(times), n * n), dtype=np.complex128)
    for k, h in enumerate(np.diff(times)):
        if h not in known:
            known[h] = scipy.linalg.expm_frechet(matrix * h, change.matrix * h)
        step, moved = known[h]
        d[k + 1] = step @ d[k] + moved @ states[k].ravel(order="F")
    return d.reshape(-1, n, n).transpose(0, 2, 1)


def _by_quadrature(
    equation: AnyEquation, states: ComplexArray, times: RealArray, change: Change, options: Options
) -> ComplexArray:
    """Return dρ(t): at each point of a Gauss rule the weighted (d𝓛)ρ joins what is evolved on."""
    frequency, decay = equation.solver.cheapest.bounds
    d = np.zeros_like(states)

    def moved(x: ComplexArray, h: float) -> ComplexArray:
        if h == 0.0 or not x.any():
            return x
        parts = hermitian_parts(x)
        return evolve_parts(
            equation.solver.cheapest, equation, parts, [0.0, h], None, options
        ).final_state

    for k, h in enumerate(np.diff(times)):
        count = NODES + math.ceil(NODES_A_PHASE * h * math.hypot(frequency, decay))
        points, weights = np.polynomial.legendre.leggauss(count)
        rho, total, last = states[k], d[k], 0.0
        for point, weight in zip(0.5 * h * (points + 1.0), 0.5 * h * weights, strict=True):
            rho, total = moved(rho, point - last), moved(total, point - last)
            total = total + weight * change.generator(rho)
            last = point
        d[k + 1] = moved(total, h - last)
    return d


def steady(equation: AnyEquation, changes: Sequence[Change]) -> tuple[ComplexArray, list[ComplexArray]]:
    r"""Return ρ of 𝓛ρ = 0, and dρ along each change: 𝓛dρ = −(d𝓛)ρ with tr dρ = 0.

    In forward mode where the kind of equation has one, else by a dense matrix.
    """
    rho = np.asarray(equation.steady_state().state)
    exact = [change.direction for change in changes if change.moves and change.direction is not None]
    found = iter(equation.solver.tangent_steady(rho, exact, GradientOptions())) if exact else iter(())
    out: list[ComplexArray] = []
    factors = None
    for change in changes:
        if not change.moves:
            out.append(np.zeros_like(rho))
        elif change.direction is not None:
            out.append(np.asarray(next(found)))
        else:
            factors = scipy.linalg.lu_factor(bordered(equation)) if factors is None else factors
            column = scipy.linalg.lu_solve(factors, -change.generator(rho).ravel(order="F"))
            d = column.reshape(rho.shape, order="F")
            d = 0.5 * (d + d.conj().T)
            out.append(d - np.trace(d) * rho)
    return rho, out


def bordered(equation: AnyEquation) -> ComplexArray:
    """Return 𝓛 − c|1⟩⟨1| on column-stacked ρ: the eigenvalue 0 of the steady state moves, nothing of trace 0 does.

    Raises
    ------
    MemoryError
        𝓛 as a matrix is too large.
    """
    n = equation.system.dimension
    require_memory(f"the derivatives of {equation!r} by a matrix", 16.0 * 4 * n**4)
    matrix = equation.liouvillian(threshold=0.0).toarray()
    size = max(float(np.linalg.norm(matrix)), 1e-300)
    one = np.eye(n).ravel()
    return np.asarray(matrix - size / n * np.outer(one, one))
