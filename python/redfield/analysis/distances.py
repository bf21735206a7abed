"""Distances between operators and between solutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield import _core
from redfield.equations import Equation
from redfield.evolve import Options, Progress, progress_callback
from redfield.result import Stats
from redfield.validation import RealArray, as_density_matrix, as_numeric, as_times, require_finite


def trace_norm(a: Any) -> Any:
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
        norms = np.abs(np.linalg.eigvalsh(array)).sum(axis=-1)
    else:
        norms = np.linalg.svd(array, compute_uv=False).sum(axis=-1)
    return float(norms) if array.ndim == 2 else norms


def trace_distance(a: Any, b: Any) -> Any:
    """½‖A − B‖₁, between 0 and 1 for two states.

    Examples
    --------
    >>> trace_distance([[1, 0], [0, 0]], [[0, 0], [0, 1]])
    1.0
    """
    return 0.5 * trace_norm(as_numeric("a", a) - as_numeric("b", b))


@dataclass(frozen=True)
class SolutionDistance:
    """‖ρ_a(t) − ρ_b(t)‖₁, (T,), at times, (T,), and how each evolution went."""

    times: RealArray
    distance: RealArray
    stats_a: Stats
    stats_b: Stats


def solution_distance(
    a: Equation,
    b: Equation,
    rho0: Any,
    tlist: Any,
    *,
    method: str = "auto",
    rtol: float = 1e-6,
    atol: float = 1e-9,
    threads: int | None = None,
    progress: Progress = False,
    stop: _core.StopFlag | None = None,
) -> SolutionDistance:
    """‖ρ_a(t) − ρ_b(t)‖₁ at each of tlist: two equations of one System from one initial state.

    `method`, `rtol` and `atol` are those of `Equation.evolve`, for both. (arXiv:2507.10080, Figure 1.)

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> redfield, davies = rf.Redfield(system, lamb_shift=False), rf.Davies(system, lamb_shift=False)
    >>> solution_distance(davies, redfield, [1, 0, 0, 0, 0, 0, 0, 0], [0.0, 20.0]).distance.round(4)
    array([0.    , 0.0729])
    """
    if a.system is not b.system:
        raise ValueError("a and b must be equations of one System")
    times = as_times("tlist", tlist)
    start = as_density_matrix("rho0", rho0, a.system.dimension)
    settings = Options(method, rtol, atol, threads).settings()
    with progress_callback(progress, "comparing") as callback:
        distance, stats_a, stats_b = _core.trace_norm_distance(
            a.generator, b.generator, start, times, settings, stop, callback
        )
    return SolutionDistance(times, distance, stats_a, stats_b)
