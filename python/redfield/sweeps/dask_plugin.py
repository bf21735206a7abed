"""The plugin by which dask gives a job to every worker, also to those that come later or are started anew."""

from __future__ import annotations

from typing import Any

from redfield.sweeps.dask_jobs import forget, keep

try:
    from distributed import WorkerPlugin
except ImportError as error:
    raise ImportError("dask executors need dask: pip install 'redfield[sweep]'") from error


class JobPlugin(WorkerPlugin):
    """A pickled job that every worker of a cluster keeps by its name."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self._data = name, data

    def setup(self, worker: Any) -> None:
        keep(self.name, self._data)

    def teardown(self, worker: Any) -> None:
        forget(self.name)
