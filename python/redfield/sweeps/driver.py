"""Runs a sweep: finds what is missing, has it computed, and opens what is there."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from redfield import _core
from redfield.stores.errors import StoreError
from redfield.stores.saved import as_folder
from redfield.sweeps.arrays import STATUS
from redfield.sweeps.errors import SweepError
from redfield.sweeps.executors import Pool, pool_of
from redfield.sweeps.grid import Blocks
from redfield.sweeps.identity import differences, identity_of, now, surroundings
from redfield.sweeps.progress import shown
from redfield.sweeps.store import Store
from redfield.sweeps.trouble import Failure
from redfield.sweeps.values import Returned, Schema
from redfield.sweeps.work import FAILED, MISSING, Job, Report, Work
from redfield.sweeps.writing import Task, Writer
from redfield.validation import require_memory

try:
    from threadpoolctl import threadpool_limits
except ImportError as error:
    raise ImportError("sweeps need threadpoolctl: pip install 'redfield[sweep]'") from error

SECONDS = 1.0
"""What a block should take."""
CHUNK_BYTES = 64e6
"""What a block may hold."""
FIRST_TRIES = 32
"""Points that may fail before it is said that all do."""
TOLD = 100
"""Failures that the attributes of a Dataset list."""
PATIENCE_SECONDS = 0.5
"""Between looks at the blocks of other drivers, where no others are missing."""


@dataclass(frozen=True)
class Plan:
    """A sweep as it was asked for."""

    work: Work
    executor: Any
    workers: int | None
    threads: int
    retry: bool
    progress: Any
    points_a_task: int | None
    extend: bool


Asked = tuple[npt.NDArray[np.int64], ...]
"""Places along each axis of a store's grid."""


def run(plan: Plan, store: str | Path | None) -> xr.Dataset:
    """See redfield.sweep."""
    folder = None if store is None else as_folder(store, "store")
    pool = pool_of(plan.executor, plan.workers, plan.threads)
    with contextlib.closing(pool), threadpool_limits(plan.threads):
        return _in_memory(plan, pool) if folder is None else _stored(plan, pool, folder)


def _in_memory(plan: Plan, pool: Pool) -> xr.Dataset:
    grid = plan.work.grid
    returned, schema, blocks = _measured(plan)
    require_memory("the results of all points", float(schema.point_bytes) * grid.size)
    arrays = schema.empty(grid.shape)
    status = np.zeros(grid.shape, dtype=np.int8)
    failures: list[Failure] = []

    def keep(report: Report) -> None:
        region = blocks.region(report.task)
        extent = tuple(s.stop - s.start for s in region)
        for name, array in report.block.arrays.items():
            arrays[name][region] = array.reshape((*extent, *array.shape[1:]))
        status[region] = report.block.status.reshape(extent)
        failures.extend(report.block.failures)

    account = Account(plan, pool)
    job = Job(plan.work, schema, blocks, plan.threads)
    with account.shown(0) as tell:
        account.run(job, ((task, None) for task in range(len(blocks))), keep, tell)
    data = xr.Dataset(
        {
            name: ((*grid.dims, *v["dims"]), arrays[name], v["attributes"])
            for name, v in schema.variables.items()
        }
        | {STATUS: (grid.dims, status)},
        coords={name: (c.dims, c.values, dict(c.attributes)) for name, c in returned.coordinates.items()}
        | {axis.name: (axis.name, axis.values, dict(axis.attributes)) for axis in grid.axes},
    )
    failures.sort(key=lambda f: f.index)
    return _described(data, plan, [account.told()], len(failures), failures[:TOLD])


def _stored(plan: Plan, pool: Pool, path: Path) -> xr.Dataset:
    store = _opened(plan, path.resolve())
    asked = (
        store.grid.places_of(plan.work.grid) if plan.extend else tuple(map(np.arange, store.grid.shape))
    )
    store = store.checked()
    if store.damaged or _missing(store, asked, plan.retry, set()):
        _completed(plan, pool, store, asked)
        store = _found(store.path)
    data = store.dataset()
    for dim, places, size in zip(store.grid.dims, asked, store.grid.shape, strict=True):
        if not np.array_equal(places, np.arange(size)):
            data = data.isel({dim: places})
    failed = int((data[STATUS] == FAILED).sum())
    failures = _chosen(store.failures(), asked) if failed else []
    return _described(data, plan, store.runs(), failed, failures[:TOLD])


def _opened(plan: Plan, path: Path) -> Store:
    """The store of a sweep, made or extended."""
    work, grid = plan.work, plan.work.grid
    store = Store.found(path)
    if store is None:
        identity = identity_of(work.point, grid, work.batch, plan.threads)
        returned, schema, blocks = _measured(plan)  # before a folder is made
        store = Store.create(path, grid, schema, blocks, returned, identity)
    wider = store.grid.extended(grid) if plan.extend else None
    identity = identity_of(work.point, wider or grid, work.batch, plan.threads)
    stored = store.identity
    if wider is not None:
        stored = {**stored, "axes": identity["axes"], "samples": identity["samples"]}
    differing = differences(stored, identity)
    if differing:
        raise StoreError(
            f"{path} holds another sweep ({'; '.join(differing)}); choose another store or remove it"
        )
    return store if wider is None or wider.shape == store.grid.shape else store.extended(wider, identity)


def _found(path: Path) -> Store:
    store = Store.found(path)
    if store is None:
        raise StoreError(f"{path} was removed while the sweep ran")
    return store


