"""Workers that compute blocks: this thread, other threads, processes of this machine, or any Executor."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Generator, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from typing import Any

from redfield import _core
from redfield._base.errors import SweepError
from redfield.sweeps.guard import Divisible, Guards, P, R, T
from redfield.sweeps.pickles import pickled

GONE = "the workers of {} are gone; what is stored stays, and the same call resumes"


class Pool:
    """Workers that take tasks: `run` yields what these return, in the order they end."""

    workers = 1
    label = "serial"
    dashboard: str | None = None

    def run(self, job: Divisible[T, P, R], tasks: Iterable[T]) -> Generator[R, None, None]:
        for task in tasks:
            yield job.run(task)

    def close(self) -> None:
        """End what this made."""


class FuturesPool(Pool):
    """On any Executor."""

    ahead = 2
    """Tasks a worker that wait or are at work: more where it takes long to hand one over."""

    def __init__(self, executor: Executor, workers: int, label: str) -> None:
        self.executor, self.workers, self.label = executor, workers, label
        self._pending: dict[Future[Any], Any] = {}

    def submit(self, job: Divisible[T, P, R], task: T) -> Future[R]:
        return self.executor.submit(job.run, task)

    def prepare(self, job: Divisible[T, P, R]) -> None:
        """Do what is done once for all blocks."""

    def check(self) -> None:
        """Raise where the workers are gone and the futures do not know."""

    def run(self, job: Divisible[T, P, R], tasks: Iterable[T]) -> Generator[R, None, None]:
        self.prepare(job)
        tasks = iter(tasks)
        ended: queue.SimpleQueue[Future[R]] = queue.SimpleQueue()
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

    def _handed_over(self, job: Divisible[T, P, R], task: T) -> Future[R]:
        try:
            return self.submit(job, task)
        except BrokenExecutor as error:  # it died just now, and its futures do not tell yet
            future: Future[R] = Future()
            future.set_exception(error)
            return future

    def require_survived(self, error: Exception, task: object) -> None:
        """Raise unless the task, whose worker is gone, can be handed over again."""
        if isinstance(error, BrokenExecutor):
            raise SweepError(
                f'{GONE.format(self.label)}; where a point ends its process, executor="processes" computes the others '
                "all the same"
            ) from error
        raise error

    def abandon(self) -> None:
        """Give up what is not done."""
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

    def prepare(self, job: Divisible[T, P, R]) -> None:
        self._data = pickled(job)

    def submit(self, job: Divisible[T, P, R], task: T) -> Future[R]:
        return self.executor.submit(self._guards.run, job, self._data, task)

    def abandon(self) -> None:
        super().abandon()
        self._guards.stop()

    def close(self) -> None:
        super().close()
        self.executor.shutdown()
        self._guards.close()
