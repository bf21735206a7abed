"""Distances between operators and between solutions."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_count,
    as_density_matrix,
    as_numeric,
    as_times,
    checked,
    require_finite,
)
from redfield._base.checks.types import Numbers, Operator, State
from redfield._base.norms import trace_norms
from redfield._base.progress import Progress, progress_callback
from redfield._base.records import Record, record
from redfield.analysis.arguments import (
    Stationary,
    as_steady_matrix,
    require_alike,
)
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.equations.solver import Solver
from redfield.results.stats import Stats
from redfield.solve.evolve import METHODS

DENSE = 32
"""Levels up to which superoperator norms are summed over all matrix elements."""


@checked
def trace_norm(a: Operator) -> Any:
    """‖A‖₁ = tr √(A†A), the sum of the singular values.

    `a` is (N, N), or (..., N, N) for a norm each. This is the norm of the paper's Figure 1; it is twice
    the `trace_distance` of two states.

    Examples
    --------
    >>> trace_norm([[1, 0], [0, -1]])
    2.0
    """
    array = as_numeric("a", a)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise ValueError(f"a must be square, or a stack of square matrices, got shape {array.shape}")
    require_finite("a", array)
    adjoint = np.conj(np.swapaxes(array, -1, -2))
    if np.array_equal(array, adjoint):
        norms = trace_norms(array)
    else:
        norms = np.linalg.svd(array, compute_uv=False).sum(axis=-1)
    return float(norms) if array.ndim == 2 else norms


@checked
def trace_distance(a: Operator, b: Operator) -> Any:
    """½‖A − B‖₁, between 0 and 1 for two states.

    Examples
    --------
    >>> trace_distance([[1, 0], [0, 0]], [[0, 0], [0, 1]])
    1.0
    """
    first, second = as_numeric("a", a), as_numeric("b", b)
    if first.shape != second.shape:
        raise ValueError(f"a and b must have one shape, got {first.shape} and {second.shape}")
    return 0.5 * trace_norm(first - second)


@record
class SolutionDistance(Record, answer=True):
    """‖ρ_a(t) − ρ_b(t)‖₁, (T,) `trace_norm` and half of it, `distance`, at times, (T,), and how each evolution went."""

    times: RealArray
    trace_norm: RealArray
    stats_a: Stats
    stats_b: Stats

    @property
    def distance(self) -> RealArray:
        """(T,) ½‖ρ_a − ρ_b‖₁, the trace distance."""
        half: RealArray = 0.5 * self.trace_norm
        return half


@checked
def solution_distance(
    a: AnyEquation,
    b: AnyEquation,
    rho0: State,
    tlist: Numbers,
    *,
    method: str = "auto",
    rtol: float = 1e-6,
    atol: float = 1e-9,
    threads: int | None = None,
    progress: Progress = False,
    stop: _core.StopFlag | None = None,
) -> SolutionDistance:
    """‖ρ_a(t) − ρ_b(t)‖₁ and its half at each of tlist: two equations of one System from one initial state.

    `method`, `rtol` and `atol` are those of `Equation.evolve`, for both. (arXiv:2507.10080, Figure 1.)

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> redfield, davies = rf.Redfield(system, lamb_shift=False), rf.Davies(system, lamb_shift=False)
    >>> solution_distance(davies, redfield, [1, 0, 0, 0, 0, 0, 0, 0], [0.0, 20.0]).trace_norm.round(4)
    array([0.    , 0.0729])
    """
    if a.system is not b.system:
        raise ValueError(f"a and b must be equations of one System, got {a!r} and {b!r}")
    times = as_times("tlist", tlist)
    start = as_density_matrix("rho0", rho0, a.system.dimension)
    settings = Options(method, rtol, atol, threads).settings(METHODS)
    with progress_callback(progress, "comparing") as callback:
        distance, stats_a, stats_b = _core.trace_norm_distance(
            a.generator, b.generator, start, times, settings, stop, callback
        )
    return SolutionDistance(times, distance, stats_a, stats_b)


@checked
def generator_distance(a: AnyEquation, b: AnyEquation, *, samples: int = 32) -> float:
    r"""‖𝓛_a − 𝓛_b‖_F over ‖𝓛_b + i[H, ·]‖_F: how much two equations differ, against what the baths do under the second.

    Frobenius norms of superoperators, summed over all matrix elements up to 32 levels, beyond estimated from `samples`
    random matrices; of a PeriodicSystem over the times of a period too. Of quadratic equations
    √(‖M_a − M_b‖² + ‖Q_a − Q_b‖²) over that of M_b − ih and Q_b.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> round(generator_distance(rf.Davies(system), rf.Redfield(system)), 3)
    0.344
    """
    require_alike(a, b)
    if a.system.dimension != b.system.dimension:
        raise ValueError(
            f"a and b must be equations of one System, theirs have {a.system.dimension} and "
            f"{b.system.dimension} levels"
        )
    one, two, dissipator = difference_parts(a.solver, b.solver, as_count("samples", samples))
    return _ratio([x - y for x, y in zip(one, two, strict=True)], dissipator)


Parts = list[ComplexArray]


@singledispatch
def difference_parts(one: Solver, two: Solver, samples: int) -> tuple[Parts, Parts, Parts]:
    """Return 𝓛_a, 𝓛_b and the dissipator of b in matrices whose Frobenius norms make up theirs.

    Each kind of problem registers its own; by default they act on density matrices.
    """
    a, b = one.equation, two.equation
    n = a.system.dimension
    if n <= DENSE:
        inputs = np.eye(n * n, dtype=np.complex128).reshape(n * n, n, n)
    else:
        rng = np.random.default_rng(0)
        shape = (samples, n, n)
        inputs = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    return (
        [a.apply(x) for x in inputs],
        [b.apply(x) for x in inputs],
        [b.dissipator(x) for x in inputs],
    )


@checked
def steady_state_distance(a: Stationary, b: Stationary) -> float:
    """½‖ρ_a − ρ_b‖₁ of two steady states, their trace distance; of quadratic equations ½‖G_a − G_b‖₁.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> round(steady_state_distance(rf.Davies(system), rf.Redfield(system)), 3)
    0.001
    """
    one, two = (as_steady_matrix(name, x) for name, x in (("a", a), ("b", b)))
    require_alike(a, b)
    if one.shape != two.shape:
        raise ValueError(
            f"a and b must be equations of one System, their states are {one.shape} and {two.shape}"
        )
    return float(trace_distance(one, two))


def _ratio(parts: list[ComplexArray], whole: list[ComplexArray]) -> float:
    top, bottom = (np.sqrt(sum(np.linalg.norm(x) ** 2 for x in each)) for each in (parts, whole))
    return float(top / max(bottom, 1e-300))
