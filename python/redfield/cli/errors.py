"""How a command ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import typer
from rich.console import Console

console = Console()
INTERRUPTED = 130  # the shell's exit status for SIGINT


@contextlib.contextmanager
def errors() -> Iterator[None]:
    """What a user may do wrong ends with its message and status 2, Ctrl-C with 130."""
    from redfield.sweeps import StoreError, SweepError

    try:
        yield
    except (ValueError, TypeError, OSError, StoreError, SweepError) as error:
        console.print(f"[red]error:[/red] {error}", highlight=False)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        console.print("interrupted; finished samples are saved, the same command resumes")
        raise typer.Exit(INTERRUPTED) from None
