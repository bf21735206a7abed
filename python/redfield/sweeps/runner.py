"""A pool of threads over samples: the core releases the GIL, so one thread a core is enough."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from redfield import _core
from redfield.sweeps.errors import StoreError
from redfield.sweeps.store import CaseStore

try:
    from threadpoolctl import threadpool_limits
except ImportError as error:
    raise ImportError("sweeps need threadpoolctl: pip install 'redfield[sweep]'") from error


@dataclass(frozen=True)
class Task:
    """One sample: what computes it, where it goes, and how much of the whole work it is."""

    compute: Callable[[_core.StopFlag], dict[str, Any]]
    case: CaseStore
    sample: int
    cost: float


def run(
    tasks: Iterable[Task],
    *,
    threads: int | None = None,
    advance: Callable[[float], object] = lambda cost: None,
) -> None:
    """Compute every task, saving each sample when it is finished; `advance` gets its cost.

    Samples run one a thread and their numbers do not depend on the threads. On Ctrl-C, or on the first
    error, the samples in flight are dropped and everything finished stays saved.
    """
    stop = _core.StopFlag()
    workers = threads or _core.cores()
    # BLAS threads would compete with the pool for the cores.
    with threadpool_limits(limits=1), ThreadPoolExecutor(workers) as pool:
        pending: dict[Future[dict[str, Any]], Task] = {}
        queue = iter(tasks)
        try:
            while True:
                while len(pending) < 2 * workers and (task := next(queue, None)) is not None:
                    pending[pool.submit(task.compute, stop)] = task
                if not pending:
                    return
                # The timeout lets a signal reach the main thread.
                done, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in done:
                    task = pending.pop(future)
                    task.case.write(task.sample, future.result())
                    advance(task.cost)
        except BaseException:
            stop.set()
            for future, task in pending.items():
                if not future.cancel() and future.done() and future.exception() is None:
                    with contextlib.suppress(StoreError):  # what ends the run is told already
                        task.case.write(task.sample, future.result())
            raise
