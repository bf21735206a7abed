"""Power laws at the ends of an expansion, whose Hilbert transforms are closed forms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths.legendre import NODES, TO_SERIES, second_kind

SERIES = 60
"""Terms of the expansion of a power law's transform, of a ratio of at most ½."""
NEAR = 0.5
"""|y| up to which, and from whose inverse on, the transform is expanded in powers of y, and of 1/y."""
PRECISE = 1e-11
"""By how much of its value a function may differ from its power law."""
EXPONENT = 1e-15
"""By how much the power of an outer law may be wrong."""


@dataclass(frozen=True)
class Tail:
    """f(start ± x) = value (x/reach)^{−power} for x ≥ reach, or, with `inner`, (x/reach)^{power} for x ≤ reach.

    Attributes
    ----------
    start, side : the origin of x, and +1 or −1, in which direction it is counted.
    reach, value, power : of the law, power > −1 of an inner one.
    error : by how much of the value f may differ from it.
    """

    start: float
    side: float
    reach: float
    value: float
    power: float
    inner: bool = False
    error: float = PRECISE

    @property
    def level(self) -> bool:
        """Whether f is a constant: white noise, whose transform exists together with the other side's only."""
        return not self.inner and self.power == 0.0

    def __call__(self, x: RealArray) -> RealArray:
        """f where the law holds, 0 elsewhere."""
        u = self.side * (x - self.start) / self.reach
        holds = (u > 0.0) & (u <= 1.0) if self.inner else u >= 1.0
        power = self.power if self.inner else -self.power
        value: RealArray = np.where(holds, self.value * np.where(holds, u, 1.0) ** power, 0.0)
        return value

    def hilbert(self, w: RealArray) -> RealArray:
        """P∫ f(ν)/(ω − ν) dν over the tail; of a constant without the part that the other side's cancels."""
        y = self.side * (w - self.start) / self.reach
        if not self.inner:
            if np.abs(y).max(initial=0.0) > NEAR:
                raise ValueError(f"a frequency of {np.abs(w).max():.3g} is beyond the expanded range")
            transformed = math.log(self.reach) + np.log1p(-y) if self.level else -_horner(y, self.power)
        else:
            transformed = inner_transform(y, self.power)
        value: RealArray = self.side * self.value * transformed
        return value

    def hilbert_error(self, w: RealArray) -> RealArray:
        """From above, how wrong `hilbert` may be at w."""
        if self.inner:
            y = np.abs(w - self.start) / self.reach
            with np.errstate(divide="ignore"):
                near = np.where(
                    y < 1.0, np.minimum(y, 1.0) ** min(self.power, 0.0), 1.0 / np.maximum(y, 1.0)
                )
            bound: RealArray = 10.0 * self.error * self.value / min(1.0, 1.0 + self.power) * near
            return bound
        if self.level:
            return np.full(np.shape(w), self.error * self.value)
        whole = self.error * max(1.0, 1.0 / self.power) + EXPONENT / self.power**2
        return np.full(np.shape(w), self.value * whole)

    def fourier(self, t: RealArray) -> ComplexArray:
        """∫ f(ν) e^{−iνt} dν over an inner tail."""
        z = (1j * self.side * self.reach * t).astype(np.complex128)
        value: ComplexArray = (
            self.value * self.reach * np.exp(-1j * self.start * t) * _incomplete(z, self.power)
        )
        return value


def _incomplete(z: ComplexArray, p: float) -> ComplexArray:
    """∫₀¹ u^p e^{−zu} du of imaginary z, p > −1: by powers of z, or as Γ(p + 1)/z^{p+1} less the continued fraction of
    the rest (Abramowitz & Stegun 5.1.22)."""
    out = np.empty(z.shape, dtype=np.complex128)
    near = np.abs(z) <= 10.0
    x = z[near]
    term, total = np.ones(x.shape, dtype=np.complex128), np.zeros(x.shape, dtype=np.complex128)
    for n in range(SERIES):
        total += term / (p + 1.0 + n)
        term *= -x / (n + 1.0)
    out[near] = total
    x = z[~near]
    fraction = np.zeros(x.shape, dtype=np.complex128)
    for n in range(SERIES, 0, -1):
        fraction = n * (n - 1.0 - p) / (x - p + 2.0 * n - fraction)
    out[~near] = math.gamma(p + 1.0) * x ** (-p - 1.0) - np.exp(-x) / (x - p - fraction)
    return out


