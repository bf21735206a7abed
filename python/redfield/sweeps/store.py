"""The store of a sweep: a Zarr group that plain xarray reads, and a journal that says what of it is finished.

The grid of n_1 × … × n_d points is cut into boxes of c_1 × … × c_d: the block at (b_1, …, b_d) has the points i with

    b_k c_k ≤ i_k < min(n_k, (b_k + 1) c_k),

and is one chunk of every variable, the file NAME/c/b_1/…/b_d/0…. Its record in the journal is the status of its points
and a mark of each chunk, the CRC32C that the chunk ends with. A driver announces the marks to come where it overwrites
a block, writes the chunks, each whole, and then commits the record. A reader trusts the journal alone: a point without
a record is missing, and a block is damaged where a chunk does not have its checksum, or this is neither the recorded
mark nor the one to come. A store grows by larger n_k at the same c_k, so that every block stays in its place.
"""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from redfield._base.errors import StoreError
from redfield._base.stores.contents import Contents
from redfield._base.stores.files import new_folder, store_errors, write_files
from redfield._base.stores.groups import Files, files_of_variables
from redfield._base.stores.journal import MARKER, DamagedError, Journal, is_journaled
from redfield._base.stores.variables import Array, Variable, fill
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.points import FAILED, MISSING, Failure
from redfield.sweeps.values import Schema

FORMAT = "redfield-sweep-3"
STATUS = "status"
"""Variable that tells of each point whether it is missing, done or failed."""


@dataclass(frozen=True)
class Written:
    """A block that is stored: the status of its points over the whole chunk, and the marks of its chunks."""

    status: bytes
    marks: Mapping[str, str]

    def to_record(self) -> bytes:
        return json.dumps(self.marks).encode() + b"\n" + self.status

    @classmethod
    def from_record(cls, record: bytes) -> Written:
        marks, _, status = record.partition(b"\n")
        return cls(status, json.loads(marks))


