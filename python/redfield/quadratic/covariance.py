"""Covariance matrices G = L Y L†, not multiplied out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redfield._base.checks import ComplexArray, RealArray


def hermitian(a: ComplexArray) -> ComplexArray:
    """½(A + A†)."""
    part: ComplexArray = 0.5 * (a + a.conj().T)
    return part


@dataclass(frozen=True, eq=False)
class Covariance:
    """G = L Y L†: densities and expectation values need less than the product."""

    inner: ComplexArray
    factor: RealArray | ComplexArray | None = None

    def matrix(self) -> ComplexArray:
        """(N, N) G."""
        if self.factor is None:
            return self.inner
        return hermitian(self.factor @ self.inner @ self.factor.conj().T)

    def densities(self) -> RealArray:
        """(N,) diagonal of G."""
        if self.factor is None:
            return np.diagonal(self.inner).real.copy()
        densities: RealArray = np.einsum("jk,jk->j", self.factor @ self.inner, self.factor.conj()).real
        return densities

    def dual(self, o: ComplexArray) -> ComplexArray:
        """(N, N) D with tr(OG) = Σ D*Y, elementwise, for every Y."""
        inner: ComplexArray = o if self.factor is None else self.factor.conj().T @ o @ self.factor
        return inner.conj().T
