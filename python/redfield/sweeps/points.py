"""Points and what becomes of them: a worker computes a block of points, whose outcomes are values."""

from __future__ import annotations

import functools
import inspect
import json
import platform
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.errors import EnsembleError
from redfield._base.stores.groups import Array
from redfield.sweeps import clock
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.guard import Loss
from redfield.sweeps.values import Returned, Schema

MISSING, DONE, FAILED = 0, 1, 2
"""The states of a point, as `status` tells them."""

TEXT_CHARACTERS = 100_000
"""The length to which the message and the traceback of a failure are cut."""

Points = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Failure:
    """A point without a value, by its place along each axis, which stays when a store is extended.

    The kind is "failure" of a point that raised, "death" of one whose process ended, "timeout" of one that took too
    long; `tried` counts how often it was computed.
    """

    index: tuple[int, ...]
    message: str
    traceback: str
    kind: str = "failure"
    tried: int = 1

    @classmethod
    def of(cls, index: tuple[int, ...], error: BaseException) -> Failure:
        """Return the text of an exception, whatever its own methods raise."""
        try:
            told = "".join(traceback.format_exception(error))
        except BaseException as another:
            told = f"{type(error).__name__} (its traceback raises {type(another).__name__})"
        try:
            message = f"{type(error).__name__}: {error}"
        except BaseException as another:
            message = f"{type(error).__name__} (its text raises {type(another).__name__})"
        return cls(index, _plain(message), _plain(told))

    def to_record(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_record(cls, record: bytes) -> Failure:
        given = json.loads(record)
        return cls(**{**given, "index": tuple(given["index"])})

    @classmethod
    def lost(cls, index: tuple[int, ...], loss: Loss) -> Failure:
        """Return the failure of a point whose process ended."""
        return cls(index, loss.message, loss.traceback, loss.kind, loss.tried)


def _plain(text: str) -> str:
    """Text that any encoding of Unicode takes, its end where it is long."""
    return text[-TEXT_CHARACTERS:].encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True)
class Block:
    """The values of a block: arrays over its points, and what failed."""

    arrays: dict[str, Array]
    status: Array
    failures: list[Failure]


@dataclass(frozen=True)
class Report:
    """The report of a worker on a block, or on some places of it."""

    task: int
    places: Points | None
    block: Block
    seconds: float
    host: str

    @property
    def points(self) -> int:
        return len(self.block.status)


Outcome = Returned | Failure
Known = dict[int, Outcome]
"""Outcomes of points that are not computed again, by their places in a task."""

NOT_OF_A_POINT = (KeyboardInterrupt, _core.Interrupted)
"""Exceptions that end a sweep; anything else that a point raises is its outcome."""


