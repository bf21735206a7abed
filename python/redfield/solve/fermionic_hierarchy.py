"""The hierarchical equations of motion of a constant Hamiltonian between leads of fermions.

    ρ̇_n = −i[H, ρ_n] − Σ_{k∈n} ν_k ρ_n + Σ_{k∉n} ± U_k ρ_{n∪k} + Σ_{k∈n} ± D_k ρ_{n∖k}

over sets n of at most `depth` exponentials, with the signs of states that are even.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NoReturn

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.equations.options import Options, SteadyOptions
from redfield.results.steady import Eigenmodes
from redfield.solve.depths import require_bytes
from redfield.solve.hierarchy import Hierarchies
from redfield.solve.leads import Lead, leads_of, pairs_of, parity_of


class FermionicHierarchies(Hierarchies, problem="constant", kind="HEOM", exchange=True):
    """The solver of a System between leads by hierarchies."""

    def prepare(self) -> None:
        self.system.require_independent("HEOM")
        none = np.zeros(0, np.complex128)
        given = [(j, k, none, none, none, 0.0, 0.0) for j, k in pairs_of(self.system)]
        # One without exponentials is refused where any would be.
        _core.FermionicHierarchy(self._core_system, given, 1, math.inf, self._parity)

    @functools.cached_property
    def _parity(self) -> ComplexArray | None:
        return parity_of(self.system)

    _filters = False

    def _fitted(
        self, duration: float, start: ComplexArray | None = None, times: RealArray | None = None
    ) -> tuple[list[Any], float]:
        # The equation of second order may be far from a dot's state, and tells nothing.
        return self._terms(duration), math.nan

    def _terms(self, duration: float, part: float | None = None) -> list[Any]:
        return leads_of(self.system, duration, self.equation.tol if part is None else part)

    def _hierarchy(self, terms: list[Any], depth: int, share: float = 1.0) -> Any:
        leads: list[Lead] = terms
        given = [x[:7] for x in leads]

        def bytes_of(d: int) -> float:
            return float(_core.FermionicHierarchy.bytes_of(self.system.dimension, given, d))

        count = sum(2 * len(x.rates) for x in leads)
        most = require_bytes(self.equation, bytes_of, count, depth)
        return _core.FermionicHierarchy(self._core_system, given, depth, most, self._parity)

    def _told(self, terms: list[Any], hierarchy: Any, error: float) -> dict[str, Any]:
        return {**super()._told(terms, hierarchy, error), "negligible": 0.0}

    def spectrum(self, k: int | None, method: str, tol: float, threads: int | None) -> Eigenmodes:
        _refuse("spectrum")

    def correlation(
        self,
        operators: tuple[ComplexArray, ComplexArray, ComplexArray],
        taus: RealArray,
        state: ComplexArray | None,
        times: RealArray | None,
        options: Options,
    ) -> ComplexArray:
        _refuse("correlation")

    def spectrum_of_fluctuations(
        self,
        a: ComplexArray,
        b: ComplexArray,
        w: RealArray,
        options: SteadyOptions,
        state: ComplexArray | None = None,
    ) -> ComplexArray:
        _refuse("rf.spectrum")

    def susceptibility(
        self, a: ComplexArray, b: ComplexArray, w: RealArray, options: SteadyOptions
    ) -> ComplexArray:
        _refuse("rf.susceptibility")


def _refuse(what: str) -> NoReturn:
    raise TypeError(f"HEOM of leads has no {what}: it answers evolve, steady_state and currents")
