"""Whether names and attributes of what a point returns come back from a store as they went in."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from redfield._base.stores.contents import Contents
from redfield._base.stores.groups import files_of_variables
from redfield._base.stores.variables import Array, Variable
from redfield.sweeps.grid import Grid
from redfield.sweeps.values import Returned

Variables = Mapping[str, Variable]

OWN = frozenset({"status", ".redfield"})
"""Variables that a sweep adds itself."""
OWN_ATTRIBUTES = frozenset(
    {
        "arguments", "batch", "code", "commit", "core", "damaged", "failed", "failures", "host", "hosts", "key",
        "numpy", "point", "points", "python", "redfield", "runs", "samples", "seed", "sweep", "provenance", "threads",
    }
)  # fmt: skip
"""Attributes that a sweep gives its Dataset."""
LONGEST = 200
"""Bytes of a name: file systems have 255."""


def require_kept(returned: Returned, grid: Grid, *, batch: bool) -> None:
    """Compare what a point returned with what `xarray.open_zarr` reads of it, written with the axes into memory.

    Raises
    ------
    ValueError
        A name or an attribute is changed, or stands for something else there; the message names it.
    """
    for kind, group in (("variable", returned.variables), ("coordinate", returned.coordinates)):
        for name, variable in group.items():
            _require_name(kind, name, grid)
            for dim in variable.dims:
                if dim in grid.dims:
                    raise ValueError(
                        f"{name!r} has the dimension {dim!r}, which is one of the sweep; rename it"
                    )
    taken = sorted(OWN_ATTRIBUTES & {*returned.attributes})
    if taken:
        raise ValueError(
            f"the Dataset that a point returns has the attribute {taken[0]!r}, a name of the sweep; rename it"
        )
    variables, coordinates = _tiny(returned, grid, batch)
    reason = _change(variables, coordinates)
    if reason:
        _find(variables, coordinates)
        raise ValueError(f"what a point returns would not come back from a store as it is: {reason}")


def _require_name(kind: str, name: str, grid: Grid) -> None:
    if name in OWN or name in grid.dims:
        raise ValueError(f"a point returns {name!r}, which is a name of the sweep; rename it")
    why = ""
    if name.strip(". ") == "" or name.startswith("__") or name == "zarr.json":
        why = "Zarr keeps such names for itself"
    elif any(c in "/\\" or not c.isprintable() for c in name):
        why = "it has a slash, or a character that is not printed"
    elif len(name.encode()) > LONGEST:
        why = f"it is longer than {LONGEST} bytes"
    elif kind == "coordinate" and any(c.isspace() for c in name):
        why = "coordinates are listed with spaces between them"
    if why:
        shown = repr(name) if len(name) <= LONGEST else repr(name[:40]) + "…"
        raise ValueError(f"a point returns the {kind} {shown}, which can not be stored: {why}; rename it")


def _tiny(returned: Returned, grid: Grid, batch: bool) -> tuple[dict[str, Variable], dict[str, Variable]]:
    """One point of the grid, with the first entries of each array; numbers stand for text."""
    ones = (1,) * len(grid.dims)
    variables = {}
    for name, v in returned.variables.items():
        values = _corner(v.values[0] if batch else v.values)
        variables[name] = Variable(
            (*grid.dims, *v.dims), values.reshape((*ones, *values.shape)), v.attributes
        )
    axes = {axis.name: axis.variable._replace(values=axis.values[:1]) for axis in grid.axes}
    coordinates = {
        name: c._replace(values=_numbers(_corner(c.values)))
        for name, c in {**axes, **returned.coordinates}.items()
    }
    return variables, coordinates


def _corner(values: Array) -> Array:
    return np.asarray(values)[(slice(2),) * np.ndim(values)]


def _numbers(values: Array) -> Array:
    return np.arange(values.size).reshape(values.shape) if values.dtype.kind == "U" else values


def _change(variables: Variables, coordinates: Variables) -> str:
    """Return what is changed, in words; nothing where all comes back."""
    try:
        before = xr.Dataset(variables, coordinates)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            files = files_of_variables(variables, coordinates, {})
            after = Contents(Path(), files, {}).dataset().load()
    except Exception as error:  # whatever xarray, zarr and the codecs say
        return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"
    if {*before.variables} != {*after.variables} or {*before.coords} != {*after.coords}:
        lost = sorted({*before.variables} ^ {*after.variables} or {*before.coords} ^ {*after.coords})
        return f"{lost[0]!r} is read as something else"
    for name in before.variables:
        one, other = before[name].variable, after[name].variable
        if one.dtype != other.dtype:
            return f"{name!r} of type {one.dtype} is read as {other.dtype}"
        same: Any = one.identical
        if not same(other):
            return f"{name!r} is read with other values or attributes"
    return ""


def _find(variables: Variables, coordinates: Variables) -> None:
    """ValueError that names the attribute or the variable that does not come back, where one alone does not."""
    for kind, group in (("variable", variables), ("coordinate", coordinates)):
        for name, v in group.items():
            for key, value in v.attributes.items():
                reason = _alone(kind, name, v._replace(attributes={key: value}))
                if reason and not _alone(kind, name, v._replace(attributes={})):
                    raise ValueError(
                        f"the attribute {key!r} = {value!r} of the {kind} {name!r} would not come back from a store, "
                        f"where it says how values are decoded ({reason}); rename or drop it"
                    )
            reason = _alone(kind, name, v)
            if reason:
                raise ValueError(
                    f"the {kind} {name!r} would not come back from a store ({reason}); rename it"
                )


def _alone(kind: str, name: str, variable: Variable) -> str:
    one = {name: variable}
    return _change(one, {}) if kind == "variable" else _change({}, one)
