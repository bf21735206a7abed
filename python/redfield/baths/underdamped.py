"""A damped mode between the system and a thermal bath, in closed form at finite temperature."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray, as_not_negative, as_positive
from redfield._base.checks.types import Number
from redfield._base.records import record
from redfield.baths.edges import Feature
from redfield.baths.thermal import ThermalBath

NEAR_POLE = 1e-4
"""Distance, in Matsubara spacings, within which a pole of J meets one of coth and their sum is averaged."""
FAR = 1e100
"""In units of the largest energy of the bath: beyond, η is its first term in 1/ω."""


@record
class UnderdampedBath(ThermalBath):
    r"""A damped harmonic mode between the system and a thermal bath.

    .. math:: J(\omega) = \lambda\,\frac{\Gamma\,\Omega^2\,\omega}{(\Omega^2 - \omega^2)^2 + \Gamma^2\omega^2}
              = \sum_k r_k\Big[\frac{1}{\omega - p_k} + \frac{1}{\omega + p_k}\Big]

    .. math:: \Gamma(\omega) = \sum_k \frac{r_k}{2}\frac{1 + \coth(\beta p_k/2)}{\omega - p_k}
              + \sum_k\sum_\pm \frac{r_k\beta}{4\pi^2}
              \frac{\psi(1 \mp i\beta p_k/2\pi) - \psi(1 - i\beta\omega/2\pi)}{\mp ip_k\beta/2\pi + i\omega\beta/2\pi}

    over the poles p_k in the lower half plane; at β = ∞ and at critical damping by quadrature.

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

    strength: Number
    frequency: Number
    damping: Number
    beta: Number

    def __post_init__(self) -> None:
        self._set(
            strength=as_not_negative("strength", self.strength),
            frequency=as_positive("frequency", self.frequency),
            damping=as_positive("damping", self.damping),
            beta=as_positive("beta", self.beta, infinite=True),
        )

    @property
    def cutoff_scale(self) -> float:
        return min(self.frequency, self.frequency * (self.frequency / self.damping))

    @property
    def breakpoints(self) -> Sequence[float]:
        return (-self.frequency, 0.0, self.frequency)

    @property
    def features(self) -> Sequence[Feature]:
        """The step at 0 and the resonances."""
        narrow = min(self.damping, self.frequency)
        return [(-self.frequency, narrow), (0.0, self.scale), (self.frequency, narrow)]

    def spectral_density(self, w: RealArray) -> RealArray:
        # λ gx/h², h² = (1 − x²)² + (gx)², in units of Ω, without overflow.
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            x = w / self.frequency
            damped = self.damping / self.frequency * x
            size = np.hypot((1.0 - x) * (1.0 + x), damped)
            density: RealArray = self.strength * np.where(np.isfinite(size), damped / size / size, 0.0)
        return density

    def zero_frequency_rate(self) -> float:
        return (
            0.0
            if math.isinf(self.beta)
            else self.strength * (self.damping / self.frequency) / self.frequency / self.beta
        )

    @property
    def _simple_poles(self) -> bool:
        """Whether the poles of J do not nearly coincide; else its transform is integrated."""
        return abs(self.frequency - 0.5 * self.damping) > 1e-4 * self.frequency

    def _poles(self) -> list[tuple[complex, complex]]:
        """(p_k, r_k)."""
        half = 0.5 * self.damping
        if half > self.frequency:
            # −ia and −ib with ab = Ω², of which the slow one is not left to a difference; r = ± λΩ²/2(a − b).
            fast = half + math.sqrt((half - self.frequency) * (half + self.frequency))
            slow = self.frequency * (self.frequency / fast)
            weight = 0.5 * self.strength * self.frequency * (self.frequency / (fast - slow))
            return [(-1j * slow, complex(weight)), (-1j * fast, complex(-weight))]
        # In units of Ω: p = ±root − i width.
        width = half / self.frequency
        root = math.sqrt((1.0 - width) * (1.0 + width))
        poles = [complex(sign * root, -width) for sign in (1.0, -1.0)]
        return [
            (
                self.frequency * p,
                self.strength * self.damping / (8.0 * width * width - 4.0 * (1.0 - p * p)),
            )
            for p in poles
        ]

    def _shift(self, w: RealArray) -> RealArray:
        if not self._closed_form:
            return super()._shift(w)
        # So far out that η ∝ 1/ω, and that βω might be no number.
        far = min(1e300, FAR * max(self.frequency, self.damping, 1.0 / self.beta))
        near = np.clip(w, -far, far)
        shift = np.mean([self._one_sided(near, nudge).imag for nudge in self._nudges], axis=0)
        falling: RealArray = shift * (far / np.maximum(np.abs(w), far))
        return falling

    @property
    def _closed_form(self) -> bool:
        return math.isfinite(self.beta) and self._simple_poles

    @property
    def _nudges(self) -> Any:
        """A pole −iν_n of coth cancels one of J: the mean over a circle around it is right to fourth order."""
        spacing = 2.0 * np.pi / self.beta
        close = any(
            p.real != 0.0
            and abs(p.real) < NEAR_POLE * spacing
            and abs(p.imag / spacing - round(p.imag / spacing)) < NEAR_POLE
            for p, _ in self._poles()
        )
        return 1.0 + 3.0 * NEAR_POLE * np.array([1, 1j, -1, -1j]) if close else np.ones(1)

    def _expansion_error(self) -> float:
        """Of the closed form: rounding of its terms, which are a few times those of the poles."""
        if not self._closed_form:
            return super()._expansion_error()
        rounding = 1e-13 if len(self._nudges) == 1 else 1e-11
        sizes = [abs(r / p.imag) * (1.0 + 2.0 / (self.beta * abs(p))) for p, r in self._poles()]
        return rounding * float(sum(sizes))

    def _one_sided(self, w: RealArray, nudge: complex) -> ComplexArray:
        unit = self.beta / (2.0 * np.pi)
        b = -1j * w * unit
        psi_b = scipy.special.digamma(1.0 + b)
        total = np.zeros(w.shape, dtype=np.complex128)
        for pole, residue in self._poles():
            p = pole * nudge
            scale = residue / self.beta * unit**2
            a = 1j * p * unit
            psi = scipy.special.digamma(1.0 + a)
            if pole.real == 0.0:
                # ψ(1 − a) = ψ(a) + π cot(πa), and coth cancels the cotangent, its poles included.
                total += 0.5 * residue / (w - p)
                mirrored = psi - 1.0 / a
            else:
                total += 0.5 * residue * (1.0 + 1.0 / np.tanh(0.5 * self.beta * p)) / (w - p)
                mirrored = scipy.special.digamma(1.0 - a)
            total += scale * ((mirrored - psi_b) / (-a - b) + (psi - psi_b) / (a - b))
        return total
