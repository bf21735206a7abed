"""Bosons at a temperature: the transforms of J[1 + n] and J n."""

from __future__ import annotations

import abc
import functools
import math
from collections.abc import Sequence

from redfield import _core
from redfield._base.checks import RealArray
from redfield._base.checks.types import Points
from redfield.baths.checks import weakly
from redfield.baths.numeric import NumericBath
from redfield.baths.temperature import AtTemperature


class ThermalBath(NumericBath, AtTemperature):
    r"""Bosons at inverse temperature β with a spectral density J(ω > 0).

    .. math:: \gamma(\omega) = \begin{cases} J(\omega)\,[1 + n(\omega)] & \omega > 0 \\
              J(|\omega|)\, n(|\omega|) & \omega < 0 \end{cases}, \quad
              n(\omega) = \frac{1}{e^{\beta(\omega - \mu)} - 1}

    Subclasses give J, and β and μ ≤ 0 as attributes. The transforms are taken of J θ(ω) and of J n, which is even, on
    panels that double from far below 1/β to far beyond the cutoff, with power laws at either end: the singularity of
    sub-Ohmic spectra at ω = 0 and the tail of slow cutoffs are integrated in closed form.
    """

    beta: float

    @abc.abstractmethod
    def spectral_density(self, w: Points) -> RealArray:
        """J at ω ≥ 0, a rate."""

    @abc.abstractmethod
    def zero_frequency_rate(self) -> float:
        """γ(0), the limit of J(ω) n(ω)."""

    @property
    def finite_at_zero(self) -> bool:
        return math.isfinite(self.zero_frequency_rate())

    @property
    def breakpoints(self) -> Sequence[float]:
        return (0.0,)

    @property
    @abc.abstractmethod
    def cutoff_scale(self) -> float:
        """Over which J varies."""

    @property
    def scale(self) -> float:
        return min(self.cutoff_scale, self.thermal_scale)

    @property
    def thermal_scale(self) -> float:
        """4/β, over which n varies; the cutoff's at zero temperature, where n vanishes."""
        return self.cutoff_scale if math.isinf(self.beta) else 4.0 / self.beta

    @property
    def _reach(self) -> tuple[float, float]:
        reach = 5.0 * max(self.cutoff_scale, *map(abs, self.breakpoints))
        return -reach, reach

    @property
    def features(self) -> Sequence[tuple[float, float]]:
        return [(x, self.scale if x == 0.0 else self.cutoff_scale) for x in self.breakpoints]

    def power_spectrum(self, w: Points) -> RealArray:
        return self._numeric.power_spectrum(w)

    @functools.cached_property
    def _numeric(self) -> _core.NumericBath:
        """The quadrature of the core (cpp/src/bath/thermal_quadrature.hpp)."""
        return _core.NumericBath.thermal(
            weakly(self.spectral_density),
            self.beta,
            self.mu,
            self.zero_frequency_rate(),
            self.cutoff_scale,
            list(self.features),
            *self.support_ends,
        )
