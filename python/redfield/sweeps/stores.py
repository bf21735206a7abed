"""What is in a store, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from redfield.sweeps.errors import StoreError
from redfield.sweeps.points import DONE, FAILED
from redfield.sweeps.region_store import RegionStore


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
    found = store.survey()
    grid = store.grid
    return Status(
        store.path,
        grid.size,
        int((found.status == DONE).sum()),
        int((found.status == FAILED).sum()),
        len(store.blocks),
        found.damaged,
        [f"{grid.told(f.index)}: {f.message}" for task in found.failures.values() for f in task],
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
    damaged = store.survey().damaged
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
