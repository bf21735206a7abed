"""`redfield run STUDY`, and the computing of a study's parts: where, into which stores, and how that ends."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from redfield.cli.errors import errors
from redfield.cli.output import line, say

if TYPE_CHECKING:
    import xarray as xr

EXECUTORS = "threads, processes, serial, dask (workers of this machine), or a scheduler's address."
Executor = Annotated[str, typer.Option(help=EXECUTORS)]
SCHEMES = ("tcp", "tls", "ws", "wss", "ucx")
"""Schemes of the addresses of schedulers."""
FEW = 5
"""Failures of a part that are told."""


@contextlib.contextmanager
def workers_of(executor: str) -> Iterator[Any]:
    """Yield the name or address of an executor; for "dask" the address of a cluster of this machine's cores."""
    if executor != "dask":
        scheme, separator, _ = executor.partition("://")
        if separator and scheme not in SCHEMES:
            raise ValueError(
                f"executor must be an address that begins with {', '.join(SCHEMES)} and ://, got {executor!r}"
            )
        yield executor
        return
    from redfield.sweeps.dask_pool import local_cluster

    with local_cluster() as cluster:
        say(f"dask: {len(cluster.workers)} workers, {cluster.dashboard_link}")
        yield cluster.scheduler_address


def computed(
    contents: Mapping[str, Any], store: Path, who: str, executor: str, **options: Any
) -> tuple[Path, dict[str, xr.Dataset]]:
    """Return the checked path of a study's store, and the Datasets of its parts by their names.

    The name of the Dataset of a study without parts is "".
    """
    from redfield._base.stores.saved import as_folder
    from redfield.studies import toml

    path = as_folder(store, who)
    with workers_of(executor) as where:
        data = toml.run(contents, path, executor=where, progress=True, **options)
    parts: dict[str, xr.Dataset] = data if isinstance(data, dict) else {"": data}
    return path, parts


def require_done(data: Mapping[str, xr.Dataset]) -> None:
    """Tell the failures and end with status 1 where any point failed."""
    for name, part in data.items():
        if part.attrs["failed"]:
            where = f"{name}: " if name else ""
            say(f"{where}{part.attrs['failed']} of {part.attrs['points']} points failed")
            told = part.attrs.get("failures", [])  # a list, or lines
            for one in (told.split("\n") if isinstance(told, str) else told)[:FEW]:
                say(f"  {line(one)}")
    if any(part.attrs["failed"] for part in data.values()):
        raise typer.Exit(1)


@errors()
def run(
    study: Annotated[Path, typer.Argument(help="A study in TOML, see docs/studies.md.")],
    store: Annotated[
        Path | None,
        typer.Option(help="Default the study's name with .zarr, here; of a study in parts a directory."),
    ] = None,
    preset: Annotated[str | None, typer.Option(help="One of the presets of the file.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="ENTRY=VALUE, such as baths[0].beta=2.0.")
    ] = None,
    executor: Executor = "threads",
    workers: Annotated[int | None, typer.Option(help="Default one a core.")] = None,
    retry: Annotated[bool, typer.Option(help="Compute points that failed again.")] = False,
    extend: Annotated[
        bool, typer.Option(help="Add values and samples that the store does not have.")
    ] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Run point functions that lie outside the current folder.")
    ] = False,
) -> None:
    """Compute what is missing of a study."""
    from redfield.studies import toml

    raw = toml.load(study, preset, dict(_setting(text) for text in set_ or ()))
    toml.require_trusted(raw, trust)  # before a cluster is started
    path, data = computed(
        raw, store or Path(study.stem + ("" if "parts" in raw else ".zarr")), "store", executor,
        trust=trust, workers=workers, retry=retry, extend=extend,
    )  # fmt: skip
    for name, part in data.items():
        place = f"{path / name}.zarr" if name else path
        say(f"{place}: {part.attrs['points']} points, {part.attrs['failed']} failed")
    require_done(data)


def _setting(text: str) -> tuple[str, Any]:
    """Return an entry and its value, which is text where it is no TOML."""
    place, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--set must be ENTRY=VALUE, got {text!r}")
    try:
        return place.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return place.strip(), value.strip()
