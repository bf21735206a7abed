"""The contents of a store, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from redfield._base.errors import StoreError
from redfield.sweeps.points import DONE
from redfield.sweeps.store import Store

LISTED = 1000
"""Failures that are shown."""
KINDS = {"failure": "", "death": "death: ", "timeout": "timeout: "}
"""How a point failed, as it stands before the message: it raised, its process died, or it took too long."""


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
    runs: list[dict[str, Any]]

    @property
    def missing(self) -> int:
        return self.points - self.done - self.failed


def status(path: str | Path) -> Status:
    """Return how far the sweep of the store at a path is; every block is read and checked, and nothing is written.

    Raises
    ------
    StoreError
        There is none, or it can not be read.
    """
    store = Store.existing(Path(path).resolve()).checked()
    states = store.status.copy()
    for task in store.damaged:
        states[store.blocks.region(task)] = 0
    return Status(
        store.path,
        store.grid.size,
        int((states == DONE).sum()),
        store.failed,
        len(store.blocks),
        list(store.damaged),
        [f"{store.grid.label(f.index)}: {KINDS[f.kind]}{f.message}" for f in store.failures(LISTED)],
        store.identity,
        list(store.runs),
    )


def opened(path: str | Path) -> xr.Dataset:
    """Return the Dataset of a store, lazily, points that are not done being nan.

    Raises
    ------
    StoreError
        There is none, or a block of it is damaged.
    """
    store = Store.existing(Path(path).resolve()).checked()
    if store.damaged:
        raise StoreError(
            f"{path}: {len(store.damaged)} damaged blocks ({list(store.damaged[:8])}); run the sweep again to mend them"
        )
    return store.dataset().assign_attrs(point=store.identity["point"], seed=store.identity["seed"])
