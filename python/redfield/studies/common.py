"""Baths, drives and norms that several studies use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray
from redfield.baths import ParticleBath

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
"""Pauli matrices."""


def gaussian_band(width: float, beta: float, mu: float) -> ParticleBath:
    """The reservoir with density of states D(ω) = e^{−ω²/2w²}, so that C(t) ∝ e^{−w²t²/2}."""
    return ParticleBath(lambda w: np.exp(-((w / width) ** 2) / 2.0), beta, mu, scale=width)


def operator_norm(a: ComplexArray) -> float:
    """The largest modulus of the eigenvalues of a Hermitian matrix."""
    return float(np.abs(np.linalg.eigvalsh(a)).max())


@dataclass(frozen=True)
class Line:
    """The function start + slope · t."""

    start: float
    slope: float

    def __call__(self, t: Any) -> Any:
        return self.start + self.slope * t
