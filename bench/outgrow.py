"""Runs that outgrow one machine, on two workers of dask: `python bench/outgrow.py [part …] [--full] [--store FOLDER]`.

points: steady states of qubits at 10⁶ points of (β, strength, ω) (10⁵ without --full), stored.
trajectories: a chain of sixteen spins, D = 65 536, with local jumps; as many blocks of eight trajectories as fit into
a minute (two without --full), each a task of a stored sweep over the sample's number.
kill: the first run with workers killed by SIGKILL in its middle, compared bit for bit with an undisturbed one.
ten_thousand: 10⁴ trajectories of the chain, an hour of two cores; only when asked for. With `--store FOLDER` a second
call goes on where the first was stopped. Their mean is compared with density matrices of shorter chains.

Figures go to bench/results/outgrow.json: seconds, the peak of each worker's memory, and the costs from which `forecast`
tells the time that many workers take:  max( T/W,  n c_driver ),  T the seconds of all tasks, W the workers, n the tasks
and c_driver the seconds that the driver, with scheduler and store, spends on one.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import scipy.sparse as sp

import redfield as rf

from conftest import machine

RESULTS = Path(__file__).parent / "results" / "outgrow.json"
SIDE = {False: (20, 50, 100), True: (100, 100, 100)}
SPINS, BLOCK, TIME, MEMORY = 16, 8, 1.0, "1GB"
MANY = 10_000


def qubits(beta: Any, strength: Any, omega: Any) -> dict[str, Any]:
    """Excited population and coherence of qubits that are tilted against their baths."""
    h = 0.5 * np.asarray(omega)[:, None, None] * np.diag([1.0, -1.0]) + 0.1 * np.array(
        [[0.0, 1.0], [1.0, 0.0]]
    )
    bath = rf.OhmicBath.batch(strength=strength, cutoff=10.0, beta=beta)
    states = (
        rf.Redfield(rf.SystemBatch(h, [[[0.0, 1.0], [1.0, 0.0]]], bath)).steady_state(threads=1).state
    )
    return {"excited": states[:, 0, 0].real, "coherence": states[:, 0, 1]}


def axes(full: bool) -> dict[str, Any]:
    a, b, c = SIDE[full]
    return {
        "beta": np.linspace(0.5, 5.0, a),
        "strength": np.linspace(0.01, 0.1, b),
        "omega": np.linspace(0.2, 2.0, c),
    }


def chain(spins: int = SPINS) -> tuple[Any, list[Any], Any]:
    """Return H = Σ σᶻσᶻ + σˣ + σᶻ/2, jumps √0.5 σ⁻ of each spin, and the mean magnetisation."""
    x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
    lower, dims = np.array([[0.0, 0.0], [1.0, 0.0]]), [2] * spins
    local = rf.operators.local
    zs = [local(z, k, dims) for k in range(spins)]
    h = sum(a @ b for a, b in itertools.pairwise(zs))
    h = h + sum(local(x, k, dims) + 0.5 * zs[k] for k in range(spins))
    return sp.csr_array(h), [np.sqrt(0.5) * local(lower, k, dims) for k in range(spins)], sum(zs) / spins


def magnetisation_from_shorter_chains() -> float:
    """Return ⟨Σσᶻ⟩/16 at the end: correlations spread over a few sites by then, so that Σσᶻ is linear in the length."""

    def total(spins: int) -> float:
        h, jumps, magnetisation = chain(spins)
        up = np.eye(2**spins)[0]
        return spins * float(rf.Lindblad(h, jumps).evolve(up, [0.0, TIME], [magnetisation]).expect[0][-1])

    seven, eight = total(7), total(8)
    assert abs((eight - seven) - (seven - total(6))) < 1e-4
    return (eight + (SPINS - 8) * (eight - seven)) / SPINS


_equations: list[Any] = []
"""The equation of this worker, which is made once."""


def block(number: int, rng: Any) -> dict[str, Any]:
    """Magnetisation over time of eight trajectories, and the seconds that they take."""
    if not _equations:
        h, jumps, magnetisation = chain()
        _equations.extend([rf.Lindblad(h, jumps), magnetisation])
    equation, magnetisation = _equations
    psi = np.zeros(2**SPINS)
    psi[0] = 1.0
    times, began = np.linspace(0.0, TIME, 6), time.perf_counter()
    result = equation.trajectories(
        psi, times, [magnetisation], samples=BLOCK, seed=rng, threads=1, keep_runs=True
    )
    seconds = time.perf_counter() - began
    return {"runs": result.runs[:, 0].real, "jumps": result.stats["jumps"], "seconds": seconds}


@contextlib.contextmanager
def two_workers() -> Iterator[Any]:
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            memory_limit=MEMORY,
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


class Watched:
    """The largest resident memory of each worker, looked at ten times a second while a run lasts."""

    def __init__(self, client: Any) -> None:
        self.peaks: dict[int, int] = {}
        self._client, self._stop = client, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def pids(self) -> list[int]:
        return [w.pid for w in list(self._client.cluster.workers.values()) if w.pid]

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            for pid in self.pids():
                with contextlib.suppress(psutil.Error):
                    self.peaks[pid] = max(self.peaks.get(pid, 0), psutil.Process(pid).memory_info().rss)

    def __enter__(self) -> Watched:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()


def run(point: Any, grid: Any, client: Any, store: Path, **options: Any) -> tuple[Any, dict[str, Any]]:
    """Return the Dataset of a stored sweep, and what it took: `driver` is this process's CPU time a task."""
    with Watched(client) as watched:
        started, used = time.perf_counter(), time.process_time()
        data = rf.sweep(point, grid, store=store, executor=client, **options)
        seconds, used = time.perf_counter() - started, time.process_time() - used
    last = json.loads(data.attrs["runs"])[-1]
    assert int((data.status == 1).sum()) == data.status.size
    return data, {
        "points": data.status.size,
        "seconds": seconds,
        "worked": last["worked"],
        "tasks": last["blocks"],
        "driver_seconds_a_task": used / last["blocks"],
        "store_megabytes": sum(f.stat().st_size for f in store.rglob("*") if f.is_file()) / 1e6,
        "peak_megabytes": sorted(round(peak / 1e6) for peak in watched.peaks.values()),
    }


