"""Averages over trajectories and their errors, rare events included."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.solve.trajectories.job import BLOCK, UNSEEN, Block, Job, Jumps
from redfield.solve.trajectories.result import TrajectoryResult


class Average:
    """Σ wO/Σw of what has come, w the weights of a diffusion or 1, times the trace of the start, and its error.

    The error is that of the spread, √Σ|w(O − mean)|²/Σw, and of what S trajectories may have missed beside it,
    d min(1.5/S, q): d is how far a value of O can be from the mean, and q the probability that anything has happened
    at all. Sums are about the first block's mean, in the order of the trajectories.
    """

    def __init__(self, job: Job, keep_runs: bool, samples: int) -> None:
        n, steps, count = job.dimension, len(job.times), len(job.operators)
        size = 16.0 * samples * count * steps if keep_runs else 0.0
        if job.store_states:
            size += 16.0 * steps * n * (n + BLOCK)
        require_memory("what is kept of the trajectories (store_states, keep_runs)", size)
        self.job, self.count = job, 0
        self.origin: Any = None
        self.weight, self.weight_squares = np.zeros(steps), np.zeros(steps)
        self.sum = np.zeros((count, steps), dtype=np.complex128)
        self.sum_squares = np.zeros((count, steps), dtype=np.complex128)
        self.squares = np.zeros((count, steps))
        self.states = np.zeros((steps, n, n), dtype=np.complex128) if job.store_states else None
        self.runs: list[ComplexArray] | None = [] if keep_runs else None
        self.jumps: list[Jumps] = []
        self.jump_count = 0
        self.change = job.change() if job.operators else np.zeros(steps)

    def add(self, block: Block) -> None:
        if self.origin is None:
            self.origin = block.runs.mean(axis=0)
        away, w = block.runs - self.origin, block.weights[:, None, :]
        before = self.weight
        self.weight = before + block.weights.sum(axis=0)
        self.weight_squares += (block.weights**2).sum(axis=0)
        self.sum += (w * away).sum(axis=0)
        self.sum_squares += (w**2 * away).sum(axis=0)
        self.squares += (w**2 * (away.real**2 + away.imag**2)).sum(axis=0)
        if self.states is not None and block.kets is not None:
            for t, (states, kets) in enumerate(
                zip(self.states, block.kets.transpose(1, 0, 2), strict=True)
            ):
                weighted = kets.T * block.weights[:, t]
                states += (weighted @ kets.conj() - (self.weight[t] - before[t]) * states) / self.weight[
                    t
                ]
        self.count += len(block.runs)
        self.jump_count += int(block.counts.sum())
        if self.runs is not None:
            self.runs.append(block.runs)
        if block.jumps is not None:
            self.jumps.append(block.jumps)

    def _mean(self) -> ComplexArray:
        mean: ComplexArray = self.origin + self.sum / self.weight
        return mean

    def standard_errors(self) -> RealArray:
        shift = self.sum / self.weight
        squares = (
            self.squares
            - 2.0 * (shift.conj() * self.sum_squares).real
            + np.abs(shift) ** 2 * self.weight_squares
        )
        unbiased = self.count / max(self.count - 1, 1)
        spread = np.sqrt(np.clip(squares, 0.0, None) * unbiased) / self.weight
        unseen = self.job.reach(self._mean()) * np.minimum(UNSEEN / self.count, self.change)
        errors: RealArray = self.job.trace * np.hypot(spread, unseen)
        return errors

    def result(self, equation: object, stats: dict[str, Any]) -> TrajectoryResult:
        which, when, channel = (
            (np.concatenate(part) for part in zip(*self.jumps, strict=True))
            if self.jumps
            else (None, None, None)
        )
        trace: Any = self.job.trace
        counted: Any = {**stats, "samples": self.count, "jumps": self.jump_count / self.count}
        return TrajectoryResult(
            self.job.times,
            self.job.observables.expect(trace * self._mean()),
            counted,
            self.standard_errors(),
            None if self.states is None else trace * self.states,
            None if self.runs is None else trace * np.concatenate(self.runs),
            which,
            when,
            channel,
            equation,
        )
