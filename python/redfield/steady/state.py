"""Steady states."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.csgraph

from redfield import _core
from redfield.evolve import Progress, progress_callback
from redfield.steady.linear import (
    METHODS,
    NULL_TOL,
    Counted,
    fastest,
    gmres,
    preconditioner,
    sparse_inverse,
    trace,
)
from redfield.steady.outcome import MultipleSteadyStates, SteadyState
from redfield.validation import RealArray, as_choice, as_positive, as_threads

DIRECT = 32
"""Levels up to which the null space of a dense N²×N² matrix is the quickest."""
SPARSE = 20
"""Non-zeros a matrix element up to which a sparse LU of a larger one is."""


def steady_state(
    generator: _core.Generator,
    davies: Callable[[], _core.Davies],
    method: str,
    tol: float,
    threads: int | None,
    progress: Progress,
) -> SteadyState:
    """See Equation.steady_state."""
    tol = as_positive("tol", tol)
    counted = Counted(generator, as_threads(threads))
    small = generator.dimension <= DIRECT
    sparse = getattr(generator, "non_zeros", np.inf) <= SPARSE * counted.size
    if as_choice("method", method, METHODS) == "auto":
        method = "direct" if small or sparse else "iterative"
    with progress_callback(progress, "steady state") as report:
        if method == "iterative":
            packed = _by_gmres(counted, davies(), tol, report or (lambda fraction: None))
        elif sparse and not small:
            packed = _by_sparse_lu(counted, davies())
        else:
            packed = _null_vector(counted)
    applications = counted.count
    residual = float(np.linalg.norm(counted(packed)))
    return SteadyState(generator.unpack(packed), residual, applications, method)


def _null_vector(counted: Counted) -> RealArray:
    generator = counted.generator
    n = generator.dimension
    _, values, right = scipy.linalg.svd(counted.matrix(), lapack_driver="gesdd")
    # Rounding of a matrix of size ‖𝓛‖, and a little more; weak dissipation is far above it.
    zero = values <= 1e-13 * n * max(values[0], fastest(generator))
    zero[-1] = True  # trace conservation
    count = int(zero.sum())
    if count > 1:
        states = np.array([generator.unpack(v) for v in right[zero]])
        raise MultipleSteadyStates(
            f"there are {count} steady states; .states of this exception has a basis of them. A symmetry "
            "of H and all couplings, or levels that no bath reaches, conserve something: solve in one "
            "sector, or evolve the initial state you have",
            count,
            states,
        )
    vector: RealArray = right[-1]
    return vector / trace(vector, n)


def _refuse_davies_multiplicity(davies: _core.Davies) -> None:
    """Counts the closed classes of the populations' Markov chain."""
    rates = davies.rates
    n = len(rates)
    scale = max(float(np.abs(rates).max()), 1e-300)
    flows = (rates > NULL_TOL * scale) & ~np.eye(n, dtype=bool)
    _, label = scipy.sparse.csgraph.connected_components(
        scipy.sparse.csr_array(flows.T), directed=True, connection="strong"
    )
    to, origin = np.nonzero(flows)
    leaving = np.unique(label[origin[label[origin] != label[to]]])
    closed = label.max() + 1 - len(leaving)
    if closed > 1:
        raise MultipleSteadyStates(
            f"there are at least {closed} steady states: the baths join the levels to {closed} closed sets, "
            "so what starts in one stays there. Solve in one of them, or evolve the initial state you have",
            int(closed),
        )


class _Bordered:
    """𝓛ρ + w tr(ρ) 1/N = w 1/N, whose solution is the steady state of trace 1 where there is one."""

    def __init__(self, counted: Counted) -> None:
        generator = counted.generator
        self.counted, self.n = counted, generator.dimension
        self.weight = max(generator.bounds[1], 1e-3 * fastest(generator))
        self.right: RealArray = np.eye(self.n).ravel() * (self.weight / self.n)

    def __call__(self, x: RealArray) -> RealArray:
        return self.counted(x) + trace(x, self.n) * self.right


def _by_sparse_lu(counted: Counted, davies: _core.Davies) -> RealArray:
    """For equations that are sparse matrices in the eigenbasis."""
    _refuse_davies_multiplicity(davies)
    system = _Bordered(counted)
    solve = sparse_inverse(counted.generator, 0.0, system.weight)
    solution = solve(system.right)
    for _ in range(2):  # the touch of damping leaves an error of its own size
        solution = solution + solve(system.right - system(solution))
    return solution / trace(solution, system.n)


def _by_gmres(
    counted: Counted, davies: _core.Davies, tol: float, report: Callable[[float], object]
) -> RealArray:
    _refuse_davies_multiplicity(davies)
    system = _Bordered(counted)
    # The largest rate times ‖ρ‖_F ≤ 1 is what ‖𝓛ρ‖ is measured with.
    rtol = tol * fastest(counted.generator) / float(np.linalg.norm(system.right)) / np.sqrt(system.n)
    inverse = preconditioner(davies, 0.0, system.weight)
    solution, reached = gmres(system, inverse, system.right, min(rtol, 1e-8), report)
    if reached > max(rtol, 1e-8):
        raise _core.ConvergenceError(
            f"steady_state: GMRES stagnates at a relative residual of {reached:.2g} after {counted.count} "
            "applications; the equation may have several steady states or none close to Davies'. "
            'Try method="direct", or evolve for a long time'
        )
    return solution / trace(solution, system.n)
