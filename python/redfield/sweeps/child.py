"""A process that computes points for another: its own end, the end of its parent, and what it says of both."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import pickle
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from redfield.sweeps import clock
from redfield.sweeps.errors import SweepError

PR_SET_PDEATHSIG = 1
WATCHED = 0.5
"""Seconds between two looks at the parent where the kernel does not tell of its end."""

START = (
    "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); import sys; sys.path[:] = {path!r}; from \
redfield.sweeps.child import serve; serve({pipe}, {clock}, {fault}, {parent})"
)
"""The program of a child; Ctrl-C is its parent's."""


def serve(pipe: int, clock_file: int, fault: int, parent: int) -> None:
    """Computes what comes through a pipe until this closes or the parent ends."""
    die_with(parent)
    clock.CLOCK = clock.Clock(clock_file)
    with contextlib.suppress(ValueError, OSError, RuntimeError):
        faulthandler.enable(file=fault)
        faulthandler.register(
            signal.SIGUSR1, file=fault
        )  # how a point is asked where it is before it is ended
    connection: Connection[Any, Any] = Connection(pipe)
    job: Any = None
    while True:
        try:
            data, method, task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            if data is not None:
                from redfield.sweeps.executors import unpickled

                job = unpickled(data)
            reply: tuple[bool, Any] = (True, getattr(job, method)(*task))
        except BaseException as error:
            reply = (False, error)
        clock.CLOCK.stop()
        try:
            connection.send_bytes(_sendable(reply))
        except OSError:
            return


def die_with(parent: int) -> None:
    """This process ends when its parent does, whatever it is at."""
    told = False
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            told = ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0
    if os.getppid() != parent:
        os._exit(1)
    if not told:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCHED)
    os._exit(1)


def _sendable(reply: tuple[bool, Any]) -> bytes:
    try:
        data = pickle.dumps(reply)
        pickle.loads(data) if not reply[0] else None  # an error may pickle and not come back
        return data
    except BaseException as error:
        told = reply[1] if not reply[0] else error
        return pickle.dumps(
            (False, SweepError(f"a worker can not tell what it computed ({_text(told)})"))
        )


def _text(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except BaseException:
        return type(error).__name__
