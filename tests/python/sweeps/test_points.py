"""Outcomes of points are values: whatever a point does, it is recorded and the others are computed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil
import pytest

import redfield as rf
from redfield.sweeps import probe
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.points import Job, Work
from redfield.sweeps.pools import ProcessPool
from redfield.sweeps.values import Returned, Schema

import poison_points
from poison_points import RAISED, dying, first_dies, good_at_last, late, never, raised, slow
from processes import child

# The sockets of dask's own event loops are closed by its garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as made:
        yield made


@pytest.fixture(params=["serial", "threads", "processes", "dask", "given threads", "given processes"])
def anywhere(request):
    with contextlib.ExitStack() as stack:
        yield {
            "dask": lambda: request.getfixturevalue("cluster").scheduler_address,
            "given threads": lambda: stack.enter_context(ThreadPoolExecutor(2)),
            "given processes": lambda: stack.enter_context(ProcessPoolExecutor(2, get_context("spawn"))),
        }.get(request.param, lambda: request.param)()


@pytest.fixture(params=["processes", "dask"])
def outliving(request):
    """Executors that a point can not end."""
    return (
        request.getfixturevalue("cluster").scheduler_address if request.param == "dask" else request.param
    )


def told(data):
    """The message of each point that failed, by its x."""
    lines = data.attrs.get("failures", "").splitlines()
    assert data.attrs["failed"] == len(lines)
    return {int(f.split(":")[0].split("=")[1]): f.split(": ", 1)[1] for f in lines}


def assert_others(data, failed):
    x = data.x.values
    assert np.flatnonzero(data.status.values == 2).tolist() == sorted(failed)
    good = data.status.values == 1
    assert good.sum() == len(x) - len(failed)
    assert np.array_equal(data.y.values[good], 2 * x[good])


def test_whatever_a_point_raises_is_its_outcome(anywhere):
    data = rf.sweep(raised, {"x": range(12)}, executor=anywhere, points_a_task=4)
    assert_others(data, RAISED)
    for x, message in told(data).items():
        assert message.startswith(RAISED[x])


def test_interrupts_of_the_driver_are_not():
    def point(x):
        raise KeyboardInterrupt

    for executor in ("serial", "threads", "processes"):
        with pytest.raises(KeyboardInterrupt):
            rf.sweep(point, {"x": [1, 2]}, executor=executor)


@pytest.mark.parametrize("points", [1, 16])
def test_points_that_end_their_process(outliving, points, tmp_path):
    if outliving != "processes" and points == 1:
        pytest.skip("each death of a worker of dask takes seconds")
    store = tmp_path / "runs.zarr" if points == 16 else None
    data = rf.sweep(dying, {"x": range(24)}, executor=outliving, points_a_task=points, store=store)
    assert_others(data, [3, 11])
    assert np.array_equal(data.curve.values[4], [4, 4, 4])
    assert told(data) == {
        3: "its process ended with exit status 7 (2 times)",
        11: "its process was killed by SIGSEGV (2 times)",
    }


def test_points_that_take_too_long(outliving):
    started = time.monotonic()
    data = rf.sweep(late, {"x": range(12)}, executor=outliving, timeout=0.4, points_a_task=6)
    assert time.monotonic() - started < 20.0
    assert_others(data, [3, 5])
    assert told(data) == dict.fromkeys((3, 5), "it took longer than 0.4 s")


def test_members_of_a_batch_that_end_their_process():
    def point(x):
        if (x == 5).any():
            os._exit(1)
        return {"y": 2 * x}

    data = rf.sweep(point, {"x": range(9)}, batch=True, executor="processes", workers=1, points_a_task=9)
    assert_others(data, [5])


def test_failures_keep_where_they_were():
    found = []

    def point(x):
        if x == 1:
            time.sleep(30.0)
        if x == 2:
            poison_points.segfault()
        raise_at_three(x)
        return {"y": x}

    def raise_at_three(x):
        if x == 3:
            raise ArithmeticError("three")

    grid = Grid.of({"x": [0, 1, 2, 3]}, None, 0)
    schema = Schema.of(Returned.of({"y": 1}), batch=False)
    job = Job(Work(point, grid, False), schema, Blocks.of((4,), 4), 1, 0.4)
    with contextlib.closing(ProcessPool(1)) as pool:
        for report in pool.run(job, [(0, None, None)]):
            found.extend(report.block.failures)
    assert [(f.index, f.kind, f.tried) for f in found] == [
        ((1,), "timeout", 1), ((2,), "death", 2), ((3,), "failure", 1)
    ]  # fmt: skip
    for failure, name in zip(found, ("in point", "in segfault", "in raise_at_three"), strict=True):
        assert name in failure.traceback


def test_workers_that_are_killed_from_outside_are_not_the_points_fault(tmp_path):
    moments, stop, killed = random.Random(5), threading.Event(), []

    def killer():
        while not stop.wait(moments.uniform(0.3, 0.6)) and len(killed) < 5:
            victims = children()
            if victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(moments.choice(victims), signal.SIGKILL)
                    killed.append(1)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        data = rf.sweep(slow, {"x": range(160)}, executor="processes", workers=2, points_a_task=20)
    finally:
        stop.set()
        thread.join()
    assert killed
    assert_others(data, [])


def children(of=None):
    """The processes that compute for one."""
    found = []
    for process in psutil.Process(of).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any("redfield.sweeps.child" in word for word in process.cmdline()):
                found.append(process.pid)
    return found


def lives(pid):
    with contextlib.suppress(psutil.Error):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


DRIVER = """
import sys
import redfield as rf
sys.path.insert(0, {tests!r})
from poison_points import slow
if __name__ == "__main__":
    rf.sweep(slow, {{"x": range(4000)}}, executor="processes", workers=2, points_a_task=4000 // 8,
             progress=lambda fraction: print("some", flush=True))
