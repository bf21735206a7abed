"""The progress of a sweep, as it is shown while it runs."""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable, Iterator

from redfield._base.progress import Progress, rich_progress

LINE_EVERY = 10.0
"""Seconds between the lines of an output that is no terminal."""

Tell = Callable[[int], None]


class Count:
    """The points that are done, and their text: number, rate and the seconds to go."""

    def __init__(self, note: str, total: int, done: int) -> None:
        self.note, self.total, self.first, self.done = note, total, done, done
        self._started, self._printed = time.monotonic(), -math.inf

    def __str__(self) -> str:
        rate = (self.done - self.first) / max(time.monotonic() - self._started, 1e-9)
        text = f"{self.note}: {self.done} of {self.total} points"
        if rate == 0.0:
            return text
        return f"{text}, {rate:.3g} points/s, {(self.total - self.done) / rate:.0f} s to go"

    def print(self) -> None:
        """Print the text, at most once in LINE_EVERY seconds and at the end."""
        now = time.monotonic()
        if now - self._printed >= LINE_EVERY or self.done == self.total:
            self._printed = now
            print(self, file=sys.stderr, flush=True)


@contextlib.contextmanager
def shown(progress: Progress, total: int, done: int, note: str) -> Iterator[Tell]:
    """Yield the function that points are told to: it shows a bar or lines, or calls a function of the fraction."""
    count = Count(note, total, done)
    with _show(progress, count) as show:

        def tell(points: int) -> None:
            count.done += points
            show()

        yield tell


@contextlib.contextmanager
def _show(progress: Progress, count: Count) -> Iterator[Callable[[], object]]:
    if callable(progress):
        yield lambda: progress(count.done / count.total)
        return
    if not progress:
        yield lambda: None
        return
    rich = rich_progress()
    bar = rich.Progress(
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        console=rich.Console(stderr=True),
    )
    if not (bar.console.is_terminal or bar.console.is_jupyter):
        count.print()
        yield count.print
        return
    with bar:
        task = bar.add_task(str(count), total=count.total, completed=count.done)
        yield lambda: bar.update(task, completed=count.done, description=str(count))
