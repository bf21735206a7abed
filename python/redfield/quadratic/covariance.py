"""Covariance matrices G = L Y L†, not multiplied out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.quadratic.step import hermitian


@dataclass(frozen=True)
class Covariance:
    """G = L Y L†: densities and expectation values need less than the product."""

    inner: ComplexArray
    left: RealArray | ComplexArray | None = None

    def matrix(self) -> ComplexArray:
        """(N, N) G."""
        if self.left is None:
            return self.inner
        return hermitian(self.left @ self.inner @ self.left.conj().T)

    def densities(self) -> RealArray:
        """(N,) diagonal of G."""
        if self.left is None:
            return np.diagonal(self.inner).real.copy()
        densities: RealArray = np.einsum("jk,jk->j", self.left @ self.inner, self.left.conj()).real
        return densities
