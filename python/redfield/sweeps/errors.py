"""What is told of sweeps."""

from __future__ import annotations


class SweepError(RuntimeError):
    """A sweep can not go on: its workers are gone, or no point of it can be computed. What is finished is kept."""
