"""Distances between covariance matrices."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import ComplexArray


def operator_norm(a: ComplexArray) -> float:
    """Of a Hermitian matrix."""
    return float(np.abs(np.linalg.eigvalsh(a)).max())
