"""Steady states."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.linalg

from redfield import _core
from redfield.evolve import Progress, progress_callback
from redfield.steady.linear import (
    METHODS,
    Counted,
    fastest,
    gmres,
    preconditioner,
    sparse_inverse,
    trace,
)
from redfield.steady.nullspace import null_space, rounding
from redfield.steady.outcome import MultipleSteadyStates, SteadyState
from redfield.validation import RealArray, as_choice, as_positive, as_threads, require_memory

DIRECT = 8
"""Levels up to which the null space of a dense N²×N² matrix is the quickest."""
RESCUED = 48
"""Levels up to which "auto" takes it where GMRES stagnates, as far from Davies' equation."""
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
    n = generator.dimension
    small = n <= DIRECT
    sparse = getattr(generator, "non_zeros", np.inf) <= SPARSE * counted.size
    chooses = as_choice("method", method, METHODS) == "auto"
    if chooses:
        method = "direct" if small or sparse else "iterative"
    with progress_callback(progress, "steady state") as given:
        report: Callable[[float], object] = given or (lambda fraction: None)
        try:
            if method == "direct" and (small or not sparse):
                packed = _null_vector(counted)
            elif method == "direct":
                packed = _by_sparse_lu(counted)
                _refuse_others(counted, davies(), packed)
            else:
                chosen = davies()
                packed = _by_gmres(counted, chosen, tol, report)
                _refuse_others(counted, chosen, packed)
        except _core.ConvergenceError:
            if not chooses or n > RESCUED:
                raise
            method, packed = "direct", _null_vector(counted)
    residual = float(np.linalg.norm(counted(packed)))
    allowed = max(tol, rounding(n)) * fastest(generator)
    if not residual <= allowed:
        raise _core.ConvergenceError(
            f"steady_state: the residual is {residual:.2g}, above tol times the fastest rate, {allowed:.2g}; loosen "
            'tol, or try method="direct"'
        )
    return SteadyState(generator.unpack(packed), residual, counted.count, method)


def _several(counted: Counted, vectors: list[RealArray]) -> MultipleSteadyStates:
    count = len(vectors)
    states = np.array([counted.generator.unpack(v) for v in vectors])
    return MultipleSteadyStates(
        f"there are {count} steady states; .states of this exception has a basis of them. A symmetry "
        "of H and all couplings, or levels that no bath reaches, conserve something: solve in one "
        "sector, or evolve the initial state you have",
        count,
        states,
    )


def _null_vector(counted: Counted) -> RealArray:
    n = counted.generator.dimension
    require_memory(f"the dense matrix of {n} levels", 4 * 8.0 * float(n) ** 4)
    _, values, right = scipy.linalg.svd(counted.matrix(), lapack_driver="gesdd")
    # Rounding of a matrix of size ‖𝓛‖, and a little more; weak dissipation is far above it.
    zero = values <= rounding(n) * max(values[0], fastest(counted.generator))
    zero[-1] = True  # trace conservation
    if int(zero.sum()) > 1:
        raise _several(counted, list(right[zero]))
    vector: RealArray = right[-1]
    return vector / trace(vector, n)


def _refuse_others(counted: Counted, davies: _core.Davies, packed: RealArray) -> None:
    """Raises MultipleSteadyStates where what 𝓛 leaves of random operators is not the state found."""
    found = null_space(counted, davies, packed)
    if len(found) > 1:
        raise _several(counted, found)


class _Bordered:
    """𝓛ρ + w tr(ρ) 1/N = w 1/N, whose solution is the steady state of trace 1 where there is one."""

    def __init__(self, counted: Counted) -> None:
        generator = counted.generator
        self.counted, self.n = counted, generator.dimension
        self.weight = max(generator.bounds[1], 1e-3 * fastest(generator))
        self.right: RealArray = np.eye(self.n).ravel() * (self.weight / self.n)

    def __call__(self, x: RealArray) -> RealArray:
        return self.counted(x) + trace(x, self.n) * self.right


def _by_sparse_lu(counted: Counted) -> RealArray:
    """For equations that are sparse matrices in the eigenbasis."""
    system = _Bordered(counted)
    solve = sparse_inverse(counted.generator, 0.0, system.weight)
    solution = solve(system.right)
    for _ in range(2):  # the touch of damping leaves an error of its own size
        solution = solution + solve(system.right - system(solution))
    return solution / trace(solution, system.n)


def _by_gmres(
    counted: Counted, davies: _core.Davies, tol: float, report: Callable[[float], object]
) -> RealArray:
    system = _Bordered(counted)
    # The largest rate times ‖ρ‖_F ≤ 1 is what ‖𝓛ρ‖ is measured with.
    scale = fastest(counted.generator) / float(np.linalg.norm(system.right)) / np.sqrt(system.n)
    rtol = max(tol, rounding(system.n)) * min(1.0, scale)
    inverse = preconditioner(davies, 0.0, system.weight)
    solution, reached = gmres(system, inverse, system.right, max(0.3 * rtol, 1e-15), report)
    if not np.isfinite(solution).all() or reached > 1e-3:
        raise _core.ConvergenceError(
            f"steady_state: GMRES stagnates at a relative residual of {reached:.2g} after {counted.count} "
            "applications; the equation may have no steady state close to Davies'. "
            'Try method="direct", or evolve for a long time'
        )
    return solution / trace(solution, system.n)
