"""Blocks on the workers of a dask cluster."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future
from typing import Any

from redfield.sweeps.errors import SweepError
from redfield.sweeps.executors import GONE, FuturesPool, Job, pickled, run_pickled

SCHEDULER_TIMEOUT = 5.0
"""Seconds a dask scheduler has to answer."""


class DaskPool(FuturesPool):
    """On the workers of a dask cluster."""

    ahead = 16

    def __init__(self, client: Any, owned: bool) -> None:
        self._client, self._owned = client, owned
        workers = sum(client.nthreads().values())
        if not workers:
            raise SweepError("the dask cluster has no workers; start some, or wait for them")
        super().__init__(client.get_executor(pure=False), workers, "dask")
        self.dashboard = client.dashboard_link

    def prepare(self, job: Job) -> None:
        self._data = pickled(job)

    def submit(self, job: Job, task: tuple[Any, ...]) -> Future[Any]:
        future: Future[Any] = self.executor.submit(run_pickled, self._data, task)
        return future

    def check(self) -> None:
        if self._client.status not in ("running", "connecting", "newly-created") or not _answers(
            self._client
        ):
            raise SweepError(GONE.format("dask"))

    def close(self) -> None:
        if self._owned:
            self._client.close(timeout=SCHEDULER_TIMEOUT)


def connected(address: str) -> DaskPool:
    """On the scheduler at an address; SweepError where none answers."""
    try:
        from distributed import Client
    except ImportError:
        raise ImportError("dask executors need dask: pip install 'redfield[sweep]'") from None
    make: Any = Client
    try:
        client = make(address, timeout=SCHEDULER_TIMEOUT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise SweepError(
            f"no dask scheduler answers at {address} within {SCHEDULER_TIMEOUT:g} s ({error})"
        ) from None
    return DaskPool(client, True)


def _answers(client: Any) -> bool:
    with contextlib.suppress(Exception):
        client.sync(client.scheduler.identity, callback_timeout=SCHEDULER_TIMEOUT)
        return True
    return False
