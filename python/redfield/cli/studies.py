"""`redfield run`, `status`, `export` and `plot`: studies from files, and their stores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from redfield.cli.errors import console, errors

if TYPE_CHECKING:
    import xarray as xr

StudyFile = Annotated[Path, typer.Argument(help="A study in TOML, see docs/studies.md.")]
StorePath = Annotated[Path, typer.Argument(help="The store of a sweep, a Zarr directory.")]


def run(
    study: StudyFile,
    store: Annotated[Path | None, typer.Option(help="Default the study's name with .zarr, here.")] = None,
    executor: Annotated[
        str, typer.Option(help="threads, processes, serial, or the address of a dask scheduler.")
    ] = "threads",
    workers: Annotated[int | None, typer.Option(help="Default one a core.")] = None,
    retry: Annotated[bool, typer.Option(help="Compute points that failed again.")] = False,
) -> None:
    """Compute what is missing of a study."""
    with errors():
        from redfield import studies

        path = store or Path(study.with_suffix(".zarr").name)
        data = studies.run(
            studies.load(study), path, executor=executor, workers=workers, retry=retry, progress=True
        )
        failed = int(data.attrs["failed"])
        console.print(
            f"{path}: {data.attrs['points']} points, {failed} failed", highlight=False, soft_wrap=True
        )
        for told in data.attrs.get("failures", [])[:5]:
            console.print(f"  {told}", highlight=False, soft_wrap=True)
        if failed:
            raise typer.Exit(1)


def status(store: StorePath) -> None:
    """Show how far a sweep is; every block is checked."""
    with errors():
        from redfield.sweeps import stores

        found = stores.status(store)
        table = Table(show_header=False, box=None)
        runs = found.provenance.get("runs", [])
        for name, value in (
            ("store", found.path),
            ("point", found.identity["point"]),
            ("points", f"{found.points} in {found.blocks} blocks"),
            ("done", found.done),
            ("failed", found.failed),
            ("missing", found.missing),
            ("damaged blocks", ", ".join(map(str, found.damaged)) or "none"),
            (
                "runs",
                "; ".join(f"{r['started']}: {r['parallel']}, {r['seconds']:.3g} s" for r in runs)
                or "none yet",
            ),
            ("redfield", found.identity["redfield"]),
        ):
            table.add_row(name, str(value))
        console.print(table)
        for told in found.failures[:10]:
            console.print(f"  {told}", highlight=False, soft_wrap=True)


def export(
    store: StorePath,
    format: Annotated[str, typer.Option("--format", help="netcdf or csv.")] = "netcdf",
    output: Annotated[Path | None, typer.Option(help="Default the store's name, here.")] = None,
) -> None:
    """Write a sweep as one netCDF file, or a table of each variable; complex numbers as two."""
    with errors():
        from redfield.sweeps import stores

        if format not in ("netcdf", "csv"):
            raise ValueError(f"format must be netcdf or csv, got {format!r}")
        data = _real(stores.opened(store)).load()
        if format == "netcdf":
            path = output or Path(store.with_suffix(".nc").name)
            data.to_netcdf(path, engine="scipy")
            console.print(f"{path}", highlight=False, soft_wrap=True)
            return
        for name in data.data_vars:
            if output is not None and len(data.data_vars) == 1:
                path = output
            else:
                base = output or Path(store.with_suffix("").name)
                path = base.with_name(f"{base.stem}-{name}.csv")
            data[name].to_dataframe()[[str(name)]].to_csv(path)
            console.print(f"{path}", highlight=False, soft_wrap=True)


def plot(
    store: StorePath,
    variable: Annotated[str | None, typer.Option(help="Default the first.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="A .pdf, .svg or .png; default the store's name.")
    ] = None,
) -> None:
    """Draw a variable of a sweep over time or over its first axis, averaged over samples."""
    with errors():
        from redfield.plotting.sweep import draw_sweep
        from redfield.sweeps import stores

        path = output or Path(store.with_suffix(".pdf").name)
        draw_sweep(stores.opened(store), variable).savefig(path)
        console.print(f"{path}", highlight=False, soft_wrap=True)


def _real(data: xr.Dataset) -> xr.Dataset:
    """netCDF and CSV have no complex numbers."""
    made: dict[str, Any] = {}
    for name, values in data.data_vars.items():
        if values.dtype.kind == "c":
            made |= {f"{name}_re": values.real, f"{name}_im": values.imag}
        else:
            made[str(name)] = values
    return data.drop_vars(list(data.data_vars)).assign(made)
