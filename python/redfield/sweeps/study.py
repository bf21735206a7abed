"""A study: cases, samples of each, and what is computed of a sample."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from redfield.sweeps.executors import pool_of
from redfield.sweeps.files import refusals_told, reserved
from redfield.sweeps.store import Field, SampleStore, writable_case
from redfield.validation import RealArray

try:
    from threadpoolctl import threadpool_limits
except ImportError as error:
    raise ImportError("sweeps need threadpoolctl: pip install 'redfield[sweep]'") from error

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

    def compute_sample(self, case: Case, sample: int) -> dict[str, Any]:
        """One value for each of `fields`, depending on nothing but its arguments."""
        ...


@dataclass(frozen=True)
class StudyJob:
    """A study and its store: what workers compute and write samples of."""

    study: Study
    path: str
    threads: int = 1

    def run(self, case: int, sample: int) -> float:
        """The sample's cost."""
        chosen = self.study.cases()[case]
        values = self.study.compute_sample(chosen, sample)
        writable_case(self.path, chosen.name).write(sample, values)
        return chosen.cost


def total_cost(study: Study) -> float:
    return sum(case.cost * case.samples for case in study.cases())


def missing(store: SampleStore, study: Study) -> list[tuple[int, int]]:
    """The cases and samples that are not stored yet."""
    tasks = []
    for i, case in enumerate(study.cases()):
        where = store.case(case.name, case.samples, case.attributes)
        tasks += [(i, int(sample)) for sample in np.flatnonzero(~where.complete()[: case.samples])]
    return tasks


def compute(
    study: Study,
    directory: Path,
    *,
    threads: int | None = None,
    executor: Any = "threads",
    advance: Callable[[float], object] = lambda cost: None,
) -> Path:
    """Fill `directory`/samples.zarr, keeping what is there, on so many threads or workers of an executor (see
    `redfield.sweep`). `advance` gets each sample's cost."""
    path = directory / STORE
    with refusals_told(directory, "make"):
        directory.mkdir(parents=True, exist_ok=True)
    with (
        reserved(path),
        contextlib.closing(pool_of(executor, threads, 1)) as pool,
        threadpool_limits(1),  # BLAS threads would compete with the pool for the cores
    ):
        tasks = missing(SampleStore(path, study.physics(), study.times(), study.fields), study)
        cases = study.cases()
        advance(total_cost(study) - sum(cases[case].cost for case, _ in tasks))
        for cost in pool.run(StudyJob(study, str(path.resolve())), tasks):
            advance(cost)
    return path
