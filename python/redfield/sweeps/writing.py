"""A driver at a store: it claims blocks, and a thread of it writes and commits what was computed.

Several drivers share a store by its journal. Each claims a few blocks in one transaction that no other has claimed or
written, about CLAIM_SECONDS of work: their number doubles while they are done sooner and halves while they take four
times as long, and is at most an eighth of the rest, so that drivers end together. A claim holds while its driver lives:
on this machine the process with its number and time of birth, elsewhere one whose beats change within LEASE_SECONDS.
The thread takes all reports that wait, writes their chunks, and commits in one transaction the records and failures of
the blocks and the end of their claims; a block of which only some places were computed is merged with the stored one.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import psutil
import zarr

from redfield._base.errors import StoreError
from redfield._base.stores.contents import ContentsStore
from redfield._base.stores.files import store_errors, write_files
from redfield._base.stores.groups import Encoder, Files, mark_of
from redfield._base.stores.journal import DamagedError, Journal, Key
from redfield.sweeps.points import DONE, MISSING, Block, Failure, Report, Task
from redfield.sweeps.store import STATUS, Store, Written

BEAT_SECONDS = 2.0
"""How often a driver shows that it is alive."""
LEASE_SECONDS = 30.0
"""After which a driver of another machine that does not is taken for dead."""
CLAIM_SECONDS = 0.5
"""Work that a driver claims at once."""
BORN_SECONDS = 5.0
"""Two processes of one number did not begin within this time."""
QUEUED = 64
"""Blocks that wait to be written; computing waits where there are more."""

_HERE: set[str] = set()
"""Drivers at work in this process."""


class Writer:
    """The writing of one driver to a store, from `with` to its end."""

    def __init__(self, store: Store, workers: int) -> None:
        self.store = store
        self.id = uuid.uuid4().hex
        self._started = time.time_ns()
        self._group_size = max(1, workers)
        self._smallest = self._group_size
        self._reports: queue.Queue[Report | None] = queue.Queue(QUEUED)
        self._error: BaseException | None = None
        self._beats: dict[str, tuple[int, float]] = {}
        self._encoder: Encoder | None = None

    def __enter__(self) -> Self:
        self.store.restore()
        self._claims, self._journal = (Journal(self.store.path, write=True) for _ in range(2))
        _HERE.add(self.id)
        with self._claims.transaction():
            me = psutil.Process()
            self._claims.execute(
                "INSERT INTO driver VALUES (?, ?, ?, ?, 0)",
                (self.id, platform.node(), me.pid, me.create_time()),
            )
        self._thread = threading.Thread(target=self._written, name="redfield-store", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._claims.undo()  # the thread would wait for it
        self._reports.put(None)
        self._thread.join()
        _HERE.discard(self.id)
        try:
            with contextlib.suppress(StoreError), self._claims.transaction():
                self._leave(self.id)
        finally:
            self._claims.close()
            self._journal.close()
        if error[0] is None:
            self._raise()

    def put(self, report: Report) -> None:
        """Have a block written that was computed.

        Raises
        ------
        StoreError
            One that was put before could not be written.
        """
        self._raise()
        self._reports.put(report)

    def flush(self) -> None:
        """Wait until all that was put is committed."""
        self._reports.join()
        self._raise()

    def claims(self, tasks: list[Task]) -> Iterator[Task]:
        """Yield the blocks that no other driver has, each claimed before it is yielded."""
        remaining, asked = deque(tasks), time.monotonic()
        while remaining:
            self._raise()
            claimed = self._claimed(remaining)
            yield from claimed
            now = time.monotonic()
            if now - asked < CLAIM_SECONDS:
                self._group_size *= 2
            elif now - asked > 4.0 * CLAIM_SECONDS:
                self._group_size = max(self._smallest, self._group_size // 2)
            asked = now

    def others(self) -> int:
        """Return how many other drivers hold claims; those of the dead are taken from them."""
        with self._claims.transaction():
            rows = self._claims.execute(
                "SELECT id, host, pid, born, beats FROM driver WHERE id <> ?", (self.id,)
            )
            living = 0
            for row in rows:
                if self._lives(*row):
                    living += len(
                        self._claims.execute("SELECT 1 FROM claim WHERE driver = ? LIMIT 1", (row[0],))
                    )
                else:
                    self._leave(row[0])
        return living

    def refresh(self) -> Store:
        """Return the store as it is now."""
        self.flush()
        with self._claims.snapshot():
            self.store = Store.read(self.store.path, self._claims)
        return self.store

    def withdraw(self, tasks: tuple[int, ...]) -> None:
        """Count these blocks as missing from now on."""
        with self._claims.transaction():
            for task in tasks:
                place = self.store.place(task)
                if self._is_unchanged(place):
                    self._claims.drop("block", place)
                    self._claims.put_failures(place, {})

    def note(self, run: dict[str, Any]) -> None:
        """Record how this driver's run goes."""
        with self._claims.transaction():
            self._claims.put({("run", f"{self._started:020d} {self.id}"): json.dumps(run).encode()})

    def _claimed(self, remaining: deque[Task]) -> list[Task]:
        out: list[Task] = []
        with self._claims.transaction():
            # Towards the end groups shrink, so that drivers end together.
            size = min(self._group_size, max(self._smallest, len(remaining) // 8))
            while remaining and len(out) < size:
                task = remaining.popleft()
                place = self.store.place(task[0])
                if not self._is_unchanged(place):
                    continue  # another driver wrote it meanwhile
                if self._claims.execute("SELECT 1 FROM claim WHERE place = ?", (place,)):
                    continue
                self._claims.execute("INSERT INTO claim VALUES (?, ?)", (place, self.id))
                out.append(task)
        return out

    def _is_unchanged(self, place: str) -> bool:
        """Return whether a block is as this driver has seen it; a damaged record is nothing."""
        try:
            record = self._claims.one("block", place)
        except DamagedError:
            return place not in self.store.written
        return (record and Written.from_record(record)) == self.store.written.get(place)

    def _leave(self, driver: str) -> None:
        self._claims.execute("DELETE FROM claim WHERE driver = ?", (driver,))
        self._claims.execute("DELETE FROM driver WHERE id = ?", (driver,))

    def _lives(self, driver: str, host: str, pid: int, born: float, beat: int) -> bool:
        if host == platform.node():
            if pid == os.getpid():
                return driver in _HERE  # a full disk may have kept one from signing off
            try:
                # The clock by which the system tells when a process began may be set meanwhile.
                return bool(abs(psutil.Process(pid).create_time() - born) < BORN_SECONDS)
            except psutil.Error:
                return False
        known, since = self._beats.get(driver, (None, 0.0))
        if known != beat:
            self._beats[driver] = (beat, time.monotonic())
            return True
        return time.monotonic() - since < LEASE_SECONDS

    def _raise(self) -> None:
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _written(self) -> None:
        """Write and commit together whatever waits, until the end is put: the thread's loop."""
        ended = False
        while not ended:
            group = self._waiting()
            ended = None in group
            try:
                if self._error is None:
                    self._commit([report for report in group if report is not None])
            except BaseException as error:  # the driver raises it
                self._error = error
            for _ in group:
                self._reports.task_done()

    def _waiting(self) -> list[Report | None]:
        try:
            group = [self._reports.get(timeout=BEAT_SECONDS)]
        except queue.Empty:
            return []
        with contextlib.suppress(queue.Empty):
            while len(group) < QUEUED:
                group.append(self._reports.get_nowait())
        return group

    def _commit(self, reports: list[Report]) -> None:
        """Write the blocks and record those that could be written, in one transaction."""
        journal = self._journal
        written: dict[str, Block] = {}
        records: dict[Key, bytes] = {}
        try:
            for report in reports:
                place, block = self.store.place(report.task), self._merged(report)
                chunks = self._encoded(report.task, block)
                marks = {name: mark_of(chunk) for name, chunk in chunks.items()}
                if place in self.store.written:
                    with journal.transaction():
                        journal.put({("coming", place): json.dumps(marks).encode()})
                with store_errors(self.store.path, f"write block {report.task} to"):
                    write_files(self.store.path, chunks)
                status = self.store.whole_chunk(report.task, block.status)
                records["block", place] = Written(status, marks).to_record()
                written[place] = block
        finally:
            with journal.transaction():
                journal.execute("UPDATE driver SET beats = beats + 1 WHERE id = ?", (self.id,))
                journal.put(records)
                for place, block in written.items():
                    journal.drop("coming", place)
                    journal.execute("DELETE FROM claim WHERE place = ? AND driver = ?", (place, self.id))
                    failures = {",".join(map(str, f.index)): f.to_record() for f in block.failures}
                    journal.put_failures(place, failures)

    def _merged(self, report: Report) -> Block:
        """Return the block, with what its other places hold already."""
        new: Block = report.block
        if report.places is None:
            return new
        task, places = report.task, report.places
        old = self._read(task)
        for name, array in old.arrays.items():
            array[places] = new.arrays[name]
        status = old.status
        status[places] = new.status
        computed = {self.store.grid.index(int(i)) for i in self.store.blocks.points(task)[places]}
        place = self.store.place(task)
        kept = [Failure.from_record(value) for value in self._journal.failures(place)]
        return Block(old.arrays, status, [f for f in kept if f.index not in computed] + new.failures)

    def _read(self, task: int) -> Block:
        """Return the stored values of a block, with nothing where nothing is."""
        status = self.store.status[self.store.blocks.region(task)].flatten()
        if (status == MISSING).all():
            return Block(self.store.schema.empty((len(status),)), status, [])
        group: Any = zarr.open_group(ContentsStore(self.store.contents), mode="r")
        arrays = {
            name: np.array(group[name][self.store.blocks.region(task)]).reshape((-1, *v["shape"]))
            for name, v in self.store.schema.variables.items()
        }
        for name, empty in self.store.schema.empty((len(status),)).items():
            arrays[name][status != DONE] = empty[status != DONE]
        return Block(arrays, status, [])

    def _encoded(self, task: int, block: Block) -> Files:
        """Return the chunks of a block, as Zarr writes them."""
        region, extent = self.store.blocks.region(task), self.store.blocks.extent(task)
        arrays = {**block.arrays, STATUS: block.status}
        if self._encoder is None or self._encoder.files is not self.store.files:
            self._encoder = Encoder(self.store.files)
        return self._encoder.chunks(
            {name: (region, a.reshape((*extent, *a.shape[1:]))) for name, a in arrays.items()}
        )
