"""Many trajectories: checks, blocks of them, and their averages."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from redfield import _core, sweeps
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_count,
    as_flag,
    as_positive,
    as_seed,
    as_state,
    as_threads,
    as_times,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.fingerprint import token
from redfield._base.precision import as_dtype
from redfield._base.progress import progress_callback
from redfield.equations.unravelling import Maker, TrajectoryOptions, Unravelling
from redfield.solve.evolve import Observables
from redfield.solve.trajectories.average import BLOCK, UNSEEN, Average, Block
from redfield.solve.trajectories.result import TrajectoryResult

EMPTY = 1e-14
"""Probabilities of a mixed start below this, relative to the trace, are rounding."""
NEGATIVE = 1e-9
"""The largest negative eigenvalue of a start, relative to the trace, that counts as rounding."""


class Job:
    """One problem, checked; its trajectories are numbered."""

    def __init__(
        self,
        unravelling: Unravelling,
        psi0: State,
        tlist: Numbers,
        e_ops: EOps,
        options: TrajectoryOptions,
    ) -> None:
        n = unravelling.solver.dimension
        self.unravelling, self.dimension = unravelling, n
        self.times = as_times("tlist", tlist)
        self.observables = Observables(e_ops, n)
        self.operators = [unravelling.operator(o) for o in self.observables.operators]
        kets, self.probabilities, self.trace = mixture(psi0, n)
        self.kets = np.ascontiguousarray(unravelling.kets(kets))
        self.rtol = as_positive("rtol", options.rtol)
        self.dtype = as_dtype(options.dtype, self.rtol)
        self.seed = int(
            np.random.SeedSequence(as_seed("seed", options.seed)).generate_state(1, np.uint64)[0]
        )
        self.store_states = as_flag("store_states", options.store_states)
        self.threads, self.stop = as_threads(options.threads), options.stop

    def change(self) -> RealArray:
        """(T,) a bound on the probability that a trajectory is not the most probable one that makes no jump."""
        one = int(np.argmax(self.probabilities))
        unchanged = self.unravelling.solver.survival(
            np.ascontiguousarray(self.kets[:, [one]]), self.times, 1.0 - 0.5 * UNSEEN, self.stop
        )
        change: RealArray = np.clip(1.0 - self.probabilities[one] * unchanged, 0.0, 1.0)
        return change

    def reach(self, mean: ComplexArray) -> RealArray:
        """(E, T) how far the value of a ket can be from a mean, of each observable."""
        low_re, high_re, low_im, high_im = self.ranges.T[:, :, None]
        re = np.maximum(high_re - mean.real, mean.real - low_re)
        im = np.maximum(high_im - mean.imag, mean.imag - low_im)
        reach: RealArray = np.hypot(np.clip(re, 0.0, None), np.clip(im, 0.0, None))
        return reach

    @functools.cached_property
    def ranges(self) -> RealArray:
        """(E, 4) the least and the largest real and imaginary part of each observable's values."""
        found = [_core.numerical_range(self.dimension, o) for o in self.operators]
        return np.array(found, dtype=np.float64).reshape(len(found), 4)

    def block(self, first: int, count: int, report: Callable[[float], object] | None = None) -> Block:
        runs, kets, weights, (which, when, channel) = self.unravelling.solver.run(
            first, count, self.kets, self.probabilities, self.times, self.operators, self.rtol, self.dtype,
            self.threads, self.seed, self.store_states, self.stop, report,
        )  # fmt: skip
        if kets is not None:
            kets = self.unravelling.given(kets)
        return Block(
            runs, weights, kets, (which + first, when, channel), np.bincount(which, minlength=count)
        )

    def token(self, equation: object, make: Maker) -> str:
        """Return a hash of all that decides the numbers of a block."""
        told = (
            equation,
            make.method,
            make.step,
            self.kets,
            self.probabilities,
            self.times,
            self.operators,
            self.rtol,
            self.dtype,
            self.seed,
        )
        return token(told, "trajectories")


