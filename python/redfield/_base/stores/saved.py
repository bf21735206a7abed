"""Results on the disk: a Zarr group with a journal, there whole or not at all, and read back bit for bit or refused."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from redfield._base.checks.checked import checked
from redfield._base.errors import StoreError

if TYPE_CHECKING:
    import xarray as xr

FORMAT = "redfield-saved-2"
OTHERS = (
    ".nc", ".nc3", ".nc4", ".cdf", ".h5", ".hdf5", ".npy", ".npz", ".mat", ".csv", ".txt", ".json", ".toml", ".parquet",
    ".pkl", ".zip", ".pdf", ".png", ".svg", ".py",
)  # fmt: skip
"""Suffixes of files of other kinds, which a folder must not bear."""


def as_folder(path: str | Path, who: str = "path") -> Path:
    """Return a path that may name a store.

    Raises
    ------
    ValueError
        Its suffix is that of another kind of file.
    """
    folder = Path(path)
    if folder.suffix.lower() in OTHERS:
        raise ValueError(
            f"{who} {str(path)!r} names a {folder.suffix} file, and a store is a Zarr folder: name it "
            f"{folder.with_suffix('.zarr').name!r}; xarray's to_netcdf and `redfield export` write other files"
        )
    return folder


def write_dataset(path: str | Path, data: xr.Dataset) -> None:
    """Write an xarray.Dataset, and move it to its place when all of it is written.

    Raises
    ------
    FileExistsError, StoreError, ValueError
        There is something at `path`; the file system refuses; the suffix is that of another kind of file.
    """
    from redfield._base.stores.files import new_folder, store_errors, write_files
    from redfield._base.stores.groups import files_of_variables, mark_of
    from redfield._base.stores.journal import MARKER, Journal
    from redfield._base.stores.variables import Variable

    folder = as_folder(path)
    if folder.exists():
        raise FileExistsError(f"path {str(path)!r} exists; choose another or remove it")

    def taken(variables: Mapping[Any, Any]) -> dict[str, Variable]:
        return {
            str(name): Variable(tuple(map(str, v.dims)), np.asarray(v.values), v.attrs)
            for name, v in variables.items()
        }

    files = files_of_variables(taken(data.data_vars), taken(data.coords), data.attrs)
    chunks = {name: mark_of(c) for name, c in files.items() if not name.endswith("zarr.json")}
    files |= dict([MARKER])
    records = {("file", name): content for name, content in files.items() if name not in chunks}
    header = {"format": FORMAT, "chunks": chunks}
    records["store", "header"] = json.dumps(header).encode()
    with store_errors(folder, "write"), new_folder(folder) as new:
        write_files(new, files)
        Journal.create(new, records)
    if not folder.exists():
        raise FileExistsError(f"path {str(path)!r} was made by another process; choose another")


def read_dataset(path: str | Path) -> Any:
    """Return the Dataset that `write_dataset` wrote, in memory.

    Raises
    ------
    FileNotFoundError, StoreError
        There is nothing at `path`; it is not such a store, or is damaged.
    """
    from redfield._base.stores.contents import Contents
    from redfield._base.stores.journal import Journal, is_journaled

    folder = Path(path)
    if not folder.exists():
        raise FileNotFoundError(f"path {str(path)!r} does not exist")
    if not is_journaled(folder):
        raise StoreError(f"{folder} is not a store of redfield, or its journal is deleted")
    with contextlib.closing(Journal(folder)) as journal, journal.snapshot():
        records, bad = journal.everything()
        header = journal.header(FORMAT, records, bad)
    files = {name: content for (kind, name), content in records.items() if kind == "file"}
    chunks = {name: frozenset([mark]) for name, mark in header["chunks"].items()}
    return Contents(folder, files, chunks).dataset().load()


class Saving:
    """`save` of what tells itself as a Dataset."""

    def to_xarray(self) -> Any:
        """Return an xarray.Dataset of all that is kept."""
        raise NotImplementedError

    @checked
    def save(self, path: str | Path) -> None:
        """Write everything to a Zarr folder, bit for bit.

        Raises
        ------
        FileExistsError, StoreError, ValueError
            There is something at `path`; the file system refuses; the suffix is that of another kind of file.
        """
        write_dataset(path, self.to_xarray())


class Saved(Saving):
    """`save` and `load` of a record of arrays, numbers and words, whose origin a store names and does not hold."""

    origin: ClassVar[str | None] = None
    """The field that is the equation or system which the record belongs to."""

    def to_xarray(self) -> Any:
        """Return an xarray.Dataset: a variable for each array, attributes for what else it holds."""
        variables, rest, attributes = {}, {}, {"kind": _kind(type(self))}
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if field.name == self.origin:
                attributes[field.name] = repr(value)
            elif isinstance(value, np.ndarray):
                variables[field.name] = ([f"{field.name}_dim_{k}" for k in range(value.ndim)], value)
            else:
                rest[field.name] = value
        attributes["rest"] = json.dumps(rest, default=_as_number)
        return _xarray().Dataset(variables, attrs=attributes)

    @classmethod
    @checked
    def load(cls, path: str | Path, origin: object = None) -> Self:
        """Read a record that `save` wrote; `origin` is the equation or system that it belongs to, if any.

        Raises
        ------
        FileNotFoundError, StoreError, ValueError
            There is nothing at `path`; it is damaged; it holds something else, or belongs to another origin.
        """
        data = read_dataset(path)
        if (kind := data.attrs.get("kind")) != _kind(cls):
            raise ValueError(f"path {str(path)!r} does not hold a {cls.__qualname__}: it is a {kind!r}")
        fields = {k: _from_json(v) for k, v in json.loads(data.attrs["rest"]).items()}
        fields |= {str(name): v.values for name, v in data.data_vars.items()}
        if cls.origin is not None:
            if data.attrs[cls.origin] != repr(origin):
                raise ValueError(
                    f"origin {origin!r} is not what path {str(path)!r} belongs to: {data.attrs[cls.origin]}"
                )
            fields[cls.origin] = origin
        return cls(**fields)


def _kind(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _xarray() -> Any:
    try:
        import xarray
    except ImportError:
        raise ImportError("this needs xarray: pip install 'redfield[sweep]'") from None
    return xarray


def _as_number(value: object) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} can not be saved")


def _from_json(value: object) -> Any:
    return tuple(map(_from_json, value)) if isinstance(value, list) else value
