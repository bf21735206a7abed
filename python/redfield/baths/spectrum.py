"""A bath known by its power spectrum alone."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from redfield._base.checks import (
    RealArray,
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
from redfield.baths.checks import real_values
from redfield.baths.limits import known_at_zero, undivided
from redfield.baths.numeric import NumericBath


@record
class SpectrumBath(NumericBath):
    r"""A bath with a given power spectrum γ(ω) ≥ 0, a vectorised function of ω.

    Parameters
    ----------
    function : γ, arrays to arrays of one shape, a rate. 0/0 at ω = 0, as of ω/(1 − e^{−βω}), has its limit.
    breakpoints : frequencies where γ is not smooth.
    scale : over which it varies, an energy.
    support : (lowest, highest) frequency where it is not zero, default everywhere.
    beta : inverse temperature it is meant to have, for `kms_defect` and `System.gibbs_state`.

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
