"""Noise of solid-state qubits: 1/f noise, and slow noise with an Ohmic tail."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray, as_positive
from redfield._base.checks.types import Points, PositiveNumber, Strength
from redfield._base.records import record
from redfield.baths.base import Bath
from redfield.baths.numeric import NumericBath
from redfield.baths.temperature import UNGIVEN, AtTemperature

FAR = 60.0
"""In W: beyond, the Ohmic part is smooth over the width of the slow one."""


@functools.cache
def gauss_hermite() -> tuple[RealArray, RealArray]:
    """Nodes and weights for ∫e^{−x²/2} f(x) dx."""
    return np.polynomial.hermite_e.hermegauss(64)


@functools.cache
def gauss_legendre() -> tuple[RealArray, RealArray]:
    """Nodes and weights for ∫₋₁¹ f(x) dx."""
    return np.polynomial.legendre.leggauss(16)


def _log_of_square(w: RealArray, unit: float) -> RealArray:
    """ln(1 + ω²/Γ²), whose square need not be a number."""
    size = np.abs(w)
    with np.errstate(under="ignore"):
        small = np.minimum(size, unit) / unit
        large = unit / np.maximum(size, unit)
        near = np.log1p(small**2)
        far = 2.0 * (np.log(np.maximum(size, unit)) - np.log(unit)) + np.log1p(large**2)
    value: RealArray = np.where(size <= unit, near, far)
    return value


@record
class OneOverFBath(Bath):
    r"""Classical 1/f noise, of fluctuators whose switching rates are spread evenly over ln Γ.

    .. math:: \gamma(\omega) = \frac{2b^2}{|\omega|}\Big[\arctan\frac{\Gamma_2}{|\omega|} -
              \arctan\frac{\Gamma_1}{|\omega|}\Big], \quad
              \eta(\omega) = \frac{b^2}{2\omega} \ln\frac{1 + \omega^2/\Gamma_1^2}{1 + \omega^2/\Gamma_2^2}, \quad
              C(t) = b^2 [E_1(\Gamma_1|t|) - E_1(\Gamma_2|t|)]

    γ ≈ πb²/|ω| between the rates, and C(0) = b² ln(Γ₂/Γ₁) (Paladino, Galperin, Falci & Altshuler,
    doi:10.1103/RevModPhys.86.361). It has no temperature of its own: γ(−ω) = γ(ω), as of β = 0.

    Parameters
    ----------
    strength : b² ≥ 0, an energy squared.
    low, high : 0 < Γ₁ < Γ₂, the slowest and the fastest rate.

    Examples
    --------
    >>> import numpy as np
    >>> noise = OneOverFBath(strength=1e-4, low=1e-3, high=1e3)
    >>> bool(np.isclose(noise.power_spectrum(1.0), np.pi * 1e-4, rtol=2e-3))
    True
    """

    strength: Strength
    low: PositiveNumber
    high: PositiveNumber

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"low = {self.low:g} must be below high = {self.high:g}")

    @property
    def beta(self) -> float:  # type: ignore[override]
        return 0.0

    def power_spectrum(self, w: Points) -> RealArray:
        x = np.abs(np.asarray(w, dtype=np.float64))
        # arctan a − arctan b without cancellation, in units of √(Γ₁Γ₂); over x, which may be 0.
        middle = np.sqrt(self.low) * np.sqrt(self.high)
        apart = (self.high - self.low) / middle
        with np.errstate(over="ignore", under="ignore"):
            u = x / middle
            # u/(1 + u²) is the same of 1/u.
            less = np.minimum(u, 1.0 / np.maximum(u, 1.0))
            angle = np.arctan2(apart * less, 1.0 + less * less)
        at_zero = 1.0 / self.low - 1.0 / self.high
        gamma: RealArray = (
            2.0
            * self.strength
            * np.divide(angle, x, out=np.full(x.shape, at_zero), where=x > 1e-12 * self.low)
        )
        return gamma

    def lamb_shift(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        logs = _log_of_square(w, self.low) - _log_of_square(w, self.high)
        eta: RealArray = 0.5 * self.strength * np.divide(logs, w, out=np.zeros(w.shape), where=w != 0.0)
        return eta

    @property
    def lamb_shift_error(self) -> float:
        """Rounding of the closed form."""
        return 1e-15 * self.strength / self.low

    def correlation(self, t: Points) -> ComplexArray:
        t = np.abs(np.asarray(t, dtype=np.float64))
        with np.errstate(invalid="ignore"):
            c = scipy.special.exp1(self.low * t) - scipy.special.exp1(self.high * t)
        real: RealArray = self.strength * np.where(t > 0.0, c, np.log(self.high / self.low))
        return real.astype(np.complex128)

    @property
    def scale(self) -> float:
        return self.low

    @property
    def features(self) -> Sequence[tuple[float, float]]:
        return [(0.0, self.low)]


@record
class HybridOhmicBath(NumericBath, AtTemperature):
    r"""Noise of flux qubits in the polaron frame: slow noise that broadens a level, and an Ohmic bath that cools it.

    .. math:: \gamma(\omega) = \int\frac{d\nu}{2\pi} G_L(\omega - \nu) G_H(\nu), \quad
              G_L(\omega) = \sqrt{\frac{\pi}{2W^2}}\, e^{-(\omega - 4\varepsilon)^2/8W^2}, \quad
              G_H(\omega) = \frac{4S(\omega)}{\omega^2 + 4S(0)^2}

    with W² = 2εT by fluctuation and dissipation and S(ω) = ηω e^{−|ω|/ω_c}/(1 − e^{−βω}) (Smirnov & Amin,
    doi:10.1088/1367-2630/aae79c). It is dimensionless noise of unit variance, C(0) ≈ 1, for couplings that carry the
    tunnelling energy; a level releases the reorganisation energy 4ε most easily.

    Parameters
    ----------
    width : W > 0, of the slow noise (the width of macroscopic resonant tunnelling), an energy.
    strength : η > 0, of the Ohmic part, without a unit.
    cutoff : ω_c > 0, an energy.
    beta : 1/T, finite. Or ``temperature=`` by name.

    Examples
    --------
    >>> bath = HybridOhmicBath(width=0.5, strength=0.05, cutoff=20.0, beta=1.0)
    >>> bath.kms_defect([0.1, 1.0, 3.0]) < 1e-12
    True
    """

    width: PositiveNumber
    strength: PositiveNumber
    cutoff: PositiveNumber
    beta: PositiveNumber = UNGIVEN

    def __post_init__(self) -> None:
        super().__post_init__()
        as_positive("beta", self.beta)

    @property
    def reorganisation(self) -> float:
        """ε = βW²/2, an energy."""
        return 0.5 * self.beta * self.width**2

    @property
    def breakpoints(self) -> Sequence[float]:
        return (0.0,)

    @property
    def scale(self) -> float:
        return min(self.width, 2.0 * self.strength / self.beta + self.width)

    @property
    def features(self) -> Sequence[tuple[float, float]]:
        return [(0.0, self.scale), (4.0 * self.reorganisation, self.scale)]

    def _ohmic(self, w: RealArray) -> RealArray:
        """G_H."""
        x = self.beta * w
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            thermal = np.where(np.abs(x) > 1e-8, x / -np.expm1(-x), 1.0 + 0.5 * x) / self.beta
        s = self.strength * thermal * np.exp(-np.abs(w) / self.cutoff)
        return 4.0 * s / (w * w + 4.0 * (self.strength / self.beta) ** 2)

    def power_spectrum(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        centre = w.ravel() - 4.0 * self.reorganisation
        out = np.empty(centre.shape)
        near = np.abs(centre) <= FAR * self.width
        nodes, weights = self._nodes()
        values = weights * self._ohmic(nodes)
        sharpness = 8.0 * self.width**2
        norm = np.sqrt(np.pi / 2.0) / self.width / (2.0 * np.pi)
        for chunk in np.array_split(np.flatnonzero(near), max(1, int(near.sum()) // 256)):
            gauss = np.exp(-((centre[chunk, None] - nodes) ** 2) / sharpness)
            out[chunk] = norm * (gauss @ values)
        x, hermite = gauss_hermite()
        far = ~near
        spread = centre[far, None] - 2.0 * self.width * x
        out[far] = self._ohmic(spread) @ (hermite / np.sqrt(2.0 * np.pi))
        return out.reshape(w.shape)

    def _nodes(self) -> tuple[RealArray, RealArray]:
        """Gauss's rule on panels that are fine at ν = 0 and never longer than W."""
        reach = (FAR + 30.0) * self.width
        finest = min(1e-3 * self.strength / self.beta, 1e-3 * self.width)
        graded = np.geomspace(finest, self.width, max(2, int(np.log2(self.width / finest)) + 1))
        right = np.concatenate([[0.0], graded, np.arange(2.0, reach / self.width + 1.0) * self.width])
        # The cutoff's kink is at 0 too.
        edges = np.concatenate([-right[::-1], right[1:]])
        half, middle = 0.5 * np.diff(edges), 0.5 * (edges[1:] + edges[:-1])
        x, weights = gauss_legendre()
        return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * weights).ravel()
