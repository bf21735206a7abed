"""The cost of a task of a sweep on each executor: many tasks of one point that does nothing, not stored.

A driver hands a task over, a worker computes it, and the driver takes what it returned. The least of a few sweeps is
told.
"""

from __future__ import annotations

import contextlib
import time

import numpy as np
import pytest

import redfield as rf

ROUNDS = 3
TASKS = {"serial": 4000, "threads": 4000, "processes": 2000, "dask": 500}
MOST = {"serial": 2e-3, "threads": 2e-3, "processes": 5e-3, "dask": 40e-3}
"""Seconds of a task at most: a task should take about one second."""


def nothing(x):
    return {"y": x}


def seconds_a_task(executor, tasks):
    """From a tenth of the tasks to their end: workers start before."""
    told = []
    rf.sweep(
        nothing, {"x": np.arange(float(tasks))}, executor=executor, workers=2, points_a_task=1,
        progress=lambda fraction: told.append((fraction, time.perf_counter())),
    )  # fmt: skip
    began = next(when for fraction, when in told if fraction >= 0.1)
    return (told[-1][1] - began) / (0.9 * tasks)


@pytest.mark.parametrize("name", TASKS)
def test_a_task(name, record_property):
    with contextlib.ExitStack() as stack:
        executor = name
        if name == "dask":
            distributed = pytest.importorskip("distributed")
            executor = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
                )
            ).scheduler_address
        least = min(seconds_a_task(executor, TASKS[name]) for _ in range(ROUNDS))
    record_property("task", f"{least * 1e6:.0f} µs")
    print(f"{name}: {least * 1e6:.0f} µs a task")
    assert least < MOST[name]
