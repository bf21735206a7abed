"""Sweeps whose driver, workers, scheduler or disk go away: the same call ends with what an undisturbed one gives.

Each moment is random; REDFIELD_KILLS says how many of them a test tries.
"""

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
from pathlib import Path

import psutil
import pytest

import redfield as rf
from redfield.sweeps import dask_jobs, dask_pool
from redfield.sweeps.store import Store

import sweep_driver
from processes import child

# The sockets of dask's own event loops are closed by its garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)

KILLS = int(os.environ.get("REDFIELD_KILLS", "2"))
DRIVER = Path(sweep_driver.__file__)


@pytest.fixture(scope="module")
def expected():
    """Without a store, in this thread."""
    return rf.sweep(sweep_driver.point, sweep_driver.AXES, seed=5, executor="serial").load()


def assert_whole(data, expected):
    assert data.attrs["failed"] == 0
    for name in expected.data_vars:
        assert data[name].dims == expected[name].dims
        assert data[name].values.tobytes() == expected[name].values.tobytes()


def finished(store):
    """Blocks that are committed."""
    found = Store.at(store)
    return 0 if found is None else len(found.written)


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_driver_is_killed(executor, expected, tmp_path):
    store = tmp_path / "runs.zarr"
    moments = random.Random(executor)
    done = []
    for _ in range(KILLS):
        with child([sys.executable, str(DRIVER), str(store), executor], text=True) as process:
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0.0, 1.2))
            process.kill()
            process.wait()
        time.sleep(0.1)  # orphaned workers end what they are at
        done.append(finished(store))
    assert done == sorted(done)  # nothing that was finished is lost
    assert_whole(sweep_driver.run(store, executor), expected)


def test_ctrl_c_stops_within_a_second_and_keeps_what_is_done(expected, tmp_path):
    store = tmp_path / "runs.zarr"
    with child(
        [sys.executable, str(DRIVER), str(store), "threads"], text=True, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout.readline() == "ready\n"
        while not finished(store):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=2.0)
    assert 0 < finished(store) < 60
    assert_whole(sweep_driver.run(store), expected)


def workers_of(parent):
    """The processes that compute for one."""
    found = []
    for worker in psutil.Process(parent).children():
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            if any("redfield.sweeps.child" in word for word in worker.cmdline()):
                found.append(worker.pid)
    return found


def with_kills(tmp_path, expected, victims, executor):
    """Sweeps, until so many workers have been killed in the middle of them; each ends whole."""
    moments = random.Random(executor)
    total = 0
    for attempt in range(10 * KILLS):
        store = tmp_path / f"{attempt}.zarr"
        killed, stop = [0], threading.Event()

        def killer(store=store, killed=killed, stop=stop, left=KILLS - total):
            while len(killed) - 1 < left and not stop.wait(moments.uniform(0.02, 0.2)):
                before = finished(store)
                found = victims()
                if found and before > killed[-1]:  # some work between two kills
                    os.kill(moments.choice(found), signal.SIGKILL)
                    killed.append(before)

        thread = threading.Thread(target=killer)
        thread.start()
        try:
            data = sweep_driver.run(store, executor)
        finally:
            stop.set()
            thread.join()
        assert_whole(data, expected)
        total += len(killed) - 1
        if total >= KILLS:
            return
    raise AssertionError(f"only {total} workers could be killed")


def test_worker_processes_are_killed(expected, tmp_path):
    with_kills(tmp_path, expected, lambda: workers_of(os.getpid()), "processes")


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as made:
        yield made


def test_dask_gives_the_same(cluster, expected, tmp_path, monkeypatch):
    from distributed import Client

    with Client(cluster) as client:
        assert_whole(sweep_driver.run(tmp_path / "a.zarr", client), expected)
        monkeypatch.setattr(dask_pool, "CARRIED_BYTES", 0)  # the job is sent once to each worker
        assert_whole(sweep_driver.run(tmp_path / "b.zarr", cluster.scheduler_address), expected)
        assert set(client.run(jobs_of_worker).values()) == {0}
    data = sweep_driver.run(None, cluster.scheduler_address)
    assert_whole(data, expected)
    assert json.loads(data.attrs["runs"])[0]["parallel"] == "2 workers × 1 thread"


def jobs_of_worker():
    return len(dask_jobs._jobs)


def test_a_task_whose_job_a_worker_does_not_have_is_refused():
    with pytest.raises(rf.SweepError, match="does not have the job 'of another'"):
        dask_pool.run_on_worker("of another", 0)


def test_dask_workers_are_killed(cluster, expected, tmp_path, monkeypatch):
    """Workers that are started anew are given a job that tasks do not carry."""
    monkeypatch.setattr(dask_pool, "CARRIED_BYTES", 0)

    def victims():
        return [worker.pid for worker in list(cluster.workers.values()) if worker.pid]

    with_kills(tmp_path, expected, victims, cluster.scheduler_address)


SCHEDULER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


def test_a_dask_scheduler_is_killed(expected, tmp_path):
    pytest.importorskip("distributed")
    store = tmp_path / "runs.zarr"
    script = tmp_path / "scheduler.py"
    script.write_text(SCHEDULER)
    moments = random.Random(3)
    done = []
    for _ in range(KILLS):
        with child(
            [sys.executable, str(script)],
            text=True,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(DRIVER.parent), *sys.path])},
        ) as process:
            address = process.stdout.readline().strip()
            timer = threading.Timer(moments.uniform(0.3, 1.5), process.kill)
            timer.start()
            try:
                sweep_driver.run(store, address)
            except rf.SweepError as error:
                assert "are gone" in str(error) or "no dask scheduler" in str(error)
            timer.cancel()
            process.stdin.close()
        done.append(finished(store))
    assert done == sorted(done)
    assert_whole(sweep_driver.run(store), expected)


def test_a_full_disk(expected, tmp_path):
    disk = tmp_path / "small"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "none", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        with pytest.raises(rf.StoreError, match="No space left on device; free some space"):
            sweep_driver.run(disk / "runs.zarr")
        some = finished(disk / "runs.zarr")
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        assert some < 60
        assert_whole(sweep_driver.run(disk / "runs.zarr"), expected)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_two_drivers_share_the_work(expected, tmp_path):
    store = tmp_path / "runs.zarr"
    with child([sys.executable, str(DRIVER), str(store), "threads"], text=True) as process:
        assert process.stdout.readline() == "ready\n"
        while not finished(store):
            time.sleep(0.01)
        data = sweep_driver.run(store)
        assert process.stdout.readline() == "finished\n"
    assert_whole(data, expected)
    runs = json.loads(data.attrs["runs"])
    blocks = [run["blocks"] for run in json.loads(sweep_driver.run(store).attrs["runs"])]
    assert len(runs) >= 1
    assert len(blocks) == 2
    assert min(blocks) > 0
    assert sum(blocks) == 60
