"""Sweeps: what a task costs on each executor, in memory and stored; a million points; eight drivers on one store.

A task takes about a second by default. The floor of a stored one is the flush of a transaction to the disk, which the
tasks that end meanwhile share.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import time

import numpy as np
import pytest

import redfield as rf
from redfield.sweeps.store import Store

TASKS = {"serial": 2000, "threads": 2000, "processes": 2000, "dask": 500}
REQUIRED = {"serial": 0.5, "threads": 0.5, "processes": 1.0, "dask": 10.0}
"""Milliseconds of a task in memory."""
STORED = 11.2
"""Milliseconds of a stored task: twice those of the stores of version 0.1."""


def nothing(x):
    return {"y": 2.0 * x}


def milliseconds_a_task(executor, count, store=None):
    """From a tenth of the tasks to their end: workers start before."""
    told = []
    data = rf.sweep(
        nothing, {"x": np.arange(float(count))}, executor=executor, workers=2, points_a_task=1, store=store,
        progress=lambda fraction: told.append((fraction, time.perf_counter())),
    )  # fmt: skip
    ended = time.perf_counter()
    assert np.array_equal(data.y.values, 2.0 * np.arange(float(count)))
    began = next(when for fraction, when in told if fraction >= 0.1)
    return 1e3 * (ended - began) / (0.9 * count)


@pytest.mark.parametrize("name", TASKS)
def test_a_task(name, record, tmp_path):
    with contextlib.ExitStack() as stack:
        executor = name
        if name == "dask":
            distributed = pytest.importorskip("distributed")
            executor = stack.enter_context(
                distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
            ).scheduler_address
        memory = min(milliseconds_a_task(executor, TASKS[name]) for _ in range(3))
        stored = milliseconds_a_task(executor, TASKS[name], tmp_path / "runs.zarr")
    record(memory_ms=memory, memory_required=REQUIRED[name], stored_ms=stored, stored_required=STORED)
    assert memory <= REQUIRED[name]
    assert stored <= STORED


def block(x, y):
    return {"value": x + y}


def test_a_million_points(record, tmp_path):
    axes = {"x": np.arange(1000.0), "y": np.arange(1000.0)}

    def run():
        started = time.perf_counter()
        data = rf.sweep(block, axes, batch=True, store=tmp_path / "million.zarr")
        assert np.array_equal(data.value.values, np.add.outer(axes["x"], axes["y"]))
        assert int((data.status == 1).sum()) == 1_000_000
        return time.perf_counter() - started

    computed, opened = run(), run()
    record(computed_s=computed, opened_s=opened)


AXES = {"x": np.arange(100.0), "y": np.arange(100.0)}


def drive(store):
    rf.sweep(block, AXES, store=store, workers=1, points_a_task=1)


def test_eight_drivers(record, tmp_path):
    """10⁴ tasks of one point, each computed by one of them."""
    store = tmp_path / "shared.zarr"
    drivers = [
        multiprocessing.get_context("spawn").Process(target=drive, args=(store,)) for _ in range(8)
    ]
    started = time.perf_counter()
    for driver in drivers:
        driver.start()
    for driver in drivers:
        driver.join()
    seconds = time.perf_counter() - started
    assert [driver.exitcode for driver in drivers] == [0] * 8
    found = Store.at(store)
    assert found is not None
    shares = [one["blocks"] for one in found.runs]
    assert sum(shares) == 10_000
    data = rf.sweep(block, AXES, store=store, points_a_task=1)
    assert np.array_equal(data.value.values, np.add.outer(AXES["x"], AXES["y"]))
    record(seconds=seconds, least_share=min(shares), largest_share=max(shares))
