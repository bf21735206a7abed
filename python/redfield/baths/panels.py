"""Functions of one variable as Legendre series on adaptive panels, whose Hilbert and Fourier transforms are exact.

On a panel [c − h, c + h] with f = Σ a_n P_n,
    P∫ f(ν)/(ω − ν) dν = 2 Σ a_n Q_n((ω − c)/h)            (Neumann),
    ∫ f(ν) e^{−iνt} dν = 2h e^{−ict} Σ a_n (−i)ⁿ j_n(ht).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from redfield.validation import ComplexArray, RealArray

ORDER = 24
"""Nodes, and terms, of a panel."""
TAIL = 3
"""The last terms, whose size estimates what was left out."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(ORDER)
TO_SERIES = (
    (np.arange(ORDER)[:, None] + 0.5) * np.polynomial.legendre.legvander(NODES, ORDER - 1).T * WEIGHTS
)


SERIES = 40
"""Terms of the expansion of a power law's transform."""
FEW_TURNS = 5.0
"""Phase over half a panel up to which ORDER nodes integrate a series of ORDER terms to rounding."""


@dataclass(frozen=True)
class Tail:
    """f(start ± x) = value (x/reach)^{−power} for x ≥ reach, or, with `inner`, (x/reach)^{power} for x ≤ reach."""

    start: float
    side: float
    reach: float
    value: float
    power: float
    inner: bool = False

    def hilbert(self, w: RealArray) -> RealArray:
        """P∫ f(ν)/(ω − ν) dν over the tail."""
        y = self.side * (w - self.start) / self.reach
        if self.inner:
            # ∫₀¹ u^p/(y − u) du, by powers of 1/y; where |y| < 1 as at y = 0, ν being that near to the start.
            far = np.where(np.abs(y) >= 2.0, 1.0 / np.where(y == 0.0, 1.0, y), 0.0)
            sums = far * _horner(far, self.power + 1.0)
            near = -1.0 / self.power if self.power > 0.0 else 0.0
            transformed = np.where(np.abs(y) >= 2.0, sums, near)
        else:
            if np.abs(y).max(initial=0.0) > 0.5:
                raise ValueError(f"a frequency of {np.abs(w).max():.3g} is beyond the expanded range")
            transformed = -_horner(y, self.power)
        value: RealArray = self.side * self.value * transformed
        return value


def _horner(y: RealArray, power: float) -> RealArray:
    """Σ_m y^m/(power + m)."""
    total = np.zeros(y.shape)
    for m in range(SERIES - 1, -1, -1):
        total = total * y + 1.0 / (power + m)
    return total


