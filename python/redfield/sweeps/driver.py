"""Runs a sweep: finds what is missing, has it computed, and opens what is there."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from redfield import _core
from redfield.sweeps.arrays import STATUS
from redfield.sweeps.errors import StoreError, SweepError
from redfield.sweeps.executors import Pool, pool_of
from redfield.sweeps.files import refusals_told, reserved
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.identity import differences, identity_of, told_of
from redfield.sweeps.progress import shown
from redfield.sweeps.provenance import now, surroundings
from redfield.sweeps.region_store import RegionStore
from redfield.sweeps.roundtrip import require_kept
from redfield.sweeps.trouble import Failure
from redfield.sweeps.values import Array, Returned, Schema
from redfield.sweeps.work import FAILED, MISSING, Block, Job, Report, Work
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
    extend: bool
    key: str | None = None

    def identity(self, grid: Grid) -> dict[str, Any]:
        """See identity_of; of another grid than was asked for where a store is extended."""
        return identity_of(self.work.point, grid, self.work.batch, self.threads, self.key)


Tasks = list[tuple[int, npt.NDArray[np.int64] | None]]
"""Blocks, and which of their places; None is all."""


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
    provenance = _computed(plan, pool, job, [(task, None) for task in range(len(blocks))], {}, keep)
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
    data = data.assign_attrs(schema.attributes)
    return _described(data, plan, provenance, failures, grid.told)


def _stored(plan: Plan, pool: Pool, path: Path) -> xr.Dataset:
    path = path.resolve()
    # What can not be computed leaves no directory.
    measured = None if path.parent.exists() else _measured(plan)
    with refusals_told(path.parent, "make"):
        path.parent.mkdir(parents=True, exist_ok=True)
    with reserved(path):
        store = _opened(plan, path, measured)
        grid, work = store.grid, replace(plan.work, grid=store.grid)
        if store.damaged_coordinates(grid):
            store.restore(grid, _first(plan.work)[0])
        asked = grid.places_of(plan.work.grid) if plan.extend else tuple(map(np.arange, grid.shape))
        found = store.survey()
        store.withdraw(found.damaged)
        tasks = _missing(store.blocks, found.status, asked, plan.retry)
        job = Job(work, store.schema, store.blocks, str(path), plan.threads)
        failed = dict(found.failures)

        def keep(report: Report) -> None:
            failed[report.task] = report.failures

        before = store.provenance
        provenance = _computed(plan, pool, job, tasks, before, keep) if tasks else before
        if found.damaged:
            provenance["damaged"] = sorted({*provenance.get("damaged", []), *found.damaged})
        if provenance != before:
            store.annotate(provenance)
        chosen = [set(places.tolist()) for places in asked]
        every = [
            failure
            for task in sorted(failed)
            for failure in failed[task]
            if all(i in inside for i, inside in zip(failure.index, chosen, strict=True))
        ]
        data = store.dataset().assign_attrs(store.schema.attributes)
        for dim, places, size in zip(grid.dims, asked, grid.shape, strict=True):
            if not np.array_equal(places, np.arange(size)):
                data = data.isel({dim: places})
        return _described(data, plan, provenance, every, grid.told)


def _opened(plan: Plan, path: Path, measured: tuple[Returned, Schema, Blocks] | None) -> RegionStore:
    """The store of a sweep, made or extended."""
    grid = plan.work.grid
    store = RegionStore.found(path)
    if store is None:
        identity = plan.identity(grid)
        returned, schema, blocks = measured or _measured(plan)
        return RegionStore.create(path, grid, schema, blocks, returned, identity)
    wider = store.grid.extended(grid) if plan.extend else None
    identity = plan.identity(wider or grid)
    stored = store.identity
    if wider is not None:
        stored = {**stored, "axes": identity["axes"], "samples": identity["samples"]}
    differing = differences(stored, identity)
    if differing:
        raise StoreError(
            f"{path} holds another sweep ({'; '.join(differing)}); choose another store or remove it"
        )
    if wider is None or wider.shape == store.grid.shape:
        return store
    return store.extend(wider, identity)


def _missing(
    blocks: Blocks, status: Array, asked: tuple[npt.NDArray[np.int64], ...], retry: bool
) -> Tasks:
    """What has to be computed of the points that are asked for."""
    wanted = np.zeros(status.shape, dtype=np.bool_)
    wanted[np.ix_(*asked)] = True
    wanted &= (status == MISSING) | (status == FAILED) if retry else status == MISSING
    tasks: Tasks = []
    for task in range(len(blocks)):
        region = blocks.region(task)
        inside = wanted[region]
        if inside.all() and (status[region] == MISSING).all():
            tasks.append((task, None))
        elif inside.any():
            tasks.append((task, np.flatnonzero(inside)))
    return tasks


def _computed(
    plan: Plan,
    pool: Pool,
    job: Job,
    tasks: Tasks,
    before: dict[str, Any],
    keep: Callable[[Report], None],
) -> dict[str, Any]:
    """Has the blocks computed; returns how that went, added to how it went before."""
    size = plan.work.grid.size
    missing = sum(len(job.blocks.points(task) if places is None else places) for task, places in tasks)
    told = f"{pool.workers} worker{'s' * (pool.workers != 1)} × {plan.threads} thread{'s' * (plan.threads != 1)}"
    name = "sweep" if job.path is None else Path(job.path).stem
    note = f"{name} ({pool.label}, {told}{f', {pool.dashboard}' if pool.dashboard else ''})"
    hosts = {host for host in before.get("hosts", "").split(", ") if host}
    started, clock, worked = now(), time.perf_counter(), 0.0
    with shown(plan.progress, size, size - missing, note) as tell:
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
    return {**surroundings(job.work.point), "hosts": ", ".join(sorted(hosts)), "runs": runs}


def _described(
    data: xr.Dataset,
    plan: Plan,
    provenance: dict[str, Any],
    failures: list[Failure],
    told: Callable[[tuple[int, ...]], str],
) -> xr.Dataset:
    grid = plan.work.grid
    attributes = {
        **told_of(plan.work.point, grid, plan.work.batch, plan.threads, plan.key),
        **provenance,
        "points": grid.size,
        "failed": len(failures),
        "failures": "\n".join(" ".join(f"{told(f.index)}: {f.message}".split()) for f in failures[:TOLD]),
    }
    # What a netCDF file can hold too: numbers, strings and lists of them.
    return data.assign_attrs(
        {
            key: json.dumps(value)
            if key in ("arguments", "runs")
            else int(value)
            if isinstance(value, bool)
            else value
            for key, value in attributes.items()
            if value is not None and value != ""
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
    require_kept(returned, work.grid, batch=work.batch)
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
