"""Where blocks are computed: here, on threads, in processes, on dask, or by an Executor that is given."""

from __future__ import annotations

import functools
import itertools
import queue
from collections.abc import Generator, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from typing import Any

from redfield import _core
from redfield._base.checks import shown
from redfield.sweeps.errors import SweepError
from redfield.sweeps.guard import Guards, Job

GONE = "the workers of {} are gone; what is stored stays, and the same call resumes"

Tasks = Iterable[tuple[Any, ...]]


class Pool:
    """Workers that take tasks: `run` yields what these return, in the order they end."""

    workers = 1
    label = "serial"
    dashboard: str | None = None

    def run(self, job: Job, tasks: Tasks) -> Generator[Any, None, None]:
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
        self._pending: dict[Future[Any], tuple[Any, ...]] = {}

    def submit(self, job: Job, task: tuple[Any, ...]) -> Future[Any]:
        return self.executor.submit(job.run, *task)

    def prepare(self, job: Job) -> None:
        """What is done once for all blocks."""

    def check(self) -> None:
        """Raises where the workers are gone and the futures do not know."""

    def run(self, job: Job, tasks: Tasks) -> Generator[Any, None, None]:
        self.prepare(job)
        tasks = iter(tasks)
        ended: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        pending = self._pending
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
                one = pending.pop(future)
                try:
                    result = future.result()
                except CancelledError:
                    raise SweepError(GONE.format(self.label)) from None
                except Exception as error:
                    self.require_survived(error, one)
                    tasks = itertools.chain([one], tasks)
                    continue
                yield result
        except BaseException:
            self.abandon()
            raise

    def _handed_over(self, job: Job, task: tuple[Any, ...]) -> Future[Any]:
        try:
            return self.submit(job, task)
        except BrokenExecutor as error:  # it died just now, and its futures do not tell yet
            future: Future[Any] = Future()
            future.set_exception(error)
            return future

    def require_survived(self, error: Exception, task: tuple[Any, ...]) -> None:
        """Raises unless the task, whose worker is gone, can be handed over again."""
        if isinstance(error, BrokenExecutor):
            raise SweepError(
                f'{GONE.format(self.label)}; where a point ends its process, executor="processes" computes the others '
                "all the same"
            ) from error
        raise error

    def abandon(self) -> None:
        """Gives up what is not done."""
        for future in self._pending:
            future.cancel()
        self._pending.clear()

    def close(self) -> None:
        self.abandon()


class ThreadPool(FuturesPool):
    """Threads of this process; the core releases the GIL."""

    def __init__(self, workers: int) -> None:
        self._stop = _core.StopFlag()
        pool = ThreadPoolExecutor(workers, initializer=_core.stop_thread_with, initargs=(self._stop,))
        super().__init__(pool, workers, "threads")

    def abandon(self) -> None:
        self._stop.set()  # ends what the core is at
        super().abandon()

    def close(self) -> None:
        super().close()
        self.executor.shutdown()


class ProcessPool(FuturesPool):
    """Processes of this machine, each watched by a thread of this one, and made anew where it dies."""

    def __init__(self, workers: int) -> None:
        self._guards = Guards()
        super().__init__(ThreadPoolExecutor(workers), workers, "processes")

    def prepare(self, job: Job) -> None:
        self._data = pickled(job)

    def submit(self, job: Job, task: tuple[Any, ...]) -> Future[Any]:
        return self.executor.submit(self._guards.run, job, self._data, task)

    def abandon(self) -> None:
        super().abandon()
        self._guards.stop()

    def close(self) -> None:
        super().close()
        self.executor.shutdown()
        self._guards.close()


def pool_of(executor: Any, workers: int | None, threads: int, timeout: float | None = None) -> Pool:
    """What a name, a dask Client or address, or an Executor stands for, with so many threads a worker."""
    count = max(1, _core.cores() // threads) if workers is None else workers
    name = executor if isinstance(executor, str) else ""
    if name == "processes":
        return ProcessPool(count)
    if "://" in name:
        from redfield.sweeps.dask_pool import connected

        return connected(executor)
    if hasattr(executor, "get_executor") and hasattr(executor, "scheduler"):
        from redfield.sweeps.dask_pool import DaskPool

        return DaskPool(executor, False)
    if name not in ("serial", "threads") and not isinstance(executor, Executor):
        raise TypeError(
            'executor must be "serial", "threads", "processes", a dask Client, the address of a dask scheduler, or a '
            f"concurrent.futures.Executor, got {shown(executor)}"
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


def pickled(job: Any) -> bytes:
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
    return unpickled(data).run(*task)


@functools.lru_cache(maxsize=8)
def unpickled(data: bytes) -> Any:
    import cloudpickle
    from threadpoolctl import threadpool_limits

    try:
        job = cloudpickle.loads(data)
    except ImportError as error:
        raise SweepError(
            f"a worker can not load the point function ({error}): install its module there too"
        ) from error
    threadpool_limits(job.threads)  # for as long as this process lives: it costs more than a small block
    return job