@dataclass(frozen=True)
class Panels:
    """A function on adjoining panels, and the power laws beyond them; else zero outside.

    Attributes
    ----------
    left, right : (P,) ends of each panel; neighbours share theirs exactly.
    series : (P, ORDER) Legendre coefficients, real or complex.
    tail : (P,) estimated largest error of each.
    beyond : what is left of the first panel and right of the last.
    """

    left: RealArray
    right: RealArray
    series: npt.NDArray[np.float64 | np.complex128]
    tail: RealArray
    beyond: tuple[Tail, ...] = ()

    @property
    def centre(self) -> RealArray:
        return 0.5 * (self.left + self.right)

    @property
    def half(self) -> RealArray:
        return 0.5 * (self.right - self.left)

    def __call__(self, x: RealArray) -> npt.NDArray[np.float64 | np.complex128]:
        """The function at x of any shape, by Clenshaw's recurrence."""
        flat = np.ravel(x)
        p = np.clip(np.searchsorted(self.right, flat), 0, len(self.right) - 1)
        t = (flat - self.centre[p]) / self.half[p]
        inside = np.abs(t) <= 1.0 + 1e-9
        t = np.clip(t, -1.0, 1.0)
        terms = np.ascontiguousarray(self.series.T)
        one = np.zeros(len(flat), dtype=self.series.dtype)
        two = np.zeros_like(one)
        for n in range(ORDER - 1, 0, -1):
            one, two = terms[n][p] + (2 * n + 1) / (n + 1) * t * one - (n + 1) / (n + 2) * two, one
        values = terms[0][p] + t * one - 0.5 * two
        return np.where(inside, values, 0.0).reshape(np.shape(x))

    def hilbert(self, w: RealArray) -> RealArray:
        """P∫ f(ν)/(ω − ν) dν at w of any shape."""
        flat = np.ravel(np.asarray(w, dtype=np.float64))
        nodes = (self.centre[:, None] + self.half[:, None] * NODES).ravel()
        values = ((self.series @ np.polynomial.legendre.legvander(NODES, ORDER - 1).T) * WEIGHTS).real
        weighted = (values * self.half[:, None]).ravel()
        out = np.empty(len(flat))
        chunk = max(1, 4_000_000 // max(1, len(nodes)))
        for first in range(0, len(flat), chunk):
            part = flat[first : first + chunk]
            x = (part[:, None] - self.centre) / self.half
            near_row, near_panel = np.nonzero(np.abs(x) < 1.6)
            with np.errstate(divide="ignore"):
                kernel = 1.0 / (part[:, None] - nodes)
            # Panels nearby are done by Neumann's formula, not by quadrature.
            blocks = kernel.reshape(len(part), -1, ORDER)
            blocks[near_row, near_panel] = 0.0
            total = kernel @ weighted
            # Logarithms of neighbours cancel at the end they share, if taken of exact distances.
            above = np.abs(part[near_row] - self.left[near_panel])
            below = np.abs(part[near_row] - self.right[near_panel])
            q0 = 0.5 * (np.log(np.maximum(above, 1e-290)) - np.log(np.maximum(below, 1e-290)))
            q = second_kind(x[near_row, near_panel], q0)
            np.add.at(total, near_row, 2.0 * np.einsum("nr,rn->r", q, self.series[near_panel].real))
            out[first : first + chunk] = total
        for tail in self.beyond:
            out += tail.hilbert(flat)
        return out.reshape(np.shape(w))

    def fourier(self, t: RealArray) -> ComplexArray:
        """∫ f(ν) e^{−iνt} dν at t of any shape."""
        flat = np.ravel(np.asarray(t, dtype=np.float64))
        out = np.zeros(len(flat), dtype=np.complex128)
        powers = (-1j) ** np.arange(ORDER)
        values = (self.series @ np.polynomial.legendre.legvander(NODES, ORDER - 1).T) * WEIGHTS
        chunk = max(1, 1_000_000 // max(1, len(self.left)))
        for first in range(0, len(flat), chunk):
            part = flat[first : first + chunk]
            z = part[:, None] * self.half
            # Where a panel holds few turns Gauss's rule is exact too, and cheaper.
            few = np.abs(z) < FEW_TURNS
            row, panel = np.nonzero(few)
            total = np.zeros(z.shape, dtype=np.complex128)
            for q in range(ORDER):
                total[row, panel] += 0.5 * values[panel, q] * np.exp(-1j * NODES[q] * z[row, panel])
            row, panel = np.nonzero(~few)
            if len(row):
                many = z[row, panel]
                bessel = spherical_bessel(np.abs(many))
                bessel[1::2] *= np.where(many < 0.0, -1.0, 1.0)
                total[row, panel] = np.einsum("nr,rn->r", bessel, powers * self.series[panel])
            phases = np.exp(-1j * part[:, None] * self.centre)
            out[first : first + chunk] = (2.0 * self.half * phases * total).sum(axis=1)
        return out.reshape(np.shape(t))

    def hilbert_error(self, low: float = -np.inf, high: float = np.inf) -> float:
        """An estimate from above of the largest error of `hilbert` on [low, high] that the tails leave."""
        asked = self.centre[(self.centre >= low) & (self.centre <= high)]
        if not len(asked):
            asked = self.centre
        distance = np.abs(asked[:, None] - self.centre) / self.half
        reach = np.minimum(10.0, 2.0 / np.maximum(distance - 1.0, 0.2))
        rounding = 2e-15 * np.abs(self.series).sum(axis=1)
        closure = sum(1e-11 * t.value * max(1.0, 1.0 / t.power) for t in self.beyond if t.power > 0.0)
        return float((reach @ (self.tail + rounding)).max()) + closure


def spherical_bessel(z: RealArray) -> RealArray:
    """j_n(z), n < ORDER, (ORDER, size), of z ≥ FEW_TURNS: forward where that is stable, else by SciPy."""
    out = np.empty((ORDER, len(z)))
    far = z > ORDER
    x = z[far]
    forward = np.empty((ORDER, len(x)))
    forward[0] = np.sin(x) / x
    forward[1] = (forward[0] - np.cos(x)) / x
    for n in range(1, ORDER - 1):
        forward[n + 1] = (2 * n + 1) / x * forward[n] - forward[n - 1]
    out[:, far] = forward
    out[:, ~far] = scipy.special.spherical_jn(np.arange(ORDER)[:, None], z[~far])
    return out


def second_kind(x: RealArray, q0: RealArray) -> RealArray:
    """Q_n(x), n < ORDER, (ORDER, size), from Q_0; on the cut |x| < 1 the mean of both sides."""
    q = np.empty((ORDER, len(x)))
    q[0] = q0
    q[1] = x * q[0] - 1.0
    # Forward the recurrence is stable on the cut and hardly unstable right beside it.
    for n in range(1, ORDER - 1):
        q[n + 1] = ((2 * n + 1) * x * q[n] - n * q[n - 1]) / (n + 1)
    far = np.abs(x) > 1.004
    if far.any():
        z = x[far]
        lower, upper = np.full(len(z), 1e-290), np.zeros(len(z))
        kept = np.empty((ORDER, len(z)))
        for n in range(ORDER + 220, 0, -1):
            lower, upper = ((2 * n + 1) * z * lower - (n + 1) * upper) / n, lower
            if n - 1 < ORDER:
                kept[n - 1] = lower
            big = np.abs(lower) > 1e200
            if big.any():
                scale = np.where(big, 1e-200, 1.0)
                lower, upper = lower * scale, upper * scale
                kept[max(n - 1, 0) :] *= scale
        q[:, far] = kept * (q[0, far] / kept[0])
    return q
