"""Jobs as bytes for other processes."""

from __future__ import annotations

import functools
from typing import Any

from redfield._base.errors import SweepError


def pickled(job: object) -> bytes:
    """Return a job for other processes, functions of scripts and notebooks included.

    Raises
    ------
    TypeError
        It holds something that can not be sent.
    """
    try:
        import cloudpickle
    except ImportError:
        raise ImportError("processes need cloudpickle: pip install 'redfield[sweep]'") from None
    try:
        data: bytes = cloudpickle.dumps(job)
    except Exception as error:  # whatever an object's own pickling raises
        raise TypeError(
            f"point can not be sent to other processes ({type(error).__name__}: {error}): make what it needs inside "
            'it, or use executor="threads"'
        ) from error
    return data


def run_pickled(data: bytes, task: object) -> Any:
    """Compute a task in another process."""
    return unpickled(data).run(task)


@functools.lru_cache(maxsize=8)
def unpickled(data: bytes) -> Any:
    """Return the job, and limit the threads of this process for it."""
    import cloudpickle
    from threadpoolctl import threadpool_limits

    try:
        job = cloudpickle.loads(data)
    except ImportError as error:
        raise SweepError(
            f"a worker can not load the point function ({error}): install its module there too"
        ) from error
    threadpool_limits(job.threads)  # for as long as this process lives: it costs more than a small block
    return job
