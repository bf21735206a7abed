"""Datasets as netCDF files: complex numbers as two real variables, types that a file has not as others, read back."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from redfield._base.errors import StoreError
from redfield._base.stores.files import replacing, store_errors

EXACT = 2**53
"""The bound below which integers are doubles without loss."""
ENGINES = {"h5netcdf": "h5netcdf", "netcdf4": "netCDF4", "scipy": "scipy"}
"""Engines of xarray and the modules they need; the first that is installed writes, scipy netCDF 3 alone."""
CLASSIC = (".nc3", ".cdf")
"""Suffixes of files of netCDF 3."""
TYPE = "original_dtype"
"""Attribute of a variable that is of another type in the file than in memory."""
NAME = "original_name"
"""Attribute of a variable whose name has characters that a file can not have in names."""
CHECKSUM = "checksum"
"""Attribute of a file: SHA-256 of what is in it, without which it is not one of `save`."""
PARTS = {"_re": "real", "_im": "imag"}
"""Endings of the two variables that a complex one is in a file, and the parts they hold."""


def write_netcdf(data: xr.Dataset, path: Path, engine: str | None = None) -> None:
    """Write a netCDF file, and move it to its place when all of it is written.

    Parameters
    ----------
    engine : of xarray; default the first of h5netcdf, netCDF4 and scipy that is installed, and of a file whose suffix
        is .nc3 or .cdf scipy.

    Raises
    ------
    ValueError
        An integer is too large for the doubles that take the place of integers of 64 bits in netCDF 3; a complex
        variable has parts whose names are taken.
    StoreError
        The file system refuses.
    """
    chosen = engine or ("scipy" if path.suffix.lower() in CLASSIC else installed_engines()[0])
    data = as_real(data)
    names = {name: in_file_name(str(name)) for name in (*data.variables, *data.dims)}
    plain = {}
    for name, v in data.variables.items():
        variable = _plain_variable(str(name), v, chosen)
        if names[name] != name:
            variable.attrs[NAME] = urllib.parse.quote(str(name))
        plain[names[name]] = xr.Variable(
            [names[d] for d in variable.dims], variable.values, variable.attrs
        )
    coords = {name: v for name, v in plain.items() if name in {names[c] for c in data.coords}}
    made = xr.Dataset(
        {name: v for name, v in plain.items() if name not in coords},
        coords,
        _plain_attributes(data.attrs),
    )
    made.attrs[CHECKSUM] = checksum(made)
    with store_errors(path, "write", resumes=False):
        path.parent.mkdir(parents=True, exist_ok=True)
    with store_errors(path, "write", resumes=False), replacing(path) as file:
        unfilled: Any = {name: {"_FillValue": None} for name, v in plain.items() if v.dtype.kind == "f"}
        made.to_netcdf(file, engine=chosen, encoding=unfilled)  # type: ignore[call-overload]


def read_netcdf(path: Path) -> xr.Dataset:
    """Return what `write_netcdf` wrote, in memory, with complex variables and types as they were.

    Raises
    ------
    StoreError
        It can not be read: it is no netCDF file, is damaged, or needs an engine that is not installed.
    """
    error: Exception | None = None
    for engine in installed_engines():
        try:
            # A damaged file that is mapped into memory can not be closed.
            more: Any = {"backend_kwargs": {"mmap": False}} if engine == "scipy" else {}
            with xr.open_dataset(
                path, engine=engine, decode_times=False, mask_and_scale=False, **more
            ) as opened:
                data = opened.load()
                if data.attrs.get(CHECKSUM, "") != checksum(data) and (
                    CHECKSUM in data.attrs or "kind" in data.attrs
                ):
                    raise StoreError(f"{path} is damaged: its content is not that of its checksum")
                return _restored(data)
        except StoreError:
            raise
        except Exception as cause:  # whatever the engines say of a file that is not theirs
            error = error or cause
    raise StoreError(
        f"{path} can not be read as netCDF by {', '.join(installed_engines())} "
        f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}); files of netCDF 4 need "
        "h5netcdf or netCDF4"
    ) from error


def installed_engines() -> list[str]:
    """Return the engines that write and read netCDF here, the one that writes first."""
    return [name for name, module in ENGINES.items() if importlib.util.find_spec(module)]


def checksum(data: xr.Dataset) -> str:
    """Return the SHA-256 of the variables of a file and of its texts."""
    digest = hashlib.sha256()
    for name in sorted(data.variables, key=str):
        variable = data.variables[name]
        values = np.asarray(variable.values)
        if values.dtype.kind in "TOU":
            content = json.dumps(values.astype(object).tolist()).encode()
        else:
            content = values.astype(values.dtype.newbyteorder("<")).tobytes()
        texts = {k: v for k, v in variable.attrs.items() if isinstance(v, str)}
        digest.update(
            json.dumps([str(name), list(map(str, variable.dims)), texts], sort_keys=True).encode()
        )
        digest.update(content)
    texts = {str(k): v for k, v in data.attrs.items() if isinstance(v, str) and k != CHECKSUM}
    digest.update(json.dumps(texts, sort_keys=True).encode())
    return digest.hexdigest()


def is_saved(path: Path) -> bool:
    """Return whether a file is one that `write_netcdf` wrote, undamaged."""
    try:
        return CHECKSUM in read_netcdf(path).attrs
    except (StoreError, OSError):
        return False


def in_file_name(name: str) -> str:
    """Return a name of characters that a path, and a file of netCDF 3, has in names."""
    plain = name.isascii() and not set("/\0") & set(name)
    return name if plain else urllib.parse.quote(name, safe=" ()[]{}<>|+-*=,;:!?@#$&'\"^`~")


def as_real(data: xr.Dataset) -> xr.Dataset:
    """Return a Dataset whose complex variables are two, of their real and imaginary parts.

    Raises
    ------
    ValueError
        The name of a part is taken.
    """
    made: dict[str, Any] = {}
    parts: list[str] = []
    for name, values in data.variables.items():
        if values.dtype.kind != "c":
            continue
        for ending, part in PARTS.items():
            if f"{name}{ending}" in data.variables:
                raise ValueError(
                    f"the complex variable {name!r} is written as {name}_re and {name}_im, and {name}{ending} is taken"
                )
            made[f"{name}{ending}"] = (
                values.dims,
                getattr(values.values, part),
                {**values.attrs, TYPE: values.dtype.name},
            )
            parts += [f"{name}{ending}"] if name in data.coords else []
    return (
        data.drop_vars([n for n, v in data.variables.items() if v.dtype.kind == "c"])
        .assign(made)
        .set_coords(parts)
    )


def _restored(data: xr.Dataset) -> xr.Dataset:
    """Return the variables of a file as they were in memory."""
    renamed = {
        k: urllib.parse.unquote(str(v.attrs[NAME])) for k, v in data.variables.items() if NAME in v.attrs
    }
    for name in renamed:
        del data.variables[name].attrs[NAME]
    data = data.rename(renamed)
    for name, values in list(data.variables.items()):
        dtype = values.attrs.get(TYPE)
        coordinate = name in data.coords
        if values.dtype.kind in "TO":
            text = np.asarray(values.values.tolist(), dtype=np.str_).reshape(values.shape)
            data = _put(data, name, (values.dims, text, values.attrs), coordinate)
        if dtype is None:
            continue
        attributes = {k: v for k, v in values.attrs.items() if k != TYPE}
        if not str(dtype).startswith("complex"):
            plain = values.values.astype(dtype)
            data = _put(data, name, (values.dims, plain, attributes), coordinate)
        elif str(name).endswith("_re"):
            whole = str(name).removesuffix("_re")
            parts = np.empty(values.shape, dtype=dtype)
            parts.real, parts.imag = values.values, data[f"{whole}_im"].values
            data = data.drop_vars([name, f"{whole}_im"])
            data = _put(data, whole, (values.dims, parts, attributes), coordinate)
    return data


def _put(data: xr.Dataset, name: Any, variable: Any, coordinate: bool) -> xr.Dataset:
    return data.assign_coords({name: variable}) if coordinate else data.assign({name: variable})


def _plain_variable(name: str, variable: xr.Variable, engine: str) -> xr.Variable:
    """Return a variable of the types that a file has: those of netCDF 3 where scipy writes."""
    values, attributes = np.asarray(variable.values), _plain_attributes(variable.attrs)
    before = values.dtype
    if before.kind == "b":
        values = values.astype(np.int8)
    elif before.kind == "f" and before.itemsize not in (4, 8):
        values = values.astype(np.float32 if before.itemsize < 4 else np.float64)
    elif engine == "scipy":
        values = _narrow(name, values)
    if values.dtype != before and before.kind != "T":
        attributes.setdefault(TYPE, before.name)
    return xr.Variable(variable.dims, values, attributes)


def _narrow(name: str, values: Any) -> Any:
    """Return values of the types of netCDF 3."""
    kind, size = values.dtype.kind, values.dtype.itemsize
    if kind in "iu" and (kind == "u" or size == 8):
        fits = np.iinfo(np.int32)
        if not values.size or (values.min() >= fits.min and values.max() <= fits.max):
            return values.astype(np.int32)
        if abs(int(values.min())) <= EXACT and int(values.max()) <= EXACT:
            return values.astype(np.float64)
        raise ValueError(
            f"{name!r} holds integers beyond 2**53, which netCDF 3 has not: choose --format csv of `redfield export`, "
            "or a Zarr store"
        )
    return values


def _plain_attributes(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the attributes: numbers, text and lists of numbers as they are, other values as JSON."""
    return {str(key): _plain(value) for key, value in attributes.items()}


def _plain(value: object) -> Any:
    if isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        big = isinstance(value, int) and abs(value) >= 2**31
        return str(value) if big else value
    values = np.asarray(value) if isinstance(value, list | tuple | np.ndarray | np.generic) else None
    if values is not None and values.size and values.dtype.kind == "f":
        return values.astype(np.float64)
    return json.dumps(value, default=str)
