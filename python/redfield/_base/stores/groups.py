"""Zarr groups as the bytes of their files: metadata, coordinates, and chunks with checksums."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

try:
    import google_crc32c
    import zarr
    from zarr.codecs import Crc32cCodec, ZstdCodec
    from zarr.core.buffer import default_buffer_prototype
    from zarr.storage import MemoryStore
except ImportError as error:
    raise ImportError("stores need xarray and zarr: pip install 'redfield[sweep]'") from error

Array = npt.NDArray[Any]
Files = dict[str, bytes]
"""Contents of files by their paths within a group."""


@dataclass(frozen=True)
class Variable:
    """Dimensions beside those of the grid, and the values of one point or, with a leading axis, of many."""

    dims: tuple[str, ...]
    values: Array
    attributes: Mapping[str, Any] = field(default_factory=dict)


def fill(dtype: Any) -> Any:
    """Return the value of a variable's missing entries: nan, or 0 of a type without nan."""
    return np.dtype(dtype).type(np.nan) if np.dtype(dtype).kind in "fc" else np.dtype(dtype).type(0)


def group_of(files: dict[str, Any], attributes: Mapping[str, Any]) -> Any:
    """Return a group without arrays whose files are put there."""
    return zarr.open_group(MemoryStore(files), mode="w", attributes=dict(attributes))


def files_of_variables(
    variables: Mapping[str, Variable], coordinates: Mapping[str, Variable], attributes: Mapping[str, Any]
) -> Files:
    """Return a group of arrays that are there, their chunks included."""
    files: dict[str, Any] = {}
    group = group_of(files, attributes)
    for name, variable in coordinates.items():
        add(group, name, variable)
    told = " ".join(name for name, v in coordinates.items() if v.dims != (name,))
    for name, variable in variables.items():
        add(group, name, variable)
        if told:
            group[name].attrs["coordinates"] = told
    return consolidated(files)


def add(group: Any, name: str, variable: Variable) -> None:
    """Write an array of numbers or of text, in one chunk."""
    values, text = variable.values, variable.values.dtype.kind in "UT"
    empty(group, name, variable.dims, values.shape, values.shape, str if text else values.dtype)
    group[name][...] = values.astype(object) if text else values
    group[name].attrs.update(dict(variable.attributes))


def empty(group: Any, name: str, dims: Any, shape: Any, chunks: Any, dtype: Any) -> None:
    """Create an array whose chunks carry a checksum of all bytes and are written even where they are empty."""
    group.create_array(
        name,
        shape=tuple(shape),
        chunks=tuple(max(1, n) for n in chunks),
        dtype=dtype,
        fill_value="" if dtype is str else fill(dtype),
        compressors=[ZstdCodec(), Crc32cCodec()],
        dimension_names=list(dims),
        config={"write_empty_chunks": True},
    )


def consolidated(files: dict[str, Any]) -> Files:
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


def written_to(files: Files, written: Mapping[str, tuple[Any, Array]]) -> Files:
    """Return the chunks that writing values to regions of the arrays of a group makes, by their paths.

    Parameters
    ----------
    files : of the group.
    written : a region and what is written there, for each array by its name.
    """
    made: dict[str, Any] = {
        name: default_buffer_prototype().buffer.from_bytes(content)
        for name, content in files.items()
        if name.endswith("zarr.json")
    }
    with zarr.config.set({"array.write_empty_chunks": True}):  # a deleted chunk is told from one of zeros
        group = zarr.open_group(MemoryStore(made), mode="r+")
        for name, (region, values) in written.items():
            array: Any = group[name]
            array[region] = values
    return {name: buffer.to_bytes() for name, buffer in made.items() if name not in files}
