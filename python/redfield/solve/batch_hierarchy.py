"""The hierarchical equations of motion of a batch: every member climbs to its own depth, a depth in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_max_bytes,
    as_positive,
    as_threads,
    as_times,
    require_memory,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.errors import EnsembleError
from redfield._base.norms import trace_norms
from redfield._base.precision import as_dtype, states_type
from redfield._base.progress import progress_callback
from redfield.baths.remainders import Terms
from redfield.equations.options import Options, SteadyOptions
from redfield.equations.solver import Solver
from redfield.results.batch import BatchResult
from redfield.results.steady import SteadyStates
from redfield.solve.batch import Batch
from redfield.solve.batch_expansions import Baths, Level, Which, baths_of, operators_of
from redfield.solve.depths import FIRST_DEPTH, Sums, negligible_of
from redfield.solve.evolve import Observables
from redfield.solve.members import added, exceptions, starts_of, starts_of_chunk
from redfield.solve.misfit import evolved_effect, steady_effect
from redfield.solve.regression import METHODS
from redfield.systems.batch import Chunk, SystemBatch
from redfield.systems.couplings import is_hermitian

COMPARED = 64e6
"""Bytes of the states of those members that climb together."""

Solve = Callable[["Group", Which, Level], tuple[ComplexArray, dict[int, Exception]]]
"""Solves members at one depth: their states (K, …, N, N), and what went wrong with some, by their places in K."""


class Group(NamedTuple):
    """Members of a chunk that climb together."""

    chunk: Chunk
    members: Which
    baths: Baths

    @property
    def of_chunk(self) -> list[Sums]:
        """The exponentials of the chunk's members, or those of all."""
        first = self.chunk.first
        sums = self.baths.sums
        return sums if len(sums) == 1 else sums[first : first + self.chunk.size]


