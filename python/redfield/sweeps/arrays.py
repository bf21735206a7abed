"""The small files of a sweep's Zarr group: metadata of every array, and the coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redfield._base.stores.groups import Files, Variable, add, consolidated, empty, group_of
from redfield.sweeps.grid import Blocks, Grid
from redfield.sweeps.values import Returned, Schema

STATUS = "status"
"""Variable that tells of each point whether it is missing, done or failed."""


def files_of_sweep(
    grid: Grid, schema: Schema, blocks: Blocks, coordinates: Returned, attributes: Mapping[str, Any]
) -> Files:
    """Return a group whose variables lie over the grid, one chunk a block, with no chunk written."""
    files: dict[str, Any] = {}
    group = group_of(files, attributes)
    axes = {axis.name: Variable((axis.name,), axis.values, axis.attributes) for axis in grid.axes}
    for name, variable in (axes | coordinates.coordinates).items():
        add(group, name, variable)
    told = {"coordinates": " ".join(schema.coordinates)} if schema.coordinates else {}
    for name, v in schema.variables.items():
        empty(
            group,
            name,
            (*grid.dims, *v["dims"]),
            (*blocks.shape, *v["shape"]),
            (*blocks.chunk, *v["shape"]),
            v["dtype"],
        )
        group[name].attrs.update({**v["attributes"], **told})
    empty(group, STATUS, grid.dims, blocks.shape, blocks.chunk, "i1")
    group[STATUS].attrs.update({"flag_values": [0, 1, 2], "flag_meanings": "missing done failed"})
    return consolidated(files)
