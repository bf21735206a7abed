"""The arrays of a Zarr store of a sweep, and what a codec says of bytes it did not write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.trouble import ROW_BYTES
from redfield.sweeps.values import Returned, Schema, Variable, fill

try:
    import zarr
    import zarr.codecs
except ImportError as error:
    raise ImportError("sweeps need xarray and zarr: pip install 'redfield[sweep]'") from error

STATUS, WRITTEN, TROUBLE = "status", "_written", "_trouble"
DAMAGED = (RuntimeError, ValueError, OSError)
"""What a codec raises of bytes it did not write."""


@dataclass(frozen=True)
class Layout:
    """Of one array: a chunk for each block."""

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    dtype: Any


def layouts(schema: Schema, blocks: Blocks) -> dict[str, Layout]:
    """What is written block by block: the variables, the status of each point, failures and checksums."""
    counts, one = blocks.counts, (1,) * len(blocks.counts)
    return {
        name: Layout(
            (*blocks.shape, *v["shape"]),
            (*blocks.chunk, *(max(1, n) for n in v["shape"])),
            np.dtype(v["dtype"]),
        )
        for name, v in schema.variables.items()
    } | {
        STATUS: Layout(blocks.shape, blocks.chunk, np.dtype(np.int8)),
        TROUBLE: Layout((*counts, ROW_BYTES), (*one, ROW_BYTES), np.dtype("u1")),
        WRITTEN: Layout(counts, one, np.dtype("u8")),
    }


def make(path: Path, grid: Grid, schema: Schema, blocks: Blocks, coordinates: Returned) -> Any:
    """A group with all arrays, nothing in those of the blocks.

    Raises
    ------
    ValueError
        A variable has a name of the sweep.
    """
    clashes = {*grid.dims} & {*schema.variables, *schema.coordinates}
    clashes |= {STATUS} & {*schema.variables}
    if clashes:
        raise ValueError(f"a point returns {sorted(clashes)[0]!r}, which is a name of the sweep")
    group = zarr.open_group(str(path), mode="a")
    write_whole(group, whole(grid, coordinates))
    counted = tuple(f"_blocks_of_{d}" for d in grid.dims)
    dims = {name: (*grid.dims, *v["dims"]) for name, v in schema.variables.items()}
    dims |= {STATUS: grid.dims, TROUBLE: (*counted, "_byte"), WRITTEN: counted}
    for name, layout in layouts(schema, blocks).items():
        array = group.create_array(
            name,
            shape=layout.shape,
            chunks=layout.chunks,
            dtype=layout.dtype,
            fill_value=fill(layout.dtype),
            # A chunk that the disk has changed is refused, not read.
            compressors=zarr.codecs.ZstdCodec(checksum=True),
            dimension_names=list(dims[name]),
            overwrite=True,
        )
        if name in schema.variables:
            told = schema.variables[name]["attributes"]
            array.attrs.update({**told, "coordinates": " ".join(schema.coordinates)})
    group[STATUS].attrs.update({"flag_values": [0, 1, 2], "flag_meanings": "missing done failed"})
    return group


def whole(grid: Grid, returned: Returned | None = None) -> dict[str, Variable]:
    """What is stored once: the axes, and the coordinates of what points return."""
    axes = {axis.name: Variable((axis.name,), axis.values, axis.attributes) for axis in grid.axes}
    return axes | (returned.coordinates if returned is not None else {})


def words(given: Mapping[str, Variable]) -> dict[str, Any]:
    """Those of text, for which Zarr has no settled type: they are kept among the attributes."""
    return {
        name: [list(c.dims), c.values.tolist(), dict(c.attributes)]
        for name, c in given.items()
        if _is_text(c)
    }


def write_whole(group: Any, given: Mapping[str, Variable]) -> None:
    """Coordinates of numbers, each in one chunk."""
    for name, c in given.items():
        if not _is_text(c):
            array = group.create_array(
                name,
                data=c.values,
                chunks=tuple(max(1, n) for n in c.values.shape),
                dimension_names=list(c.dims),
                overwrite=True,
            )
            array.attrs.update(dict(c.attributes))


def _is_text(c: Variable) -> bool:
    return bool(c.values.dtype.kind == "U")


def drop_chunk(array: Path, place: tuple[int, ...], ndim: int) -> None:
    """A chunk that can not be read is in the way of a write to a part of it."""
    file = array.joinpath("c", *(str(p) for p in (*place, *(0,) * (ndim - len(place)))))
    file.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """What a process that was killed left of a store it was making: nothing in it is written yet."""
    trash = path.with_name(f"{path.name}.{os.getpid()}.removed")
    path.rename(trash)
    shutil.rmtree(trash)
