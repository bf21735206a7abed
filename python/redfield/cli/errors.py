"""The end of a command: its message and its exit status."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import typer

from redfield.cli.extras import missing, needed
from redfield.cli.output import complain, say

INTERRUPTED = 130  # the shell's exit status for SIGINT


@contextlib.contextmanager
def errors() -> Iterator[None]:
    """End a user's mistake with its message and status 2, a missing extra with 1, Ctrl-C with 130."""
    from redfield import ConvergenceError
    from redfield.sweeps import StoreError, SweepError

    expected = (ValueError, TypeError, OSError, MemoryError, StoreError, ConvergenceError)
    try:
        yield
    except SweepError as error:  # all of its points may need a module that is not there
        hint = needed(error)
        complain(hint or str(error))
        raise typer.Exit(1 if hint else 2) from None
    except expected as error:
        complain(str(error) or type(error).__name__)
        raise typer.Exit(2) from None
    except ImportError as error:
        complain(missing(error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        say("interrupted; finished samples are saved, the same command resumes")
        raise typer.Exit(INTERRUPTED) from None
