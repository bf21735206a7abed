"""The first points: what a point returns is learnt from the first that does, and how large a task should be.

Rounds of points, four times as many each, go to the workers until the first point of the grid that returns is known; a
task ends at the first that does, and is measured there. Blocks then have min(1 s/t, 64 MB/m) points, of t seconds, the
median over tasks, and m bytes each. All outcomes are kept and not computed again, but for the values of batches, whose
bits may depend on the points that they are computed with.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass

import numpy as np

from redfield._base.errors import SweepError
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.guard import Divisible, Loss
from redfield.sweeps.points import NOT_OF_A_POINT, Failure, Known, Outcome, Points, Task, Work
from redfield.sweeps.pools import Pool
from redfield.sweeps.values import Returned, Schema

SECONDS = 1.0
"""Seconds that a block should take."""
CHUNK_BYTES = 64e6
"""Bytes that a block may hold."""
TIMED = 0.05
"""Seconds that tell of a point; quicker ones are measured with others."""
MOST_TIMED = 16
KEPT_BYTES = 1e6
"""A result of more is not computed only to measure."""
FIRST_POINTS, MOST_POINTS = 16, 65536
"""Points of a task of the first round, and of the last; a round has four times as many as the one before."""
COLD_SECONDS = 10.0
"""A first call of less may have been loading modules or compiling for most of it, and is measured again."""
LISTED = 3


@dataclass(frozen=True)
class Trial:
    """The outcomes of some points, and the seconds that one of them takes where that was measured."""

    outcomes: dict[int, Outcome]
    seconds: float | None = None


@dataclass(frozen=True)
class Probe(Divisible[Points, Trial, Trial]):
    """The search for a point that returns: a task is the numbers of points, and ends at the first that does."""

    work: Work
    threads: int
    timeout: float | None = None

    def count(self, task: Points) -> int:
        return len(task)

    def part(self, places: Points, task: Points) -> Trial:
        """Compute points until one returns, or a second has gone by, and then measure."""
        points = task[places]
        outcomes: dict[int, Outcome] = {}
        clock = time.perf_counter()
        for place in range(len(points)):
            started = time.perf_counter()
            outcomes[int(points[place])] = outcome = self.work.outcome(points, place)
            seconds = time.perf_counter() - started
            if isinstance(outcome, Returned):
                if not self.work.batch:
                    seconds = self._measured(points, place, seconds, outcomes)
                elif len(places) == len(
                    task
                ):  # else measuring, which takes more points, may be what died
                    seconds = self._batch_measured(points, place, seconds)
                return Trial(outcomes, seconds)
            if time.perf_counter() - clock > SECONDS:
                break
        return Trial(outcomes)

    def _measured(
        self, points: Points, place: int, seconds: float, outcomes: dict[int, Outcome]
    ) -> float:
        """Return the seconds of a point: the fewest of several, unless the first, which fills caches, is long."""
        last = place + (1 if seconds >= TIMED else MOST_TIMED)
        for more in range(place + 1, min(last + 1, len(points))):
            if seconds >= COLD_SECONDS or _bytes(outcomes[int(points[place])]) > KEPT_BYTES:
                break
            started = time.perf_counter()
            outcomes[int(points[more])] = outcome = self.work.outcome(points, more)
            if isinstance(outcome, Returned):
                seconds = min(seconds, time.perf_counter() - started)
        return seconds

    def _batch_measured(self, points: Points, place: int, seconds: float) -> float:
        """Return the seconds of a point among many: few points tell little of them, and a first call loads modules."""
        members, cold = 1, TIMED <= seconds < COLD_SECONDS
        points = np.concatenate([points[:place], np.arange(points[place], self.work.grid.size)])
        while cold or (seconds < TIMED and members < len(points) - place):
            members = members if cold else min(8 * members, len(points) - place)
            cold = False
            started = time.perf_counter()
            try:
                self.work.returned(points, place + np.arange(members))
            except NOT_OF_A_POINT:
                raise
            except BaseException:
                break  # it is told when its block is computed
            seconds = time.perf_counter() - started
        return seconds / members

    def joined(
        self, parts: list[tuple[Points, Trial]], lost: list[tuple[int, Loss]], task: Points
    ) -> Trial:
        """Return the outcomes of all parts, and the longest of their seconds."""
        outcomes: dict[int, Outcome] = {}
        for _, trial in parts:
            outcomes |= trial.outcomes
        for place, loss in lost:
            point = int(task[place])
            outcomes[point] = Failure.lost(self.work.grid.index(point), loss)
        return Trial(outcomes, max((t.seconds or 0.0 for _, t in parts), default=None))


@dataclass(frozen=True)
class Learnt:
    """The measurements of a sweep before its blocks are computed; `known` are outcomes by the numbers of points."""

    returned: Returned
    schema: Schema
    blocks: Blocks
    known: dict[int, Outcome]

    def tasks(self) -> list[Task]:
        """Every block, with what is known of its points."""
        of_blocks = _by_block(self.blocks, self.known)
        return [(task, None, of_blocks.get(task)) for task in range(len(self.blocks))]


def learnt(pool: Pool, probe: Probe, points_a_task: int | None) -> Learnt:
    """Compute points until the first of the grid that returns is known.

    Raises
    ------
    SweepError
        None does.
    """
    work = probe.work
    known, seconds = _tried(pool, probe)
    returning = [point for point, outcome in known.items() if isinstance(outcome, Returned)]
    if not returning:
        raise SweepError(_nothing(work.grid, known)) from _missing_module(known)
    first = min(returning)
    returned = known[first]
    assert isinstance(returned, Returned)
    if work.batch:  # the bits of a point may depend on those it is computed with
        known = {point: outcome for point, outcome in known.items() if isinstance(outcome, Failure)}
    schema = Schema.of(returned, batch=work.batch)
    wanted = points_a_task or int(SECONDS / max(seconds, 1e-9))
    largest = max(1, int(CHUNK_BYTES / max(1, schema.point_bytes)))
    return Learnt(returned, schema, Blocks.of(work.grid.shape, max(1, min(wanted, largest))), known)


def _tried(pool: Pool, probe: Probe) -> tuple[dict[int, Outcome], float]:
    """Outcomes of points up to the first that returns, and the seconds of one."""
    size = probe.work.grid.size
    known: dict[int, Outcome] = {}
    undone = np.arange(size)
    end, length = size, FIRST_POINTS
    seconds: list[float] = []
    while (undone := undone[undone < end]).size:
        share = max(1, min(length, math.ceil(undone.size / pool.workers)))
        tasks = [undone[i * share : (i + 1) * share] for i in range(pool.workers)]
        for trial in pool.run(probe, (task for task in tasks if task.size)):
            known |= trial.outcomes
            returning = [p for p, outcome in trial.outcomes.items() if isinstance(outcome, Returned)]
            if returning:
                end = min(end, *returning)
                seconds.append(trial.seconds or 0.0)
        done = np.fromiter(known, dtype=np.int64)
        undone = undone[~np.isin(undone, done)]
        length = min(4 * length, MOST_POINTS)
    return known, float(np.median(seconds)) if seconds else 0.0


def _bytes(outcome: Outcome) -> int:
    return (
        sum(v.values.nbytes for v in outcome.variables.values()) if isinstance(outcome, Returned) else 0
    )


def _nothing(grid: Grid, known: dict[int, Outcome]) -> str:
    failures = [known[point] for point in sorted(known)[:LISTED]]
    listed = "; ".join(
        f"{grid.label(failure.index)}: {failure.message}"
        for failure in failures
        if isinstance(failure, Failure)
    )
    return f"no point could be computed: all {grid.size} failed, the first of them {listed}"


def _missing_module(known: dict[int, Outcome]) -> ModuleNotFoundError | None:
    """Return the error of the first point where it lacks a module, which may be an extra's."""
    first = known[min(known)]
    missing = re.match(
        r"ModuleNotFoundError: (No module named '([\w.]+)')", getattr(first, "message", "")
    )
    return ModuleNotFoundError(missing[1], name=missing[2]) if missing else None


def _by_block(blocks: Blocks, known: dict[int, Outcome]) -> dict[int, Known]:
    """Return the known outcomes of each block, by the places of its points."""
    by_block: dict[int, Known] = {}
    for point, outcome in known.items():
        task, place = blocks.located(point)
        by_block.setdefault(task, {})[place] = outcome
    return by_block