"""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_driver(sign):
    tests = str(Path(poison_points.__file__).parent)
    with child(
        [sys.executable, "-c", DRIVER.format(tests=tests)], text=True, stderr=subprocess.DEVNULL
    ) as process:
        end = time.monotonic() + 20.0
        while len(workers := children(process.pid)) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(1.0)  # they compute
        assert len(workers) == 2
        process.send_signal(sign)
        process.wait(timeout=10.0)
        end = time.monotonic() + 2.0
        while any(lives(worker) for worker in workers) and time.monotonic() < end:
            time.sleep(0.05)
        assert not any(lives(worker) for worker in workers)


def test_nothing_is_left_of_a_sweep(outliving):
    def point(x):
        time.sleep(0.01)
        return {"y": 2 * x}

    def stop(fraction):
        raise ArithmeticError("enough")

    rf.sweep(point, {"x": range(8)}, executor=outliving, timeout=5.0)
    with pytest.raises(ArithmeticError, match="enough"):
        rf.sweep(
            point, {"x": range(800)}, executor=outliving, timeout=5.0, progress=stop, points_a_task=40
        )
    end = time.monotonic() + 2.0
    while children() and time.monotonic() < end:
        time.sleep(0.05)
    assert not children()


def test_many_points_fail_before_one_returns(anywhere):
    data = rf.sweep(good_at_last, {"x": range(60)}, executor=anywhere)
    assert_others(data, range(40))
    assert data.attrs["failed"] == 40


def test_all_points_fail(anywhere):
    with pytest.raises(rf.SweepError) as error:
        rf.sweep(never, {"x": range(50)}, executor=anywhere)
    assert all(f"x = {x}: ArithmeticError: at {x}" in str(error.value) for x in range(3))
    assert "x = 3" not in str(error.value)


def test_the_first_points_end_their_process():
    data = rf.sweep(first_dies, {"x": range(5)}, executor="processes", workers=2)
    assert_others(data, [0, 1])


def test_the_cluster_of_the_command_listens_to_this_machine_alone():
    pytest.importorskip("distributed")
    from redfield.cli.run import workers_of

    with workers_of("dask") as address:
        assert "127.0.0.1" in address
        mine = [psutil.Process(), *psutil.Process().children(recursive=True)]
        listening = {
            connection.laddr.ip
            for process in mine
            for connection in process.net_connections()
            if connection.status == psutil.CONN_LISTEN
        }
        assert listening <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("batch", [False, True])
def test_a_first_call_that_loads_modules_does_not_make_tasks_small(batch, monkeypatch):
    """Of the first call's time alone tasks would have one point."""
    monkeypatch.setattr(probe, "SECONDS", 0.1)
    loaded = []

    def point(x):
        if not loaded:
            loaded.append(time.sleep(0.15))
        return {"y": 2.0 * x}

    data = rf.sweep(point, {"x": np.arange(1000.0)}, executor="serial", batch=batch)
    assert np.array_equal(data.y, 2.0 * data.x)
    assert json.loads(data.runs)[0]["blocks"] < 100
