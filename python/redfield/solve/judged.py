"""What density matrices tell by themselves, whatever equation they obey."""

from __future__ import annotations

import math

import numpy as np

from redfield._base.checks import RealArray, as_square, as_states
from redfield._base.checks.types import EOps, Numbers, State
from redfield.equations.options import Options
from redfield.equations.solver import Condition, Solver
from redfield.results.evolution import Result
from redfield.solve.until import evolve_until

EMPTY = 1e-14
"""Populations below this count as zero in ln ρ."""


class DensityMatrices(Solver):
    """Base of the solvers whose states are density matrices."""

    def evolve_until(
        self, condition: Condition, rho0: State, tlist: Numbers, e_ops: EOps, options: Options
    ) -> Result:
        return evolve_until(self, condition, rho0, tlist, e_ops, options)

    def entropy_rate(self, rho: State, change: State) -> float:
        """Return −tr(ρ̇ ln ρ): inf where an empty level fills, nan where a population is negative."""
        rho = as_square("rho", rho, self.system.dimension)
        change = as_square("change", change, self.system.dimension)
        p, u = np.linalg.eigh(0.5 * (rho + rho.conj().T))
        if p[0] < -EMPTY:
            return math.nan
        changes = np.einsum("jk,jl,lk->k", u.conj(), change, u, optimize=True).real
        empty = p <= EMPTY
        if np.abs(changes[empty]).max(initial=0.0) > EMPTY * max(float(np.abs(changes).max()), 1e-300):
            return math.inf
        return float(-(changes[~empty] @ np.log(p[~empty])))

    def margins(self, states: State) -> RealArray:
        """Return the smallest eigenvalue of each state, (T,)."""
        each = as_states("states", states, self.system.dimension)
        return np.linalg.eigvalsh(each)[:, 0].astype(np.float64)
