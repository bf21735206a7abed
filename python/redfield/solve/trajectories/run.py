"""Many trajectories: checks, blocks of them, and their averages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from redfield import sweeps
from redfield._base.checks import (
    as_count,
    as_flag,
    as_positive,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.progress import Report, progress_callback, report_of_part
from redfield.equations.unravelling import Maker, TrajectoryOptions, Unravelling
from redfield.solve.trajectories.average import Average
from redfield.solve.trajectories.job import BLOCK, Block, Job
from redfield.solve.trajectories.result import TrajectoryResult


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


def _blocks(job: Job, samples: int, report: Report) -> Iterator[Block]:
    for first in range(0, samples, BLOCK):
        count = min(BLOCK, samples - first)
        yield job.block(first, count, report_of_part(report, first, count, samples))
    if report is not None:
        report(1.0)


def _stored(
    job: Job,
    equation: object,
    make: Maker,
    samples: int,
    store: str | Path,
    doubling: bool,
    report: Report,
) -> Iterator[Block]:
    """Blocks of trajectories through sweeps, which compute those that their store does not have."""
    if job.store_states:
        raise ValueError("store keeps expectation values, not states: leave store_states False")

    def blocks(block: int) -> dict[str, Any]:
        part = job.block(block * BLOCK, BLOCK)
        return {"runs": part.runs, "weights": part.weights, "jumps": part.counts}

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
