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
from redfield.baths import BathBatch
from redfield.equations.solver import Options, SteadyOptions
from redfield.results.batch import BatchResult
from redfield.results.steady import SteadyStates
from redfield.solve.batch import Batch, added, exceptions, starts_of, starts_of_chunk
from redfield.solve.depths import FIRST_DEPTH, Sums, negligible_of, require_fits, without_spectra
from redfield.solve.evolve import Observables
from redfield.solve.expansions import terminated_terms_of, terms_of
from redfield.solve.regression import METHODS
from redfield.systems.batch import Chunk, SystemBatch
from redfield.systems.couplings import SiteProjectors, is_hermitian

COMPARED = 64e6
"""Bytes of the states of those members that climb together."""

Which = npt.NDArray[np.intp]
"""Members of the batch, ascending."""
Solve = Callable[["Group", Which, int], tuple[ComplexArray, dict[int, Exception]]]
"""Solves members at one depth: their states (K, …, N, N), and what went wrong with some, by their places in K."""


class Baths(NamedTuple):
    """The exponentials of all members, or of each; of a member without there is an error.

    Attributes
    ----------
    shared : whether members differ in H alone.
    fit_error : the part of ∫|C| that the sums miss, at most.
    """

    sums: list[Sums]
    shared: bool
    fit_error: float
    terms: list[int]
    errors: dict[int, Exception]


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
        for j, a in enumerate(self._operators):
            several = getattr(a, "ndim", 2) == 3
            for i, each in enumerate(a if several else [a]):
                if not is_hermitian(each):
                    member = f" of member {i}" if several else ""
                    raise TypeError(
                        f"couplings[{j}]{member} is not Hermitian: a hierarchy is of Hermitian couplings"
                    )

    @property
    def _operators(self) -> tuple[Any, ...]:
        """The couplings; of site projectors, which are the same of all members, none."""
        couplings: Any = self.system.couplings
        return () if isinstance(couplings, SiteProjectors) else couplings

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

        def solve(group: Group, which: Which, depth: int) -> tuple[ComplexArray, dict[int, Exception]]:
            nonlocal totals
            with progress_callback(options.progress, f"depth {depth}") as report:
                found, last, values, failed, stats = _core.evolve_hierarchies(
                    group.chunk.systems, self._members(group, which, depth, threads),
                    starts_of_chunk(group.chunk, starts), times, settings, observables.matrices, options.stop, report,
                )  # fmt: skip
            if states is not None:
                states[which] = found
            final[which], expectations[:, which] = last, values
            totals = self._larger(totals, {"depth": depth, **stats})
            return found, exceptions(failed, 0)

        duration = float(times[-1] - times[0])
        baths = self._baths(duration if duration > 0.0 else 1.0)
        failures, distances = self._climb(baths, solve, 16.0 * n * n * moments, threads)
        bad = sorted(failures)
        expectations[:, bad], final[bad] = np.nan, np.nan
        if states is not None:
            states[bad] = np.nan
        stats_of_all: Any = {
            "method": "auto", "applications": 0, "steps": 0, "rejected": 0, "seconds": 0.0, **totals,
            "negligible": negligible_of(self.equation), "terms": baths.terms, "fit_error": baths.fit_error,
            "error": _largest(distances),
        }  # fmt: skip
        curves = observables.expect(expectations)
        result = BatchResult(times, curves, stats_of_all, states, final, self.equation)
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

        def solve(group: Group, which: Which, depth: int) -> tuple[ComplexArray, dict[int, Exception]]:
            chosen = None if starts is None else starts_of_chunk(group.chunk, starts)
            with progress_callback(options.progress, f"depth {depth}") as report:
                *found, failed = _core.steady_hierarchies(
                    group.chunk.systems, self._members(group, which, depth, threads), tol, threads, most, chosen,
                    report,
                )  # fmt: skip
            state[which], residual[which], applications[which], unique[which], error[which] = found
            return found[0], exceptions(failed, 0)

        failures, distances = self._climb(self._baths(np.inf), solve, 16.0 * n * n, threads)
        bad = sorted(failures)
        state[bad], residual[bad], error[bad], applications[bad] = np.nan, np.nan, np.nan, 0
        error += np.nan_to_num(distances)
        result = SteadyStates(state, residual, applications, "iterative", unique, error)
        if failures:
            raise EnsembleError(failures, result, b)
        return result

    def _baths(self, duration: float) -> Baths:
        """Return the baths of all members as sums of exponentials: one where they have the same."""
        batch, tol = self.system, self.equation.tol
        made = terminated_terms_of if self.equation.terminator else terms_of
        couplings = not any(getattr(a, "ndim", 2) == 3 for a in self._operators)
        if couplings and not any(isinstance(bath, BathBatch) for bath in batch.baths):
            h = batch.hamiltonians if batch.hamiltonians.ndim == 3 else batch.hamiltonians[None]
            terms = made(batch[0], duration, tol, float(np.ptp(np.linalg.eigvalsh(h), axis=1).max()))
            missed = max((x.relative_error for x in terms), default=0.0)
            return Baths(
                [[x[:3] for x in terms]],
                True,
                missed,
                [len(x.rates) for x in terms],
                dict[int, Exception](),
            )
        out: list[Sums] = []
        errors: dict[int, Exception] = {}
        missed, counts = 0.0, [0] * len(batch.baths)
        for i in range(batch.size):
            try:
                terms = made(batch[i], duration, tol)
            except (ValueError, TypeError, _core.ConvergenceError) as error:
                errors[i], terms = error, []
            out.append([x[:3] for x in terms])
            missed = max([missed, *(x.relative_error for x in terms)])
            counts = [max(c, len(x.rates)) for c, x in zip(counts, terms, strict=False)] or counts
        return Baths(out, False, missed, counts, errors)

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

    def _members(self, group: Group, which: Which, depth: int, threads: int) -> tuple[Any, ...]:
        """Return members as the core takes them."""
        most = as_max_bytes(self.equation.max_bytes) / self._at_once(threads)
        places = (which - group.chunk.first).tolist()
        return places, group.of_chunk, group.baths.shared, depth, most, negligible_of(self.equation)

    def _climb(
        self, baths: Baths, solve: Solve, bytes_each: float, threads: int
    ) -> tuple[dict[int, Exception], RealArray]:
        """Solve every member at the depth that it settles at; return errors, and how far its last two depths differ."""
        failures = dict(baths.errors)
        distances = np.full(self.system.size, np.nan)
        asked, tol = self.equation.depth, self.equation.tol
        if isinstance(asked, int):
            self._require_fits(baths, asked, threads)
        for group in self._groups(baths, bytes_each, threads):
            which, depth = group.members, asked if isinstance(asked, int) else FIRST_DEPTH - 1
            before: ComplexArray | None = None
            while len(which):
                try:
                    self._require_fits(baths, depth, threads)
                except MemoryError as too_large:
                    failures |= {int(i): self._unsettled(distances[i], too_large) for i in which}
                    break
                states, failed = solve(group, which, depth)
                failures |= {
                    int(which[k]): self._unsettled(distances[which[k]], error)
                    for k, error in failed.items()
                }
                going = np.array([k not in failed for k in range(len(which))])
                if isinstance(asked, int):
                    break
                if before is not None:
                    changes = np.where(going[(..., *[None] * (states.ndim - 1))], states - before, 0.0)
                    moved = trace_norms(changes).reshape(len(which), -1).max(axis=1)
                    distances[which[going]] = moved[going]
                    going &= ~(moved <= tol)
                which, before, depth = which[going], states[going], depth + 1
        return failures, distances

    def _require_fits(self, baths: Baths, depth: int, threads: int) -> None:
        """MemoryError where hierarchies of one size do not fit, those that are solved at once; else the core tells."""
        if baths.shared:
            core = without_spectra(self.system[0])
            require_fits(self.equation, core, baths.sums[0], depth, False, self._at_once(threads))

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


def _largest(distances: RealArray) -> float:
    """Return the largest distance, or nan where there is none."""
    known = distances[~np.isnan(distances)]
    return float(known.max()) if len(known) else float("nan")
