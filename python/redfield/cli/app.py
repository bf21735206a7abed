"""The commands: they read options, call what is below and print."""

from __future__ import annotations

from typing import Annotated

import typer

import redfield
from redfield import _core
from redfield.cli import stores
from redfield.cli.doctor import doctor
from redfield.cli.errors import errors
from redfield.cli.output import say, say_facts
from redfield.cli.reproduce import reproduce
from redfield.cli.run import run

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # what a user types comes back in messages
)
app.add_typer(reproduce, name="reproduce")
for command in (run, stores.status, stores.export, stores.plot, doctor):
    app.command()(command)


def _version(wanted: bool) -> None:
    """Print the version and end the command, where it is asked for."""
    if wanted:
        say(f"redfield {redfield.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Redfield, Davies and related quantum master equations."""


@app.command()
@errors()
def info() -> None:
    """Print the version, Eigen, SIMD instruction sets and threads."""
    build = _core.build_info()
    say_facts(
        {
            "redfield": redfield.__version__,
            "Eigen": build["eigen"],
            "SIMD": build["simd"],
            "compiler": build["compiler"],
            "OpenMP": f"{build['max_threads']} threads" if build["openmp"] else "not available",
        }
    )
