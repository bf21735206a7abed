"""Points under guard: a process computes them that may die, or be ended, alone.

A pool of processes that share their queues does not serve: one that is killed while it holds a lock, or half-way
through a result, takes the others with it. Each process here has a pipe of its own, and a thread that waits for it.
A shared clock tells at which points a process is. Where it dies, these are computed again once, or three times after a
kill that may have come from outside; then a batch is halved and a single point is lost. The points before and after
them are computed as parts of their own, and all parts are joined to the result of the task.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from concurrent.futures import CancelledError
from dataclasses import dataclass
from multiprocessing import Pipe
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from redfield._base.errors import SweepError
from redfield.sweeps import clock
from redfield.sweeps.child import START

TICK = 0.05
"""Seconds between two looks at a process that computes."""
RETRIES, RETRIES_OF_KILLED = 1, 3
"""How often a point whose process died is computed again; a kill may have come from outside, and is doubted longer."""
IDLE_DEATHS = 3
"""Deaths in a row of a process that is at no point, after which it is not started again."""

Places = npt.NDArray[np.int64]


T = TypeVar("T")
"""A task."""
P = TypeVar("P")
"""The result of a part of a task."""
R = TypeVar("R")
"""The result of a task."""


class Divisible(ABC, Generic[T, P, R]):
    """Work in tasks of some points each, which are divided where a process dies.

    `threads` are those of the libraries that a point calls, and `timeout` the seconds that a point may take.
    """

    threads: int
    timeout: float | None

    @abstractmethod
    def count(self, task: T) -> int:
        """Return the number of points of a task."""

    @abstractmethod
    def part(self, places: Places, task: T) -> P:
        """Compute some of the points of a task."""

    @abstractmethod
    def joined(self, parts: list[tuple[Places, P]], lost: list[tuple[int, Loss]], task: T) -> R:
        """Return the result of a task: of what `part` returned of places, and of the losses of the others."""

    def run(self, task: T) -> R:
        """Compute a task."""
        places = np.arange(self.count(task))
        return self.joined([(places, self.part(places, task))], [], task)


@dataclass(frozen=True)
class Loss:
    """A process that ended, and the points it was at; `count` is 0 between points."""

    kind: str
    message: str
    traceback: str
    first: int = 0
    count: int = 0
    killed: bool = False
    tried: int = 1


class Guard:
    """One process beside this one, made anew where it dies."""

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._process: subprocess.Popen[bytes] | None = None
        self._data: bytes | None = None
        self._ending = threading.Lock()

    def run(self, job: Divisible[T, P, R], data: bytes, task: T) -> R:
        """Return the result of a task; where the process dies, or a point takes too long, the others are computed."""
        waiting: deque[Places] = deque([np.arange(job.count(task))])
        parts: list[tuple[Places, P]] = []
        lost: list[tuple[int, Loss]] = []
        tried: Counter[bytes] = Counter()
        idle = 0
        while waiting:
            places = waiting.popleft()
            ended = self._called(data, job.timeout, places, task)
            if not isinstance(ended, Loss):
                parts.append((places, ended))
            elif ended.count:
                idle = 0
                waiting.extend(_divided(places, ended, tried, lost))
            else:
                idle += 1
                if idle > IDLE_DEATHS:
                    raise SweepError(
                        f"a worker process has died {idle} times before it came to a point ({ended.message}); what is "
                        "stored stays, and the same call resumes"
                    )
                waiting.appendleft(places)
        return job.joined(parts, lost, task)

    def _called(self, data: bytes, timeout: float | None, places: Places, task: object) -> Any:
        """Return the reply of the process, or how it ended."""
        process = self._started()
        try:
            self._pipe.send((data if data is not self._data else None, places, task))
            self._data = data
            while not self._pipe.poll(TICK):
                if self._stopped.is_set():
                    raise CancelledError
                if process.poll() is not None and not self._pipe.poll(0):
                    return self._death()
                now = self._clock.read()
                if now and timeout is not None and time.monotonic() - now.started > timeout * now.points:
                    return self._too_long(now, timeout)
            good, value = self._pipe.recv()
        except (EOFError, OSError):
            if self._stopped.is_set():
                raise CancelledError from None
            return self._death()
        except BaseException:
            self.kill()
            raise
        if not good:
            raise value
        return value

    def _started(self) -> subprocess.Popen[bytes]:
        if self._stopped.is_set():
            raise CancelledError
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.kill()
        self._pipe, theirs = Pipe()
        clock_file, self._fault = clock.memory(), clock.memory()
        os.ftruncate(self._fault, 0)
        self._clock, self._data = clock.Clock(clock_file), None
        files = {"pipe": theirs.fileno(), "clock": clock_file, "fault": self._fault}
        program = START.format(path=sys.path, parent=os.getpid(), **files)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-c", program], pass_fds=tuple(files.values())
            )
        except OSError as error:
            raise SweepError(f"a worker process can not be started ({error})") from error
        finally:
            theirs.close()
            os.close(clock_file)
        return self._process

    def _death(self) -> Loss:
        """How the process ended, and where."""
        process = self._process
        assert process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1.0)
        if process.poll() is None:  # it has closed its pipe and lives on
            process.kill()
            process.wait()
            how = "closed its pipe"
        else:
            how = _ended(process.returncode)
        at = self._clock.read()
        trace = self._traceback()
        killed = process.returncode in (-signal.SIGKILL, -signal.SIGTERM)
        self.kill()
        return Loss(
            "death", f"its process {how}", trace, at.first if at else 0, at.points if at else 0, killed
        )

    def _too_long(self, at: clock.Reading, timeout: float) -> Loss:
        assert self._process is not None
        with contextlib.suppress(OSError):
            self._process.send_signal(signal.SIGUSR1)
        self._pipe.poll(TICK)  # time to tell where it is
        trace = self._traceback()
        self.kill()
        return Loss("timeout", f"it took longer than {timeout:g} s", trace, at.first, at.points)

    def _traceback(self) -> str:
        """Return the traceback that a process left."""
        size = min(os.fstat(self._fault).st_size, 100_000)
        return os.pread(self._fault, size, 0).decode(errors="replace")

    def let_go(self) -> None:
        """Close the pipe, at which the process ends by itself."""
        if self._process is not None:
            self._pipe.close()

    def kill(self, patience: float = 0.0) -> None:
        with self._ending:  # a worker of dask ends all from another thread
            process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            if patience:
                process.wait(patience)
        process.kill()
        process.wait()
        self._pipe.close()
        os.close(self._fault)


def _divided(
    places: Places, ended: Loss, tried: Counter[bytes], lost: list[tuple[int, Loss]]
) -> list[Places]:
    """Return the parts that are computed next, once a point, or a few of a batch, have ended a process."""
    blamed = places[ended.first : ended.first + ended.count]
    rest = [places[: ended.first], places[ended.first + ended.count :]]
    tried[blamed.tobytes()] += 1
    times = tried[blamed.tobytes()]
    retries = 0 if ended.kind == "timeout" else RETRIES_OF_KILLED if ended.killed else RETRIES
    if times <= retries:
        rest.append(blamed)  # as it was: of a batch the same call, which gives the same bits
    elif len(blamed) == 1:
        again = f" ({times} times)" if times > 1 else ""
        loss = Loss(ended.kind, ended.message + again, ended.traceback, tried=times)
        lost.append((int(blamed[0]), loss))
    else:
        rest.extend(np.array_split(blamed, 2))
    return [part for part in rest if len(part)]


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit status {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


class Guards:
    """A guard for each thread that asks."""

    def __init__(self) -> None:
        self._mine = threading.local()
        self._all: list[Guard] = []
        self._stopped = threading.Event()

    def run(self, job: Divisible[T, P, R], data: bytes, task: T) -> R:
        """Return the result of a task, computed by the guard of this thread."""
        guard: Guard | None = getattr(self._mine, "guard", None)
        if guard is None:
            guard = self._mine.guard = Guard(self._stopped)
            self._all.append(guard)
        return guard.run(job, data, task)

    def stop(self) -> None:
        """End what they are at, within two ticks."""
        self._stopped.set()

    def close(self) -> None:
        """End the processes, once no thread uses them."""
        self._stopped.set()
        for guard in self._all:
            guard.let_go()
        end = time.monotonic() + 0.5
        for guard in self._all:
            guard.kill(max(0.0, end - time.monotonic()))
