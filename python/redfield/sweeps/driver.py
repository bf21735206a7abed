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

from redfield.sweeps.arrays import STATUS
from redfield.sweeps.errors import StoreError
from redfield.sweeps.executors import Pool, pool_of
from redfield.sweeps.files import refusals_told, reserved
from redfield.sweeps.grid import Blocks
from redfield.sweeps.identity import differences, identity_of, now, surroundings
from redfield.sweeps.points import FAILED, MISSING, Block, Failure, Job, Known, Report, Work
from redfield.sweeps.probe import Learnt, Probe, learnt
from redfield.sweeps.progress import shown
from redfield.sweeps.region_store import RegionStore
from redfield.sweeps.values import Array
from redfield.validation import require_memory

try:
    from threadpoolctl import threadpool_limits
except ImportError as error:
    raise ImportError("sweeps need threadpoolctl: pip install 'redfield[sweep]'") from error

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
    timeout: float | None = None


Tasks = list[tuple[int, npt.NDArray[np.int64] | None, Known | None]]
"""Blocks, which of their places (None is all), and what is known of them."""


def run(plan: Plan, store: str | Path | None) -> xr.Dataset:
    """See redfield.sweep."""
    pool = pool_of(plan.executor, plan.workers, plan.threads, plan.timeout)
    with contextlib.closing(pool), threadpool_limits(plan.threads):
        return _in_memory(plan, pool) if store is None else _stored(plan, pool, Path(store))


def _in_memory(plan: Plan, pool: Pool) -> xr.Dataset:
    grid = plan.work.grid
    first = _learnt(plan, pool)
    returned, schema, blocks = first.returned, first.schema, first.blocks
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

    job = Job(plan.work, schema, blocks, None, plan.threads, plan.timeout)
    provenance = _computed(plan, pool, job, first.tasks(), {}, keep)
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
    return _described(data, plan, provenance, failures, grid.told)


def _stored(plan: Plan, pool: Pool, path: Path) -> xr.Dataset:
    path = path.resolve()
    # What can not be computed leaves no directory.
    first = None if path.parent.exists() else _learnt(plan, pool)
    with refusals_told(path.parent, "make"):
        path.parent.mkdir(parents=True, exist_ok=True)
    with reserved(path):
        store, first = _opened(plan, pool, path, first)
        grid, work = store.grid, replace(plan.work, grid=store.grid)
        if store.damaged_coordinates(grid):
            store.restore(grid, _learnt(plan, pool).returned)
        asked = grid.places_of(plan.work.grid) if plan.extend else tuple(map(np.arange, grid.shape))
        found = store.survey()
        store.withdraw(found.damaged)
        tasks = first.tasks() if first else _missing(store.blocks, found.status, asked, plan.retry)
        job = Job(work, store.schema, store.blocks, str(path), plan.threads, plan.timeout)
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
        data = store.dataset()
        for dim, places, size in zip(grid.dims, asked, grid.shape, strict=True):
            if not np.array_equal(places, np.arange(size)):
                data = data.isel({dim: places})
        return _described(data, plan, provenance, every, grid.told)


def _opened(
    plan: Plan, pool: Pool, path: Path, first: Learnt | None
) -> tuple[RegionStore, Learnt | None]:
    """The store of a sweep, made or extended; what is known of its points where it is new."""
    work, grid = plan.work, plan.work.grid
    store = RegionStore.found(path)
    if store is None:
        identity = identity_of(work.point, grid, work.batch, plan.threads)
        first = first or _learnt(plan, pool)
        made = RegionStore.create(path, grid, first.schema, first.blocks, first.returned, identity)
        return made, first
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
    if wider is None or wider.shape == store.grid.shape:
        return store, None
    return store.extend(wider, identity), None


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
            tasks.append((task, None, None))
        elif inside.any():
            tasks.append((task, np.flatnonzero(inside), None))
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
    missing = sum(len(job.blocks.points(task) if places is None else places) for task, places, _ in tasks)
    told = f"{pool.workers} worker{'s' * (pool.workers != 1)} × {plan.threads} thread{'s' * (plan.threads != 1)}"
    name = "sweep" if job.path is None else Path(job.path).stem
    note = f"{name} ({pool.label}, {told}{f', {pool.dashboard}' if pool.dashboard else ''})"
    hosts = set(before.get("hosts", []))
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
    return {**surroundings(job.work.point), "hosts": sorted(hosts), "runs": runs}


def _described(
    data: xr.Dataset,
    plan: Plan,
    provenance: dict[str, Any],
    failures: list[Failure],
    told: Callable[[tuple[int, ...]], str],
) -> xr.Dataset:
    grid = plan.work.grid
    attributes = {
        **identity_of(plan.work.point, grid, plan.work.batch, plan.threads),
        **provenance,
        "points": grid.size,
        "failed": int((data[STATUS] == FAILED).sum()),
        "failures": [f"{told(f.index)}: {f.message}" for f in failures[:TOLD]],
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


def _learnt(plan: Plan, pool: Pool) -> Learnt:
    return learnt(pool, Probe(plan.work, plan.threads, plan.timeout), plan.points_a_task)
