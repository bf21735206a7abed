"""Blocks on the workers of a dask cluster."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from redfield._base.errors import StoreError, SweepError
from redfield.sweeps.dask_jobs import job_of
from redfield.sweeps.guard import Divisible, Guards, P, R, T
from redfield.sweeps.pickles import pickled, run_pickled, unpickled
from redfield.sweeps.pools import GONE, FuturesPool

SCHEDULER_TIMEOUT = 5.0
"""Seconds a dask scheduler has to answer."""
PATIENCE = 0.5
"""Seconds that workers have to end the processes they started."""
CARRIED_BYTES = 100_000
"""The size of a job that goes with each task; a larger one is sent once to each worker."""
KILLS = 3
"""How often dask may give up a task that is computed in a process of its own: it is not the task that kills."""


class DaskPool(FuturesPool):
    """On the workers of a dask cluster.

    Dask gives a task up once it was on several workers that died. Then, and for every point with a timeout, tasks are
    computed in processes beside the workers, which may die alone: see redfield.sweeps.guard.
    """

    ahead = 16

    def __init__(self, client: Any, owned: bool, cluster: Any = None) -> None:
        self._client, self._owned, self._cluster = client, owned, cluster
        workers = sum(client.nthreads().values())
        if not workers:
            raise SweepError("the dask cluster has no workers; start some, or wait for them")
        super().__init__(client.get_executor(pure=False), workers, "dask")
        self.dashboard = client.dashboard_link
        self._guarded, self._name = False, uuid.uuid4().hex
        self._given_up: Counter[str] = Counter()
        self._data: bytes | str = b""

    def prepare(self, job: Divisible[T, P, R]) -> None:
        self._withdraw()
        data = pickled(job)
        self._data = data if len(data) <= CARRIED_BYTES else self._sent(data)
        self._guarded = self._guarded or job.timeout is not None

    def _sent(self, data: bytes) -> str:
        """Return the name by which every worker, also one that comes later, has a job from now on."""
        from redfield.sweeps.dask_plugin import JobPlugin  # where dask is

        name = f"redfield {uuid.uuid4().hex}"
        try:
            self._client.register_plugin(JobPlugin(name, data), name=name)
        except Exception as error:  # whatever dask says of workers that leave meanwhile
            raise SweepError(f"the workers of dask can not be given the job ({error})") from error
        return name

    def _withdraw(self) -> None:
        """Have the workers forget a job that was sent to them."""
        name, self._data = self._data, b""
        if isinstance(name, str) and self._client.status == "running":
            with contextlib.suppress(Exception):
                self._client.sync(
                    self._client._unregister_worker_plugin, name=name, callback_timeout=SCHEDULER_TIMEOUT
                )

    def submit(self, job: Divisible[T, P, R], task: T) -> Future[R]:
        call: Any = (run_guarded, self._name) if self._guarded else (run_on_worker,)
        submit: Any = self.executor.submit
        future: Future[R] = submit(*call, self._data, task)
        return future

    def require_survived(self, error: Exception, task: object) -> None:
        from distributed import KilledWorker

        if not isinstance(error, KilledWorker):
            if isinstance(error, StoreError | SweepError):
                raise error
            # Whatever a point raises is its outcome: this is of dask.
            raise SweepError(f"dask can not compute a task ({type(error).__name__}: {error})") from error
        self._guarded = True
        self._given_up[repr(task)] += 1
        if self._given_up[repr(task)] > KILLS:
            raise SweepError(f"{GONE.format(self.label)}: they die again and again ({error})") from error

    def check(self) -> None:
        if self._client.status not in ("running", "connecting", "newly-created") or not _answers(
            self._client
        ):
            raise SweepError(GONE.format("dask"))

    def abandon(self) -> None:
        """Give up what is not done, and end the processes that workers started for it."""
        super().abandon()
        guarded, self._guarded = self._guarded, False
        if guarded and self._client.status == "running":
            with contextlib.suppress(Exception):
                self._client.sync(
                    self._client._run,
                    end_guards,
                    self._name,
                    on_error="ignore",
                    callback_timeout=PATIENCE,
                )

    def close(self) -> None:
        super().close()
        self._withdraw()
        if self._owned:
            self._client.close(timeout=SCHEDULER_TIMEOUT)
        if self._cluster is not None:
            self._cluster.close(timeout=SCHEDULER_TIMEOUT)


_guards: dict[str, Guards] = {}
"""Watched processes of this worker, for each sweep."""


def run_on_worker(data: bytes | str, task: object) -> Any:
    """Compute a task on a worker of dask."""
    return run_pickled(job_of(data), task)


def run_guarded(name: str, data: bytes | str, task: object) -> Any:
    """Compute a task on a worker of dask, in a process beside it."""
    data = job_of(data)
    return _guards.setdefault(name, Guards()).run(unpickled(data), data, task)


def end_guards(name: str) -> None:
    """End the processes of a worker of dask, and what they are at."""
    _guards.setdefault(name, Guards()).close()  # a task that comes late is refused


def local_cluster(workers: int | None = None) -> Any:
    """Return a dask cluster of this machine, one process a core by default, to which nothing outside can send work."""
    make = _distributed("LocalCluster")
    return make(
        n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    )


def started(workers: int) -> DaskPool:
    """Return the workers of a cluster of this machine, which ends with the pool."""
    make = _distributed("Client")
    cluster = local_cluster(workers)
    try:
        return DaskPool(make(cluster, set_as_default=False), True, cluster)
    except BaseException:
        cluster.close(timeout=SCHEDULER_TIMEOUT)
        raise


def _distributed(name: str) -> Any:
    """Return a class of dask's."""
    try:
        import distributed
    except ImportError:
        raise ImportError("dask executors need dask: pip install 'redfield[sweep]'") from None
    return getattr(distributed, name)


def connected(address: str) -> DaskPool:
    """Return the workers of the scheduler at an address.

    Raises
    ------
    SweepError
        None answers in time.
    """
    make = _distributed("Client")
    try:
        with ThreadPoolExecutor(1) as beside:  # an event loop may run in this thread
            beside.submit(asyncio.run, _greeted(address)).result()
        client = make(address, timeout=SCHEDULER_TIMEOUT, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise SweepError(
            f"no dask scheduler answers at {address} within {SCHEDULER_TIMEOUT:g} s ({str(error) or 'silence'})"
        ) from None
    return DaskPool(client, True)


async def _greeted(address: str) -> None:
    """Wait for a scheduler to say who it is: a Client waits for ever where a port is open and silent."""
    from distributed.core import rpc
    from distributed.security import Security

    make: Any = rpc
    security: Any = Security
    scheduler = make(address, connection_args=security().get_connection_args("client"))
    try:
        await asyncio.wait_for(scheduler.identity(), SCHEDULER_TIMEOUT)
    finally:
        await scheduler.close_rpc()


def _answers(client: Any) -> bool:
    with contextlib.suppress(Exception):
        client.sync(client.scheduler.identity, callback_timeout=SCHEDULER_TIMEOUT)
        return True
    return False