@dataclass(frozen=True)
class Store:
    """The contents of a store when it was read.

    Attributes
    ----------
    status : of each point of the grid: 0 missing, 1 done, 2 failed.
    written : the blocks that were written, by their places.
    coming : marks of chunks that a driver was about to write over those of a block, by the block's place: the points
        that were done have the same values in both.
    runs : how the sweep was computed, run by run.
    damaged : blocks whose record or whose chunks are not what was written.
    """

    path: Path
    grid: Grid
    schema: Schema
    blocks: Blocks
    identity: dict[str, Any]
    files: Files
    written: Mapping[str, Written]
    coming: Mapping[str, Mapping[str, str]]
    runs: tuple[dict[str, Any], ...] = ()
    damaged: tuple[int, ...] = ()

    @classmethod
    def create(
        cls,
        path: Path,
        grid: Grid,
        schema: Schema,
        blocks: Blocks,
        coordinates: Mapping[str, Variable],
        identity: Mapping[str, Any],
    ) -> Store:
        """Return a store without points, made beside its place and moved there whole.

        Raises
        ------
        StoreError
            The file system refuses.
        """
        store = cls(path, grid, schema, blocks, dict(identity), {}, {}, {})._with_files(coordinates)
        with store_errors(path, "make"), new_folder(path) as folder:
            Journal.create(folder, store._records())
            write_files(folder, {**store.files, **dict([MARKER])})
        return cls.existing(path)

    @classmethod
    def existing(cls, path: Path) -> Store:
        """Return the store at a path.

        Raises
        ------
        StoreError
            There is none; see `at`.
        """
        store = cls.at(path)
        if store is None:
            raise StoreError(f"there is no store of a sweep at {path}")
        return store

    @classmethod
    def at(cls, path: Path) -> Store | None:
        """Return the store at a path, or None where nothing is.

        Raises
        ------
        StoreError
            What is there is not a store of a sweep; its journal is damaged; it can not be read.
        """
        with store_errors(path, "open"):
            if not path.exists() or (path.is_dir() and not any(path.iterdir())):
                return None
            if not path.is_dir() or not is_journaled(path):
                raise StoreError(f"{path} is there and not a store of redfield; choose another store")
        with contextlib.closing(Journal(path)) as journal, journal.snapshot():
            return cls.read(path, journal)

    @classmethod
    def read(cls, path: Path, journal: Journal) -> Store:
        records, bad = journal.everything()
        header = journal.header(FORMAT, records, [key for key in bad if key[0] != "block"])
        kinds: dict[str, dict[str, bytes]] = {"file": {}, "block": {}, "coming": {}, "run": {}}
        for (kind, key), value in records.items():
            kinds.setdefault(kind, {})[key] = value
        grid = Grid.from_json(header["identity"])
        blocks = Blocks(grid.shape, tuple(header["chunk"]))
        schema = Schema(**header["schema"])
        written = {place: Written.from_record(value) for place, value in kinds["block"].items()}
        coming = {place: json.loads(value) for place, value in kinds["coming"].items()}
        runs = tuple(json.loads(value) for _, value in sorted(kinds["run"].items()))
        store = cls(path, grid, schema, blocks, header["identity"], kinds["file"], written, coming, runs)
        places = {store.place(task): task for task in range(len(blocks))} if bad else {}
        if any(place not in places for _, place in bad) or journal.failed != store.failed:
            raise DamagedError(f"the journal of {path} is damaged at its blocks")
        return replace(store, damaged=tuple(sorted(places[place] for _, place in bad)))

    def place(self, task: int) -> str:
        """Return a block's key in the journal, and in the names of its chunks; it stays when the store is extended."""
        return "/".join(map(str, self.blocks.place(task)))

    @functools.cached_property
    def status(self) -> Array:
        out = np.zeros(self.blocks.shape, dtype=np.int8)
        for task in range(len(self.blocks)):
            record = self.written.get(self.place(task))
            if record is not None:
                whole = np.frombuffer(record.status, dtype=np.int8).reshape(self.blocks.chunk)
                out[self.blocks.region(task)] = whole[tuple(map(slice, self.blocks.extent(task)))]
        return out

    @functools.cached_property
    def contents(self) -> Contents:
        chunks = {}
        for place, block in self.written.items():
            coming = self.coming.get(place, {})
            for chunk, mark in block.marks.items():
                chunks[chunk] = frozenset((mark, coming.get(chunk, mark)))
        return Contents(self.path, self.files, chunks)

    def checked(self) -> Store:
        """Return the store with every chunk read: `damaged` has those that are not what was written."""
        contents, bad = self.contents, set(self.damaged)
        for task in range(len(self.blocks)):
            place = self.place(task)
            if place in self.written and not self._is_whole(contents, place):
                bad.add(task)
        now = Store.at(self.path) if bad else self
        if now is not None and any(now._record(task) != self._record(task) for task in bad):
            return now.checked()  # a driver wrote them meanwhile
        return replace(self, damaged=tuple(sorted(bad)))

    def _record(self, task: int) -> tuple[Written | None, Mapping[str, str] | None]:
        """Return the journal's record of a block."""
        place = self.place(task)
        return self.written.get(place), self.coming.get(place)

    def dataset(self) -> xr.Dataset:
        """Return the Dataset, opened lazily, whose `status` is what the journal says."""
        data = self.contents.dataset()
        return data.assign({STATUS: (self.grid.dims, self.status, data[STATUS].attrs)})

    def failures(self, limit: int = -1) -> list[Failure]:
        """Return the first so many points that failed."""
        with contextlib.closing(Journal(self.path)) as journal, journal.snapshot():
            return [Failure.from_record(value) for value in journal.failures(limit=limit)]

    @property
    def failed(self) -> int:
        return int((self.status == FAILED).sum())

    def extended(self, grid: Grid, identity: Mapping[str, Any]) -> Store:
        """Return the store over more values and samples; blocks stay where they are, their new points missing."""
        blocks = Blocks(grid.shape, self.blocks.chunk)
        coords = self.contents.dataset().coords
        coordinates = {
            name: Variable(tuple(map(str, coords[name].dims)), coords[name].values, coords[name].attrs)
            for name in self.schema.coordinates
        }
        wider = replace(self, grid=grid, blocks=blocks, identity=dict(identity))._with_files(coordinates)
        with contextlib.closing(Journal(self.path, write=True)) as journal, journal.transaction():
            journal.put(wider._records())
        return wider

    def restore(self) -> None:
        """Write the small files to the disk as the journal has them."""
        with store_errors(self.path, "write to"):
            write_files(self.path, self.files)

    def whole_chunk(self, task: int, status: Array) -> bytes:
        """Return the status of a block's points over its whole chunk, nothing in what lies beyond the grid."""
        out, extent = np.zeros(self.blocks.chunk, dtype=np.int8), self.blocks.extent(task)
        out[tuple(map(slice, extent))] = status.reshape(extent)
        return out.tobytes()

    def _is_whole(self, contents: Contents, place: str) -> bool:
        try:
            for chunk in self.written[place].marks:
                contents.chunk(chunk)
        except StoreError:
            return False
        return True

    def _with_files(self, coordinates: Mapping[str, Variable]) -> Store:
        """Return the store with its small files: metadata of every array, one chunk a block, and the coordinates."""
        shape, dims = self.blocks.shape, self.grid.dims
        arrays = {
            name: Variable(
                (*dims, *v["dims"]),
                np.broadcast_to(fill(v["dtype"]), (*shape, *v["shape"])),
                v["attributes"],
            )
            for name, v in self.schema.variables.items()
        }
        meaning = {"flag_values": [0, 1, 2], "flag_meanings": "missing done failed"}
        arrays[STATUS] = Variable(dims, np.broadcast_to(np.int8(MISSING), shape), meaning)
        chunks = {name: (*self.blocks.chunk, *v.values.shape[len(shape) :]) for name, v in arrays.items()}
        known = {k: self.identity.get(k) for k in ("redfield", "point", "samples", "seed")}
        attributes = {**self.schema.attributes, **{k: v for k, v in known.items() if v is not None}}
        axes = {axis.name: axis.variable for axis in self.grid.axes}
        return replace(
            self, files=files_of_variables(arrays, {**axes, **coordinates}, attributes, chunks)
        )

    def _records(self) -> dict[tuple[str, str], bytes]:
        header = {
            "format": FORMAT,
            "chunk": list(self.blocks.chunk),
            "schema": asdict(self.schema),
            "identity": self.identity,
        }
        files = {("file", name): content for name, content in (*self.files.items(), MARKER)}
        return {("store", "header"): json.dumps(header).encode(), **files}
