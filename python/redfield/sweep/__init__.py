"""Many samples: a resumable store, a pool of threads, and studies made of both."""

from redfield.sweep.runner import Task, run
from redfield.sweep.store import CaseStore, Field, SampleStore, StoreError, open_samples
from redfield.sweep.study import Case, Study, compute, missing, total_cost

__all__ = [
    "Case",
    "CaseStore",
    "Field",
    "SampleStore",
    "StoreError",
    "Study",
    "Task",
    "compute",
    "missing",
    "open_samples",
    "run",
    "total_cost",
]
