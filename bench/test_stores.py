"""Stores of sweeps: what a task costs, a million points, and eight drivers on one store.

The floor of a stored task is one transaction's flush to the disk; grouped commits share it.
"""

from __future__ import annotations

import multiprocessing
import time

import numpy as np
import pytest

import redfield as rf
from redfield.sweeps.store import Store


def empty_point(x, y):
    return {"value": x + y}


def whole_block(x, y):
    return {"value": x + y}


def tasks(executor, store, count=400):
    """Seconds a task of one point that computes nothing."""
    axes = {"x": np.arange(float(count // 20)), "y": np.arange(20.0)}
    started = time.perf_counter()
    data = rf.sweep(empty_point, axes, executor=executor, store=store, points_a_task=1, workers=2).load()
    seconds = time.perf_counter() - started
    assert np.array_equal(data.value.values, np.add.outer(axes["x"], axes["y"]))
    return seconds / count


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_task_costs_milliseconds(executor, tmp_path, benchmark):
    """Goal: a stored task ≤ 2 × 5.6 ms, what one took with a store of its own making."""
    in_memory, stored = tasks(executor, None), tasks(executor, tmp_path / "runs.zarr")
    benchmark.extra_info.update(in_memory=in_memory, stored=stored)
    benchmark.pedantic(lambda: None, rounds=1)
    assert stored < 11.2e-3


def test_a_million_points(tmp_path, benchmark):
    axes = {"x": np.arange(1000.0), "y": np.arange(1000.0)}

    def run():
        return rf.sweep(whole_block, axes, batch=True, store=tmp_path / "million.zarr")

    data = benchmark.pedantic(run, rounds=1)
    assert np.array_equal(data.value.values, np.add.outer(axes["x"], axes["y"]))
    started = time.perf_counter()
    again = run()
    benchmark.extra_info["opened again"] = time.perf_counter() - started
    assert int((again.status == 1).sum()) == 1_000_000


AXES = {"x": np.arange(100.0), "y": np.arange(100.0)}


def drive(store):
    rf.sweep(empty_point, AXES, store=store, workers=1, points_a_task=1)


def test_eight_drivers(tmp_path, benchmark):
    """10⁴ tasks of one point: each is computed by one of them."""
    store = tmp_path / "shared.zarr"
    context = multiprocessing.get_context("spawn")

    def run():
        drivers = [context.Process(target=drive, args=(store,)) for _ in range(8)]
        for driver in drivers:
            driver.start()
        for driver in drivers:
            driver.join()
        assert all(driver.exitcode == 0 for driver in drivers)

    benchmark.pedantic(run, rounds=1)
    found = Store.found(store)
    assert found is not None
    assert sum(one["blocks"] for one in found.runs()) == 10_000
    data = rf.sweep(empty_point, AXES, store=store, points_a_task=1)
    assert np.array_equal(data.value.values, np.add.outer(AXES["x"], AXES["y"]))
