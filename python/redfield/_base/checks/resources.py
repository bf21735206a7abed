"""Checks of memory and threads."""

from __future__ import annotations

import os

from redfield._base.checks.scalars import as_count, as_positive

ALWAYS_THERE = 2.0**20
"""Bytes that no machine is asked for: its answer takes as long as a calculation with a few levels."""


def require_memory(what: str, bytes_needed: float, max_bytes: float | None = None) -> None:
    """Require that as much memory as N²×N² or K×N×N numbers need is there.

    Raises
    ------
    MemoryError
        `what` needs more than max_bytes, default the memory the machine has free.
    """
    if max_bytes is None and bytes_needed <= ALWAYS_THERE:
        return
    limit = as_max_bytes(max_bytes)
    if bytes_needed > limit:
        raise MemoryError(
            f"{what} needs {bytes_needed:.3g} bytes, more than the {limit:.3g} there are (max_bytes)"
        )


def as_max_bytes(value: object) -> float:
    """None stands for the memory that is free."""
    if value is not None:
        return as_positive("max_bytes", value, infinite=True)
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES")) * float(os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):  # not every system tells
        return 4e9


def as_threads(value: object) -> int:
    """0 stands for "choose"."""
    return 0 if value is None else as_count("threads", value)
