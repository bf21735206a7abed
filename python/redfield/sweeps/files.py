"""Stores on a file system that may be full, read-only or used by another."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from redfield.sweeps.errors import StoreError

try:
    import filelock
except ImportError as error:
    raise ImportError("sweeps need filelock: pip install 'redfield[sweep]'") from error


@contextlib.contextmanager
def reserved(path: Path) -> Iterator[None]:
    """The store is this process's alone.

    Raises
    ------
    StoreError
        Another process, or another run of this one, writes to it.
    """
    lock = filelock.FileLock(f"{path}.lock", timeout=0)
    with refusals_told(path, "lock"):
        try:
            lock.acquire()
        except filelock.Timeout:
            raise StoreError(
                f"{path} is being written by another process; wait for it, or choose another output"
            ) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def refusals_told(path: Path, what: str) -> Iterator[None]:
    """What the file system refuses, in one sentence."""
    try:
        yield
    except OSError as error:
        advice = {
            errno.ENOSPC: "; free some space",
            errno.EDQUOT: "; free some space",
            errno.EROFS: "; choose another output",
            errno.EACCES: "; choose another output",
        }.get(error.errno or 0, "")
        raise StoreError(
            f"can not {what} {path}: {error.strerror or error}{advice}; finished samples are kept and the same "
            "command resumes"
        ) from error