@dataclass(frozen=True)
class Work:
    """A point function on a grid; whatever is sent to workers."""

    point: Callable[..., Any]
    grid: Grid
    batch: bool

    @functools.cached_property
    def wants_rng(self) -> bool:
        return "rng" in inspect.signature(self.point).parameters

    def compute(self, points: Points, schema: Schema, known: Known | None = None) -> Block:
        """Compute all of the points; one that fails is told and leaves nothing."""
        out = Block(schema.empty((len(points),)), np.full(len(points), FAILED, dtype=np.int8), [])
        for place, outcome in (known or {}).items():
            self._put(out, points, place, outcome, schema)
        places = np.arange(len(points))
        if known:
            places = np.setdiff1d(places, list(known))
        if self.batch and len(places):
            self._fill(out, points, places, schema)
        elif not self.batch:
            for one in places:
                self._fill(out, points, np.array([one]), schema)
        out.failures.sort(key=lambda failure: failure.index)
        return out

    def _fill(self, out: Block, points: Points, places: Points, schema: Schema) -> None:
        """Some of the points; of a block that fails each half alone, down to the points that do."""
        try:
            returned, failed = self._call_or_parts(points, places)
            schema.require(Schema.of(returned, batch=self.batch))
        except NOT_OF_A_POINT:
            raise
        except BaseException as error:
            if len(places) == 1:
                out.failures.append(self._failure(points[places[0]], error))
                return
            for half in np.array_split(places, 2):
                self._fill(out, points, half, schema)
            return
        good = np.array([i not in failed for i in range(len(places))])
        for name, variable in returned.variables.items():
            values = variable.values if self.batch else variable.values[None]
            out.arrays[name][places[good]] = values[good]
        out.status[places[good]] = DONE
        out.failures.extend(self._failure(points[places[i]], error) for i, error in failed.items())

    def _put(self, out: Block, points: Points, place: int, outcome: Outcome, schema: Schema) -> None:
        """An outcome that is known."""
        if isinstance(outcome, Failure):
            out.failures.append(outcome)
            return
        try:
            schema.require(Schema.of(outcome, batch=False))
        except ValueError as error:
            out.failures.append(self._failure(points[place], error))
            return
        for name, variable in outcome.variables.items():
            out.arrays[name][place] = variable.values
        out.status[place] = DONE

    def _call_or_parts(self, points: Points, places: Points) -> tuple[Returned, dict[int, Exception]]:
        """Return the values, and the members of a batch that failed."""
        try:
            return self.returned(points, places), {}
        except EnsembleError as error:
            if not self.batch or error.size != len(places) or error.results is None:
                raise
            return Returned.of(error.results, len(places)), error.errors

    def _failure(self, point: Any, error: BaseException) -> Failure:
        return Failure.of(self.grid.index(int(point)), error)

    def returned(self, points: Points, places: Points) -> Returned:
        """Return the values of the function at some places, which follow each other, of a list of points."""
        chosen = points[places]
        given: dict[str, Any] = self.grid.parameters(chosen)
        if not self.batch:
            given = {name: values[0].item() for name, values in given.items()}
        if self.wants_rng:
            generators = [self.grid.rng(int(i)) for i in chosen]
            given["rng"] = generators if self.batch else generators[0]
        clock.CLOCK.start(int(places[0]), int(places[-1] - places[0]) + 1)
        try:
            return Returned.of(self.point(**given), len(chosen) if self.batch else None)
        finally:
            clock.CLOCK.stop()

    def outcome(self, points: Points, place: int) -> Outcome:
        """Return the outcome of one point."""
        try:
            return self.returned(points, np.array([place]))
        except NOT_OF_A_POINT:
            raise
        except BaseException as error:
            return self._failure(points[place], error)


@dataclass(frozen=True)
class Job:
    """The work and the blocks it is cut into; what is pickled for other processes.

    A task is the number of a block, the places of it that are asked for (None is all), and what is known of them, by
    their position among those.
    """

    work: Work
    schema: Schema
    blocks: Blocks
    threads: int
    timeout: float | None = None

    def run(self, task: int, places: Points | None = None, known: Known | None = None) -> Report:
        """Compute a block, or some places of it."""
        started = time.perf_counter()
        block = self.work.compute(self._points(task, places), self.schema, known)
        return self._finished(block, time.perf_counter() - started, task, places)

    def count(self, task: int, places: Points | None = None, known: Known | None = None) -> int:
        return len(self._points(task, places))

    def part(
        self, some: Points, task: int, places: Points | None = None, known: Known | None = None
    ) -> tuple[Block, float]:
        """Compute some of the points of a task."""
        started = time.perf_counter()
        inside = {i: known[int(p)] for i, p in enumerate(some) if int(p) in known} if known else None
        block = self.work.compute(self._points(task, places)[some], self.schema, inside)
        return block, time.perf_counter() - started

    def joined(
        self,
        parts: list[tuple[Points, tuple[Block, float]]],
        lost: list[tuple[int, Loss]],
        task: int,
        places: Points | None = None,
        known: Known | None = None,
    ) -> Report:
        """Put the parts together, with the points that have none."""
        points = self._points(task, places)
        whole = Block(self.schema.empty((len(points),)), np.full(len(points), FAILED, dtype=np.int8), [])
        for some, (block, _) in parts:
            for name, array in block.arrays.items():
                whole.arrays[name][some] = array
            whole.status[some] = block.status
            whole.failures.extend(block.failures)
        whole.failures.extend(
            Failure.lost(self.work.grid.index(int(points[i])), loss) for i, loss in lost
        )
        whole.failures.sort(key=lambda failure: failure.index)
        return self._finished(whole, sum(seconds for _, (_, seconds) in parts), task, places)

    def _points(self, task: int, places: Points | None) -> Points:
        points = self.blocks.points(task)
        return points if places is None else points[places]

    def _finished(self, block: Block, seconds: float, task: int, places: Points | None) -> Report:
        return Report(task, places, block, seconds, platform.node())
