"""The progress of a sweep, as it is shown while it runs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from redfield._base.progress import Progress, shown_bar

Tell = Callable[[int], None]


class Count:
    """The points that are done, and their text: number, rate and the seconds to go."""

    def __init__(self, note: str, total: int, done: int) -> None:
        self.note, self.total, self.first, self.done = note, total, done, done
        self._started = time.monotonic()

    def __str__(self) -> str:
        rate = (self.done - self.first) / max(time.monotonic() - self._started, 1e-9)
        text = f"{self.note}: {self.done} of {self.total} points"
        if rate == 0.0:
            return text
        return f"{text}, {rate:.3g} points/s, {(self.total - self.done) / rate:.0f} s to go"


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
    with shown_bar(lambda done: str(count), count.total, count.done) as show:
        yield lambda: show(count.done)
