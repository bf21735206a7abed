"""Zarr groups as the bytes of their files: metadata, coordinates, and chunks with checksums."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from redfield._base.stores.variables import Array, Variable, fill

try:
    import google_crc32c
    import zarr
    from zarr.codecs import Crc32cCodec, ZstdCodec
    from zarr.core.buffer import default_buffer_prototype
    from zarr.storage import MemoryStore
except ImportError as error:
    raise ImportError("stores need xarray and zarr: pip install 'redfield[sweep]'") from error

Files = dict[str, bytes]
"""Contents of files by their paths within a group."""


def files_of_variables(
    variables: Mapping[str, Variable],
    coordinates: Mapping[str, Variable],
    attributes: Mapping[str, Any],
    chunks: Mapping[str, tuple[int, ...]] | None = None,
) -> Files:
    """Return a group of arrays, each written in one chunk, but those that have `chunks`, which are not written."""
    files: dict[str, Any] = {}
    group = zarr.open_group(MemoryStore(files), mode="w", attributes=dict(attributes))
    for name, variable in coordinates.items():
        _add(group, name, variable, None)
    beside = " ".join(name for name, v in coordinates.items() if v.dims != (name,))
    for name, variable in variables.items():
        _add(group, name, variable, (chunks or {}).get(name))
        if beside:
            group[name].attrs["coordinates"] = beside
    return _consolidated(files)


def _add(group: zarr.Group, name: str, variable: Variable, chunk: tuple[int, ...] | None) -> None:
    """Add an array of numbers or of text, whose chunks carry a checksum over all of their bytes."""
    values, text = variable.values, variable.values.dtype.kind in "UT"
    array: Any = group.create_array(
        name,
        shape=values.shape,
        chunks=tuple(max(1, n) for n in chunk or values.shape),
        dtype=str if text else values.dtype,
        fill_value="" if text else fill(values.dtype),
        compressors=[ZstdCodec(), Crc32cCodec()],
        dimension_names=list(variable.dims),
        attributes=dict(variable.attributes),
        config={"write_empty_chunks": True},
    )
    if chunk is None:
        array[...] = values.astype(object) if text else values


def _consolidated(files: dict[str, Any]) -> Files:
    """Repeat all metadata in that of the group, so that a reader lists no folder."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Consolidated metadata is currently not part")
        zarr.consolidate_metadata(MemoryStore(files))
    return {path: buffer.to_bytes() for path, buffer in files.items()}


def mark_of(chunk: bytes) -> str:
    """Return the checksum that a chunk ends with: which one it is among all that may lie in its place."""
    return chunk[-4:].hex()


def is_whole(chunk: bytes) -> bool:
    """Return whether the bytes of a chunk are those that its checksum was taken of."""
    return len(chunk) > 4 and google_crc32c.value(chunk[:-4]) == int.from_bytes(chunk[-4:], "little")


def as_text(values: Array) -> Array:
    """Strings of any kind as NumPy's of fixed width."""
    return np.asarray(values.tolist(), dtype=np.str_).reshape(values.shape)


class Encoder:
    """The chunks that Zarr makes of values written to regions of a group's arrays.

    The group is opened once: to open it takes Zarr as long as to write a small chunk of every array.
    """

    def __init__(self, files: Files) -> None:
        """`files` are those of the group, of which metadata are read alone."""
        self.files = files
        self._contents: dict[str, Any] = {
            name: default_buffer_prototype().buffer.from_bytes(content)
            for name, content in files.items()
            if name.endswith("zarr.json")
        }
        with zarr.config.set(
            {"array.write_empty_chunks": True}
        ):  # a deleted chunk is told from one of zeros
            group = zarr.open_group(MemoryStore(self._contents), mode="r+")
            self._arrays: dict[str, Any] = dict(group.arrays())

    def chunks(self, written: Mapping[str, tuple[Any, Array]]) -> Files:
        """Return the chunks, by their paths, of a region and the values there for each array by its name."""
        for name, (region, values) in written.items():
            self._arrays[name][region] = values
        made = [name for name in self._contents if name not in self.files]
        return {name: self._contents.pop(name).to_bytes() for name in made}
