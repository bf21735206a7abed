"""The progress of a sweep, as it is shown while it runs."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

LINE_EVERY = 10.0
"""Seconds between the lines of an output that is no terminal."""

Tell = Callable[[int], None]


@contextlib.contextmanager
def shown(progress: object, total: int, done: int, note: str) -> Iterator[Tell]:
    """A bar with rate and time left on terminals and in notebooks, lines elsewhere, or a function of the fraction."""
    if progress is False:
        yield lambda points: None
    elif callable(progress):
        yield _counted(lambda count: progress(count / total), done)
    else:
        try:
            from rich.console import Console
        except ImportError:
            raise ImportError(
                "progress=True draws its bar with rich: pip install 'redfield[cli]', or pass a function of the "
                "fraction done"
            ) from None
        console = Console(stderr=True)
        if console.is_terminal or console.is_jupyter:
            with _bar(console, total, done, note) as tell:
                yield tell
        else:
            yield _lines(total, done, note)


def _counted(tell: Callable[[int], object], done: int) -> Tell:
    count = done

    def more(points: int) -> None:
        nonlocal count
        count += points
        tell(count)

    return more


@contextlib.contextmanager
def _bar(console: Any, total: int, done: int, note: str) -> Iterator[Tell]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.speed:.3g} points/s" if task.speed else "")

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(note, total=total, completed=done)
        yield lambda points: bar.advance(task, points)


def _lines(total: int, done: int, note: str) -> Tell:
    started = time.monotonic()
    last = started
    print(f"{note}: {done} of {total} points are there", file=sys.stderr, flush=True)

    def tell(count: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < LINE_EVERY and count < total:
            return
        last = now
        rate = (count - done) / max(now - started, 1e-9)
        left = (total - count) / rate if rate > 0.0 else float("inf")
        print(
            f"{note}: {count} of {total} points, {rate:.3g} points/s, {left:.0f} s left",
            file=sys.stderr,
            flush=True,
        )

    return _counted(tell, done)
