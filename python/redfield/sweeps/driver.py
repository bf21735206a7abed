"""Runs a sweep: finds what is missing, has it computed, and opens what is there."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from redfield._base.checks import require_memory
from redfield._base.errors import StoreError
from redfield._base.stores.saved import as_folder
from redfield.sweeps.executors import pool_of
from redfield.sweeps.identity import differences, summary_of
from redfield.sweeps.plan import Account, Plan
from redfield.sweeps.points import FAILED, MISSING, Failure, Report, Task
from redfield.sweeps.pools import Pool
from redfield.sweeps.probe import Learnt, Probe, learnt
from redfield.sweeps.roundtrip import require_kept
from redfield.sweeps.store import STATUS, Store
from redfield.sweeps.writing import Writer

try:
    from threadpoolctl import threadpool_limits
except ImportError as error:
    raise ImportError("sweeps need threadpoolctl: pip install 'redfield[sweep]'") from error

LISTED = 100
"""Failures that the attributes of a Dataset list."""
PATIENCE_SECONDS = 0.5
"""Between looks at the blocks of other drivers, where no others are missing."""


Asked = tuple[npt.NDArray[np.int64], ...]
"""Places along each axis of a store's grid."""


def run(plan: Plan, store: str | Path | None) -> xr.Dataset:
    """See redfield.sweep."""
    folder = None if store is None else as_folder(store, "store")
    pool = pool_of(plan.executor, plan.workers, plan.threads, plan.timeout)
    with contextlib.closing(pool), threadpool_limits(plan.threads):
        return _in_memory(plan, pool) if folder is None else _stored(plan, pool, folder)


def _in_memory(plan: Plan, pool: Pool) -> xr.Dataset:
    grid = plan.work.grid
    first = _learnt(plan, pool)
    returned, schema, blocks = first.returned, first.schema, first.blocks
    require_memory("the results of all points", float(schema.point_bytes) * grid.size)
    arrays = schema.empty(grid.shape)
    status = np.zeros(grid.shape, dtype=np.int8)
    failures: list[Failure] = []

    def keep(report: Report) -> None:
        region, extent = blocks.region(report.task), blocks.extent(report.task)
        for name, array in report.block.arrays.items():
            arrays[name][region] = array.reshape((*extent, *array.shape[1:]))
        status[region] = report.block.status.reshape(extent)
        failures.extend(report.block.failures)

    account = Account(plan, pool)
    job = plan.job(grid, schema, blocks)
    with account.shown(0) as tell:
        account.run(job, first.tasks(), keep, tell)
    data = xr.Dataset(
        {
            name: ((*grid.dims, *v["dims"]), arrays[name], v["attributes"])
            for name, v in schema.variables.items()
        }
        | {STATUS: (grid.dims, status)},
        returned.coordinates | {axis.name: axis.variable for axis in grid.axes},
        schema.attributes,
    )
    failures.sort(key=lambda f: f.index)
    return _described(data, plan, [account.as_json()], len(failures), failures[:LISTED])


def _stored(plan: Plan, pool: Pool, path: Path) -> xr.Dataset:
    store, known = _opened(plan, pool, path.resolve())
    asked = (
        store.grid.places_of(plan.work.grid) if plan.extend else tuple(map(np.arange, store.grid.shape))
    )
    store = store.checked()
    if store.damaged or _missing(store, asked, plan.retry, set()):
        _completed(plan, pool, store, asked, known)
        store = Store.existing(store.path)
    data = store.dataset()
    for dim, places, size in zip(store.grid.dims, asked, store.grid.shape, strict=True):
        if not np.array_equal(places, np.arange(size)):
            data = data.isel({dim: places})
    failed = int((data[STATUS] == FAILED).sum())
    failures = _chosen(store.failures(), asked) if failed else []
    return _described(data, plan, store.runs, failed, failures[:LISTED])


