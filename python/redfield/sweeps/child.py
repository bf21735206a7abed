"""A process that computes points for another: its own end, the end of its parent, and what it says of both."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import signal
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

from redfield._base.errors import SweepError
from redfield.sweeps import clock
from redfield.sweeps.pickles import unpickled

WATCHED = 0.5
"""Seconds between two looks at the parent."""

START = """
import ctypes, os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
if os.getppid() != {parent}:
    os._exit(1)
sys.path[:] = {path!r}
from redfield.sweeps.child import serve
serve({pipe}, {clock}, {fault}, {parent})
"""
"""The program of a child. Ctrl-C is its parent's; the kernel ends it with its parent, while it imports too."""


def serve(pipe: int, clock_file: int, fault: int, parent: int) -> None:
    """Compute what comes through a pipe until this closes or the parent ends."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()  # where the kernel does not
    clock.CLOCK = clock.Clock(clock_file)
    with contextlib.suppress(ValueError, OSError, RuntimeError):
        faulthandler.enable(file=fault)
        # A point is asked where it is before it is ended.
        faulthandler.register(signal.SIGUSR1, file=fault)
    connection: Connection[Any, Any] = Connection(pipe)
    job: Any = None
    while True:
        try:
            data, places, task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            if data is not None:
                job = unpickled(data)
            reply: tuple[bool, Any] = (True, job.part(places, task))
        except BaseException as error:
            reply = (False, error)
        clock.CLOCK.stop()
        try:
            connection.send_bytes(_sendable(reply))
        except OSError:
            return


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
        cause = reply[1] if not reply[0] else error
        return pickle.dumps(
            (False, SweepError(f"a worker can not tell what it computed ({_text(cause)})"))
        )


def _text(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except BaseException:
        return type(error).__name__
