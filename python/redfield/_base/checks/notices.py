"""Warnings that point at the user's line, and errors under the name that the user knows."""

from __future__ import annotations

import contextlib
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

_PACKAGE = str(Path(__file__).parents[2])


def warn(message: str, category: type[Warning]) -> None:
    """Warn of the nearest caller outside this package, however many of its functions are between."""
    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back  # type: ignore[assignment]
    warnings.warn(message, category, stacklevel=level)


@contextlib.contextmanager
def renamed(inner: str, outer: str) -> Iterator[None]:
    """Errors that name an argument `inner` of what is called here name the user's own, `outer`."""
    try:
        yield
    except (ValueError, TypeError) as error:
        if type(error) not in (ValueError, TypeError):
            raise
        raise type(error)(re.sub(rf"\b{re.escape(inner)}\b", outer, str(error))) from None
