"""The call `redfield.sweep`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redfield._base.checks import as_count, as_positive, as_seed, checked
from redfield._base.checks.types import IntegerSeed
from redfield._base.progress import Progress

if TYPE_CHECKING:
    import xarray as xr


@checked
def sweep(
    point: Callable[..., Any],
    axes: Mapping[str, Any],
    *,
    samples: int | None = None,
    seed: IntegerSeed = 0,
    store: str | Path | None = None,
    executor: object = "threads",
    workers: int | None = None,
    threads: int = 1,
    batch: bool = False,
    retry: bool = False,
    extend: bool = False,
    progress: Progress = False,
    points_a_task: int | None = None,
    timeout: float | None = None,
    key: str | None = None,
) -> xr.Dataset:
    """Compute a function at every combination of parameters, so many samples of each, on any number of workers.

    Each point is computed once. With a store nothing that is finished is lost: kill the driver, a worker or a
    scheduler, fill the disk, flip a bit of a chunk, and the same call computes what is missing and returns bit for bit
    what an undisturbed run does, whatever the order and the number of workers.

    Parameters
    ----------
    point : ``point(**parameters)`` or ``point(**parameters, rng=…)``; returns a dict of numbers and arrays, an
        xarray.Dataset, a Result, or a SteadyState, of the same shapes everywhere. Units and names of dimensions are
        those of what it returns (values of the dict may be DataArrays).
    axes : the values of each parameter, numbers or strings; DataArrays keep their attributes.
    samples : points of each combination, along the dimension "sample".
    seed : int, SeedSequence or Generator, of the numpy.random.Generator that `rng` is, its own for each point and the
        same in every run. A Generator gives another seed at each call, so that a store is not resumed with it.
    store : a Zarr directory, resumed where it is there, and shared by all drivers that are given it; default memory.
    executor : "threads", "processes", "serial", "dask" (workers of this machine, which end with the sweep; a script
        then needs ``if __name__ == "__main__":``), a dask Client or the address of a scheduler, or any
        concurrent.futures.Executor. A point that raises anything has failed, and the others go on. So has one that ends
        its process (os._exit, a segmentation fault, no memory left) with "processes" and dask, once it has done so
        again; "serial" and "threads" run in this process, which would end with it.
    workers : default as many as there are cores for `threads` each.
    threads : of one worker, for the products inside a point. Workers times threads do not exceed the cores by default;
        the attribute "runs" says what was chosen.
    batch : whether `point` takes arrays of parameters (b,), and `rng` a list of b, and returns arrays with that leading
        axis, as equations of a SystemBatch do.
    retry : whether points that failed are computed again.
    extend : whether values and samples that the store does not have are added to it; what it has is kept, and what is
        returned is what was asked for. Without it a store of other axes is refused.
    progress : True for a bar or lines, or a function of the fraction done.
    points_a_task : default as many as take about a second, measured.
    timeout : the seconds that a point may take; one that takes longer is ended, and has failed. Of a batch it is that
        of a call over its members. Only processes can be ended: with "processes" and dask, whose workers then compute
        in processes of their own.
    key : stands for the point function in the identity of the store, for functions that hold what has no token in
        another process (an open file, a lock, a client). Whoever gives it changes it when the function changes.

    Returns
    -------
    xarray.Dataset : variables over the axes, "sample", and their own dimensions, lazily of a store; `status` is 1 where
        a point is done and 2 where it failed. Attributes tell version, commit, seed, hosts, times and failures.

    Raises
    ------
    StoreError
        The store can not be read or written, or holds another sweep; the message shows the difference.
    SweepError
        All points fail, or the workers are gone.
    TypeError, ValueError
        An argument does not fit; `point` can not be sent to other processes, or with a store has no token and no key
        is given; what a point returns would not come back from a store as it went in.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> def point(beta, strength):
    ...     bath = rf.OhmicBath(strength=strength, cutoff=10.0, beta=beta)
    ...     qubit = rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], bath)
    ...     return {"excited": rf.Davies(qubit).steady_state().state[0, 0].real}
    >>> ds = sweep(point, {"beta": [0.5, 1.0, 2.0], "strength": [0.01, 0.02]})
    >>> ds.excited.dims, ds.excited.sel(strength=0.01).values.round(4)
    (('beta', 'strength'), array([0.3775, 0.2689, 0.1192]))
    """
    from redfield.sweeps.driver import run  # where xarray and zarr are
    from redfield.sweeps.grid import Grid
    from redfield.sweeps.plan import Plan
    from redfield.sweeps.points import Work

    if key is not None and not key.strip():
        raise TypeError(f"key must be a text that is not empty, got {key!r}")
    grid = Grid.of(axes, samples, as_seed("seed", seed))
    _require_parameters(point, [axis.name for axis in grid.axes])
    plan = Plan(
        Work(point, grid, batch),
        executor,
        None if workers is None else as_count("workers", workers),
        as_count("threads", threads),
        retry,
        progress,
        None if points_a_task is None else as_count("points_a_task", points_a_task),
        extend,
        None if timeout is None else as_positive("timeout", timeout),
        key,
    )
    return run(plan, store)


def _require_parameters(point: Callable[..., object], names: list[str]) -> None:
    """Raise TypeError unless the function takes the axes, and needs nothing else."""
    signature = inspect.signature(point)
    rng = [name for name in ("rng",) if name in signature.parameters]
    try:
        signature.bind(**dict.fromkeys([*names, *rng]))
    except TypeError as error:
        raise TypeError(
            f"point({', '.join(signature.parameters)}) does not fit the axes {names}: {error}"
        ) from None
