"""Bosonic baths from a spectral density J(ω)."""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from redfield.baths.checks import require_shape
from redfield.baths.numeric import NumericBath
from redfield.validation import (
    RealArray,
    as_positive,
    as_real_number,
)


class ThermalBath(NumericBath):
    r"""Bosons at inverse temperature β with a spectral density J(ω > 0).

    .. math:: \gamma(\omega) = \begin{cases} J(\omega)\,[1 + n(\omega)] & \omega > 0 \\
              J(|\omega|)\, n(|\omega|) & \omega < 0 \end{cases}, \quad
              n(\omega) = \frac{1}{e^{\beta(\omega - \mu)} - 1}

    Subclasses give J, and β and μ ≤ 0 as attributes.
    """

    beta: float

    @abc.abstractmethod
    def spectral_density(self, w: RealArray) -> RealArray:
        """J at ω ≥ 0, a rate."""

    @abc.abstractmethod
    def zero_frequency_rate(self) -> float:
        """γ(0), the limit of J(ω) n(ω)."""

    @property
    def breakpoints(self) -> Sequence[float]:
        return (0.0,)

    def power_spectrum(self, w: npt.ArrayLike) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        size = np.abs(w)
        j = np.asarray(self.spectral_density(size), dtype=np.float64)
        if math.isinf(self.beta):
            return np.where(w > 0.0, j, 0.0)
        x = self.beta * (size - self.mu)
        zero = x < 1e-300
        with np.errstate(over="ignore", divide="ignore"):
            up = j / np.where(zero, 1.0, -np.expm1(-x))
            down = up * np.exp(-x)
        at_zero = (w == 0.0) | zero
        values: RealArray = np.where(w > 0.0, up, down)
        return np.where(at_zero, self.zero_frequency_rate(), values) if at_zero.any() else values


class SpectralDensityBath(ThermalBath):
    r"""A bosonic bath with any spectral density; what `from_spectral_density` makes.

    Parameters and errors are those of `from_spectral_density`.

    Examples
    --------
    >>> import numpy as np
    >>> bath = SpectralDensityBath(lambda w: 0.1 * w * np.exp(-w), beta=2.0)
    >>> bath.power_spectrum([-1.0, 0.0, 1.0]).round(6)
    array([0.005758, 0.05    , 0.042546])
    """

    def __init__(
        self,
        spectral_density: Callable[[RealArray], npt.ArrayLike],
        beta: float,
        *,
        mu: float = 0.0,
        breakpoints: Sequence[float] = (),
        scale: float = 1.0,
    ) -> None:
        if not callable(spectral_density):
            raise TypeError(f"spectral_density must be a function of ω, got {spectral_density!r}")
        self._j = spectral_density
        self.beta = as_positive("beta", beta, infinite=True)
        self.mu = as_real_number("mu", mu)
        if self.mu > 0.0:
            raise ValueError(f"mu of bosons must not be above their lowest energy 0, got {self.mu}")
        self._scale = as_positive("scale", scale)
        positive = [as_positive("breakpoints", b) for b in breakpoints]
        self._breakpoints = sorted({0.0, *positive, *(-b for b in positive)})

    def __repr__(self) -> str:
        return f"SpectralDensityBath({self._j!r}, beta={self.beta})"

    @property
    def breakpoints(self) -> Sequence[float]:
        return self._breakpoints

    @property
    def scale(self) -> float:
        return min(self._scale, 4.0 / self.beta)

    def spectral_density(self, w: RealArray) -> RealArray:
        values = np.asarray(self._j(w), dtype=np.float64)
        require_shape(self, "spectral_density(w)", values, np.asarray(w))
        if (values < 0.0).any():
            where = np.unravel_index(int(np.argmin(values)), values.shape)
            raise ValueError(f"{self!r}: spectral_density({w[where]:g}) = {values[where]:g} is negative")
        return values

    def zero_frequency_rate(self) -> float:
        if math.isinf(self.beta) or self.mu < 0.0:
            return 0.0
        # J(ω)/(βω) for ω → 0.
        small = 1e-9 * self._scale
        return float(self.spectral_density(np.array([small]))[0] / (self.beta * small))


def from_spectral_density(
    spectral_density: Callable[[RealArray], npt.ArrayLike],
    beta: float,
    *,
    mu: float = 0.0,
    breakpoints: Sequence[float] = (),
    scale: float = 1.0,
) -> SpectralDensityBath:
    r"""A bosonic bath γ(ω) = J(ω)[1 + n(ω)] for ω > 0, J(|ω|) n(|ω|) for ω < 0.

    Parameters
    ----------
    spectral_density : J(ω ≥ 0) ≥ 0, a vectorised function, a rate. No factor π or 2π is added to it.
    beta : inverse temperature; inf for zero.
    mu : chemical potential ≤ 0.
    breakpoints : frequencies > 0 where J is not smooth, such as a hard cutoff.
    scale : over which J varies, an energy.

    Raises
    ------
    ValueError, TypeError
        A parameter is out of its range; J is negative, not finite or of the wrong shape somewhere.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.from_spectral_density(lambda w: 0.04 * w * np.exp(-w / 10), beta=5.0)
    >>> same = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> w = np.linspace(-3, 3, 7)
    >>> bool(np.allclose(bath.one_sided(w), same.one_sided(w), atol=1e-9))
    True
    """
    return SpectralDensityBath(spectral_density, beta, mu=mu, breakpoints=breakpoints, scale=scale)
