"""What commands that compute share: where they run, and how that ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from redfield.cli.output import line, say

if TYPE_CHECKING:
    import xarray as xr

Executor = Annotated[
    str,
    typer.Option(
        help="threads, processes, serial, dask (workers of this machine), or a scheduler's address."
    ),
]

SCHEMES = ("tcp", "tls", "ws", "wss", "ucx")
"""Schemes of the addresses of schedulers."""


@contextlib.contextmanager
def workers_of(executor: str) -> Iterator[Any]:
    """A name, an address, or "dask": a cluster of this machine's cores."""
    if executor != "dask":
        scheme, separator, _ = executor.partition("://")
        if separator and scheme not in SCHEMES:
            raise ValueError(
                f"executor must be an address that begins with {', '.join(SCHEMES)} and ://, got {executor!r}"
            )
        yield executor
        return
    from distributed import LocalCluster

    make: Any = LocalCluster
    # Nothing outside this machine may send work to it.
    with make(threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster:
        say(f"dask: {len(cluster.workers)} workers, {cluster.dashboard_link}")
        yield cluster.scheduler_address


def by_part(data: Any) -> dict[str, xr.Dataset]:
    """What a study returns, by the names of its parts."""
    return data if isinstance(data, dict) else {"": data}


def require_done(data: Mapping[str, xr.Dataset]) -> None:
    """Tells what failed and ends with status 1 where anything did."""
    for name, part in data.items():
        if part.attrs["failed"]:
            where = f"{name}: " if name else ""
            say(f"{where}{part.attrs['failed']} of {part.attrs['points']} points failed")
            for told in _failures(part)[:5]:
                say(f"  {line(told)}")
    if any(part.attrs["failed"] for part in data.values()):
        raise typer.Exit(1)


def _failures(part: xr.Dataset) -> list[str]:
    """The messages of points that failed, which a Dataset has as a list or as lines."""
    told = part.attrs.get("failures", [])
    return told.split("\n") if isinstance(told, str) else list(told)


def wrote(paths: Sequence[Path]) -> None:
    for path in paths:
        say(f"wrote {path}")
