"""Numbers and matrices that depend on time, by samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from redfield._base.checks import as_hermitian, as_numeric, as_points, as_times, require_finite
from redfield._base.checks.types import Numbers, Operand, Points
from redfield._base.records import Record


class Spline(Record):
    """A number or matrix that depends on time, as a cubic spline through samples; outside them it has no value.

    Parameters
    ----------
    times : (S,) strictly ascending, at least 2.
    samples : (S,) numbers or (S, N, N) matrices.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.linspace(0.0, 1.0, 9)
    >>> Spline(t, t**2)(0.4).round(6)
    np.float64(0.16)
    """

    def __init__(self, times: Numbers, samples: Operand) -> None:
        self.times = as_times("times", times)
        values = as_numeric("samples", samples)
        if len(self.times) < 2 or (np.diff(self.times) <= 0.0).any():
            raise ValueError("times must be at least two and strictly ascending")
        if values.ndim not in (1, 3) or len(values) != len(self.times):
            raise ValueError(
                f"samples must be one for each of the {len(self.times)} times, numbers or matrices, got shape "
                f"{values.shape}"
            )
        require_finite("samples", values)
        self.samples = np.array(values)
        self._spline = scipy.interpolate.CubicSpline(self.times, values)

    def __call__(self, t: Points) -> Any:
        t = as_points("t", t)
        if np.size(t):
            self.require_cover(float(np.min(t)), float(np.max(t)))
        return self._spline(t)

    def require_hermitian(self) -> None:
        """ValueError with the time of a sample that is no Hermitian matrix."""
        for t, h in zip(self.times, self.samples, strict=True):
            as_hermitian(f"the sample at t = {t:g}", h)

    def require_cover(self, first: float, last: float) -> None:
        """Refuses times outside the samples."""
        slack = 1e-12 * float(np.abs(self.times[[0, -1]]).max())
        if first < self.times[0] - slack or last > self.times[-1] + slack:
            raise ValueError(
                f"the samples of a Spline cover [{self.times[0]:g}, {self.times[-1]:g}], but "
                f"[{first:g}, {last:g}] is asked for (t, or first and last)"
            )
