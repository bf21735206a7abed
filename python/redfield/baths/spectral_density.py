"""Bosonic baths from a spectral density J(ω)."""

from __future__ import annotations

import abc
import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import scipy.special

from redfield.baths.numeric import NumericBath
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_not_negative,
    as_positive,
    as_real_number,
)

NEAR_POLE = 1e-4
"""Distance, in Matsubara spacings, within which a pole of J meets one of coth and their sum is averaged."""


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
        if values.shape != np.shape(w):
            raise ValueError(
                f"{self!r}: spectral_density(w) must have the shape of w, {np.shape(w)}; got {values.shape}"
            )
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


class RationalBath(ThermalBath):
    r"""A thermal bath whose J is rational, with Γ in closed form (digamma functions).

    .. math:: J(\omega) = \sum_k r_k\Big[\frac{1}{\omega - p_k} + \frac{1}{\omega + p_k}\Big], \quad
              \Gamma(\omega) = \sum_k \frac{r_k}{2}\frac{1 + \coth(\beta p_k/2)}{\omega - p_k}
              + \sum_k\sum_\pm \frac{r_k\beta}{4\pi^2}
              \frac{\psi(1 \mp i\beta p_k/2\pi) - \psi(1 - i\beta\omega/2\pi)}{\mp ip_k\beta/2\pi + i\omega\beta/2\pi}

    over the poles p_k in the lower half plane; at β = ∞ by quadrature.
    """

    @abc.abstractmethod
    def poles(self) -> list[tuple[complex, complex]]:
        """(p_k, r_k)."""

    def _shift(self, w: RealArray) -> RealArray:
        if math.isinf(self.beta) or not self.simple_poles:
            return super()._shift(w)
        spacing = 2.0 * np.pi / self.beta
        # A pole −iν_n of coth cancels one of J: the mean over a circle around it is right to fourth order.
        close = any(
            abs(p.real) < NEAR_POLE * spacing
            and abs(p.imag / spacing - round(p.imag / spacing)) < NEAR_POLE
            for p, _ in self.poles()
        )
        nudges = 1.0 + 3.0 * NEAR_POLE * np.array([1, 1j, -1, -1j]) if close else np.ones(1)
        shift: RealArray = np.mean([self._one_sided(w, nudge).imag for nudge in nudges], axis=0)
        return shift

    @property
    def simple_poles(self) -> bool:
        """Whether no two poles of J coincide or nearly so; else its transform is integrated."""
        return True

    def _one_sided(self, w: RealArray, nudge: complex) -> ComplexArray:
        unit = self.beta / (2.0 * np.pi)
        b = -1j * w * unit
        psi_b = scipy.special.digamma(1.0 + b)
        total = np.zeros(w.shape, dtype=np.complex128)
        for pole, residue in self.poles():
            p = pole * nudge
            total += 0.5 * residue * (1.0 + 1.0 / np.tanh(0.5 * self.beta * p)) / (w - p)
            for a in (-1j * p * unit, 1j * p * unit):
                total += (
                    residue / self.beta * unit**2 * (scipy.special.digamma(1.0 + a) - psi_b) / (a - b)
                )
        return total


class UnderdampedBath(RationalBath):
    r"""A damped harmonic mode between the system and a thermal bath.

    .. math:: J(\omega) = \lambda\,\frac{\Gamma\,\Omega^2\,\omega}{(\Omega^2 - \omega^2)^2 + \Gamma^2\omega^2}

    Parameters
    ----------
    strength : λ ≥ 0, an energy.
    frequency : Ω > 0 of the mode.
    damping : Γ > 0 of the mode; overdamped where it exceeds 2Ω.
    beta : inverse temperature; inf for zero.

    Examples
    --------
    >>> bath = UnderdampedBath(strength=0.1, frequency=1.0, damping=0.2, beta=2.0)
    >>> bath.one_sided([0.0, 1.0]).round(6)
    array([0.005   -0.025j   , 0.289129+0.025439j])
    """

    def __init__(self, strength: float, frequency: float, damping: float, beta: float) -> None:
        self.strength = as_not_negative("strength", strength)
        self.frequency = as_positive("frequency", frequency)
        self.damping = as_positive("damping", damping)
        self.beta = as_positive("beta", beta, infinite=True)

    def __repr__(self) -> str:
        return (
            f"UnderdampedBath(strength={self.strength}, frequency={self.frequency}, "
            f"damping={self.damping}, beta={self.beta})"
        )

    @property
    def scale(self) -> float:
        return min(self.damping, self.frequency, 4.0 / self.beta)

    def spectral_density(self, w: RealArray) -> RealArray:
        o2 = self.frequency**2
        return self.strength * self.damping * o2 * w / ((o2 - w**2) ** 2 + (self.damping * w) ** 2)

    def zero_frequency_rate(self) -> float:
        return self.strength * self.damping / self.frequency**2 / self.beta

    @property
    def simple_poles(self) -> bool:
        return abs(self.frequency - 0.5 * self.damping) > 1e-4 * self.frequency

    def poles(self) -> list[tuple[complex, complex]]:
        half = 0.5 * self.damping
        root = np.sqrt(complex(self.frequency**2 - half**2))
        return [
            (
                sign * root - 1j * half,
                self.strength
                * self.damping
                * self.frequency**2
                / (-4.0 * (self.frequency**2 - (sign * root - 1j * half) ** 2) + 2.0 * self.damping**2),
            )
            for sign in (1.0, -1.0)
        ]


class DrudeBath(RationalBath):
    r"""An Ohmic bath with a Drude cutoff, the overdamped (Drude-Lorentz) bath.

    .. math:: J(\omega) = \lambda\,\frac{\omega\,\omega_c^2}{\omega^2 + \omega_c^2}

    Parameters
    ----------
    strength : λ ≥ 0, dimensionless.
    cutoff : ω_c > 0, an energy.
    beta : inverse temperature; inf for zero.

    Examples
    --------
    >>> bath = DrudeBath(strength=0.1, cutoff=3.0, beta=2.0)
    >>> bath.one_sided([0.0, 1.0]).round(6)
    array([0.025   -0.075j   , 0.052043-0.072296j])
    """

    def __init__(self, strength: float, cutoff: float, beta: float) -> None:
        self.strength = as_not_negative("strength", strength)
        self.cutoff = as_positive("cutoff", cutoff)
        self.beta = as_positive("beta", beta, infinite=True)

    def __repr__(self) -> str:
        return f"DrudeBath(strength={self.strength}, cutoff={self.cutoff}, beta={self.beta})"

    @property
    def scale(self) -> float:
        return min(self.cutoff, 4.0 / self.beta)

    def spectral_density(self, w: RealArray) -> RealArray:
        return self.strength * w / (1.0 + (w / self.cutoff) ** 2)

    def zero_frequency_rate(self) -> float:
        return self.strength / self.beta

    def poles(self) -> list[tuple[complex, complex]]:
        return [(-1j * self.cutoff, 0.5 * self.strength * self.cutoff**2 + 0j)]
