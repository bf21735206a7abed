"""Progress of long work: a bar on the terminal, or a function of the caller's."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

Progress = bool | Callable[[float], object]
"""True for a bar, False for none, or a function that is called with the fraction done."""

Report = Callable[[float], object] | None
"""The function that a computation calls with the fraction done, if any."""


def report_of_part(report: Report, first: int, count: int, total: int) -> Report:
    """Return the function that takes the fraction done of a part: `count` things of `total`, from `first` on."""
    if report is None:
        return None
    whole = report
    return lambda fraction: whole((first + fraction * count) / total)


@contextlib.contextmanager
def progress_callback(progress: Progress, title: str) -> Iterator[Report]:
    """Yield the function that a computation reports its fraction done to; None where no progress is shown."""
    if progress is False:
        yield None
    elif callable(progress):
        yield progress
    else:
        with rich_progress().Progress() as bar:
            task = bar.add_task(title, total=1.0)
            yield lambda fraction: bar.update(task, completed=fraction)
            bar.update(task, completed=1.0)


def rich_progress() -> Any:
    """Return the module `rich.progress`."""
    try:
        import rich.progress
    except ImportError:
        raise ImportError(
            "progress=True draws its bar with rich: pip install 'redfield[cli]', or pass a function of the fraction "
            "done"
        ) from None
    return rich.progress
