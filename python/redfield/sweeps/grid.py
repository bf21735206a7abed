"""The points of a sweep: every combination of the axes' values, so many samples of each."""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import as_count
from redfield.sweeps.axes import SAMPLE, Axis

Region = tuple[slice, ...]


@dataclass(frozen=True)
class Grid:
    """Points in row-major order of the axes, samples last. `samples` is None where there is no such axis."""

    axes: tuple[Axis, ...]
    samples: int | None
    seed: int

    @classmethod
    def of(cls, axes: Mapping[str, object], samples: int | None, seed: int) -> Grid:
        named = tuple(Axis.of(name, values) for name, values in axes.items())
        if not named and samples is None:
            raise ValueError("axes is empty and samples is not given: there is nothing to sweep")
        return cls(
            named,
            None if samples is None else as_count("samples", samples),
            seed,
        )

    def axes_as_json(self) -> dict[str, Any]:
        """Return the axes, as JSON can hold them."""
        return {axis.name: axis.as_json() for axis in self.axes}

    @classmethod
    def from_json(cls, identity: Mapping[str, Any]) -> Grid:
        """Return the grid of which an identity tells."""
        axes = tuple(Axis.from_json(name, axis) for name, axis in identity["axes"].items())
        return cls(axes, identity["samples"], identity["seed"])

    @property
    def shape(self) -> tuple[int, ...]:
        lengths = tuple(len(axis.values) for axis in self.axes)
        return lengths if self.samples is None else (*lengths, self.samples)

    @property
    def dims(self) -> tuple[str, ...]:
        names = tuple(axis.name for axis in self.axes)
        return names if self.samples is None else (*names, SAMPLE)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def parameters(self, points: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
        """Return the value of each axis at some points."""
        places = np.unravel_index(points, self.shape)
        return {axis.name: axis.values[place] for axis, place in zip(self.axes, places, strict=False)}

    def rng(self, point: int) -> np.random.Generator:
        """Return a function of the seed, the parameters' values and the sample alone, whatever else the grid has."""
        values, sample = self.key(point)
        digest = hashlib.sha256(values.encode()).digest()
        key = (int.from_bytes(digest[:16], "little"), sample)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def key(self, point: int) -> tuple[str, int]:
        """Return the parameters' values and the sample: what a point is, whatever else the grid has."""
        values = {k: v[0].item() for k, v in self.parameters(np.array([point])).items()}
        return json.dumps(values, sort_keys=True), point % (self.samples or 1)

    def index(self, point: int) -> tuple[int, ...]:
        return tuple(int(i) for i in np.unravel_index(point, self.shape))

    def label(self, index: tuple[int, ...]) -> str:
        """Which point, in words."""
        values = {axis.name: axis.values[i] for axis, i in zip(self.axes, index, strict=False)}
        text = ", ".join(
            f"{k} = {v:g}" if isinstance(v, np.floating) else f"{k} = {v}" for k, v in values.items()
        )
        if self.samples is None:
            return text
        return f"{text}{', ' if text else ''}{SAMPLE} {index[-1]}"

    def extended(self, other: Grid) -> Grid | None:
        """With the values of another grid that this one does not have, at the end; None where the axes are others."""
        if self.dims != other.dims:
            return None
        if not all(a.extends(b) for a, b in zip(self.axes, other.axes, strict=True)):
            return None
        axes = tuple(a.extended(b) for a, b in zip(self.axes, other.axes, strict=True))
        samples = None if self.samples is None else max(self.samples, other.samples or 0)
        return Grid(axes, samples, other.seed)

    def places_of(self, other: Grid) -> tuple[npt.NDArray[np.int64], ...]:
        """Where the values of another grid, all of which this one has, are along each axis."""
        places = [a.places_of(b) for a, b in zip(self.axes, other.axes, strict=True)]
        if other.samples is not None:
            places.append(np.arange(other.samples))
        return tuple(places)


@dataclass(frozen=True)
class Blocks:
    """A grid cut into boxes: one task, and one chunk of a store, each."""

    shape: tuple[int, ...]
    chunk: tuple[int, ...]

    @classmethod
    def of(cls, shape: tuple[int, ...], points: int) -> Blocks:
        """Boxes of at most so many points."""
        chunk, rest = [1] * len(shape), max(1, points)
        for d in range(len(shape) - 1, -1, -1):
            chunk[d] = min(shape[d], rest)
            if chunk[d] < shape[d]:
                break
            rest //= shape[d]
        return cls(shape, tuple(chunk))

    @functools.cached_property
    def counts(self) -> tuple[int, ...]:
        return tuple(-(-n // c) for n, c in zip(self.shape, self.chunk, strict=True))

    def __len__(self) -> int:
        return math.prod(self.counts)

    def place(self, block: int) -> tuple[int, ...]:
        """Return the place of the block among those along each axis."""
        return tuple(map(int, np.unravel_index(block, self.counts)))

    def region(self, block: int) -> Region:
        return tuple(
            slice(p * c, min(n, (p + 1) * c))
            for p, c, n in zip(self.place(block), self.chunk, self.shape, strict=True)
        )

    def extent(self, block: int) -> tuple[int, ...]:
        """Return the number of points of a block along each axis."""
        return tuple(s.stop - s.start for s in self.region(block))

    def points(self, block: int) -> npt.NDArray[np.int64]:
        """Return the points of a block, in the order of its own axes."""
        places = (np.arange(s.start, s.stop) for s in self.region(block))
        return np.ravel_multi_index(np.ix_(*places), self.shape).ravel()

    def located(self, point: int) -> tuple[int, int]:
        """Return the block of a point, and its place in it."""
        index, chunk = np.unravel_index(point, self.shape), np.array(self.chunk)
        block = int(np.ravel_multi_index(tuple(index // chunk), self.counts))
        return block, int(np.ravel_multi_index(tuple(index % chunk), self.extent(block)))
