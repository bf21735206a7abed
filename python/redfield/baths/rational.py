"""Thermal baths whose spectral density is rational: Drude and underdamped."""

from __future__ import annotations

import abc
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from redfield.baths.edges import Feature
from redfield.baths.spectral_density import ThermalBath
from redfield.validation import ComplexArray, RealArray, as_not_negative, as_positive

NEAR_POLE = 1e-4
"""Distance, in Matsubara spacings, within which a pole of J meets one of coth and their sum is averaged."""


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


@dataclass(frozen=True, eq=False)
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

    strength: float
    frequency: float
    damping: float
    beta: float

    def __post_init__(self) -> None:
        self.__dict__.update(
            strength=as_not_negative("strength", self.strength),
            frequency=as_positive("frequency", self.frequency),
            damping=as_positive("damping", self.damping),
            beta=as_positive("beta", self.beta, infinite=True),
        )

    @property
    def cutoff_scale(self) -> float:
        return min(self.frequency, self.frequency**2 / self.damping)

    @property
    def breakpoints(self) -> Sequence[float]:
        return (-self.frequency, 0.0, self.frequency)

    @property
    def features(self) -> Sequence[Feature]:
        """The step at 0 and the resonances."""
        narrow = min(self.damping, self.frequency)
        return [(-self.frequency, narrow), (0.0, self.scale), (self.frequency, narrow)]

    def spectral_density(self, w: RealArray) -> RealArray:
        o2 = self.frequency**2
        return self.strength * self.damping * o2 * w / ((o2 - w**2) ** 2 + (self.damping * w) ** 2)

    def zero_frequency_rate(self) -> float:
        return (
            0.0 if math.isinf(self.beta) else self.strength * self.damping / self.frequency**2 / self.beta
        )

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


@dataclass(frozen=True, eq=False)
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

    strength: float
    cutoff: float
    beta: float

    def __post_init__(self) -> None:
        self.__dict__.update(
            strength=as_not_negative("strength", self.strength),
            cutoff=as_positive("cutoff", self.cutoff),
            beta=as_positive("beta", self.beta, infinite=True),
        )

    @property
    def cutoff_scale(self) -> float:
        return self.cutoff

    def spectral_density(self, w: RealArray) -> RealArray:
        return self.strength * w / (1.0 + (w / self.cutoff) ** 2)

    def zero_frequency_rate(self) -> float:
        return 0.0 if math.isinf(self.beta) else self.strength / self.beta

    def poles(self) -> list[tuple[complex, complex]]:
        return [(-1j * self.cutoff, 0.5 * self.strength * self.cutoff**2 + 0j)]
