"""What commands that compute share: where they run, and how that ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from redfield.cli.errors import console

if TYPE_CHECKING:
    import xarray as xr

Executor = Annotated[
    str,
    typer.Option(
        help="threads, processes, serial, dask (workers of this machine), or a scheduler's address."
    ),
]


@contextlib.contextmanager
def workers_of(executor: str) -> Iterator[Any]:
    """A name, an address, or "dask": a cluster of this machine's cores."""
    if executor != "dask":
        yield executor
        return
    try:
        from distributed import LocalCluster
    except ImportError:
        raise ValueError("executor dask needs dask: pip install 'redfield[sweep]'") from None
    make: Any = LocalCluster
    # Nothing outside this machine may send work to it.
    with make(threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        console.print(f"dask: {len(cluster.workers)} workers, {cluster.dashboard_link}", highlight=False)
        yield cluster.scheduler_address


def by_part(data: Any) -> dict[str, xr.Dataset]:
    """What a study returns, by the names of its parts."""
    return data if isinstance(data, dict) else {"": data}


def require_done(data: Mapping[str, xr.Dataset]) -> None:
    """Tells what failed and ends with status 1 where anything did."""
    for name, part in data.items():
        if part.attrs["failed"]:
            where = f"{name}: " if name else ""
            console.print(
                f"{where}{part.attrs['failed']} of {part.attrs['points']} points failed", highlight=False
            )
            for told in part.attrs["failures"].splitlines()[:5]:
                console.print(f"  {told}", highlight=False, soft_wrap=True)
    if any(part.attrs["failed"] for part in data.values()):
        raise typer.Exit(1)


def wrote(paths: Sequence[Path]) -> None:
    for path in paths:
        console.print(f"wrote {path}", highlight=False, soft_wrap=True)
