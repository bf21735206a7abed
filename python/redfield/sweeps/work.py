"""What a worker does: computes a block of points and writes it."""

from __future__ import annotations

import functools
import inspect
import platform
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield.failures import EnsembleError
from redfield.stores.errors import StoreError
from redfield.stores.groups import Array
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.trouble import Failure
from redfield.sweeps.values import Returned, Schema

MISSING, DONE, FAILED = 0, 1, 2
"""What `status` says of a point."""

KEPT_BYTES = 1e6
"""What is known goes to every worker."""

Points = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """What was computed: arrays over the points of a block, and what failed."""

    arrays: dict[str, Array]
    status: Array
    failures: list[Failure]


@dataclass(frozen=True)
class Report:
    """What a worker tells of a block, or of some places of it, that it computed."""

    task: int
    places: Points | None
    block: Block
    seconds: float
    host: str

    @property
    def points(self) -> int:
        return len(self.block.status)


@dataclass(frozen=True)
class Work:
    """A point function on a grid; whatever is sent to workers."""

    point: Callable[..., Any]
    grid: Grid
    batch: bool
    known: dict[tuple[str, int], Returned] = field(default_factory=dict, compare=False)
    """What points returned from which the blocks' size was learnt: they are not computed again."""

    @functools.cached_property
    def wants_rng(self) -> bool:
        return "rng" in inspect.signature(self.point).parameters

    def first(self, point: int, members: int = 1) -> Returned:
        """What one point returns, or of a batch the first few from there on."""
        returned = self._computed(point + np.arange(members if self.batch else 1))
        if not self.batch and sum(v.values.nbytes for v in returned.variables.values()) <= KEPT_BYTES:
            self.known[self.grid.key(point)] = returned
        return returned

    def compute(self, points: Points, schema: Schema) -> Block:
        """All of them; what fails is told and leaves nothing."""
        out = Block(schema.empty((len(points),)), np.full(len(points), FAILED, dtype=np.int8), [])
        if self.batch:
            self._fill(out, points, np.arange(len(points)), schema)
        else:
            for i in range(len(points)):
                self._fill(out, points, np.array([i]), schema)
        out.failures.sort(key=lambda failure: failure.index)
        return out

    def _fill(self, out: Block, points: Points, places: Points, schema: Schema) -> None:
        """Some of the points; of a block that fails each half alone, down to the points that do."""
        try:
            returned, failed = self._call_or_parts(points[places])
            schema.require(Schema.of(returned, batch=self.batch))
        except (_core.Interrupted, StoreError, MemoryError):
            raise
        except Exception as error:  # the user's, whatever it is
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

    def _call_or_parts(self, points: Points) -> tuple[Returned, dict[int, Exception]]:
        """What is returned, and the members of a batch that failed."""
        try:
            return self._call(points), {}
        except EnsembleError as error:
            if not self.batch or error.size != len(points) or error.results is None:
                raise
            return Returned.of(error.results, len(points)), error.errors

    def _failure(self, point: Any, error: Exception) -> Failure:
        told = "".join(traceback.format_exception(error))
        return Failure(self.grid.index(int(point)), f"{type(error).__name__}: {error}", told)

    def _call(self, points: Points) -> Returned:
        known = self.known.get(self.grid.key(int(points[0]))) if self.known else None
        return known if known is not None else self._computed(points)

    def _computed(self, points: Points) -> Returned:
        given: dict[str, Any] = self.grid.parameters(points)
        if not self.batch:
            given = {name: values[0].item() for name, values in given.items()}
        if self.wants_rng:
            generators = [self.grid.rng(int(i)) for i in points]
            given["rng"] = generators if self.batch else generators[0]
        return Returned.of(self.point(**given), len(points) if self.batch else None)


@dataclass(frozen=True)
class Job:
    """The work and the blocks it is cut into; what is pickled for other processes."""

    work: Work
    schema: Schema
    blocks: Blocks
    threads: int

    def run(self, task: int, places: Points | None = None) -> Report:
        """Compute a block, or some places of it."""
        started = time.perf_counter()
        points = self.blocks.points(task)
        block = self.work.compute(points if places is None else points[places], self.schema)
        return Report(task, places, block, time.perf_counter() - started, platform.node())
