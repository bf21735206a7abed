"""Density matrices of low rank."""

from __future__ import annotations

import time
from dataclasses import field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_count,
    as_flag,
    as_positive,
    as_threads,
    as_times,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.progress import progress_callback
from redfield._base.records import record
from redfield.equations.base import AnyEquation
from redfield.equations.unravelling import LowRankOptions, Unravelling
from redfield.results.evolution import BaseResult
from redfield.solve.evolve import Observables
from redfield.solve.trajectories.job import mixture


@record
class LowRankResult(BaseResult):
    """ρ(t) = XX† of adaptive rank.

    Attributes
    ----------
    times : (T,) the tlist.
    expect : tr(O ρ(t)) for each of e_ops, (T,) each: float64 where O is Hermitian, else complex128.
    ranks : (T,) columns of X.
    errors : (T,) bound on the distance from the exact ρ(t) in trace norm, from the estimated errors of all steps.
    columns : (N, r) X at the last time, or with store_factors those of all times side by side.
    stats : method, frame, steps, rejected, rank (the largest), error (the last), seconds.
    equation : what was solved.
    """

    ranks: npt.NDArray[np.int64]
    errors: RealArray
    columns: ComplexArray
    equation: Any = field(default=None, repr=False, compare=False)

    kind: ClassVar[str] = "LowRankResult"
    arrays: ClassVar[dict[str, tuple[str, ...]]] = {
        "ranks": ("time",),
        "errors": ("time",),
        "columns": ("level", "column"),
    }

    @property
    def factors(self) -> list[ComplexArray]:
        """X(t), (N, r) each: at every time, or at the last one alone."""
        if self.columns.shape[1] == self.ranks[-1]:
            return [self.columns]
        return np.split(self.columns, np.cumsum(self.ranks)[:-1], axis=1)

    def state(self, index: int = -1) -> ComplexArray:
        """Return ρ = XX†, (N, N), of one of the factors; negative indices count from the last."""
        count = len(self.factors)
        if not -count <= index < count:
            raise IndexError(f"index must be from {-count} to {count - 1}, got {index}")
        x = self.factors[index]
        state: ComplexArray = x @ x.conj().T
        return state

    def _populations(self) -> RealArray | None:
        if len(self.factors) != len(self.times):
            return None
        populations: RealArray = np.array([(np.abs(x) ** 2).sum(axis=1) for x in self.factors])
        return populations

    def _told_of_method(self) -> str:
        stats: Any = self.stats
        return (
            f"low rank, rank {stats['rank']}, {stats['steps']} steps, error {stats['error']:.2g}, "
            f"{stats['seconds']:.3g} s"
        )


def evolve(
    equation: AnyEquation,
    unravelling: Unravelling,
    psi0: State,
    tlist: Numbers,
    e_ops: EOps,
    options: LowRankOptions,
) -> LowRankResult:
    """Solve ρ̇ = 𝓛ρ on factors; see Equation.evolve_low_rank."""
    solver: Any = unravelling.solver
    began, n = time.perf_counter(), solver.dimension
    times = as_times("tlist", tlist)
    observables = Observables(e_ops, n)
    kets, probabilities, trace = mixture(psi0, n)
    start = np.ascontiguousarray(unravelling.kets(kets * np.sqrt(trace * probabilities)))
    max_rank = 0 if options.max_rank is None else as_count("max_rank", options.max_rank)
    with progress_callback(options.progress, "evolving") as report:
        values, factors, ranks, errors, (steps, rejected) = solver.run(
            start,
            times,
            [unravelling.operator(o) for o in observables.operators],
            as_positive("rtol", options.rtol),
            max_rank,
            as_threads(options.threads),
            as_flag("store_factors", options.store_factors),
            options.stop,
            report,
        )
    columns = np.concatenate([unravelling.given(x.T).T for x in factors], axis=1)
    stats: Any = {
        "method": "low rank",
        "frame": unravelling.frame,
        "steps": steps,
        "rejected": rejected,
        "rank": int(ranks.max()),
        "error": float(errors[-1]),
        "seconds": time.perf_counter() - began,
    }
    return LowRankResult(times, observables.expect(values), stats, ranks, errors, columns, equation)
