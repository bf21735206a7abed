"""Points and what becomes of them: a worker computes a block of points, whose outcomes are values.

The outcome of point i, with the parameters x_i and the sample s_i, is

    point(x_i, rng_i)  or the failure that it raised,      rng_i = default_rng(seed, SHA-256(x_i), s_i),

and depends on nothing else, so that order, workers and blocks do not matter. A point function of batches is called with
all points of a block; where that raises, with each half of them, down to the points that fail. A `Job` is the work, cut
into blocks; its tasks are blocks or some places of them, without the points of which the probe has the outcomes.
"""

from __future__ import annotations

import functools
import inspect
import json
import platform
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.errors import EnsembleError
from redfield._base.stores.variables import Array
from redfield.sweeps import clock
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.guard import Divisible, Loss
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
            trace = "".join(traceback.format_exception(error))
        except BaseException as another:
            trace = f"{type(error).__name__} (its traceback raises {type(another).__name__})"
        try:
            message = f"{type(error).__name__}: {error}"
        except BaseException as another:
            message = f"{type(error).__name__} (its text raises {type(another).__name__})"
        return cls(index, _plain(message), _plain(trace))

    def to_record(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_record(cls, record: bytes) -> Failure:
        fields = json.loads(record)
        return cls(**{**fields, "index": tuple(fields["index"])})

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

    @classmethod
    def without_values(cls, schema: Schema, size: int) -> Self:
        """Return the block of so many points that all failed, with no failure told yet."""
        return cls(schema.empty((size,)), np.full(size, FAILED, dtype=np.int8), [])


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
Task = tuple[int, Points | None, Known | None]
"""A block, which of its places are asked for (None is all), and what is known of them, by positions among those."""

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
        known = known or {}
        out = Block.without_values(schema, len(points))
        for place, outcome in known.items():
            if isinstance(outcome, Failure):
                out.failures.append(outcome)
            else:
                self._fill(out, points, np.array([place]), schema, outcome)
        places = np.setdiff1d(np.arange(len(points)), list(known))
        for some in [places] if self.batch and len(places) else places[:, None]:
            self._fill(out, points, some, schema)
        out.failures.sort(key=lambda failure: failure.index)
        return out

    def _fill(
        self, out: Block, points: Points, places: Points, schema: Schema, known: Returned | None = None
    ) -> None:
        """Compute some of the points; of a block that fails each half alone, down to the points that do."""
        try:
            returned, failed = self._call_or_parts(points, places) if known is None else (known, {})
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

    def _call_or_parts(self, points: Points, places: Points) -> tuple[Returned, dict[int, Exception]]:
        """Return the values, and the members of a batch that failed."""
        try:
            return self.returned(points, places), {}
        except EnsembleError as error:
            if not self.batch or error.size != len(places) or error.results is None:
                raise
            return Returned.of(error.results, len(places)), error.errors

    def _failure(self, point: int | np.int64, error: BaseException) -> Failure:
        return Failure.of(self.grid.index(int(point)), error)

    def returned(self, points: Points, places: Points) -> Returned:
        """Return the values of the function at some places, which follow each other, of a list of points."""
        chosen = points[places]
        arguments: dict[str, Any] = self.grid.parameters(chosen)
        if not self.batch:
            arguments = {name: values[0].item() for name, values in arguments.items()}
        if self.wants_rng:
            generators = [self.grid.rng(int(i)) for i in chosen]
            arguments["rng"] = generators if self.batch else generators[0]
        clock.CLOCK.start(int(places[0]), int(places[-1] - places[0]) + 1)
        try:
            return Returned.of(self.point(**arguments), len(chosen) if self.batch else None)
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
class Job(Divisible[Task, tuple[Block, float], Report]):
    """The work and the blocks it is cut into; what is pickled for other processes."""

    work: Work
    schema: Schema
    blocks: Blocks
    threads: int
    timeout: float | None = None

    def count(self, task: Task) -> int:
        return len(self._points(task))

    def part(self, places: Points, task: Task) -> tuple[Block, float]:
        """Compute some of the points of a block, and the seconds that they take."""
        started, known = time.perf_counter(), task[2] or {}
        inside = {i: known[int(p)] for i, p in enumerate(places) if int(p) in known}
        block = self.work.compute(self._points(task)[places], self.schema, inside)
        return block, time.perf_counter() - started

    def joined(
        self, parts: list[tuple[Points, tuple[Block, float]]], lost: list[tuple[int, Loss]], task: Task
    ) -> Report:
        """Put the parts together, with the points that have none."""
        points = self._points(task)
        whole = Block.without_values(self.schema, len(points))
        for places, (block, _) in parts:
            for name, array in block.arrays.items():
                whole.arrays[name][places] = array
            whole.status[places] = block.status
            whole.failures.extend(block.failures)
        index = self.work.grid.index
        whole.failures.extend(Failure.lost(index(int(points[i])), loss) for i, loss in lost)
        whole.failures.sort(key=lambda failure: failure.index)
        seconds = sum(seconds for _, (_, seconds) in parts)
        return Report(task[0], task[1], whole, seconds, platform.node())

    def _points(self, task: Task) -> Points:
        block, places, _ = task
        points = self.blocks.points(block)
        return points if places is None else points[places]
