"""Many samples: seeds, a store that survives interruption, and the pool that fills it."""

from redfield.sweep.runner import Task, run
from redfield.sweep.store import CaseStore, SampleStore, open_samples

__all__ = ["CaseStore", "SampleStore", "Task", "open_samples", "run"]
