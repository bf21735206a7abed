"""`redfield status`, `export` and `plot`: the stores of sweeps."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from redfield.cli.errors import errors
from redfield.cli.extras import require
from redfield.cli.output import line, say, say_facts

if TYPE_CHECKING:
    from redfield.sweeps.stores import Status

StorePath = Annotated[Path, typer.Argument(help="The store of a sweep, a Zarr directory.")]
SUFFIXES = {"netcdf": (".nc", ".nc3", ".cdf"), "csv": (".csv",)}
"""Suffixes of the files that formats are written to; the first is the default."""
PICTURES = (".pdf", ".svg", ".png")
FEW = 10
"""Failures, damaged blocks and runs that `redfield status` lists."""


@errors()
def status(store: StorePath) -> None:
    """Show how far a sweep is; every block is checked."""
    from redfield.sweeps import stores

    found = stores.status(store)
    say_facts(
        {
            "store": found.path,
            "point": line(str(found.identity.get("point", found.identity.get("name", "?")))),
            "points": f"{found.points} in {found.blocks} blocks",
            "done": found.done,
            "failed": found.failed,
            "missing": found.missing,
            "damaged blocks": _listed(found.damaged) or "none",
            "runs": _runs(found) or "none yet",
            "redfield": found.identity["redfield"],
        }
    )
    for told in found.failures[:FEW]:
        say(f"  {line(told)}")
    if found.failed > FEW:
        say(f"  … and {found.failed - FEW} more")


def _listed(blocks: list[int]) -> str:
    more = f" and {len(blocks) - FEW} more" if len(blocks) > FEW else ""
    return ", ".join(map(str, blocks[:FEW])) + more


def _runs(found: Status) -> str:
    """Return the last runs, one a line."""
    earlier = [f"{len(found.runs) - FEW} earlier"] if len(found.runs) > FEW else []
    told = [f"{r['started']}: {r['parallel']}, {r['seconds']:.3g} s" for r in found.runs[-FEW:]]
    return "\n".join(earlier + told)


@errors()
def export(
    store: StorePath,
    format: Annotated[str, typer.Option("--format", help="netcdf or csv.")] = "netcdf",
    output: Annotated[Path | None, typer.Option(help="Default the store's name, here.")] = None,
) -> None:
    """Write a sweep as one netCDF file, or a table of each variable; complex numbers as two."""
    from redfield._base.stores.netcdf import write_netcdf
    from redfield.cli.exporting import write_tables
    from redfield.sweeps import stores

    if format not in SUFFIXES:
        raise ValueError(f"format must be netcdf or csv, got {format!r}")
    path = _file(store, output, SUFFIXES[format])
    data = stores.opened(store).load()
    if format == "netcdf":
        write_netcdf(data, path, "scipy")
        say(f"{path}")
        return
    for file in write_tables(data, path, output is None):
        say(f"{file}")


@errors()
def plot(
    store: StorePath,
    variable: Annotated[
        str | None, typer.Option(help="Default the first over time, else the first.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="A .pdf, .svg or .png; default the store's name.")
    ] = None,
) -> None:
    """Draw a variable of a sweep over time or over its first axis, averaged over samples."""
    require("matplotlib")
    from redfield.cli.picture import draw_sweep
    from redfield.sweeps import stores

    path = _file(store, output, PICTURES)
    draw_sweep(stores.opened(store), variable).savefig(path)
    say(f"{path}")


def _file(store: Path, output: Path | None, suffixes: tuple[str, ...]) -> Path:
    """Return the file that a command writes which turns a store into another kind of file.

    Raises
    ------
    ValueError
        The suffix of `output` is that of something else.
    """
    if output is None:
        return Path(Path(os.path.abspath(store)).name.removesuffix(".zarr") + suffixes[0])
    if output.suffix.lower() not in suffixes:
        raise ValueError(f"output must be a {' or '.join(suffixes)} file, got {str(output)!r}")
    return output
