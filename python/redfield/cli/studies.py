"""`redfield run`, `status`, `export` and `plot`: studies from files, and their stores."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from redfield.cli.errors import console, errors
from redfield.cli.running import Executor, by_part, require_done, workers_of

if TYPE_CHECKING:
    import xarray as xr

StudyFile = Annotated[Path, typer.Argument(help="A study in TOML, see docs/studies.md.")]
StorePath = Annotated[Path, typer.Argument(help="The store of a sweep, a Zarr directory.")]


def run(
    study: StudyFile,
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
) -> None:
    """Compute what is missing of a study."""
    with errors():
        from redfield import studies

        raw = studies.load(study, preset, dict(_setting(text) for text in set_ or ()))
        path = store or Path(study.with_suffix("" if "parts" in raw else ".zarr").name)
        with workers_of(executor) as where:
            data = by_part(
                studies.run(
                    raw, path, executor=where, workers=workers, retry=retry, extend=extend, progress=True
                )
            )
        for name, part in data.items():
            console.print(
                f"{path / name if name else path}{'.zarr' if name else ''}: {part.attrs['points']} points, "
                f"{part.attrs['failed']} failed",
                highlight=False,
                soft_wrap=True,
            )
        require_done(data)


def _setting(text: str) -> tuple[str, Any]:
    """An entry, and its value in TOML; what is no TOML is text."""
    place, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--set must be ENTRY=VALUE, got {text!r}")
    try:
        return place.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return place.strip(), value.strip()


def status(store: StorePath) -> None:
    """Show how far a sweep is; every block is checked."""
    with errors():
        from redfield.sweeps import stores

        found = stores.status(store)
        table = Table(show_header=False, box=None)
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
                "; ".join(f"{r['started']}: {r['parallel']}, {r['seconds']:.3g} s" for r in found.runs)
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
