"""Datasets as files that hold less than Zarr: netCDF 3 and tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from redfield._base.stores.files import replacing

EXACT = 2**53
"""The bound below which integers are doubles without loss."""


def write_netcdf(data: xr.Dataset, path: Path) -> list[Path]:
    """Write a netCDF 3 file.

    Raises
    ------
    ValueError
        An integer is too large for the doubles that take the place of integers of 64 bits.
    """
    names = {name: in_file_name(str(name)) for name in (*data.variables, *data.dims)}
    data = _real(data).rename(
        {k: v for k, v in names.items() if k != v and (k in data.variables or k in data.dims)}
    )
    plain = {name: _narrow(str(name), v) for name, v in data.variables.items()}
    coords = {name: v for name, v in plain.items() if name in data.coords}
    made = xr.Dataset(
        {name: v for name, v in plain.items() if name not in coords},
        coords,
        _plain_attributes(data.attrs),
    )
    with replacing(path) as file:
        made.to_netcdf(file, engine="scipy")
    return [path]


def write_tables(data: xr.Dataset, path: Path, numbered: bool) -> list[Path]:
    """Write a table of each variable, to `path` if it is the only one, else with "-variable" before its suffix."""
    data, written = _real(data), []
    for name in data.data_vars:
        several = numbered or len(data.data_vars) > 1
        file = path.with_name(f"{path.stem}-{in_file_name(str(name))}{path.suffix}") if several else path
        table = data[name].to_dataframe()[[name]]
        with replacing(file) as made:
            table.to_csv(made)
        written.append(file)
    return written


def in_file_name(name: str) -> str:
    """Return a name without the characters that end it in a path."""
    return (
        name.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")
        if set("/\0") & set(name)
        else name
    )


def _real(data: xr.Dataset) -> xr.Dataset:
    """Return a Dataset whose complex variables are two, of their real and imaginary parts."""
    made: dict[str, Any] = {}
    for name, values in data.data_vars.items():
        if values.dtype.kind == "c":
            made |= {f"{name}_re": values.real, f"{name}_im": values.imag}
        else:
            made[str(name)] = values
    return data.drop_vars(list(data.data_vars)).assign(made)


def _narrow(name: str, variable: xr.Variable) -> xr.Variable:
    """Return a variable of the types of netCDF 3."""
    values, attributes = np.asarray(variable.values), _plain_attributes(variable.attrs)
    kind, size = values.dtype.kind, values.dtype.itemsize
    if kind in "iu" and (kind == "u" or size == 8):
        fits = np.iinfo(np.int32)
        if not values.size or (values.min() >= fits.min and values.max() <= fits.max):
            values = values.astype(np.int32)
        elif abs(int(values.min())) <= EXACT and int(values.max()) <= EXACT:
            values = values.astype(np.float64)
        else:
            raise ValueError(
                f"{name!r} holds integers beyond 2**53, which netCDF 3 has not: choose --format csv"
            )
    elif kind == "f" and size not in (4, 8):
        values = values.astype(np.float32 if size < 4 else np.float64)
    elif kind == "b":
        values = values.astype(np.int8)
    return xr.Variable(variable.dims, values, attributes)


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
