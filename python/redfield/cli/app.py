"""Commands: they read options, call what is below and print."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

import redfield
from redfield import _core
from redfield.reproduce import figure1

app = typer.Typer(
    help="Redfield, Davies and related quantum master equations.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
reproduce = typer.Typer(help="Reproduce the studies of arXiv:2507.10080.", no_args_is_help=True)
app.add_typer(reproduce, name="reproduce")
console = Console()
INTERRUPTED = 130  # the shell's exit status for SIGINT


@app.command()
def info() -> None:
    """Print the version, Eigen, SIMD instruction sets and threads."""
    build = _core.build_info()
    table = Table(show_header=False, box=None)
    for name, value in (
        ("redfield", redfield.__version__),
        ("Eigen", build["eigen"]),
        ("SIMD", build["simd"]),
        ("compiler", build["compiler"]),
        ("OpenMP", f"{build['max_threads']} threads" if build["openmp"] else "not available"),
    ):
        table.add_row(name, str(value))
    console.print(table)


def _sizes(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise typer.BadParameter(f"expected integers separated by commas, got {text!r}") from None


@reproduce.command()
def fig1(
    preset: Annotated[
        str, typer.Option(help="quick (under a minute), standard (minutes) or full (hours).")
    ] = "quick",
    samples: Annotated[int | None, typer.Option(help="Disorder samples of each size.")] = None,
    sizes_syk2: Annotated[
        str | None, typer.Option(help="Numbers of sites N of the SYK2 model, e.g. 8,16,32.")
    ] = None,
    sizes_anderson: Annotated[
        str | None, typer.Option(help="Side lengths L of the Anderson lattice, e.g. 2,3,4.")
    ] = None,
    disorder_chaotic: Annotated[float | None, typer.Option(help="W/J of panel b.")] = None,
    disorder_localized: Annotated[float | None, typer.Option(help="W/J of panel c.")] = None,
    open_boundaries: Annotated[bool, typer.Option(help="Open instead of periodic lattice.")] = False,
    t_max: Annotated[float | None, typer.Option(help="Last time, in 1/J.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all samples.")] = None,
    threads: Annotated[
        int | None, typer.Option(help="Samples computed at once, default one a core.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Directory for samples, figure and table.")] = None,
) -> None:
    """Figure 1: distance of Davies from Redfield, chaotic against localised.

    Every finished sample is saved; after an interruption the same command goes on where it stopped.
    """
    try:
        parameters = figure1.with_options(
            preset,
            samples=samples,
            sizes_syk2=_sizes(sizes_syk2),
            sizes_anderson=_sizes(sizes_anderson),
            disorder_chaotic=disorder_chaotic,
            disorder_localized=disorder_localized,
            periodic=False if open_boundaries else None,
            t_max=t_max,
            seed=seed,
        )
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, got {threads}")
        directory = output or Path(f"fig1-{preset}")
        store = _compute(parameters, directory, threads)
    except (ValueError, TypeError) as error:
        console.print(f"[red]error:[/red] {error}", highlight=False)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        console.print("interrupted; finished samples are saved, the same command resumes")
        raise typer.Exit(INTERRUPTED) from None
    panels = figure1.panels(parameters, store)
    _print_table(figure1.table(panels))
    for path in figure1.save_figure(panels, directory):
        console.print(f"wrote {path}")
    console.print(f"samples in {store}")


def _compute(parameters: figure1.Parameters, directory: Path, threads: int | None) -> Path:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("samples", total=figure1.total_cost(parameters))
        return figure1.compute(
            parameters,
            directory,
            threads=threads,
            advance=lambda cost: progress.advance(task, cost),
        )


def _print_table(rows: list[figure1.Row]) -> None:
    table = Table(title="max over t of the mean of ‖ρ_D(t) − ρ_R(t)‖₁")
    for heading in ("case", "N", "samples", "maximum", "± s.e.", "at t"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    for row in rows:
        table.add_row(
            row.case,
            str(row.levels),
            str(row.samples),
            f"{row.maximum:.4f}",
            "-" if math.isnan(row.standard_error) else f"{row.standard_error:.4f}",
            f"{row.time:.0f}",
        )
    console.print(table)
