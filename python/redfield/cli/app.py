"""The commands: they read options, call what is below and print."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

import redfield
from redfield import _core
from redfield.cli import drives, studies
from redfield.cli.doctor import doctor
from redfield.cli.reproduce import reproduce

app = typer.Typer(
    help="Redfield, Davies and related quantum master equations.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
assert drives  # which adds commands to this:
app.add_typer(reproduce, name="reproduce")
for command in (studies.run, studies.status, studies.export, studies.plot, doctor):
    app.command()(command)


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
    Console().print(table)
