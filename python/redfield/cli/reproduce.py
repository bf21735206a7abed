"""`redfield reproduce NAME`: one command for each study of the package, made of what the study declares.

A command loads the study's file with its preset and options, computes its parts into the stores of a directory, prints
its table and writes its picture there.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table as Grid

from redfield.cli.errors import errors
from redfield.cli.extras import require
from redfield.cli.output import say, show
from redfield.cli.run import Executor, computed, require_done
from redfield.studies import Option, Study, Table, all_studies

reproduce = typer.Typer(
    help="Reproduce the studies of arXiv:2507.10080.", no_args_is_help=True, rich_markup_mode=None
)
SAVED = "Every finished point is saved; after an interruption the same command goes on where it stopped."


def command_of(study: Study) -> Callable[..., None]:
    """Return the command of a study, with its options between the preset and those that all studies share."""

    @errors()
    def command(
        preset: Annotated[
            str, typer.Option(help="quick (under a minute), standard (minutes) or full (hours).")
        ] = "quick",
        threads: Annotated[
            int | None, typer.Option(help="Samples computed at once, default one a core.")
        ] = None,
        executor: Executor = "threads",
        retry: Annotated[bool, typer.Option("--retry", help="Compute points that failed again.")] = False,
        output: Annotated[
            Path | None, typer.Option(help="Directory for stores, figure and table.")
        ] = None,
        **given: Any,
    ) -> None:
        require(*study.needs)
        contents = study.load(preset, **given)
        require("xarray", "matplotlib")  # for the points, and for the picture at the end
        from redfield.draw.figure import save

        if threads is not None and threads < 1:
            raise ValueError(f"threads must be at least 1, got {threads}")
        directory, data = computed(
            contents, output or Path(f"{_words(study)}-{preset}"), "output", executor,
            workers=threads, retry=retry, extend=True,
        )  # fmt: skip
        require_done(data)
        say(f"samples in {', '.join(f'{directory / name}.zarr' for name in data)}")
        print_table(study.table(data))
        for path in save(study.draw(data), directory, study.name):
            say(f"wrote {path}")

    first, *shared, _ = inspect.signature(command, eval_str=True).parameters.values()
    own = [_parameter(name, option) for name, option in study.options.items()]
    command.__signature__ = inspect.Signature([first, *own, *shared])  # type: ignore[attr-defined]
    return command


def _parameter(name: str, option: Option) -> inspect.Parameter:
    """Return an option of a study as typer takes it."""
    kind: Any = option.kind | None
    how: dict[str, Any] = {"help": option.help}
    names = [f"--{name.replace('_', '-')}"] if option.kind is bool else []  # without a --no-…
    if option.many:
        kind = Any
        how |= {"parser": _numbers(option.kind), "metavar": "A,B,C"}
    annotation = Annotated[kind, typer.Option(*names, **how)]
    return inspect.Parameter(
        name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=annotation
    )


def _numbers(kind: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """Return the parser of numbers that are separated by commas."""

    def parsed(text: str) -> tuple[Any, ...]:
        try:
            return tuple(kind(part) for part in text.split(",") if part.strip())
        except ValueError:
            what = "integers" if kind is int else "numbers"
            raise typer.BadParameter(f"expected {what} separated by commas, got {text!r}") from None

    return parsed


def print_table(table: Table) -> None:
    """Print a study's table, and the lines below it."""
    # Eight columns of numbers fit a terminal of 80 characters.
    grid = Grid(title=table.title, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for i, heading in enumerate(table.rows[0] if table.rows else ()):
        grid.add_column(heading, justify="left" if i == 0 else "right", no_wrap=True)
    for row in table.rows:
        grid.add_row(*map(_shown, row.values()))
    show(grid)
    for note in table.notes:
        say(note)


def _shown(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    size = abs(value)
    return "-" if math.isnan(value) else f"{value:.{2 if size < 1e-3 else 3 if size < 0.1 else 4}g}"


def _words(study: Study) -> str:
    return study.name.replace("_", "-")


for _study in all_studies():
    reproduce.command(_words(_study), help=f"{_study.summary}\n\n{SAVED}")(command_of(_study))
