"""Solves the members of a batch, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_choice,
    as_density_matrix,
    as_max_bytes,
    as_numeric,
    as_positive,
    as_threads,
    as_times,
    require_memory,
    warn,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.errors import EnsembleError
from redfield._base.precision import as_dtype, states_type
from redfield._base.progress import Report, progress_callback, report_of_part
from redfield.equations.base import AnyEquation
from redfield.equations.solver import Options, Solver, SteadyOptions
from redfield.results.batch import BatchResult
from redfield.results.steady import SteadyStates
from redfield.solve.evolve import METHODS as CONSTANT
from redfield.solve.evolve import Observables
from redfield.solve.steady import METHODS, NOTICEABLE, several
from redfield.systems.batch import Chunk


class Batch(Solver, problem="batch"):
    """The solver of a SystemBatch: all members in one call of the core."""

    def prepare(self) -> None:
        if self.equation.remembers:
            raise TypeError(
                "history='memory' is not for a SystemBatch; make the equation of a member, batch[i]"
            )

    @property
    def generator(self) -> Any:
        raise TypeError(
            f"{self.equation!r} answers evolve and steady_state; ask one member, equation[i], for anything else"
        )

    def _refused(self, what: str) -> NoReturn:
        raise TypeError(f"{self.equation!r} is of a batch and has no {what}: ask one member, equation[i]")

    def of_reservoir(self, reservoir: int) -> Any:
        self._refused("of_reservoir")

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> BatchResult:
        """Solve ρ̇ = 𝓛ρ of every member; see Equation.evolve. rho0 may be (B, N, N), one state each."""
        options.refuse("batch", "max_step", "breakpoints", "error")
        equation, batch = self.equation, self.system
        b, n = batch.size, batch.dimension
        times = as_times("tlist", tlist)
        starts = starts_of(rho0, b, n)
        observables = Observables(e_ops, n, options.store_states)
        store = observables.store
        settings, number = options.settings(CONSTANT), states_type(as_dtype(options.dtype, options.rtol))
        size = float(np.dtype(number).itemsize) * b * n * n * (1 + store * len(times))
        size += 16.0 * b * len(observables.matrices) * len(times)
        require_memory("the results of all members", size)
        # Whoever writes a page first pays for it: the members do, side by side.
        expectations = np.empty((len(observables.matrices), b, len(times)), dtype=np.complex128)
        states = np.empty((b, len(times), n, n), dtype=number) if store else None
        final = np.empty((b, n, n), dtype=number)
        failures: dict[int, Exception] = {}
        totals: dict[str, Any] = {}
        with progress_callback(options.progress, "evolving") as report:
            for chunk, kind, part in _chunks(equation, as_threads(options.threads), report):
                failed, stats = _core.evolve_batch(
                    chunk.systems, kind, starts_of_chunk(chunk, starts), times, settings, observables.matrices,
                    chunk.first, expectations, states, final, options.stop, part,
                )  # fmt: skip
                failures |= exceptions(failed, chunk.first)
                totals = added(totals, stats)
        for i in failures:
            expectations[:, i] = final[i] = np.nan
            if states is not None:
                states[i] = np.nan
        stats_of_all: Any = totals
        result = BatchResult(
            times, observables.expect(expectations), stats_of_all, states, final, equation
        )
        if failures:
            raise EnsembleError(failures, result, b)
        return result

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> SteadyStates:
        """Solve 𝓛ρ = 0 of every member; see Equation.steady_state."""
        options.refuse("batch", "error")
        equation, batch = self.equation, self.system
        method, tol = as_choice("method", options.method, METHODS), as_positive("tol", options.tol)
        count = as_threads(options.threads)
        b, n = batch.size, batch.dimension
        starts = None if rho0 is None else starts_of(rho0, b, n)
        require_memory("the steady states of all members", 16.0 * b * n * n)
        state, residual, error = np.empty((b, n, n), dtype=np.complex128), np.empty(b), np.empty(b)
        applications = np.zeros(b, dtype=np.int64)
        direct, unique = np.zeros(b, dtype=np.bool_), np.zeros(b, dtype=np.bool_)
        failures: dict[int, Exception] = {}
        with progress_callback(options.progress, "steady states") as report:
            for chunk, kind, part in _chunks(equation, count, report):
                chosen = None if starts is None else starts_of_chunk(chunk, starts)
                failed = _core.steady_batch(
                    chunk.systems, kind, method, tol, count, as_max_bytes(None), chunk.first, state, residual,
                    applications, direct, unique, error, chosen, part,
                )  # fmt: skip
                failures |= exceptions(failed, chunk.first)
        bad = sorted(failures)
        state[bad], residual[bad], error[bad], applications[bad] = np.nan, np.nan, np.nan, 0
        of_members = np.delete(direct, bad)
        name = "direct" if of_members.all() else "mixed" if of_members.any() else "iterative"
        result = SteadyStates(state, residual, applications, name, unique, error)
        if failures:
            raise EnsembleError(failures, result, batch.size)
        if (error > NOTICEABLE).any():
            warn(
                f"the steady states of {int((error > NOTICEABLE).sum())} members may be wrong by up to "
                f"{np.nanmax(error):.1g} in trace norm (.error): some rates are so much slower than the fastest that "
                "rounding tells",
                UserWarning,
            )
        return result


def _chunks(
    equation: AnyEquation, threads: int, report: Report
) -> Iterator[tuple[Chunk, _core.Kind, Report]]:
    """Yield each chunk, its kind of equation, and the function that takes its progress."""
    batch: Any = equation.system
    for chunk in batch.chunks(equation._shift_table, threads):
        part = report_of_part(report, chunk.first, chunk.size, batch.size)
        yield chunk, equation._kind(chunk), part


def starts_of(rho0: State, size: int, n: int) -> ComplexArray:
    """Return one start for all members, (1, N, N), or one each, (B, N, N)."""
    array = as_numeric("rho0", rho0)
    if array.ndim != 3:
        return as_density_matrix("rho0", array, n)[None]
    if array.shape != (size, n, n):
        raise ValueError(f"rho0 has shape {array.shape}, but the batch has {size} members of {n} levels")
    if not np.isfinite(array).all():
        bad = int(np.argmax(~np.isfinite(array).all(axis=(1, 2))))
        raise ValueError(f"rho0[{bad}] has an entry that is not finite")
    off = np.abs(array - array.conj().transpose(0, 2, 1)).max(axis=(1, 2))
    trace = np.abs(np.einsum("bkk->b", array) - 1.0)
    for i in np.flatnonzero((off > 1e-8) | (trace > 1e-8))[:1]:  # what it says of a single state
        as_density_matrix(f"rho0[{i}]", array[i], n)
    return np.ascontiguousarray(array, dtype=np.complex128)


def starts_of_chunk(chunk: Chunk, starts: ComplexArray) -> ComplexArray:
    """Return the starts of a chunk's members."""
    return starts if len(starts) == 1 else starts[chunk.first : chunk.first + chunk.size]


def exceptions(failed: list[tuple[Any, ...]], first: int) -> dict[int, Exception]:
    return {first + each[0]: each[1] if len(each) == 2 else several(*each[1:]) for each in failed}


def added(totals: dict[str, Any], stats: dict[str, Any]) -> dict[str, Any]:
    """Return the statistics of several chunks: sums, and their common method, frame and dtype as the core has them."""
    if not totals:
        return dict(stats)
    out = {key: value if isinstance(value, str) else value + totals[key] for key, value in stats.items()}
    out["method"] = stats["method"] if stats["method"] == totals["method"] else "auto"
    out["frame"] = totals["frame"]
    out["dtype"] = min(stats["dtype"], totals["dtype"])
    return out
