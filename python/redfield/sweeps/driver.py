"""Runs a sweep: finds what is missing, has it computed, and opens what is there."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from redfield import _core
from redfield.sweeps.errors import StoreError, SweepError
from redfield.sweeps.executors import Pool, pool_of
from redfield.sweeps.files import refusals_told, reserved
from redfield.sweeps.grid import Blocks
from redfield.sweeps.identity import differences, identity_of, now, surroundings
from redfield.sweeps.progress import shown
from redfield.sweeps.region_store import STATUS, RegionStore
from redfield.sweeps.values import Returned, Schema
from redfield.sweeps.work import Block, Failure, Job, Report, Work
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


def run(plan: Plan, store: str | Path | None) -> xr.Dataset:
    """See redfield.sweep."""
    pool = pool_of(plan.executor, plan.workers, plan.threads)
    with contextlib.closing(pool), threadpool_limits(plan.threads):
        return _in_memory(plan, pool) if store is None else _stored(plan, pool, Path(store))


def _in_memory(plan: Plan, pool: Pool) -> xr.Dataset:
    grid = plan.work.grid
    returned, schema, blocks = _measured(plan)
    require_memory("the results of all points", float(schema.point_bytes) * grid.size)
    arrays = schema.empty(grid.shape)
    status = np.zeros(grid.shape, dtype=np.int8)
    failures: list[Failure] = []

    def keep(report: Report) -> None:
        block: Block = report.block  # type: ignore[assignment]
        region = blocks.region(report.task)
        extent = tuple(s.stop - s.start for s in region)
        for name, array in block.arrays.items():
            arrays[name][region] = array.reshape((*extent, *array.shape[1:]))
        status[region] = block.status.reshape(extent)
        failures.extend(report.failures)

    job = Job(plan.work, schema, blocks, None, plan.threads)
    provenance = _computed(plan, pool, job, [(task, False) for task in range(len(blocks))], {}, keep)
    data = xr.Dataset(
        {
            name: ((*grid.dims, *v["dims"]), arrays[name], v["attributes"])
            for name, v in schema.variables.items()
        }
        | {STATUS: (grid.dims, status)},
        coords={name: (c.dims, c.values, dict(c.attributes)) for name, c in returned.coordinates.items()}
        | {axis.name: (axis.name, axis.values, dict(axis.attributes)) for axis in grid.axes},
    )
    return _described(data, plan, provenance, sorted(failures, key=lambda f: f.point))


def _stored(plan: Plan, pool: Pool, path: Path) -> xr.Dataset:
    grid = plan.work.grid
    with refusals_told(path.parent, "make"):
        path.parent.mkdir(parents=True, exist_ok=True)
    path = path.resolve()
    with reserved(path):
        identity = identity_of(plan.work.point, grid, plan.work.batch, plan.threads)
        store = RegionStore.found(path)
        if store is None:
            returned, schema, blocks = _measured(plan)
            store = RegionStore.create(path, grid, schema, blocks, returned, identity)
        else:
            differing = differences(store.identity, identity)
            if differing:
                raise StoreError(
                    f"{path} holds another sweep ({'; '.join(differing)}); choose another store or remove it"
                )
            if store.damaged_coordinates(grid):
                store.restore(grid, _first(plan.work)[0])
        whole, damaged = store.written()
        store.withdraw(damaged)
        failed = {task: failures for task in whole if (failures := store.failed(task))}
        missing = sorted({*range(len(store.blocks))} - {*whole})
        tasks = [(task, False) for task in missing]
        if plan.retry:
            tasks += [(task, True) for task in failed]
        job = Job(plan.work, store.schema, store.blocks, str(path), plan.threads)

        def keep(report: Report) -> None:
            failed[report.task] = report.failures

        before = store.provenance
        provenance = _computed(plan, pool, job, tasks, before, keep) if tasks else before
        if damaged:
            provenance["damaged"] = sorted({*provenance.get("damaged", []), *damaged})
        if provenance != before:
            store.annotate(provenance)
        every = [failure for task in sorted(failed) for failure in failed[task]]
        return _described(store.dataset(), plan, provenance, every)


def _computed(
    plan: Plan,
    pool: Pool,
    job: Job,
    tasks: list[tuple[int, bool]],
    before: dict[str, Any],
    keep: Callable[[Report], None],
) -> dict[str, Any]:
    """Has the blocks computed; returns how that went, added to how it went before."""
    grid = job.work.grid
    missing = sum(len(job.blocks.points(task)) for task, redo in tasks if not redo)
    told = f"{pool.workers} worker{'s' * (pool.workers != 1)} × {plan.threads} thread{'s' * (plan.threads != 1)}"
    note = f"sweep ({pool.label}, {told}{f', {pool.dashboard}' if pool.dashboard else ''})"
    hosts = set(before.get("hosts", []))
    started, clock, worked = now(), time.perf_counter(), 0.0
    with shown(plan.progress, grid.size, grid.size - missing, note) as tell:
        for report in pool.run(job, tasks):
            keep(report)
            hosts.add(report.host)
            worked += report.seconds
            tell(report.points)
    runs = [
        *before.get("runs", []),
        {
            "started": started,
            "seconds": round(time.perf_counter() - clock, 6),
            "worked": round(worked, 6),
            "blocks": len(tasks),
            "executor": pool.label,
            "parallel": told,
        },
    ]
    return {**surroundings(job.work.point), "hosts": sorted(hosts), "runs": runs}


def _described(
    data: xr.Dataset, plan: Plan, provenance: dict[str, Any], failures: list[Failure]
) -> xr.Dataset:
    grid = plan.work.grid
    attributes = {
        **identity_of(plan.work.point, grid, plan.work.batch, plan.threads),
        **provenance,
        "points": grid.size,
        "failed": len(failures),
        "failures": [f"{grid.told(f.point)}: {f.message}" for f in failures[:TOLD]],
    }
    attributes.pop("axes")
    # What a netCDF file can hold too: numbers, strings and lists of them.
    return data.assign_attrs(
        {
            key: json.dumps(value)
            if key in ("arguments", "runs")
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
        f"no point could be computed; the first, {work.grid.told(0)}: {type(error).__name__}: {error}"
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
