"""What is in a store, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from redfield.sweeps.errors import StoreError
from redfield.sweeps.grid import Axis, Grid
from redfield.sweeps.region_store import RegionStore
from redfield.sweeps.work import DONE, FAILED, Failure


@dataclass(frozen=True)
class Status:
    """How far a sweep is."""

    path: Path
    points: int
    done: int
    failed: int
    blocks: int
    damaged: list[int]
    failures: list[str]
    identity: dict[str, Any]
    provenance: dict[str, Any]

    @property
    def missing(self) -> int:
        return self.points - self.done - self.failed


def status(path: str | Path) -> Status:
    """Of the store at a path; every block is read and checked.

    Raises
    ------
    StoreError
        There is none, or it can not be read.
    """
    store = _opened(path)
    whole, damaged = store.written()
    counts = {DONE: 0, FAILED: 0}
    failures: list[Failure] = []
    for task in whole:
        block = store.read(task)
        for kind in counts:
            counts[kind] += int((block.status == kind).sum())
        failures += block.failures
    grid = _grid(store)
    return Status(
        store.path,
        int(np.prod(store.blocks.shape)),
        counts[DONE],
        counts[FAILED],
        len(store.blocks),
        damaged,
        [f"{grid.told(f.point)}: {f.message}" for f in failures],
        store.identity,
        store.provenance,
    )


def opened(path: str | Path) -> xr.Dataset:
    """The Dataset of a store, lazily, points that are not done being nan.

    Raises
    ------
    StoreError
        There is none, or a block of it is damaged.
    """
    store = _opened(path)
    _, damaged = store.written()
    if damaged:
        raise StoreError(
            f"{path}: {len(damaged)} damaged blocks ({damaged[:8]}); run the sweep again to mend them"
        )
    data = store.dataset()
    return data.assign_attrs(point=store.identity["point"], seed=store.identity["seed"])


def _opened(path: str | Path) -> RegionStore:
    store = RegionStore.found(Path(path).resolve())
    if store is None:
        raise StoreError(f"there is no store of a sweep at {path}")
    return store


def _grid(store: RegionStore) -> Grid:
    axes = tuple(Axis(name, np.array(values), {}) for name, values in store.identity["axes"].items())
    return Grid(axes, store.identity["samples"], store.identity["seed"])
