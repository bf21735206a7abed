"""The picture of a bath."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from redfield._base.checks.types import PanelAxes, Vector
from redfield._base.records import Record
from redfield.draw import pictured
from redfield.draw.bath import draw_bath

POINTS = 401
"""Points of a curve."""
SHOWN, LONG = 4.0, 100.0
"""Scales of γ that a picture shows to either side, and the times, in one over the frequencies that it shows."""


class Drawn(Record):
    """Base of what has the spectra and the correlation function of a bath, and draws them."""

    @pictured(10.0, 3.0, panels=3)
    def plot(
        self, axes: PanelAxes, *, frequencies: Vector | None = None, times: Vector | None = None
    ) -> None:
        """Draw γ(ω), η(ω) and C(t), on three `axes` or in a new figure; returns the three matplotlib Axes.

        Parameters
        ----------
        frequencies : (M,) default where γ varies.
        times : (T,) default a few times 1/frequency of that.

        Examples
        --------
        >>> import redfield as rf
        >>> axes = rf.DrudeBath(strength=0.1, cutoff=3.0, beta=2.0).plot()
        >>> [axis.get_ylabel() for axis in axes]
        ['γ(ω)  (rate)', 'η(ω)  (rate)', 'C(t)  (energy²)']
        """
        reach, bath = self._reach, cast("Any", self)
        w = np.linspace(*reach, POINTS) if frequencies is None else frequencies
        t = np.linspace(0.0, LONG / (reach[1] - reach[0]), POINTS)[1:] if times is None else times
        draw_bath(axes, w, t, bath.power_spectrum, bath.lamb_shift, bath.correlation)

    @property
    def _reach(self) -> tuple[float, float]:
        """The lowest and the highest frequency that a picture shows."""
        bath: Any = self
        ends = [x + s * SHOWN * max(fine, bath.scale) for x, fine in bath.features for s in (-1.0, 1.0)]
        return min(ends), max(ends)