def _horner(y: RealArray, power: float) -> RealArray:
    """Σ_m y^m/(power + m)."""
    total = np.zeros(y.shape)
    for m in range(SERIES - 1, -1, -1):
        total = total * y + 1.0 / (power + m)
    return total


def inner_transform(y: RealArray, p: float) -> RealArray:
    r"""I(y) = P∫₀¹ u^p/(y − u) du, p > −1: infinite at 0 where p ≤ 0, and at 1.

    By powers of 1/y from |y| = 2 on; up to ½ by π cot(πp) y^p, or π|y|^p/sin(πp) of negative y, and
    Σ_m y^m/(m − p), whose poles at integer p cancel in closed form; between, [0, ¼] as from far, and the rest by
    Legendre series.
    """
    out = np.empty(y.shape)
    size = np.abs(y)
    far, near = size >= 1.0 / NEAR, size <= NEAR
    inverse = 1.0 / y[far]
    out[far] = inverse * _horner(inverse, p + 1.0)
    out[near] = _near_transform(y[near], p)
    middle = ~(far | near)
    if middle.any():
        z = y[middle]
        inverse = 0.25 / z
        out[middle] = 0.25**p * inverse * _horner(inverse, p + 1.0) + _middle_transform(z, p)
    return out


def _middle_transform(y: RealArray, p: float) -> RealArray:
    """∫ u^p/(y − u) du over [¼, ½] and [½, 1], 2 Σ a_n Q_n each."""
    total = np.zeros(y.shape)
    for left, right in ((0.25, 0.5), (0.5, 1.0)):
        centre, half = 0.5 * (left + right), 0.5 * (right - left)
        series = TO_SERIES @ (centre + half * NODES) ** p
        ends = np.maximum(np.abs([y - left, y - right]), 1e-290)
        q0 = 0.5 * (np.log(ends[0]) - np.log(ends[1]))
        total += 2.0 * series @ second_kind((y - centre) / half, q0)
    return total


def _near_transform(y: RealArray, p: float) -> RealArray:
    n = max(0, round(p))
    delta = p - n
    size = np.abs(y)
    total = np.zeros(y.shape)
    for m in range(SERIES + n, -1, -1):
        total = total * y + (0.0 if m == n else 1.0 / (m - p))
    with np.errstate(divide="ignore"):
        logarithm = np.log(size)
    if delta == 0.0:
        slope, grown = logarithm, np.ones(y.shape)
    else:
        slope, grown = np.expm1(delta * logarithm) / delta, np.exp(delta * logarithm)
    # The pole at δ = 0, without which cot and 1/sin are smooth; far from it nothing cancels.
    plus, minus = _without_pole(delta)
    beside = np.where(y > 0.0, plus, minus)
    if delta == 0.0:
        pole = beside * grown + slope
    else:
        far = np.abs(delta * logarithm) > 1.0
        pole = np.where(far, (beside + 1.0 / delta) * grown - 1.0 / delta, beside * grown + slope)
    with np.errstate(invalid="ignore"):
        both: RealArray = total + np.where((y == 0.0) & (n > 0), 0.0, y**n * pole)
    return both


def _without_pole(delta: float) -> tuple[float, float]:
    """π cot(πδ) − 1/δ and π/sin(πδ) − 1/δ, −1 < δ ≤ ½."""
    x = math.pi * delta
    if abs(x) > 0.05:
        # cot of a half is no rounding.
        cosine = math.sin(math.pi * (0.5 - abs(delta)))
        return math.pi * cosine / math.sin(x) - 1.0 / delta, math.pi / math.sin(x) - 1.0 / delta
    square = x * x
    cotangent = -x * (1 / 3 + square * (1 / 45 + square * (2 / 945 + square / 4725)))
    cosecant = x * (1 / 6 + square * (7 / 360 + square * (31 / 15120 + square * 127 / 604800)))
    return math.pi * cotangent, math.pi * cosecant
