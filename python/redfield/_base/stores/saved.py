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
from redfield._base.stores.origins import attached, attributes_of

if TYPE_CHECKING:
    import xarray as xr

FORMAT = "redfield-saved-2"
NETCDF = (".nc", ".nc3", ".nc4", ".cdf")
"""Suffixes of netCDF files."""
OTHERS = (
    *NETCDF, ".h5", ".hdf5", ".npy", ".npz", ".mat", ".csv", ".txt", ".json", ".toml", ".parquet", ".pkl", ".zip",
    ".pdf", ".png", ".svg", ".py",
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
            f"{folder.with_suffix('.zarr').name!r}; results are also saved as netCDF, .nc, and `redfield export` "
            "writes sweeps as netCDF and tables"
        )
    return folder


def write_dataset(path: str | Path, data: xr.Dataset, *, overwrite: bool = False) -> None:
    """Write an xarray.Dataset, and move it to its place when all of it is written.

    Raises
    ------
    FileExistsError, StoreError, ValueError
        There is something at `path`; the file system refuses; the suffix is that of another kind of file.
    """
    file = Path(path)
    if file.suffix.lower() in NETCDF:
        _require_free(file, overwrite and file.is_file() and _netcdf().is_saved(file))
        _netcdf().write_netcdf(data, file)
        return
    folder = as_folder(path)
    _require_free(folder, overwrite and format_of(folder) == FORMAT)
    _write_zarr(folder, data, overwrite)
    if not folder.exists():
        raise FileExistsError(f"path {str(path)!r} was made by another process; choose another")


def _require_free(path: Path, replaced: bool) -> None:
    """Raise FileExistsError where something is at a path that is not to be replaced."""
    if path.exists() and not replaced:
        raise FileExistsError(
            f"path {str(path)!r} exists; choose another, remove it, or give overwrite=True, which replaces what `save` "
            "has written"
        )


def format_of(path: str | Path) -> str | None:
    """Return what the journal of a store says that it is; None where there is no journal that can be read."""
    from redfield._base.stores.journal import DamagedError, Journal, is_journaled

    folder = Path(path)
    if not is_journaled(folder):
        return None
    try:
        with contextlib.closing(Journal(folder)) as journal, journal.snapshot():
            header = journal.one("store", "header")
    except DamagedError:
        return None
    return None if header is None else str(json.loads(header).get("format"))


def _write_zarr(folder: Path, data: xr.Dataset, overwrite: bool) -> None:
    from redfield._base.stores.files import new_folder, store_errors, write_files
    from redfield._base.stores.groups import files_of_variables, mark_of
    from redfield._base.stores.journal import MARKER, Journal
    from redfield._base.stores.variables import Variable

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
    with store_errors(folder, "write", resumes=False), new_folder(folder, overwrite=overwrite) as new:
        write_files(new, files)
        Journal.create(new, records)


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
    if folder.is_file() and folder.suffix.lower() in NETCDF:
        return _netcdf().read_netcdf(folder)
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

    @classmethod
    def _kind_of_store(cls) -> str:
        """Return the kind of record that `save` writes and `load` expects."""
        return f"{cls.__module__}.{cls.__qualname__}"

    @classmethod
    def _from_dataset(cls, data: xr.Dataset, path: str | Path, origin: object = None) -> Self:
        """Return the record that `to_xarray` told, which was read at a path, with what it belongs to."""
        raise NotImplementedError

    @checked
    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write everything, bit for bit: to a Zarr folder, or where `path` ends with .nc to a netCDF file.

        A netCDF file has a complex variable as two, ``NAME_re`` and ``NAME_im``. It is netCDF 4 where h5netcdf or
        netCDF4 is installed, else netCDF 3 (SciPy's), and of the suffixes .nc3 and .cdf always the latter.

        Parameters
        ----------
        overwrite : whether what `save` wrote there before is replaced.

        Raises
        ------
        FileExistsError, StoreError, ValueError
            There is something at `path`; the file system refuses; the suffix is that of another kind of file.
        """
        write_dataset(path, self.to_xarray(), overwrite=overwrite)


class Saved(Saving):
    """`save` and `load` of a record of arrays, numbers and words, whose origin a store names and does not hold."""

    origin: ClassVar[str | None] = None
    """The field that is the equation or system which the record belongs to."""
    axes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """The names of the dimensions of its arrays."""

    def to_xarray(self) -> Any:
        """Return an xarray.Dataset: a variable for each array, attributes for what else it holds."""
        variables, rest, attributes = {}, {}, {"kind": self._kind_of_store()}
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if field.name == self.origin:
                attributes |= attributes_of(value, field.name)
            elif isinstance(value, np.ndarray):
                plain = tuple(f"{field.name}_dim_{k}" for k in range(value.ndim))
                variables[field.name] = (self.axes.get(field.name, plain), value)
            else:
                rest[field.name] = value
        attributes["rest"] = json.dumps(rest, default=_as_number)
        return _xarray().Dataset(variables, attrs=attributes)

    @classmethod
    @checked
    def load(cls, path: str | Path, origin: object = None) -> Self:
        """Read a record that `save` wrote; `origin` is the equation or system that it belongs to.

        Without it, the record has the description of it that the store keeps.

        Raises
        ------
        FileNotFoundError, StoreError, ValueError
            There is nothing at `path`; it is damaged; it holds something else, or belongs to another origin.
        """
        data = read_dataset(path)
        require_kind(cls, data, path)
        return cls._from_dataset(data, path, origin)

    @classmethod
    def _from_dataset(cls, data: xr.Dataset, path: str | Path, origin: object = None) -> Self:
        """Return the record that `to_xarray` told, which was read at a path, with what it belongs to."""
        fields = {k: _from_json(v) for k, v in json.loads(data.attrs["rest"]).items()}
        fields |= {str(name): v.values for name, v in data.data_vars.items()}
        if cls.origin is not None:
            fields[cls.origin] = attached(path, data.attrs, cls.origin, origin)
        elif origin is not None:
            raise ValueError(f"a {cls.__qualname__} belongs to no equation, got {origin!r}")
        return cls(**fields)


def require_kind(kind: type[Saving], data: xr.Dataset, path: str | Path) -> None:
    """Raise ValueError where a store holds another kind of record."""
    if (found := data.attrs.get("kind")) != kind._kind_of_store():
        raise ValueError(f"path {str(path)!r} does not hold a {kind.__qualname__}: it is {found!r}")


def kinds_of_records(kind: type[Saving] = Saving) -> dict[str, type[Saving]]:
    """Return all classes of records that are saved, by the kind that their stores have."""
    found: dict[str, type[Saving]] = {}
    for one in kind.__subclasses__():
        found |= {**kinds_of_records(one), one._kind_of_store(): one}
    return found


def _netcdf() -> Any:
    try:
        from redfield._base.stores import netcdf
    except ImportError as error:
        raise ImportError("netCDF files need xarray: pip install 'redfield[sweep]'") from error
    return netcdf


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
