"""The clock of a process that computes points, which the process that watches it reads."""

from __future__ import annotations

import mmap
import os
import tempfile
import time
from typing import NamedTuple

BYTES = 4096


class Reading(NamedTuple):
    """The call that is under way: the place of its first point, their number, and when it began."""

    first: int
    points: int
    started: float


class Clock:
    """Which points are computed now, and since when; without memory it tells nobody.

    The memory is shared by two processes. Each cell is one aligned store of eight bytes, and the time, which is written
    last and cleared first, says whether the others hold. CLOCK_MONOTONIC is one for all processes of a machine.
    """

    def __init__(self, file: int | None = None) -> None:
        self._cells = None if file is None else memoryview(mmap.mmap(file, BYTES)).cast("d")

    def start(self, first: int, count: int) -> None:
        if self._cells is not None:
            self._cells[2] = 0.0
            self._cells[0], self._cells[1] = first, count
            self._cells[2] = time.monotonic()

    def stop(self) -> None:
        if self._cells is not None:
            self._cells[2] = 0.0

    def read(self) -> Reading | None:
        """None between points, and where a call begins just now."""
        if self._cells is None or not (started := self._cells[2]):
            return None
        reading = Reading(int(self._cells[0]), int(self._cells[1]), started)
        return reading if self._cells[2] == started else None


CLOCK = Clock()
"""The clock of this process; a process that is watched puts its own here."""


def memory() -> int:
    """Return a file of its own, without a name, for a clock or a text."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("redfield")
    else:
        with tempfile.TemporaryFile() as temporary:
            file = os.dup(temporary.fileno())
    os.write(file, bytes(BYTES))
    os.lseek(file, 0, os.SEEK_SET)
    return file
