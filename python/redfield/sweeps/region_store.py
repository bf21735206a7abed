"""A Zarr store of a sweep: arrays over its grid, one chunk a block, each block written by whoever computed it."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from redfield.sweeps.errors import StoreError
from redfield.sweeps.files import refusals_told
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.values import Array, Returned, Schema, Variable, checksum, fill
from redfield.sweeps.work import Block, Failure

try:
    import xarray as xr
    import zarr
    import zarr.codecs
except ImportError as error:
    raise ImportError("sweeps need xarray and zarr: pip install 'redfield[sweep]'") from error

FORMAT = "redfield-sweep-1"
STATUS, WRITTEN, TROUBLE = "status", "_written", "_trouble"
TROUBLE_BYTES = 32768
"""What is kept of the failures of one block."""
WHOLE = 1 << 32
"""Added to the checksum of a block that is written: what nothing writes by chance, and never 0."""
DAMAGED = (RuntimeError, ValueError, OSError)
"""What a codec raises of bytes it did not write."""


class RegionStore:
    """A store that exists.

    Each block is one chunk of every array. `_written` holds its checksum and is written last, as each write is a
    rename: a block counts when its bytes are those that were computed, and only then.
    """

    def __init__(self, path: Path, group: Any) -> None:
        self.path = path
        self._group = group
        described = group.attrs["sweep"]
        self.schema = Schema(**described["schema"])
        self.blocks = Blocks(tuple(described["shape"]), tuple(described["chunk"]))
        self.identity: dict[str, Any] = described["identity"]
        self._words: dict[str, Any] = described["words"]

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
            group = zarr.open_group(str(path), mode="a")
            clashes = {*grid.dims} & {*schema.variables, *schema.coordinates}
            clashes |= {STATUS} & {*schema.variables}
            if clashes:
                raise ValueError(f"a point returns {sorted(clashes)[0]!r}, which is a name of the sweep")
            given = _whole(grid, coordinates)
            for name, c in given.items():
                _write_whole(group, name, c)
            for name, v in schema.variables.items():
                array = _create(
                    group,
                    name,
                    (*blocks.shape, *v["shape"]),
                    (*blocks.chunk, *(max(1, n) for n in v["shape"])),
                    np.dtype(v["dtype"]),
                    (*grid.dims, *v["dims"]),
                )
                array.attrs.update({**v["attributes"], "coordinates": " ".join(schema.coordinates)})
            status = _create(group, STATUS, blocks.shape, blocks.chunk, np.dtype(np.int8), grid.dims)
            status.attrs.update({"flag_values": [0, 1, 2], "flag_meanings": "missing done failed"})
            count = len(blocks)
            _create(
                group,
                TROUBLE,
                (count, TROUBLE_BYTES),
                (1, TROUBLE_BYTES),
                np.dtype("u1"),
                ("_block", "_byte"),
            )
            _create(group, WRITTEN, (count,), (1,), np.dtype("u8"), ("_block",))
            group.attrs["sweep"] = {  # last: without it the store is not one yet
                "format": FORMAT,
                "schema": {"variables": schema.variables, "coordinates": schema.coordinates},
                "shape": list(blocks.shape),
                "chunk": list(blocks.chunk),
                "identity": dict(identity),
                "words": {
                    name: [list(c.dims), c.values.tolist()] for name, c in given.items() if _is_words(c)
                },
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
                described = group.attrs.get("sweep")
                if described is None:
                    if list(group.attrs):
                        raise StoreError(
                            f"{path} is a Zarr group of something else; choose another store"
                        )
                    _remove(path)
                    return None
                return cls(path, group)
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

    def write(self, task: int, block: Block) -> None:
        region, counts = self.blocks.region(task), self._extent(task)
        trouble = _encoded(block.failures)
        with refusals_told(self.path, f"write block {task} to"):
            for name, array in block.arrays.items():
                self._group[name][region] = array.reshape((*counts, *array.shape[1:]))
            self._group[STATUS][region] = block.status.reshape(counts)
            if block.failures or self._group[WRITTEN][task]:
                self._group[TROUBLE][task] = trouble
            self._group[WRITTEN][task] = WHOLE + self._checksum(block.arrays, block.status, trouble)

    def read(self, task: int) -> Block:
        """A block, damaged or not."""
        region, count = self.blocks.region(task), int(np.prod(self._extent(task)))
        arrays = {
            name: np.asarray(self._group[name][region]).reshape((count, *v["shape"]))
            for name, v in self.schema.variables.items()
        }
        status = np.asarray(self._group[STATUS][region]).reshape(count)
        return Block(arrays, status, _decoded(np.asarray(self._group[TROUBLE][task])))

    def written(self) -> tuple[list[int], list[int]]:
        """The blocks that are whole, and those that count as written and are not what was written."""
        whole: list[int] = []
        damaged: list[int] = []
        for task in range(len(self.blocks)):
            try:
                mark = int(self._group[WRITTEN][task])
                if mark == 0:
                    continue
                block = self.read(task)
                trouble = np.asarray(self._group[TROUBLE][task])
                good = mark == WHOLE + self._checksum(block.arrays, block.status, trouble)
            except DAMAGED:
                good = False
            (whole if good else damaged).append(task)
        return whole, damaged

    def withdraw(self, tasks: list[int]) -> None:
        """These count as missing from now on."""
        with refusals_told(self.path, "write to"):
            for task in tasks:
                for name in (*self.schema.variables, STATUS, TROUBLE):
                    _drop_chunk(
                        self.path / name, self.blocks, task, self._group[name].ndim, name == TROUBLE
                    )
                self._group[WRITTEN][task] = 0

    def failed(self, task: int) -> list[Failure]:
        return _decoded(np.asarray(self._group[TROUBLE][task]))

    def damaged_coordinates(self, grid: Grid) -> list[str]:
        """Of those that were stored once, what is no longer what was."""
        bad = []
        expected = {axis.name: checksum(axis.values) for axis in grid.axes}
        expected |= {name: c["checksum"] for name, c in self.schema.coordinates.items()}
        for name, value in expected.items():
            if name in self._words:
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
            for name, c in _whole(grid, returned).items():
                _write_whole(self._group, name, c)

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
        words = {name: (dims, np.array(values)) for name, (dims, values) in self._words.items()}
        return data.drop_vars([WRITTEN, TROUBLE]).drop_attrs(deep=False).assign_coords(words)

    def _extent(self, task: int) -> tuple[int, ...]:
        return tuple(s.stop - s.start for s in self.blocks.region(task))

    def _checksum(self, arrays: Mapping[str, Array], status: Array, trouble: Array) -> int:
        return checksum(*(arrays[name] for name in sorted(arrays)), status, trouble)


@functools.lru_cache(maxsize=8)
def _opened(path: str, inode: int, changed: int) -> RegionStore:
    """Once for all blocks: it takes longer than many a block."""
    store = RegionStore.found(Path(path))
    if store is None:
        raise StoreError(f"{path} is not a store of a sweep")
    return store


def _create(
    group: Any,
    name: str,
    shape: tuple[int, ...],
    chunks: tuple[int, ...],
    dtype: Any,
    dims: tuple[str, ...],
) -> Any:
    return group.create_array(
        name,
        shape=shape,
        chunks=chunks,
        dtype=dtype,
        fill_value=fill(dtype),
        # A chunk that the disk has changed is refused, not read.
        compressors=zarr.codecs.ZstdCodec(checksum=True),
        dimension_names=list(dims),
        overwrite=True,
    )


def _whole(grid: Grid, returned: Returned) -> dict[str, Variable]:
    """What is stored once: the axes, and the coordinates of what points return."""
    axes = {axis.name: Variable((axis.name,), axis.values, axis.attributes) for axis in grid.axes}
    return axes | returned.coordinates


def _is_words(c: Variable) -> bool:
    return bool(c.values.dtype.kind == "U")


def _write_whole(group: Any, name: str, c: Variable) -> None:
    if _is_words(c):  # Zarr has no settled type for them: they are among the attributes
        return
    array = group.create_array(
        name,
        data=c.values,
        chunks=tuple(max(1, n) for n in c.values.shape),
        dimension_names=list(c.dims),
        overwrite=True,
    )
    array.attrs.update(dict(c.attributes))


def _drop_chunk(array: Path, blocks: Blocks, task: int, ndim: int, flat: bool) -> None:
    """A chunk that can not be read is in the way of a write to a part of it."""
    place = (task,) if flat else tuple(int(p) for p in np.unravel_index(task, blocks.counts))
    file = array.joinpath("c", *(str(p) for p in (*place, *(0,) * (ndim - len(place)))))
    file.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    """What a process that was killed left of a store it was making: nothing in it is written yet."""
    import shutil

    trash = path.with_name(f"{path.name}.{os.getpid()}.removed")
    path.rename(trash)
    shutil.rmtree(trash)


def _encoded(failures: list[Failure]) -> Array:
    """As JSON in a row of bytes: first what fits with its traceback, then messages, then how many more."""
    kept: list[list[Any]] = []
    size = 64
    for failure in failures:
        for record in (
            [failure.point, failure.message[:2000], failure.traceback[-6000:]],
            [failure.point, failure.message[:200], ""],
        ):
            length = len(json.dumps(record).encode()) + 2
            if size + length < TROUBLE_BYTES:
                kept.append(record)
                size += length
                break
    text = json.dumps({"more": len(failures) - len(kept), "failures": kept}).encode() if failures else b""
    row = np.zeros(TROUBLE_BYTES, dtype=np.uint8)
    row[: len(text)] = np.frombuffer(text, dtype=np.uint8)
    return row


def _decoded(row: Array) -> list[Failure]:
    text = bytes(row).rstrip(b"\0")
    if not text:
        return []
    return [Failure(*record) for record in json.loads(text)["failures"]]