def points(full: bool, folder: Path) -> dict[str, Any]:
    with two_workers() as client:
        data, took = run(qubits, axes(full), client, folder / "points.zarr", batch=True)
        some = dict(beta=7, strength=11, omega=13)
        one = {k: float(data[k][i]) for k, i in some.items()}
        assert np.allclose(
            data.excited.isel(some), qubits(*(np.array([v]) for v in one.values()))["excited"][0]
        )
        # Small tasks tell what the driver spends on one.
        small = {**axes(full), "beta": [1.0], "strength": [0.05], "omega": np.linspace(0.2, 2.0, 500)}
        cost = run(qubits, small, client, folder / "small.zarr", batch=True, points_a_task=1)[1]
    return {**took, "driver_ms_a_small_task": 1e3 * cost["driver_seconds_a_task"]}


def trajectories(full: bool, folder: Path) -> dict[str, Any]:
    store, limit = folder / "trajectories.zarr", 60.0 if full else 1.0
    started, count = time.perf_counter(), 2
    with two_workers() as client:
        while True:
            data, took = run(
                block, {"number": np.arange(count)}, client, store, points_a_task=1, extend=True
            )
            spent = time.perf_counter() - started
            if spent * 2.2 > limit:
                break
            count *= 2
    return {**took, **statistics(data), "total_seconds": spent}


