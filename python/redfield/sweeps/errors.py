"""What is told of sweeps and stores."""

from __future__ import annotations


class StoreError(RuntimeError):
    """A store can not be opened, read or written; the message names it. What is finished is kept."""


class SweepError(RuntimeError):
    """A sweep can not go on: its workers are gone, or no point of it can be computed. What is finished is kept."""
