"""Baths, drives, norms, equations and exact solutions that several studies use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import equations
from redfield._base.checks import ComplexArray, RealArray
from redfield.baths import ParticleBath
from redfield.equations.base import AnyEquation
from redfield.quadratic import Exact, QuadraticSystem
from redfield.systems.system import System

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
"""Pauli matrices."""
RECURRENCE_MARGIN = 1.3


def gaussian_band(width: float, beta: float, mu: float) -> ParticleBath:
    """Return the reservoir with density of states D(ω) = e^{−ω²/2w²}, so that C(t) ∝ e^{−w²t²/2}."""
    return ParticleBath(lambda w: np.exp(-((w / width) ** 2) / 2.0), beta, mu, scale=width)


def equations_of(system: System, memory: float) -> dict[str, AnyEquation]:
    """Return the equations with constant coefficients by their names.

    The window of the coarse-grained one is the geometric mean of the baths' memory time and the fastest decay time of
    Davies' equation; the cutoff of the partially secular one is its inverse.
    """
    davies = equations.Davies(system)
    window = math.sqrt(memory / davies.solver.decoherence_rate())
    return {
        "redfield": equations.Redfield(system),
        "davies": davies,
        "partial_secular": equations.PartialSecular(system, cutoff=1.0 / window),
        "universal_lindblad": equations.UniversalLindblad(system),
        "geometric_arithmetic": equations.GeometricArithmetic(system),
        "coarse_grained": equations.CoarseGrained(system, window=window),
    }


def operator_norm(a: ComplexArray) -> RealArray:
    """Return the largest modulus of the eigenvalues of Hermitian matrices (…, N, N), as an array (…)."""
    norms: RealArray = np.abs(np.linalg.eigvalsh(a)).max(axis=-1)
    return norms


def exact_solution(
    system: QuadraticSystem, g0: npt.ArrayLike, times: RealArray, **options: Any
) -> tuple[ComplexArray, float]:
    """Return the exact covariances at each time, and their estimated error.

    The discretised baths have so many modes that their recurrence lies RECURRENCE_MARGIN beyond the last time.
    """
    modes = 100 * RECURRENCE_MARGIN * times[-1] / Exact(system, modes=100).recurrence_time
    result = Exact(system, max(100, int(np.ceil(modes)))).evolve(g0, times, **options)
    assert result.covariances is not None
    assert result.error is not None
    return result.covariances, result.error


@dataclass(frozen=True)
class Line:
    """The function start + slope · t."""

    start: float
    slope: float

    def __call__(self, t: float) -> float:
        return self.start + self.slope * t