class BatchHierarchies(Batch, problem="batch", kind="HEOM"):
    """The solver of a SystemBatch by hierarchies."""

    system: SystemBatch

    def prepare(self) -> None:
        for j, a in enumerate(operators_of(self.system)):
            several = getattr(a, "ndim", 2) == 3
            for i, each in enumerate(a if several else [a]):
                if not is_hermitian(each):
                    member = f" of member {i}" if several else ""
                    raise TypeError(
                        f"couplings[{j}]{member} is not Hermitian: a hierarchy is of Hermitian couplings"
                    )

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> BatchResult:
        """Solve every member; see Equation.evolve. rho0 may be (B, N, N), one state each."""
        options.refuse("batch", "max_step", "breakpoints", "error")
        b, n, times = self.system.size, self.system.dimension, as_times("tlist", tlist)
        threads = as_threads(options.threads)
        starts = starts_of(rho0, b, n)
        observables = Observables(e_ops, n, options.store_states)
        settings, number = options.settings(METHODS), states_type(as_dtype(options.dtype, options.rtol))
        state, count, moments = (
            float(np.dtype(number).itemsize) * n * n,
            len(observables.matrices),
            len(times),
        )
        size = b * (state * (1 + observables.store * moments) + 16.0 * count * moments)
        require_memory("the results of all members", size)
        expectations = np.full((count, b, moments), np.nan, dtype=np.complex128)
        states = np.full((b, moments, n, n), np.nan, dtype=number) if observables.store else None
        final = np.full((b, n, n), np.nan, dtype=number)
        totals: dict[str, Any] = {}

        def solve(group: Group, which: Which, level: Level) -> tuple[ComplexArray, dict[int, Exception]]:
            nonlocal totals
            with progress_callback(options.progress, f"depth {level.depth}") as report:
                found, last, values, failed, stats = _core.evolve_hierarchies(
                    group.chunk.systems, self._members(group, which, level, threads),
                    starts_of_chunk(group.chunk, starts), times, settings, observables.matrices, options.stop, report,
                )  # fmt: skip
            if states is not None:
                states[which] = found
            final[which], expectations[:, which] = last, values
            totals = self._larger(totals, {"depth": level.depth, **stats})
            return found, exceptions(failed, 0)

        duration = float(times[-1] - times[0])

        def effect(i: int, terms: list[Terms]) -> float:
            start = starts[i if len(starts) > 1 else 0]
            return evolved_effect(self.system[i], terms, start, times)

        baths = baths_of(self.equation, duration if duration > 0.0 else 1.0, effect)
        failures, distances = self._climb(baths, solve, 16.0 * n * n * moments, threads)
        bad = sorted(failures)
        expectations[:, bad], final[bad] = np.nan, np.nan
        if states is not None:
            states[bad] = np.nan
        stats_of_all: Any = {
            "method": "auto", "applications": 0, "steps": 0, "rejected": 0, "seconds": 0.0, **totals,
            "negligible": negligible_of(self.equation), "terms": baths.terms, "fit_error": baths.fit_error,
            "error": _largest(distances + np.nan_to_num(baths.effects)), "fit_effect": _largest(baths.effects),
        }  # fmt: skip
        curves = observables.expect(expectations)
        result = BatchResult(times, curves, stats_of_all, states, final, self.equation, starts)
        if failures:
            raise EnsembleError(failures, result, b)
        return result

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> SteadyStates:
        """Solve 𝓛ρ = 0 of every member; see Equation.steady_state."""
        options.refuse("batch", "error", "method")
        b, n, tol = self.system.size, self.system.dimension, as_positive("tol", options.tol)
        threads = as_threads(options.threads)
        most = as_max_bytes(self.equation.max_bytes) / self._at_once(threads)
        starts = None if rho0 is None else starts_of(rho0, b, n)
        require_memory("the steady states of all members", 16.0 * b * n * n)
        state, residual, error = (
            np.full((b, n, n), np.nan, dtype=np.complex128),
            np.full(b, np.nan),
            np.full(b, np.nan),
        )
        applications, unique = np.zeros(b, dtype=np.int64), np.zeros(b, dtype=np.bool_)

        def solve(group: Group, which: Which, level: Level) -> tuple[ComplexArray, dict[int, Exception]]:
            chosen = None if starts is None else starts_of_chunk(group.chunk, starts)
            with progress_callback(options.progress, f"depth {level.depth}") as report:
                *found, failed = _core.steady_hierarchies(
                    group.chunk.systems, self._members(group, which, level, threads), tol, threads, most, chosen,
                    report,
                )  # fmt: skip
            state[which], residual[which], applications[which], unique[which], error[which] = found
            return found[0], exceptions(failed, 0)

        def effect(i: int, terms: list[Terms]) -> float:
            return steady_effect(self.system[i], terms)

        baths = baths_of(self.equation, np.inf, effect)
        failures, distances = self._climb(baths, solve, 16.0 * n * n, threads)
        bad = sorted(failures)
        state[bad], residual[bad], error[bad], applications[bad] = np.nan, np.nan, np.nan, 0
        error += distances + np.nan_to_num(baths.effects)
        result = SteadyStates(state, residual, applications, "iterative", unique, error, self.equation)
        if failures:
            raise EnsembleError(failures, result, b)
        return result

    # Gradients of other batches are of generators.
    steady_gradient = Solver.steady_gradient
    evolution_gradient = Solver.evolution_gradient

    def _groups(self, baths: Baths, bytes_each: float, threads: int) -> Iterator[Group]:
        """Yield members whose states fit, but for those without baths."""
        together = max(1, int(COMPARED / bytes_each))
        for chunk in self.system.chunks(False, threads):
            for first in range(chunk.first, chunk.first + chunk.size, together):
                last = min(first + together, chunk.first + chunk.size)
                members = np.array(
                    [i for i in range(first, last) if i not in baths.errors], dtype=np.intp
                )
                if len(members):
                    yield Group(chunk, members, baths)

    def _at_once(self, threads: int) -> int:
        """Return how many members are solved at a time, at most."""
        return min(threads or _core.cores(), self.system.size)

    def _members(self, group: Group, which: Which, level: Level, threads: int) -> tuple[Any, ...]:
        """Return members as the core takes them."""
        most = as_max_bytes(self.equation.max_bytes) / self._at_once(threads)
        places = (which - group.chunk.first).tolist()
        negligible = negligible_of(self.equation, level.share)
        return places, group.of_chunk, group.baths.shared, level.depth, most, negligible

    def _climb(
        self, baths: Baths, solve: Solve, bytes_each: float, threads: int
    ) -> tuple[dict[int, Exception], RealArray]:
        """Solve every member at the depth that it settles at; return errors, and how far its last two depths differ."""
        failures = dict(baths.errors)
        distances = np.full(self.system.size, np.nan)
        asked, tol = self.equation.depth, self.equation.tol
        if isinstance(asked, int):
            baths.require_fits(Level(asked, 1.0), self._at_once(threads))
        for group in self._groups(baths, bytes_each, threads):
            which, level = group.members, Level(asked if isinstance(asked, int) else FIRST_DEPTH - 1, 1.0)
            kept: dict[int, float] = {}
            before: ComplexArray | None = None
            while len(which):
                try:
                    level = level if isinstance(asked, int) else baths.grown(which, level, kept)
                    baths.require_fits(level, self._at_once(threads))
                except MemoryError as too_large:
                    failures |= {int(i): self._unsettled(distances[i], too_large) for i in which}
                    break
                states, failed = solve(group, which, level)
                failures |= {
                    int(which[k]): self._unsettled(distances[which[k]], error)
                    for k, error in failed.items()
                }
                going = np.array([k not in failed for k in range(len(which))])
                if isinstance(asked, int):
                    break
                if before is not None:
                    moved = _moved(states, before, going)
                    distances[which[going]] = moved[going]
                    settled = going & (moved <= tol)
                    failures |= self._refine(
                        group, which[settled], states[settled], level, solve, distances, threads
                    )
                    going &= ~settled
                which, before = which[going], states[going]
                level = Level(level.depth + 1, level.share)
        return failures, distances

    def _refine(
        self, group: Group, which: Which, before: ComplexArray, level: Level, solve: Solve, distances: RealArray,
        threads: int,
    ) -> dict[int, Exception]:  # fmt: skip
        """Leave out less of members whose depth has settled until that moves none by more than tol; return errors."""
        failures: dict[int, Exception] = {}
        climbed = distances.copy()
        while len(which) and (finer := group.baths.finer(which, level)) is not None:
            level = finer
            try:
                group.baths.require_fits(level, self._at_once(threads))
            except MemoryError as too_large:
                return failures | {int(i): self._unsettled(distances[i], too_large) for i in which}
            states, failed = solve(group, which, level)
            failures |= {int(which[k]): error for k, error in failed.items()}
            going = np.array([k not in failed for k in range(len(which))])
            cut = _moved(states, before, going)
            distances[which[going]] = climbed[which[going]] + cut[going]
            going &= ~(cut <= self.equation.tol)
            which, before = which[going], states[going]
        return failures

    def _unsettled(self, distance: float, error: Exception) -> Exception:
        """Return the error of a member, of one that would not fit with how far its last two depths are apart."""
        if np.isnan(distance) or not isinstance(error, MemoryError):
            return error
        tol = self.equation.tol
        return MemoryError(
            f"depth='auto': the last two depths differ by {distance:.2g}, more than tol = {tol:g}, and {error}"
        )

    def _larger(self, totals: dict[str, Any], stats: dict[str, Any]) -> dict[str, Any]:
        """Return the sums of two statistics, and the larger hierarchy."""
        largest = {
            key: max(stats[key], totals.get(key, 0)) for key in ("depth", "auxiliary_operators", "bytes")
        }
        return {**added(totals, stats), **largest}


def _moved(states: ComplexArray, before: ComplexArray, going: npt.NDArray[np.bool_]) -> RealArray:
    """Return the largest ‖·‖₁ of the change of each member's states, 0 of those that failed."""
    changes = np.where(going[(..., *[None] * (states.ndim - 1))], states - before, 0.0)
    moved: RealArray = trace_norms(changes).reshape(len(states), -1).max(axis=1)
    return moved


def _largest(distances: RealArray) -> float:
    """Return the largest distance, or nan where there is none."""
    known = distances[~np.isnan(distances)]
    return float(known.max()) if len(known) else float("nan")
