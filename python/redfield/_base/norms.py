"""Norms of stacks of matrices."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import ComplexArray, RealArray


def trace_norms(hermitian: ComplexArray) -> RealArray:
    """‖A‖₁ = Σ|a_k| over the eigenvalues, of Hermitian matrices (…, N, N) as an array (…)."""
    norms: RealArray = np.abs(np.linalg.eigvalsh(hermitian)).sum(axis=-1)
    return norms