def trajectories(
    equation: object,
    unravelling: Unravelling,
    make: Maker,
    psi0: State,
    tlist: Numbers,
    e_ops: EOps,
    options: TrajectoryOptions,
) -> TrajectoryResult:
    """Average many trajectories; see Equation.trajectories."""
    began = time.perf_counter()
    job = Job(unravelling, psi0, tlist, e_ops, options)
    samples = as_count("samples", options.samples, 2)
    wanted = None if options.error is None else as_positive("error", options.error)
    average = Average(job, as_flag("keep_runs", options.keep_runs), samples)
    if wanted is not None and not job.operators:
        raise ValueError("error is of expectation values: give e_ops")
    with progress_callback(options.progress, "trajectories") as report:
        blocks = (
            _blocks(job, samples, report)
            if options.store is None
            else _stored(job, equation, make, samples, options.store, wanted is not None, report)
        )
        for block in blocks:
            average.add(block)
            if wanted is not None and average.standard_errors().max() <= wanted:
                break
    seconds = time.perf_counter() - began
    return average.result(
        equation,
        {"method": make.method, "frame": unravelling.frame, "dtype": job.dtype, "seconds": seconds},
    )


def mixture(psi0: State, n: int) -> tuple[ComplexArray, RealArray, float]:
    """Kets of norm 1, (N, M), their probabilities, and the trace: one ket, or the eigenvectors of a density matrix."""
    state = as_state("psi0", psi0, n)
    if state.ndim == 1:
        norm = float(np.linalg.norm(state))
        kets, values = state[:, None] / (norm or 1.0), np.array([norm**2])
    else:
        values, kets = np.linalg.eigh(state)
    trace = float(values.sum())
    if not 0.0 < trace < np.inf:
        raise ValueError(f"psi0 is no state: it has the trace {trace:.3g}")
    values = values / trace
    if values[0] < -NEGATIVE:
        raise ValueError(f"psi0 is no state: it has the eigenvalue {values[0] * trace:.3g}")
    chosen = values > EMPTY
    return np.ascontiguousarray(kets[:, chosen]), values[chosen] / values[chosen].sum(), trace


def _blocks(job: Job, samples: int, report: Any) -> Iterator[Block]:
    for first in range(0, samples, BLOCK):
        count = min(BLOCK, samples - first)
        part = None if report is None else functools.partial(_report, report, first, count, samples)
        yield job.block(first, count, part)
    if report is not None:
        report(1.0)


def _report(report: Callable[[float], object], first: int, count: int, samples: int, part: float) -> None:
    report((first + count * part) / samples)


def _stored(
    job: Job,
    equation: object,
    make: Maker,
    samples: int,
    store: str | Path,
    doubling: bool,
    report: Any,
) -> Iterator[Block]:
    """Blocks of trajectories through sweeps, which compute those that their store does not have."""
    if job.store_states:
        raise ValueError("store keeps expectation values, not states: leave store_states False")

    def blocks(block: int) -> dict[str, Any]:
        made = job.block(block * BLOCK, BLOCK)
        return {"runs": made.runs, "weights": made.weights, "jumps": made.counts}

    key = f"{make.method} {job.token(equation, make)}"
    total, done = -(-samples // BLOCK), 0
    # All at once; where an error is to be reached twice as many each time, as more may not be needed.
    ready = 1 if doubling else total
    while done < total:
        data = sweeps.sweep(
            blocks,
            {"block": np.arange(ready)},
            store=store,
            executor="serial",
            extend=True,
            progress=report or False,
            key=key,
        )
        for block in range(done, ready):
            one, kept = data.isel(block=block), min(BLOCK, samples - block * BLOCK)
            yield Block(
                one.runs.values[:kept], one.weights.values[:kept], None, None, one.jumps.values[:kept]
            )
        done, ready = ready, min(total, 2 * ready)
