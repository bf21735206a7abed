"""Jobs that lie with the workers of a dask cluster, so that a task carries its job's name alone.

A job holds the grid and whatever its point function does: eight megabytes for a million values of an axis, which the
scheduler would else hold and hand on with each of 16 tasks a worker.
"""

from __future__ import annotations

from redfield._base.errors import SweepError

_jobs: dict[str, bytes] = {}
"""The pickled jobs of this worker, by their names."""


def keep(name: str, data: bytes) -> None:
    """Have this worker know a job by its name."""
    _jobs[name] = data


def forget(name: str) -> None:
    """Have this worker know a job no longer."""
    _jobs.pop(name, None)


def job_of(data: bytes | str) -> bytes:
    """Return the pickled job that a name stands for; a pickled job stands for itself.

    Raises
    ------
    SweepError
        This worker does not have it.
    """
    if isinstance(data, bytes):
        return data
    try:
        return _jobs[data]
    except KeyError:
        raise SweepError(f"a worker of dask does not have the job {data!r} of its task") from None