def _completed(plan: Plan, pool: Pool, store: Store, asked: Asked) -> None:
    """Computes and stores what is missing, beside other drivers if there are any."""
    work = replace(plan.work, grid=store.grid)
    job = Job(work, store.schema, store.blocks, plan.threads)
    account = Account(plan, pool)
    tried: set[int] = set()
    with Writer(store, pool.workers) as writer:
        account.damaged = len(store.damaged)
        writer.withdraw(store.damaged)
        store = writer.refresh()
        counted = _there(store, asked)
        with account.shown(counted) as tell:
            while tasks := _missing(store, asked, plan.retry, tried):
                before = len(tried)

                def keep(report: Report) -> None:
                    tried.add(report.task)
                    writer.put(report)

                account.run(job, writer.claims(tasks), keep, tell)
                store = writer.refresh()
                if len(tried) == before and writer.others():
                    time.sleep(PATIENCE_SECONDS)
        writer.note(account.told())


def _there(store: Store, asked: Asked) -> int:
    return int((store.status[np.ix_(*asked)] != MISSING).sum())


def _chosen(failures: Iterable[Failure], asked: Asked) -> list[Failure]:
    inside = [set(places.tolist()) for places in asked]
    chosen = [f for f in failures if all(i in s for i, s in zip(f.index, inside, strict=True))]
    return sorted(chosen, key=lambda f: f.index)


def _missing(store: Store, asked: Asked, retry: bool, tried: set[int]) -> list[Task]:
    """What has to be computed of the points that are asked for."""
    status, blocks = store.status, store.blocks
    wanted = np.zeros(status.shape, dtype=np.bool_)
    wanted[np.ix_(*asked)] = True
    tasks: list[Task] = []
    for task in range(len(blocks)):
        region = blocks.region(task)
        found = status[region]
        again = retry and task not in tried
        inside = wanted[region] & ((found == MISSING) | (found == FAILED) if again else found == MISSING)
        if inside.all() and (found == MISSING).all():
            tasks.append((task, None))
        elif inside.any():
            tasks.append((task, np.flatnonzero(inside)))
    return tasks


class Account:
    """How a run goes: what it took, where, and what is shown of it."""

    def __init__(self, plan: Plan, pool: Pool) -> None:
        self._plan, self._pool = plan, pool
        self._started, self._clock, self._worked = now(), time.perf_counter(), 0.0
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
        for report in self._pool.run(job, tasks):
            keep(report)
            self._hosts.add(report.host)
            self._worked += report.seconds
            self._blocks += 1
            tell(report.points)

    def told(self) -> dict[str, Any]:
        return {
            "started": self._started,
            "seconds": round(time.perf_counter() - self._clock, 6),
            "worked": round(self._worked, 6),
            "blocks": self._blocks,
            "damaged": self.damaged,
            "executor": self._pool.label,
            "parallel": self._parallel,
            "hosts": sorted(self._hosts),
            "surroundings": surroundings(self._plan.work.point),
        }


def _described(
    data: xr.Dataset, plan: Plan, runs: list[dict[str, Any]], failed: int, failures: list[Failure]
) -> xr.Dataset:
    work, grid = plan.work, plan.work.grid
    last = runs[-1]["surroundings"] if runs else {}
    attributes = {
        **identity_of(work.point, grid, work.batch, plan.threads),
        **last,
        "hosts": sorted({host for run in runs for host in run["hosts"]}),
        "runs": [{k: v for k, v in run.items() if k not in ("surroundings", "hosts")} for run in runs],
        "points": grid.size,
        "failed": failed,
        "failures": [f"{grid.told(f.index)}: {f.message}" for f in failures],
    }
    attributes.pop("axes")
    # What a netCDF file can hold too: numbers, strings and lists of them.
    return data.assign_attrs(
        {
            key: json.dumps(value)
            if isinstance(value, dict) or key == "runs"
            else int(value)
            if isinstance(value, bool)
            else value
            for key, value in attributes.items()
            if value is not None and value != []
        }
    )


def _first(work: Work, members: int = 1) -> tuple[Returned, int, float]:
    """What a point that does not fail returns, which one it is, and the seconds it took."""
    error: Exception | None = None
    for point in range(min(FIRST_TRIES, work.grid.size)):
        started = time.perf_counter()
        try:
            returned = work.first(point, min(members, work.grid.size - point))
            return returned, point, time.perf_counter() - started
        except (_core.Interrupted, StoreError, MemoryError):
            raise
        except Exception as first:  # the user's, whatever it is
            error = error or first
    raise SweepError(
        f"no point could be computed; the first, {work.grid.told(work.grid.index(0))}: {type(error).__name__}: {error}"
    ) from error


def _measured(plan: Plan) -> tuple[Returned, Schema, Blocks]:
    """What a point returns, and blocks of about a second of them."""
    work, size = plan.work, plan.work.grid.size
    returned, point, seconds = _first(work)
    schema = Schema.of(returned, batch=work.batch)
    most = max(1, int(CHUNK_BYTES / max(1, schema.point_bytes)))
    if plan.points_a_task is not None:
        return returned, schema, Blocks.of(work.grid.shape, min(plan.points_a_task, most))
    # A first call imports and fills caches; of a batch few points tell little of many.
    members = 1
    while seconds < 0.05 and (members < size - point if work.batch else members < 16):
        members = min(8 * members, max(1, size - point)) if work.batch else members + 1
        started = time.perf_counter()
        with contextlib.suppress(Exception):  # it is told when its block is computed
            work.first(point, members)
        seconds = time.perf_counter() - started
    each = seconds / (members if work.batch else 1)
    wanted = min(most, int(SECONDS / max(each, 1e-9)))
    return returned, schema, Blocks.of(work.grid.shape, max(1, wanted))
