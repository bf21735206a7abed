r"""How a sum of exponentials follows its bath.

    dC/dp = Σ_k (dc_k − c_k t dν_k) e^{−ν_k t} + r(t),   ∫|r|²dt least,

real rates staying real and conjugate ones conjugate.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths.adjustable import adjustable
from redfield.baths.base import Bath
from redfield.baths.derivatives import by_differences
from redfield.baths.exponentials import ExponentialSum
from redfield.baths.sampled import RANK, sampled

REAL, ALIKE = 1e-12, 1e-10
"""|Im ν|/Re ν of a rate that is real, and the distance of two that are each other's conjugates, in |ν|."""
FINEST = 1e-10
"""Part of ∫|C| below which no time is late enough."""


class Followed:
    """The tangent space of a sum of exponentials, and where in it the derivatives of a bath lie.

    Attributes
    ----------
    coefficients, rates : (P, K) complex dc_k and dν_k of each of P directions.
    t, weights : (M,) nodes of a quadrature of the sum's times.
    """

    def __init__(self, bath: Bath, whole: ExponentialSum) -> None:
        self.bath, self.whole = bath, whole
        directions = list(_directions(whole))
        shape = len(directions), len(whole)
        self.coefficients = np.array([c for c, _ in directions], np.complex128).reshape(shape)
        self.rates = np.array([nu for _, nu in directions], np.complex128).reshape(shape)
        known = sampled(bath, whole.duration, max(whole.relative_error, FINEST))
        self.t, self.weights = known.t, known.weights

    @functools.cached_property
    def values(self) -> ComplexArray:
        """What each direction does to the sum, (M, P)."""
        each = np.exp(-np.outer(self.t, self.whole.rates))
        slope = -self.t[:, None] * self.whole.coefficients * each
        changes: ComplexArray = each @ self.coefficients.T + slope @ self.rates.T
        return changes

    @functools.cached_property
    def _inverse(self) -> RealArray:
        """The least squares of real and imaginary parts, (P, 2M)."""
        stacked = self._stacked(self.values)
        norms = np.linalg.norm(stacked, axis=0)
        norms[norms == 0.0] = 1.0
        inverse: RealArray = np.linalg.pinv(stacked / norms, rcond=RANK) / norms[:, None]
        return inverse

    def _stacked(self, changes: ComplexArray) -> RealArray:
        root = np.sqrt(self.weights)
        weighed = (root * changes.T).T
        stacked: RealArray = np.concatenate([weighed.real, weighed.imag])
        return stacked

    def derivative(self, name: str) -> tuple[ComplexArray, float]:
        """Return dC/dp at the nodes, and its error as a part of its largest value."""
        if np.isinf(adjustable(self.bath)[name][0]):
            return np.zeros(self.t.shape, np.complex128), 0.0

        def parts(bath: Bath) -> RealArray:
            c = bath.correlation(self.t)
            return np.stack([c.real, c.imag])

        best = by_differences(self.bath, name, parts)
        return best.found(f"{self.bath!r}: ∂C/∂{name}", self.t, "t")

    def nearest(self, change: ComplexArray) -> tuple[RealArray, ComplexArray]:
        """Return the parts of the directions nearest to a change of C, and what it leaves, (P,) and (M,)."""
        parts: RealArray = self._inverse @ self._stacked(change)
        return parts, change - self.values @ parts

    def one_sided(self, change: ComplexArray, w: RealArray) -> ComplexArray:
        """Return ∫ dC e^{iωt} dt of a change at the nodes, at frequencies of any shape."""
        phases = np.exp(1j * np.multiply.outer(w, self.t))
        found: ComplexArray = phases @ (self.weights * change)
        return found


def _directions(whole: ExponentialSum) -> Iterator[tuple[ComplexArray, ComplexArray]]:
    """Yield (dc, dν), (K,) each, of every real direction; terms that are zero do not change."""
    c, rates = whole.coefficients, whole.rates
    unit, none = np.eye(len(c)), np.zeros(len(c), np.complex128)
    done: set[int] = set()
    for k, nu in enumerate(rates):
        if c[k] == 0.0:
            continue
        yield unit[k] + none, none
        yield 1j * unit[k], none
        if k in done:
            continue
        if abs(nu.imag) <= REAL * nu.real:
            yield none, unit[k] + none
            continue
        other = none
        for j in range(k + 1, len(c)):
            if j not in done and abs(rates[j] - np.conj(nu)) <= ALIKE * abs(nu):
                done.add(j)
                other = unit[j] + none
                break
        yield none, unit[k] + other
        yield none, 1j * (unit[k] - other)
