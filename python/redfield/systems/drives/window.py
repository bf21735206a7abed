"""The span of an evolution and the times at which functions are sampled before they are taken for smooth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy

from redfield._base.checks import RealArray, as_breakpoints, as_numeric, as_positive
from redfield.systems.drives.spline import Spline

LOOKS = 4096
"""Samples of a span, evenly spaced: a feature that lasts a 4000th of the span has one of them within it."""
MOST_LOOKS = 2**20
LOOKS_A_STEP = 2
"""Samples in every `max_step`."""
SCALES = 46
"""Samples at either side of a breakpoint, at distances span/2, span/4, …."""
MOST_KNOTS = 10_000
"""Knots beyond which a function of samples is as good as smooth, so that pieces need not end at each."""


@dataclass(frozen=True, eq=False)
class Window:
    """A span of time and what its user told of it.

    Attributes
    ----------
    first, last : the span.
    longest : the longest step.
    breakpoints : times near which something happens.
    times : those of the outputs, which are looked at too.
    """

    first: float
    last: float
    longest: float = np.inf
    breakpoints: tuple[float, ...] = ()
    times: RealArray = field(default_factory=lambda: np.zeros(0))

    @property
    def duration(self) -> float:
        return self.last - self.first

    def looks(self, functions: Sequence[Any]) -> RealArray:
        """Return ascending times inside the span at which the expansion of `functions` is compared with them."""
        count = LOOKS
        if self.longest < self.duration:
            count = int(np.clip(LOOKS_A_STEP * self.duration / self.longest, LOOKS, MOST_LOOKS))
        centres = self.breakpoints + tuple(c for f in functions for c in _told(f, "breakpoints"))
        knots = [np.asarray(knots_of(f), dtype=np.float64) for f in functions]
        return looks_of(self.first, self.last, count, centres, np.concatenate([self.times, *knots]))

    def cuts(self, functions: Sequence[Any]) -> list[float]:
        """Return the times at which a function may jump or have a kink."""
        cuts = list(self.breakpoints)
        for f in functions:
            knots = knots_of(f)
            cuts += knots.tolist() if len(knots) <= MOST_KNOTS else []
            cuts += [*_told(f, "jumps"), *_told(f, "breakpoints")]
        return cuts


def window_of(times: RealArray, max_step: object, breakpoints: object) -> Window:
    """Return the span of an evolution, checked."""
    longest = np.inf if max_step is None else as_positive("max_step", max_step)
    near = as_breakpoints("breakpoints", breakpoints)
    return Window(float(times[0]), float(times[-1]), longest, near, times)


def looks_of(
    first: float,
    last: float,
    count: int,
    centres: Sequence[float] = (),
    others: object = (),
) -> RealArray:
    """`count` even samples of a range, samples at distances of its halves from each centre, and others, ascending."""
    duration = last - first
    even = first + duration * ((np.arange(count) + 0.5) / count)
    inside = np.array([c for c in centres if first <= c <= last])
    added = np.asarray(others, dtype=np.float64).ravel()
    rounding = float(np.spacing(max(abs(first), abs(last))))
    if not len(inside) and not len(added) and 4.0 * count * rounding < duration:
        return even
    distances = duration * 0.5 ** np.arange(1, SCALES + 1)
    near = inside[:, None] + np.concatenate([-distances, distances])
    looks = np.concatenate([even, near.ravel(), added])
    return np.unique(looks[(looks > first) & (looks < last)])


def knots_of(f: object) -> RealArray:
    """Return the times at which a function that is made of samples is not smooth.

    A Spline, SciPy's splines and QuTiP's coefficients of arrays have such times.
    """
    if isinstance(f, Spline):
        return f.times
    if isinstance(f, scipy.interpolate.PPoly | scipy.interpolate.BPoly | scipy.interpolate.interp1d):
        return np.asarray(f.x, dtype=np.float64)
    if isinstance(f, scipy.interpolate.BSpline):
        return np.asarray(f.t, dtype=np.float64)
    found = [np.asarray(x, dtype=np.float64) for x in _arrays_of_qutip(f)]
    return np.unique(np.concatenate(found)) if found else np.zeros(0)


def _arrays_of_qutip(f: object) -> Iterator[Any]:
    """Yield the times of each coefficient of an array in a QuTiP coefficient, which only pickling shows."""
    if not (type(f).__module__.startswith("qutip.") and type(f).__name__.endswith("Coefficient")):
        return
    parts = f.__reduce__()
    if type(f).__name__ == "InterCoefficient":
        yield parts[1][0]
        return
    for part in parts[1:]:
        for x in part if isinstance(part, tuple) else ():
            yield from _arrays_of_qutip(x)
            for y in x if isinstance(x, tuple) else ():
                yield from _arrays_of_qutip(y)


def _told(f: object, name: str) -> list[float]:
    """Finite times that a function has as an attribute."""
    given = getattr(f, name, ())
    if callable(given):
        return []
    try:
        values = as_numeric(name, given).astype(np.float64).ravel()
    except (TypeError, ValueError):
        return []
    out: list[float] = values[np.isfinite(values)].tolist()
    return out
