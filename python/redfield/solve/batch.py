"""Solves the members of a batch, a chunk at a time."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from redfield import _core
from redfield._base.checks import (
    HERMITICITY_TOL,
    ComplexArray,
    RealArray,
    as_choice,
    as_hermitian,
    as_max_bytes,
    as_numeric,
    as_positive,
    as_states,
    as_threads,
    as_times,
    require_hermitian_each,
    require_memory,
    warn,
)
from redfield._base.checks.types import EOps, Numbers, Operand, State
from redfield._base.errors import EnsembleError
from redfield._base.precision import as_dtype, states_type
from redfield._base.progress import progress_callback
from redfield.equations.asked import ASKED
from redfield.equations.options import Options, SteadyOptions
from redfield.equations.solver import Solver
from redfield.results.batch import BatchResult
from redfield.results.gradient import Gradient, GradientOptions
from redfield.results.steady import SteadyStates
from redfield.solve import batch_gradients
from redfield.solve.evolve import METHODS as CONSTANT
from redfield.solve.evolve import Observables
from redfield.solve.members import added, chunks_of, exceptions, starts_of, starts_of_chunk
from redfield.solve.steady import METHODS, NOTICEABLE


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
        raise TypeError(
            f"{self.equation!r} is of a batch and has no {ASKED.get(what, what)}: ask one member, equation[i]"
        )

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
            for chunk, kind, part in chunks_of(equation, as_threads(options.threads), report):
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
        expect = observables.expect(expectations)
        result = BatchResult(times, expect, stats_of_all, states, final, equation, starts)
        if failures:
            raise EnsembleError(failures, result, b)
        return result

    def steady_gradient(
        self, state: ComplexArray, observable: Operand, options: GradientOptions
    ) -> Gradient:
        b, n = len(state), self.system.dimension
        given = as_numeric("observable", observable)
        each = as_states("observable", given[None] if given.ndim == 2 else given, n)
        if len(each) not in (1, b):
            raise ValueError(f"observable is {len(each)} matrices for {b} members")
        require_hermitian_each("observable", each)
        return batch_gradients.of_steady_states(self.equation, state, each, options)

    def evolution_gradient(
        self, rho0: State, times: RealArray, weights: Operand, options: GradientOptions
    ) -> Gradient:
        b, n = self.system.size, self.system.dimension
        w = as_numeric("weights", weights)
        w = w[None] if w.ndim == 3 else w
        if w.ndim != 4 or w.shape[0] not in (1, b):
            raise ValueError(
                f"weights have shape {w.shape}, not (T, N, N) or (B, T, N, N) of {b} members"
            )
        as_states("weights", w.reshape(-1, n, n), n)
        worst = np.abs(w - w.conj().swapaxes(-1, -2)).max(axis=(0, 2, 3))
        if (worst > HERMITICITY_TOL * np.abs(w).max()).any():
            as_hermitian(f"weights[{int(np.argmax(worst))}]", w[0, int(np.argmax(worst))])
            raise ValueError(f"weights of time {int(np.argmax(worst))} are not Hermitian")
        each = np.ascontiguousarray(w, dtype=np.complex128)
        starts = starts_of(rho0, b, n)
        return batch_gradients.of_evolutions(self.equation, starts, times, each, options)

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
            for chunk, kind, part in chunks_of(equation, count, report):
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
        result = SteadyStates(
            state, residual, applications, name, unique, error, None if failures else equation
        )
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
