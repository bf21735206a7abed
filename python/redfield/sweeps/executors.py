"""Where blocks are computed: here, on threads, in processes, on dask, or by an Executor that is given."""

from __future__ import annotations

import functools
import itertools
import queue
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from typing import Any, Protocol

from redfield import _core
from redfield.sweeps.errors import SweepError
from redfield.validation import shown

GONE = "the workers of {} are gone; what is stored stays, and the same call resumes"
RESTARTS = 3
"""Pools that may die in a row without a task done."""

Tasks = Iterable[tuple[Any, ...]]


class Job(Protocol):
    """What is sent to every worker once; `run` gets the arguments of each task."""

    @property
    def threads(self) -> int: ...

    def run(self, *task: Any) -> Any: ...


class Pool:
    """Workers that take tasks: `run` yields what these return, in the order they end."""

    workers = 1
    label = "serial"
    dashboard: str | None = None

    def run(self, job: Job, tasks: Tasks) -> Iterator[Any]:
        for task in tasks:
            yield job.run(*task)

    def close(self) -> None:
        """Ends what this made."""


class FuturesPool(Pool):
    """On any Executor."""

    ahead = 2
    """Tasks a worker that wait or are at work: more where it takes long to hand one over."""

    def __init__(self, executor: Executor, workers: int, label: str) -> None:
        self.executor, self.workers, self.label = executor, workers, label

    def submit(self, job: Job, task: tuple[Any, ...]) -> Future[Any]:
        return self.executor.submit(job.run, *task)

    def prepare(self, job: Job) -> None:
        """What is done once for all blocks."""

    def check(self) -> None:
        """Raises where the workers are gone and the futures do not know."""

    def run(self, job: Job, tasks: Tasks) -> Iterator[Any]:
        self.prepare(job)
        tasks = iter(tasks)
        ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        pending: dict[Future[Any], tuple[Any, ...]] = {}
        try:
            while True:
                while len(pending) < self.ahead * self.workers and (one := next(tasks, None)) is not None:
                    future = self._handed_over(job, one)
                    pending[future] = one
                    future.add_done_callback(ended.put)
                if not pending:
                    return
                try:
                    future = ended.get(timeout=0.2)  # lets a signal reach the main thread
                except queue.Empty:
                    self.check()
                    continue
                if future not in pending:  # of a pool that has died
                    continue
                one = pending.pop(future)
                try:
                    yield future.result()
                except CancelledError:
                    raise SweepError(GONE.format(self.label)) from None
                except BrokenExecutor:
                    tasks = itertools.chain([one, *pending.values()], tasks)
                    pending.clear()
                    self.restart()
        except BaseException:
            self.abandon(pending)
            raise

    def _handed_over(self, job: Job, task: tuple[Any, ...]) -> Future[Any]:
        try:
            return self.submit(job, task)
        except BrokenExecutor as error:  # it died just now, and its futures do not tell yet
            future: Future[Any] = Future()
            future.set_exception(error)
            return future

    def restart(self) -> None:
        raise SweepError(GONE.format(self.label))

    def abandon(self, pending: Iterable[Future[Any]]) -> None:
        for future in pending:
            future.cancel()


class ThreadPool(FuturesPool):
    """Threads of this process; the core releases the GIL."""

    def __init__(self, workers: int) -> None:
        self._stop = _core.StopFlag()
        pool = ThreadPoolExecutor(workers, initializer=_core.stop_thread_with, initargs=(self._stop,))
        super().__init__(pool, workers, "threads")

    def abandon(self, pending: Iterable[Future[Any]]) -> None:
        self._stop.set()  # ends what the core is at
        super().abandon(pending)

    def close(self) -> None:
        self.executor.shutdown()


class ProcessPool(FuturesPool):
    """Processes of this machine, made anew where one is killed."""

    def __init__(self, workers: int) -> None:
        self._restarts = 0
        super().__init__(self._made(workers), workers, "processes")

    @staticmethod
    def _made(workers: int) -> ProcessPoolExecutor:
        import multiprocessing

        # Not fork: the threads of this process would not exist in its children.
        pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_leave_interrupts_to_the_driver,
        )
        for _ in range(workers):  # they start while the driver measures a point
            pool.submit(_ready)
        return pool

    def prepare(self, job: Job) -> None:
        self._data = pickled(job)

    def submit(self, job: Job, task: tuple[Any, ...]) -> Future[Any]:
        return self.executor.submit(run_pickled, self._data, task)

    def run(self, job: Job, tasks: Tasks) -> Iterator[Any]:
        for result in super().run(job, tasks):
            self._restarts = 0
            yield result

    def restart(self) -> None:
        self._restarts += 1
        if self._restarts > RESTARTS:
            raise SweepError(
                f"a worker process has died {RESTARTS} times without a task done: it may run out of memory; what is "
                "stored stays, the same call resumes"
            )
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self._made(self.workers)

    def abandon(self, pending: Iterable[Future[Any]]) -> None:
        super().abandon(pending)
        for process in list(getattr(self.executor, "_processes", {}).values()):
            process.terminate()

    def close(self) -> None:
        self.executor.shutdown(cancel_futures=True)


def pool_of(executor: Any, workers: int | None, threads: int) -> Pool:
    """What a name, a dask Client or address, or an Executor stands for, with so many threads a worker."""
    count = max(1, _core.cores() // threads) if workers is None else workers
    name = executor if isinstance(executor, str) else ""
    if name == "serial":
        return Pool()
    if name == "threads":
        return ThreadPool(count)
    if name == "processes":
        return ProcessPool(count)
    if "://" in name:
        from redfield.sweeps.dask_pool import connected

        return connected(executor)
    if isinstance(executor, Executor):
        known = workers or getattr(executor, "_max_workers", None) or _core.cores()
        return FuturesPool(executor, int(known), type(executor).__name__)
    if hasattr(executor, "get_executor") and hasattr(executor, "scheduler"):
        from redfield.sweeps.dask_pool import DaskPool

        return DaskPool(executor, False)
    raise TypeError(
        'executor must be "serial", "threads", "processes", a dask Client, the address of a dask scheduler, or a '
        f"concurrent.futures.Executor, got {shown(executor)}"
    )


def pickled(job: Job) -> bytes:
    """A job for other processes, functions of scripts and notebooks included.

    Raises
    ------
    TypeError
        It holds something that can not be sent.
    """
    try:
        import cloudpickle
    except ImportError:
        raise ImportError("processes need cloudpickle: pip install 'redfield[sweep]'") from None
    try:
        data: bytes = cloudpickle.dumps(job)
    except Exception as error:  # whatever an object's own pickling raises
        raise TypeError(
            f"point can not be sent to other processes ({type(error).__name__}: {error}): make what it needs inside "
            'it, or use executor="threads"'
        ) from error
    return data


def run_pickled(data: bytes, task: tuple[Any, ...]) -> Any:
    """In another process."""
    return _unpickled(data).run(*task)


@functools.lru_cache(maxsize=8)
def _unpickled(data: bytes) -> Job:
    import cloudpickle
    from threadpoolctl import threadpool_limits

    try:
        job: Job = cloudpickle.loads(data)
    except ImportError as error:
        raise SweepError(
            f"a worker can not load the point function ({error}): install its module there too"
        ) from error
    threadpool_limits(job.threads)  # for as long as this process lives: it costs more than a small block
    return job


def _ready() -> None:
    """What a process imports before its first task."""


def _leave_interrupts_to_the_driver() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
