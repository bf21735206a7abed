"""A study: cases, samples of each, and what is computed of a sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from redfield import _core
from redfield.sweeps.files import refusals_told, reserved
from redfield.sweeps.runner import Task, run
from redfield.sweeps.store import Field, SampleStore
from redfield.validation import RealArray

STORE = "samples.zarr"


@dataclass(frozen=True)
class Case:
    """One group of a store. `cost` is the relative work of a sample; `attributes` are kept with it."""

    name: str
    samples: int
    cost: float
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Study(Protocol):
    """What a run computes."""

    @property
    def fields(self) -> Mapping[str, Field]:
        """What is stored of each sample."""
        ...

    def physics(self) -> dict[str, Any]:
        """What two runs must share to share a store."""
        ...

    def times(self) -> RealArray:
        """Of the fields that are curves."""
        ...

    def cases(self) -> Sequence[Case]: ...

    def compute_sample(self, case: Case, sample: int, stop: _core.StopFlag) -> dict[str, Any]:
        """One value for each of `fields`, depending on nothing but its arguments."""
        ...


def total_cost(study: Study) -> float:
    return sum(case.cost * case.samples for case in study.cases())


def missing(store: SampleStore, study: Study) -> list[Task]:
    """The samples that are not stored yet."""
    tasks: list[Task] = []
    for case in study.cases():
        where = store.case(case.name, case.samples, case.attributes)
        for sample in np.flatnonzero(~where.complete()[: case.samples]).tolist():
            tasks.append(Task(partial(study.compute_sample, case, sample), where, sample, case.cost))
    return tasks


def compute(
    study: Study,
    directory: Path,
    *,
    threads: int | None = None,
    advance: Callable[[float], object] = lambda cost: None,
) -> Path:
    """Fill `directory`/samples.zarr, keeping what is there. `advance` gets each sample's cost."""
    path = directory / STORE
    with refusals_told(directory, "make"):
        directory.mkdir(parents=True, exist_ok=True)
    with reserved(path):
        tasks = missing(SampleStore(path, study.physics(), study.times(), study.fields), study)
        advance(total_cost(study) - sum(task.cost for task in tasks))
        run(tasks, threads=threads, advance=advance)
    return path
