"""A bath's correlation function on panels: its memory, and what of it lies in a window of time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Points
from redfield.baths.checks import naming

BEGUN = 1e-4
"""Part of ∫|C| before which a memory that begins is a straight line."""
FORGOTTEN = 1e-11
"""Part of ∫|C| that is left out at late times."""


class Correlated(Protocol):
    """A bath with a correlation function, as `Bath` is."""

    def correlation(self, t: Points) -> ComplexArray: ...
    def power_spectrum(self, w: Points) -> RealArray: ...
    @property
    def correlation_noise(self) -> float: ...
    @property
    def time_scale(self) -> float: ...
    @property
    def fastest(self) -> float: ...
    @property
    def scale(self) -> float: ...
    @property
    def known_rates(self) -> Sequence[complex]: ...
    @property
    def features(self) -> Sequence[tuple[float, float]]: ...


def memory_of(bath: Correlated, window: float) -> _core.Expansion:
    """C on [0, window], or until it is negligible, on panels that resolve C's own oscillations, whatever its scale.

    Raises
    ------
    ValueError
        C decays too slowly or oscillates too often.
    """
    with naming(bath):
        return _core.Expansion.memory(
            bath.correlation, bath.time_scale, bath.correlation_noise, bath.fastest, window
        )


def onset_of(memories: Iterable[_core.Expansion]) -> RealArray:
    """Return ascending times s since memories began, between which ∫₀ˢ C is smooth: those between which C is."""
    times = [np.zeros(0)]
    for memory in memories:
        s, weights, c = memory.nodes()
        past = np.cumsum(weights * np.abs(c))
        within = s[(past > BEGUN * past[-1]) & (past < (1.0 - FORGOTTEN) * past[-1])]
        if len(within):
            ends = memory.ends[1:]
            times.append(ends[(ends > within[0]) & (ends < 2.0 * within[-1])])
    return np.unique(np.concatenate(times))


def memory_time(memory: _core.Expansion) -> float:
    """Return the time by which ∫|C| has reached 1 − 1/e of its value."""
    t, weights, values = memory.nodes()
    parts = weights * np.abs(values)
    total = np.concatenate([[0.0], np.cumsum(parts) - 0.5 * parts])
    return float(np.interp((1.0 - math.exp(-1.0)) * total[-1], total, np.concatenate([[0.0], t])))
