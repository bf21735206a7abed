"""A bath known at a list of frequencies."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray, as_choice
from redfield._base.checks.types import Points, PositiveOrInfinite, Vector
from redfield._base.records import record
from redfield.baths.numeric import NumericBath
from redfield.baths.temperature import AtTemperature


@record
class TabulatedBath(NumericBath, AtTemperature):
    r"""A measured or computed power spectrum, interpolated.

    Between the frequencies γ is a monotone cubic: it does not overshoot, so it stays positive.

    Parameters
    ----------
    frequencies : (M,) ascending, M ≥ 2, energies.
    values : (M,) γ ≥ 0 at them, rates.
    beta : inverse temperature, needed for complete_kms. Or ``temperature=`` by name, 1/β.
    complete_kms : the table is for ω ≥ 0 only, starting at 0; γ(−ω) = e^{−βω} γ(ω) completes it.
    outside : "error" refuses a frequency that the table does not have; "zero" takes γ = 0 there. The Lamb shift
        takes γ = 0 there in either case.

    Raises
    ------
    ValueError
        Shapes differ, frequencies do not ascend, a value is negative or not finite; the message names the
        frequency. From `power_spectrum`: a frequency is outside the table.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> w = np.linspace(0.0, 40.0, 2001)
    >>> exact = rf.OhmicBath(strength=0.1, cutoff=2.0, beta=1.0)
    >>> bath = rf.TabulatedBath(w, exact.power_spectrum(w), beta=1.0, complete_kms=True)
    >>> bool(abs(bath.power_spectrum(-0.73) - exact.power_spectrum(-0.73)) < 1e-6)
    True
    """

    frequencies: Vector
    values: Vector
    beta: PositiveOrInfinite | None = None
    complete_kms: bool = False
    outside: str = "error"

    _needs_temperature: ClassVar[bool] = False

    def __post_init__(self) -> None:
        w, gamma = self.frequencies, self.values
        if w.shape != gamma.shape or len(w) < 2:
            raise ValueError(
                f"frequencies and values must be two lists of one length ≥ 2, got shapes {w.shape} and "
                f"{gamma.shape}"
            )
        if (np.diff(w) <= 0.0).any():
            bad = int(np.argmax(np.diff(w) <= 0.0)) + 1
            raise ValueError(f"frequencies must ascend: frequencies[{bad}] = {w[bad]:g} does not")
        if (gamma < 0.0).any():
            bad = int(np.argmax(gamma < 0.0))
            raise ValueError(
                f"TabulatedBath: the power spectrum at ω = {w[bad]:g} is {gamma[bad]:g}; values must not be negative"
            )
        if self.complete_kms and (self.beta is None or w[0] != 0.0):
            raise ValueError(
                f"complete_kms needs beta and frequencies that start at 0, got beta={self.beta} and {w[0]:g}"
            )
        as_choice("outside", self.outside, ("error", "zero"))
        self._set(frequencies=np.array(w), values=np.array(gamma))

    @functools.cached_property
    def _numeric(self) -> Any:
        """The table in the core (cpp/src/bath/tabulated_bath.cpp)."""
        return _core.TabulatedBath(
            self.frequencies, self.values, self.beta if self.complete_kms else None
        )

    @property
    def _hints(self) -> frozenset[str]:
        """Without its use in detailed balance β is what the table is meant to have."""
        return frozenset(() if self.complete_kms else ("beta",))

    @property
    def _everywhere(self) -> TabulatedBath:
        """The table with γ = 0 outside, which differences across its ends need."""
        return self if self.outside == "zero" else self._with(outside="zero")

    @property
    def breakpoints(self) -> Sequence[float]:
        knots = self.frequencies.tolist()
        return sorted({-x for x in knots} | set(knots)) if self.complete_kms else knots

    @property
    def scale(self) -> float:
        return float(self.frequencies[-1] - self.frequencies[0]) / 10.0

    @property
    def features(self) -> Sequence[tuple[float, float]]:
        """The knots; between two the table is one cubic."""
        return [(x, self.scale) for x in self.breakpoints]

    @property
    def _reach(self) -> tuple[float, float]:
        return self.breakpoints[0], self.breakpoints[-1]

    @property
    def support_ends(self) -> tuple[bool, bool]:
        return True, True

    def power_spectrum(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        low, high = self.breakpoints[0], self.breakpoints[-1]
        beyond = (w < low) | (w > high)
        if self.outside == "error" and beyond.any():
            raise ValueError(
                f"{self!r}: no value at {w[beyond].ravel()[0]:g}, outside [{low:g}, {high:g}]; extend the table, or "
                'give outside="zero"'
            )
        return self._numeric.power_spectrum(w)
