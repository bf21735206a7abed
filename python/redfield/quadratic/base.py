"""The base of the solvers of quadratic problems."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_covariance, as_square, as_states
from redfield.equations.solver import Solver, refuse
from redfield.quadratic.observables.entropies import entropy_rate
from redfield.quadratic.result import Currents


class CovarianceSolver(Solver):
    """Base of the solvers of a QuadraticSystem: judgements of covariances, which no Hamiltonian enters."""

    def prepare(self) -> None:
        refuse("quadratic problem", max_bytes=(getattr(self.equation, "max_bytes", None), None))

    def as_covariance(self, name: str, value: Any) -> ComplexArray:
        """Return the covariance of a state, or densities, checked."""
        return as_covariance(name, value, self.system.dimension, self.system.statistics)

    def entropy_rate(self, rho: Any, change: Any) -> float:
        """dS/dt where G changes at the rate `change`."""
        g = self.as_covariance("covariance", rho)
        return entropy_rate(g, as_square("change", change, len(g)), self.system.statistics)

    def margins(self, states: Any) -> RealArray:
        """(T,) the distance of each G from its bounds: the least eigenvalue of G, and of 1 − G for fermions."""
        values = np.linalg.eigvalsh(as_states("states", states, self.system.dimension))
        least = values[:, 0].astype(np.float64)
        return np.minimum(least, 1.0 - values[:, -1]) if self.system.statistics == "fermion" else least

    def currents(self, covariance: Any, t: float | None, tlist: Any) -> Currents:
        """Particle, energy and heat flow from each bath into the system; see `quadratic.currents`."""
        self._refused("generator")
