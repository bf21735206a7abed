"""The workers that an `executor` argument names: here, threads, processes, dask, or an Executor that is given."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

from redfield import _core
from redfield._base.checks import shown
from redfield.sweeps.dask_pool import DaskPool, connected, started
from redfield.sweeps.pools import FuturesPool, Pool, ProcessPool, ThreadPool


def pool_of(executor: Any, workers: int | None, threads: int, timeout: float | None = None) -> Pool:
    """Return the workers that a name, a dask Client or address, or an Executor stands for."""
    count = max(1, _core.cores() // threads) if workers is None else workers
    name = executor if isinstance(executor, str) else ""
    if name == "processes":
        return ProcessPool(count)
    if name == "dask":
        return started(count)
    if "://" in name:
        return connected(executor)
    if hasattr(executor, "get_executor") and hasattr(executor, "scheduler"):
        return DaskPool(executor, False)
    if name not in ("serial", "threads") and not isinstance(executor, Executor):
        raise TypeError(
            'executor must be "serial", "threads", "processes", "dask", a dask Client, the address of a dask '
            f"scheduler, or a concurrent.futures.Executor, got {shown(executor)}"
        )
    if timeout is not None:
        raise ValueError(
            f"timeout is {timeout:g}, and a point on {shown(executor)} can not be ended from outside: "
            'use executor="processes" or dask'
        )
    if name == "serial":
        return Pool()
    if name == "threads":
        return ThreadPool(count)
    known = workers or getattr(executor, "_max_workers", None) or _core.cores()
    return FuturesPool(executor, int(known), type(executor).__name__)
