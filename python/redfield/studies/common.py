"""Baths, drives, norms and exact solutions that several studies use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths import ParticleBath

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
"""Pauli matrices."""
RECURRENCE_MARGIN = 1.3


def gaussian_band(width: float, beta: float, mu: float) -> ParticleBath:
    """Return the reservoir with density of states D(ω) = e^{−ω²/2w²}, so that C(t) ∝ e^{−w²t²/2}."""
    return ParticleBath(lambda w: np.exp(-((w / width) ** 2) / 2.0), beta, mu, scale=width)


def operator_norm(a: ComplexArray) -> RealArray:
    """Return the largest modulus of the eigenvalues of Hermitian matrices (…, N, N), as an array (…)."""
    norms: RealArray = np.abs(np.linalg.eigvalsh(a)).max(axis=-1)
    return norms


def exact_solution(
    equation: Callable[..., Any], system: Any, g0: Any, times: RealArray, **options: Any
) -> tuple[ComplexArray, float]:
    """Return the exact covariances at each time, and their estimated error: a discretisation by `equation` whose
    recurrence lies RECURRENCE_MARGIN beyond the last time."""
    recurrence = equation(system, modes=100).recurrence_time
    modes = max(100, int(np.ceil(RECURRENCE_MARGIN * 100 * times[-1] / recurrence)))
    result = equation(system, modes).evolve(g0, times, **options)
    return result.covariances, result.error


@dataclass(frozen=True)
class Line:
    """The function start + slope · t."""

    start: float
    slope: float

    def __call__(self, t: Any) -> Any:
        return self.start + self.slope * t
