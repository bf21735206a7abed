"""Progress of long work on standard error: a bar in a terminal or a notebook, else lines; or a function."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

LINE_EVERY = 10.0
"""Seconds between the lines of an output that is no terminal."""

Progress = bool | Callable[[float], object]
"""True for a bar, False for none, or a function that is called with the fraction done."""

Report = Callable[[float], object] | None
"""The function that a computation calls with the fraction done, if any."""

Show = Callable[[float], object]
"""The function that shows how much is done."""


def report_of_part(report: Report, first: int, count: int, total: int) -> Report:
    """Return the function that takes the fraction done of a part: `count` things of `total`, from `first` on."""
    if report is None:
        return None
    whole = report
    return lambda fraction: whole((first + fraction * count) / total)


def progress_callback(progress: Progress, title: str) -> AbstractContextManager[Report]:
    """Give the function that a computation reports its fraction done to; None where no progress is shown."""
    if progress is False:
        return _NO_REPORT
    return contextlib.nullcontext(progress) if callable(progress) else _bar(title)


_NO_REPORT: AbstractContextManager[Report] = contextlib.nullcontext()


@contextlib.contextmanager
def _bar(title: str) -> Iterator[Report]:
    started = time.monotonic()

    def text(fraction: float) -> str:
        told = f"{title}: {100.0 * fraction:.0f}%"
        if not 0.0 < fraction < 1.0:
            return told
        return f"{told}, {(time.monotonic() - started) * (1.0 / fraction - 1.0):.0f} s to go"

    with shown_bar(text, 1.0) as show:
        yield show
        show(1.0)


@contextlib.contextmanager
def shown_bar(text: Callable[[float], str], total: float, done: float = 0.0) -> Iterator[Show]:
    """Yield the function that shows how much of a total is done, with a text about it."""
    rich = _rich()
    console = rich.Console(stderr=True)
    if (
        console.is_jupyter
    ):  # as text in the cell's output, since Rich's widget needs packages that may not be there
        console = rich.Console(stderr=True, force_jupyter=False, force_terminal=True)
    if not console.is_terminal:
        lines = _lines(text, total)
        lines(done)
        yield lines
        return
    columns = rich.TextColumn("{task.description}", markup=False), rich.BarColumn(finished_style="green")
    with rich.Progress(*columns, console=console) as bar:
        task = bar.add_task(text(done), total=total, completed=done)
        yield lambda done: bar.update(task, completed=done, description=text(done))


def _lines(text: Callable[[float], str], total: float) -> Show:
    """Return the function that prints the text, at most once in LINE_EVERY seconds, and once at the end."""
    printed, ended = -math.inf, False

    def show(done: float) -> None:
        nonlocal printed, ended
        now = time.monotonic()
        if (now - printed >= LINE_EVERY or done >= total) and not ended:
            printed, ended = now, done >= total
            print(text(done), file=sys.stderr, flush=True)

    return show


def _rich() -> Any:
    """Return the module `rich.progress`."""
    try:
        import rich.progress
    except ImportError:
        raise ImportError(
            "progress=True draws its bar with rich: pip install 'redfield[cli]', or pass a function of the fraction "
            "done"
        ) from None
    return rich.progress
