"""A Zarr store of a sweep: arrays over its grid, one chunk a block, each block written by whoever computed it."""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from redfield.sweeps import arrays
from redfield.sweeps.arrays import DAMAGED, STATUS, TROUBLE, WRITTEN
from redfield.sweeps.errors import StoreError
from redfield.sweeps.files import refusals_told
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.trouble import Failure, decoded, encoded
from redfield.sweeps.values import Array, Returned, Schema, checksum, fill
from redfield.sweeps.work import Block

try:
    import xarray as xr
    import zarr
except ImportError as error:
    raise ImportError("sweeps need xarray and zarr: pip install 'redfield[sweep]'") from error

FORMAT = "redfield-sweep-2"
WHOLE = 1 << 32
"""Added to the checksum of a block that is written: what nothing writes by chance, and never 0."""


@dataclass(frozen=True)
class Survey:
    """What a store holds: the status of each point, the blocks that are not what was written, and the failures."""

    status: Array
    damaged: list[int]
    failures: dict[int, list[Failure]]


class RegionStore:
    """A store that exists.

    Each block is one chunk of every array. `_written` holds its checksum, that of a whole chunk, and is written last,
    as each write is a rename: a block counts when its bytes are those that were computed, and only then.
    """

    def __init__(self, path: Path, group: Any) -> None:
        self.path = path
        self._group = group
        self._described: dict[str, Any] = group.attrs["sweep"]
        self.schema = Schema(**self._described["schema"])
        self.blocks = Blocks(tuple(self._described["shape"]), tuple(self._described["chunk"]))
        self.identity: dict[str, Any] = self._described["identity"]

    @classmethod
    def create(
        cls,
        path: Path,
        grid: Grid,
        schema: Schema,
        blocks: Blocks,
        coordinates: Returned,
        identity: Mapping[str, Any],
    ) -> RegionStore:
        with refusals_told(path, "make"):
            path.parent.mkdir(parents=True, exist_ok=True)
            group = arrays.make(path, grid, schema, blocks, coordinates)
            group.attrs["sweep"] = {  # last: without it the store is not one yet
                "format": FORMAT,
                "schema": dataclasses.asdict(schema),
                "shape": list(blocks.shape),
                "chunk": list(blocks.chunk),
                "identity": dict(identity),
                "words": arrays.words(arrays.whole(grid, coordinates)),
            }
        return cls(path, group)

    @classmethod
    def found(cls, path: Path) -> RegionStore | None:
        """The store at a path, or None where there is none yet, what a killed process left of one included."""
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            return None
        if not (path / "zarr.json").exists():
            raise StoreError(f"{path} is not empty and not a store of a sweep; choose another store")
        try:
            with refusals_told(path, "open"):
                group = zarr.open_group(str(path), mode="r+")
                described: Any = group.attrs.get("sweep")
                if described is None:
                    if list(group.attrs):
                        raise StoreError(
                            f"{path} is a Zarr group of something else; choose another store"
                        )
                    arrays.remove(path)
                    return None
                if described.get("format") != FORMAT:
                    raise StoreError(
                        f"{path} has the format {described.get('format')!r} of another version of redfield, not "
                        f"{FORMAT!r}; choose another store"
                    )
                store = cls(path, group)
                store._resize()  # what a process that was killed while it extended it did not reach
                return store
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{path}/zarr.json is damaged ({error}); restore it, or choose another store"
            ) from error

    @classmethod
    def opened(cls, path: str) -> RegionStore:
        """What a worker writes to.

        Raises
        ------
        StoreError
            This worker does not see it.
        """
        try:
            made = os.stat(os.path.join(path, "zarr.json"))
        except FileNotFoundError:
            raise StoreError(
                f"a worker does not find the store {path}: it must lie on a file system that all workers see"
            ) from None
        return _opened(path, made.st_ino, made.st_ctime_ns)

    @property
    def grid(self) -> Grid:
        return Grid.from_told(self.identity)

    def extend(self, grid: Grid, identity: Mapping[str, Any]) -> RegionStore:
        """The store over more values and samples; blocks stay where they are, their new points missing."""
        with refusals_told(self.path, "write to"):
            axes = arrays.whole(grid)
            self._group.attrs["sweep"] = {
                **self._described,
                "shape": list(grid.shape),
                "identity": dict(identity),
                "words": {**self._described["words"], **arrays.words(axes)},
            }
            store = RegionStore(self.path, self._group)
            store._resize()
            arrays.write_whole(self._group, axes)
        return store

    def _resize(self) -> None:
        for name, layout in arrays.layouts(self.schema, self.blocks).items():
            if self._group[name].shape != layout.shape:
                self._group[name].resize(layout.shape)

    def write(self, task: int, block: Block) -> None:
        region, place = self.blocks.region(task), self.blocks.place(task)
        counts = self._extent(task)
        trouble = encoded(block.failures)
        with refusals_told(self.path, f"write block {task} to"):
            for name, array in block.arrays.items():
                self._group[name][region] = array.reshape((*counts, *array.shape[1:]))
            self._group[STATUS][region] = block.status.reshape(counts)
            if block.failures or self._group[WRITTEN][place]:
                self._group[TROUBLE][place] = trouble
            self._group[WRITTEN][place] = self._mark(task, block.arrays, block.status, trouble)

    def read(self, task: int) -> Block:
        """A block as it is stored, with nothing where it was never written.

        Raises
        ------
        StoreError
            It is not what was written.
        """
        place = self.blocks.place(task)
        count = int(np.prod(self._extent(task)))
        try:
            mark = int(self._group[WRITTEN][place])
            if mark == 0:
                return Block(self.schema.empty((count,)), np.zeros(count, dtype=np.int8), [])
            region = self.blocks.region(task)
            values = {
                name: np.asarray(self._group[name][region]).reshape((count, *v["shape"]))
                for name, v in self.schema.variables.items()
            }
            status = np.asarray(self._group[STATUS][region]).reshape(count)
            trouble = np.asarray(self._group[TROUBLE][place])
            good = mark == self._mark(task, values, status, trouble)
        except DAMAGED:
            good = False
        if not good:
            raise StoreError(f"{self.path}: block {task} is damaged")
        return Block(values, status, decoded(trouble))

    def survey(self) -> Survey:
        """Every block is read and checked."""
        status = np.zeros(self.blocks.shape, dtype=np.int8)
        damaged: list[int] = []
        failures: dict[int, list[Failure]] = {}
        for task in range(len(self.blocks)):
            try:
                block = self.read(task)
            except StoreError:
                damaged.append(task)
                continue
            status[self.blocks.region(task)] = block.status.reshape(self._extent(task))
            if block.failures:
                failures[task] = block.failures
        return Survey(status, damaged, failures)

    def withdraw(self, tasks: list[int]) -> None:
        """These count as missing from now on."""
        with refusals_told(self.path, "write to"):
            for task in tasks:
                place = self.blocks.place(task)
                for name in (*self.schema.variables, STATUS, TROUBLE):
                    arrays.drop_chunk(self.path / name, place, self._group[name].ndim)
                self._group[WRITTEN][place] = 0

    def damaged_coordinates(self, grid: Grid) -> list[str]:
        """Of those that were stored once, what is no longer what was."""
        bad = []
        expected = {axis.name: checksum(axis.values) for axis in grid.axes}
        expected |= {name: c["checksum"] for name, c in self.schema.coordinates.items()}
        for name, value in expected.items():
            if name in self._described["words"]:
                continue
            try:
                good = checksum(np.asarray(self._group[name][...])) == value
            except (*DAMAGED, KeyError):
                good = False
            if not good:
                bad.append(name)
        return bad

    def restore(self, grid: Grid, returned: Returned) -> None:
        """Writes the coordinates again."""
        with refusals_told(self.path, "write to"):
            arrays.write_whole(self._group, arrays.whole(grid, returned))

    def annotate(self, attributes: Mapping[str, Any]) -> None:
        with refusals_told(self.path, "write to"):
            self._group.attrs["provenance"] = dict(attributes)

    @property
    def provenance(self) -> dict[str, Any]:
        found: dict[str, Any] = dict(self._group.attrs.get("provenance", {}))
        return found

    def dataset(self) -> xr.Dataset:
        """Opened lazily."""
        data: xr.Dataset = xr.open_zarr(str(self.path), consolidated=False, chunks=None)
        told = {
            name: (dims, np.array(values), told)
            for name, (dims, values, told) in self._described["words"].items()
        }
        return data.drop_vars([WRITTEN, TROUBLE]).drop_attrs(deep=False).assign_coords(told)

    def _extent(self, task: int) -> tuple[int, ...]:
        return tuple(s.stop - s.start for s in self.blocks.region(task))

    def _mark(self, task: int, values: Mapping[str, Array], status: Array, trouble: Array) -> int:
        """Of a whole chunk, so that it stays when a grid that ends within it is extended."""
        extent, chunk = self._extent(task), self.blocks.chunk
        parts = [values[name] for name in sorted(values)] + [status]
        if extent != chunk:
            inside = tuple(slice(n) for n in extent)
            for i, part in enumerate(parts):
                padded = np.full((*chunk, *part.shape[1:]), fill(part.dtype), dtype=part.dtype)
                padded[inside] = part.reshape((*extent, *part.shape[1:]))
                parts[i] = padded
        return WHOLE + checksum(*parts, trouble)


@functools.lru_cache(maxsize=8)
def _opened(path: str, inode: int, changed: int) -> RegionStore:
    """Once for all blocks: it takes longer than many a block."""
    store = RegionStore.found(Path(path))
    if store is None:
        raise StoreError(f"{path} is not a store of a sweep")
    return store