def statistics(data: Any) -> dict[str, Any]:
    """Return what the trajectories of a store tell of the last moment, and their cost."""
    runs = data.runs.values.reshape(-1, data.runs.shape[-1])
    assert np.allclose(runs[:, 0], 1.0)
    return {
        "trajectories": len(runs),
        "jumps": float(data.jumps.mean()),
        "seconds_a_trajectory": float(data.seconds.median()) / BLOCK,
        "magnetisation": float(runs[:, -1].mean()),
        "standard_error": float(runs[:, -1].std() / np.sqrt(len(runs))),
    }


def ten_thousand(full: bool, folder: Path) -> dict[str, Any]:
    """Run 10⁴ trajectories, `full` or not; seconds and tasks are those of the last call on a store."""
    numbers = {"number": np.arange(MANY // BLOCK)}
    with two_workers() as client:
        data, took = run(block, numbers, client, folder / "ten_thousand.zarr", points_a_task=1)
    found, exact = statistics(data), magnetisation_from_shorter_chains()
    assert abs(found["magnetisation"] - exact) < 4.0 * found["standard_error"]
    return {**took, **found, "from_shorter_chains": exact}


def kill(full: bool, folder: Path) -> dict[str, Any]:
    """Kill a worker at a fifth, a half and four fifths of the points: nothing is lost, and no bit differs."""
    moments, left, killed = random.Random(1), [0.2, 0.5, 0.8], []
    tasks: dict[str, Any] = {"batch": True, "points_a_task": 5000 if full else 1000}
    with two_workers() as client:
        whole, _ = run(qubits, axes(full), client, folder / "whole.zarr", **tasks)
        watched = Watched(client)

        def killer(fraction: float) -> None:
            if left and fraction >= left[0] and (pids := watched.pids()):
                left.pop(0)
                killed.append(moments.choice(pids))
                os.kill(killed[-1], signal.SIGKILL)

        data, took = run(qubits, axes(full), client, folder / "killed.zarr", progress=killer, **tasks)
    for name in ("excited", "coherence", "status"):
        assert data[name].values.tobytes() == whole[name].values.tobytes()
    assert killed
    return {"kills": len(killed), **took}


def forecast(figures: dict[str, Any], workers: int = 1000) -> dict[str, Any]:
    """Return the seconds of ten thousand trajectories, and of 10⁹ points, on many workers."""
    out: dict[str, Any] = {"workers": workers}
    driver = figures["points"]["driver_ms_a_small_task"] / 1e3
    if "trajectories" in figures:
        each, total = figures["trajectories"]["seconds_a_trajectory"], 10_000
        tasks = total / BLOCK
        out["trajectories_s"] = max(total * each / workers, each * BLOCK, tasks * driver)
        out["trajectories_two_workers_s"] = total * each / 2
    took = figures["points"]
    each = took["worked"] / took["points"]
    out["points_1e9_compute_s"] = 1e9 * each / workers
    out["points_1e9_driver_s_tasks_of_1s"] = 1e9 * each * driver
    out["shortest_task_s"] = workers * driver
    return out


def main() -> None:
    parts = {
        "points": points,
        "trajectories": trajectories,
        "kill": kill,
        "ten_thousand": ten_thousand,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["points", "kill", "trajectories"], metavar="part")
    parser.add_argument("--full", action="store_true", help="10⁶ points, and trajectories for a minute")
    parser.add_argument("--store", type=Path, help="a folder to keep the stores in, and to go on from")
    given = parser.parse_args()
    if unknown := [name for name in given.parts if name not in parts]:
        parser.error(f"no part {unknown[0]!r}; there are {', '.join(parts)}")
    for name in given.parts:
        with contextlib.ExitStack() as stack:
            folder = given.store or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            figures = parts[name](given.full, folder)
        print(name, figures, flush=True)
        known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"figures": {}}
        all_figures = {**known["figures"], name: {**figures, "full": given.full}}
        if "points" in all_figures:
            all_figures["forecast"] = forecast(all_figures)
            print("forecast", all_figures["forecast"])
        kept = {"machine": machine(), "figures": all_figures}
        RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
