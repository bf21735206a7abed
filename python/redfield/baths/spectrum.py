"""A bath known by its power spectrum alone."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from redfield._base.checks import (
    RealArray,
    warn,
)
from redfield._base.checks.types import (
    Beta,
    Breakpoints,
    FunctionOfFrequency,
    Interval,
    Points,
    PositiveNumber,
)
from redfield._base.records import record
from redfield.baths.checks import balance_defect, real_values
from redfield.baths.limits import known_at_zero, undivided
from redfield.baths.numeric import NumericBath
from redfield.baths.temperature import AtTemperature

PROBES = np.array([0.25, 0.5, 1.0, 2.0])
"""Frequencies in units of the scale or of 1/β, the smaller, at which a new bath's detailed balance is looked at."""
UNBALANCED = 1e-3
"""The defect of detailed balance, a part of the largest γ there, above which a bath's β is questioned."""


@record
class SpectrumBath(NumericBath, AtTemperature):
    r"""A bath with a given power spectrum γ(ω) ≥ 0, a vectorised function of ω.

    Parameters
    ----------
    function : γ, arrays to arrays of one shape, a rate. 0/0 at ω = 0, as of ω/(1 − e^{−βω}), has its limit where its
        values nearby tell it to 1e-7.
    breakpoints : frequencies where γ is not smooth.
    scale : over which it varies, an energy.
    support : (lowest, highest) frequency where it is not zero, default everywhere.
    beta : inverse temperature it is meant to have, for `kms_defect` and `System.gibbs_state`; a warning tells where γ
        does not obey γ(−ω) = e^{−βω} γ(ω). Or ``temperature=`` by name, 1/β.

    Raises
    ------
    ValueError, TypeError
        A parameter is out of range; γ is not finite somewhere, or too rough. From `lamb_shift`: γ does not fall off, so
        that the integral diverges, or η can not be known to 1e-8. A constant that is the same on both sides, white
        noise, has η = 0.

    Examples
    --------
    A spectrum γ(ω) = e^{−ω²} has η(ω) = D(ω)/√π, D Dawson's function.

    >>> import numpy as np, scipy.special
    >>> bath = SpectrumBath(lambda w: np.exp(-w**2))
    >>> w = np.linspace(-3, 3, 7)
    >>> bool(np.allclose(bath.lamb_shift(w), scipy.special.dawsn(w) / np.sqrt(np.pi), atol=1e-13))
    True
    """

    function: FunctionOfFrequency
    breakpoints: Breakpoints = (0.0,)
    scale: PositiveNumber = 1.0
    support: Interval | None = None
    beta: Beta | None = None

    _needs_temperature: ClassVar[bool] = False
    _hints: ClassVar[frozenset[str]] = frozenset(("scale", "beta"))
    """Fields that γ and η do not depend on."""

    def __post_init__(self) -> None:
        low, high = self.support or (-np.inf, np.inf)
        inner = {p for p in self.breakpoints if low < p < high} | {
            x for x in (low, high) if np.isfinite(x)
        }
        if not inner:
            raise ValueError(
                f"breakpoints must name at least one frequency inside the support, got {self.breakpoints}"
            )
        self._set(breakpoints=tuple(sorted(inner)), support=(low, high))
        if self.beta is not None:
            self._warn_without_balance(self.beta)

    def _warn_without_balance(self, beta: float) -> None:
        """Warn where γ(−ω) = e^{−βω} γ(ω) fails near ω = 1/β, as where the sign of ω is the other one."""
        assert self.support is not None
        reach = min(-self.support[0], self.support[1])
        w = PROBES * min(self.scale, math.inf if math.isinf(beta) else 1.0 / beta)
        w = w[w <= reach]
        try:
            up, down = (self.power_spectrum(x) for x in (-w, w)) if w.size else (w, w)
        except (
            Exception
        ):  # a function that is not defined there, whose values are checked where they are used
            return
        defect = balance_defect(down, up, beta * w) if w.size else 0.0
        if defect > UNBALANCED:
            mirrored = balance_defect(up, down, beta * w) <= UNBALANCED
            warn(
                f"{self!r}: γ(−ω) = e^(−βω) γ(ω) fails by {defect:.2g} of the largest γ, so that this bath does not "
                f"take a system to the temperature of beta = {beta:g}; "
                + (
                    "γ(−ω) obeys it: here ω > 0 is energy that the system gives to the bath"
                    if mirrored
                    else "leave beta out, or correct γ"
                ),
                UserWarning,
            )

    def _of_function(self, w: RealArray) -> RealArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return real_values(self, "power_spectrum(w)", undivided(self.function, w), w)

    @property
    def support_ends(self) -> tuple[bool, bool]:
        assert self.support is not None
        return bool(np.isfinite(self.support[0])), bool(np.isfinite(self.support[1]))

    def power_spectrum(self, w: Points) -> RealArray:
        assert self.support is not None
        w = np.asarray(w, dtype=np.float64)
        inside = (w >= self.support[0]) & (w <= self.support[1])
        values = self._of_function(np.where(inside, w, self.breakpoints[0]))
        values = known_at_zero(self, self._of_function, w, values, self.scale)
        spectrum: RealArray = np.where(inside, values, 0.0)
        return spectrum
