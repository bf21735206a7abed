"""A sweep as it was asked for, and the account of how it goes."""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from redfield._base.progress import Progress
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.identity import identity_of
from redfield.sweeps.points import Job, Report, Task, Work
from redfield.sweeps.pools import Pool
from redfield.sweeps.progress import shown
from redfield.sweeps.provenance import surroundings
from redfield.sweeps.values import Schema


@dataclass(frozen=True)
class Plan:
    """A sweep as it was asked for."""

    work: Work
    executor: object
    workers: int | None
    threads: int
    retry: bool
    progress: Progress
    points_a_task: int | None
    extend: bool
    timeout: float | None = None
    key: str | None = None

    def identity(self) -> dict[str, Any]:
        """Return the identity of a store that this sweep resumes; see identity_of."""
        work = self.work
        return identity_of(work.point, work.grid, work.batch, self.threads, self.key)

    def job(self, grid: Grid, schema: Schema, blocks: Blocks) -> Job:
        """Return the work on a grid, which another driver may have extended, cut into blocks."""
        return Job(replace(self.work, grid=grid), schema, blocks, self.threads, self.timeout)


class Account:
    """How a run goes: what it took, where, and what is shown of it."""

    def __init__(self, plan: Plan, pool: Pool) -> None:
        self._plan, self._pool = plan, pool
        self._started = datetime.datetime.now(datetime.UTC)
        self._clock, self._worked = time.perf_counter(), 0.0
        self._hosts: set[str] = set()
        self._blocks = 0
        self.damaged = 0
        threads = plan.threads
        self._parallel = (
            f"{pool.workers} worker{'s' * (pool.workers != 1)} × {threads} thread{'s' * (threads != 1)}"
        )

    def shown(self, there: int) -> contextlib.AbstractContextManager[Callable[[int], None]]:
        pool, size = self._pool, self._plan.work.grid.size
        dashboard = f", {pool.dashboard}" if pool.dashboard else ""
        return shown(
            self._plan.progress, size, there, f"sweep ({pool.label}, {self._parallel}{dashboard})"
        )

    def run(
        self, job: Job, tasks: Iterable[Task], keep: Callable[[Report], None], tell: Callable[[int], None]
    ) -> None:
        with contextlib.closing(self._pool.run(job, tasks)) as reports:
            for report in reports:
                keep(report)
                self._hosts.add(report.host)
                self._worked += report.seconds
                self._blocks += 1
                tell(report.points)

    def as_json(self) -> dict[str, Any]:
        return {
            "started": self._started.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - self._clock, 6),
            "worked": round(self._worked, 6),
            "blocks": self._blocks,
            "damaged": self.damaged,
            "executor": self._pool.label,
            "parallel": self._parallel,
            "hosts": sorted(self._hosts),
            "surroundings": surroundings(self._plan.work.point),
        }
