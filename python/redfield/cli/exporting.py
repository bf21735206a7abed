"""Sweeps as tables."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from redfield._base.stores.files import replacing
from redfield._base.stores.netcdf import as_real, in_file_name


def write_tables(data: xr.Dataset, path: Path, numbered: bool) -> list[Path]:
    """Write a table of each variable, to `path` if it is the only one, else with "-variable" before its suffix."""
    data, written = as_real(data), []
    for name in data.data_vars:
        several = numbered or len(data.data_vars) > 1
        file = path.with_name(f"{path.stem}-{in_file_name(str(name))}{path.suffix}") if several else path
        table = data[name].to_dataframe()[[name]]
        with replacing(file) as made:
            table.to_csv(made)
        written.append(file)
    return written