def _opened(plan: Plan, pool: Pool, path: Path) -> tuple[Store, Learnt | None]:
    """Return the store of a sweep, made or extended, and what is known of its points where it is new."""
    grid = plan.work.grid
    identity = plan.identity()  # before a point is computed, which may change what its function holds
    store, first = Store.at(path), None
    if store is None:
        first = _learnt(plan, pool)  # what can not be computed leaves no folder
        store = Store.create(path, grid, first.schema, first.blocks, first.returned.coordinates, identity)
    wider = store.grid.extended(grid) if plan.extend else None
    stored = store.identity
    if wider is not None:
        identity = {**identity, "axes": wider.axes_as_json(), "samples": wider.samples}
        stored = {**stored, "axes": identity["axes"], "samples": identity["samples"]}
    differing = differences(stored, identity)
    if differing:
        raise StoreError(
            f"{path} holds another sweep ({'; '.join(differing)}); choose another store or remove it"
        )
    if wider is None or wider.shape == store.grid.shape:
        return store, first if first is not None and first.blocks == store.blocks else None
    return store.extended(wider, identity), None


def _completed(plan: Plan, pool: Pool, store: Store, asked: Asked, first: Learnt | None) -> None:
    """Compute and store what is missing, beside other drivers if there are any."""
    account = Account(plan, pool)
    tried: set[str] = set()
    with Writer(store, pool.workers) as writer:
        account.damaged = len(store.damaged)
        writer.withdraw(store.damaged)
        store = writer.refresh()
        with account.shown(int((store.status[np.ix_(*asked)] != MISSING).sum())) as tell:
            while tasks := _missing(store, asked, plan.retry, tried):
                before = len(tried)
                # Another driver may have extended the store meanwhile.
                job = plan.job(store.grid, store.schema, store.blocks)
                if first is not None:
                    known = {task: outcomes for task, _, outcomes in first.tasks()}
                    tasks = [(task, p, None if p is not None else known[task]) for task, p, _ in tasks]
                    first = None

                def keep(report: Report) -> None:
                    tried.add(writer.store.place(report.task))
                    writer.put(report)

                account.run(job, writer.claims(tasks), keep, tell)
                store = writer.refresh()
                if len(tried) == before and writer.others():
                    time.sleep(PATIENCE_SECONDS)
        writer.note(account.as_json())


def _chosen(failures: Iterable[Failure], asked: Asked) -> list[Failure]:
    inside = [set(places.tolist()) for places in asked]
    chosen = [f for f in failures if all(i in s for i, s in zip(f.index, inside, strict=True))]
    return sorted(chosen, key=lambda f: f.index)


def _missing(store: Store, asked: Asked, retry: bool, tried: set[str]) -> list[Task]:
    """Return the part of the asked points that has to be computed."""
    status, blocks = store.status, store.blocks
    wanted = np.zeros(status.shape, dtype=np.bool_)
    wanted[np.ix_(*asked)] = True
    tasks: list[Task] = []
    for task in range(len(blocks)):
        region = blocks.region(task)
        states = status[region]
        again = retry and store.place(task) not in tried
        inside = wanted[region] & (
            (states == MISSING) | (states == FAILED) if again else states == MISSING
        )
        if inside.all() and (states == MISSING).all():
            tasks.append((task, None, None))
        elif inside.any():
            tasks.append((task, np.flatnonzero(inside), None))
    return tasks


def _described(
    data: xr.Dataset, plan: Plan, runs: Sequence[dict[str, Any]], failed: int, failures: list[Failure]
) -> xr.Dataset:
    work, grid = plan.work, plan.work.grid
    last = runs[-1]["surroundings"] if runs else {}
    attributes = {
        **summary_of(work.point, grid, work.batch, plan.threads, plan.key),
        **last,
        "hosts": ", ".join(sorted({host for run in runs for host in run["hosts"]})),
        "runs": [{k: v for k, v in run.items() if k not in ("surroundings", "hosts")} for run in runs],
        "points": grid.size,
        "failed": failed,
        "failures": "\n".join(" ".join(f"{grid.label(f.index)}: {f.message}".split()) for f in failures),
    }
    # What a netCDF file can hold too: numbers, strings and lists of them.
    return data.assign_attrs(
        {
            key: json.dumps(value)
            if isinstance(value, dict) or key == "runs"
            else int(value)
            if isinstance(value, bool)
            else value
            for key, value in attributes.items()
            if value is not None and value != ""
        }
    )


def _learnt(plan: Plan, pool: Pool) -> Learnt:
    first = learnt(pool, Probe(plan.work, plan.threads, plan.timeout), plan.points_a_task)
    require_kept(first.returned, plan.work.grid, batch=plan.work.batch)
    return first
