"""The hierarchical equations of motion of a constant Hamiltonian: depths are climbed until two agree.

    ρ_d from the hierarchy of depth d,  d = d₀, d₀ + 1, …  until  max_t ‖ρ_d(t) − ρ_{d−1}(t)‖₁ ≤ tol,

which is the error of ρ_{d−1} as long as depths converge, and more than that of ρ_d. Each bath enters as a sum of
exponentials, within tol of ∫|C|dt, whose effect on the state is what it does to Redfield's.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_density_matrix,
    as_max_bytes,
    as_positive,
    as_state,
    as_threads,
    as_times,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.progress import progress_callback
from redfield.baths.remainders import Terms
from redfield.equations.options import Options, SteadyOptions
from redfield.results.evolution import Result
from redfield.results.steady import Eigenmodes, SteadyState
from redfield.solve import regression
from redfield.solve.depths import negligible_of, require_fits, settled, told_of
from redfield.solve.evolve import Observables
from redfield.solve.expansions import terminated_terms_of, terms_of
from redfield.solve.forces import Forced
from redfield.solve.late import Late
from redfield.solve.misfit import evolved_effect, steady_effect, within
from redfield.solve.regression import METHODS, Distance, trace_distance
from redfield.solve.resolvent import require_away_from_zero
from redfield.solve.steady import DEFAULT_MODES, several
from redfield.systems.couplings import require_hermitian

MOST_STATES = 1e8
"""Bytes of the states by which two depths are compared; of longer evolutions some are left out."""

Propagator = Callable[[_core.Hierarchy], Callable[..., tuple[Any, ...]]]
"""The call of the core that evolves a vector of a hierarchy."""


class Hierarchies(Forced):
    """The solver of a System by hierarchies, of bosonic baths or of leads."""

    _apart = False
    """Whether equal couplings are apart, since they change."""
    _filters = True
    """Whether operators are left out that hardly move the state."""

    def prepare(self) -> None:
        self.system.require_independent("HEOM")
        require_hermitian(self.system.couplings, "a hierarchy")

    @functools.cached_property
    def _core_system(self) -> _core.System:
        core: _core.System = self.system.core(False)
        return core

    @property
    def _bandwidth(self) -> float:
        """How fast H moves the state, at most."""
        return float(np.ptp(self.system.energies))

    def _terms(self, duration: float, part: float | None = None) -> list[Terms]:
        """Return sums that miss a part of ∫|C|dt, by default tol."""
        made = terminated_terms_of if self.equation.terminator else terms_of
        return made(self.system, duration, self.equation.tol if part is None else part, self._bandwidth)

    def _fitted(
        self, duration: float, start: ComplexArray | None = None, times: RealArray | None = None
    ) -> tuple[list[Terms], float]:
        """Return sums that change Redfield's state by tol at most, the steady one or at times, and by what they do."""

        def effect(terms: list[Terms]) -> float:
            if start is not None and times is not None:
                return evolved_effect(self.system, terms, start, times)
            return steady_effect(self.system, terms)

        tol: float = self.equation.tol
        return within(lambda part: self._terms(duration, part), effect, tol, tol)

    def _hierarchy(self, terms: list[Terms], depth: int, share: float = 1.0) -> _core.Hierarchy:
        """Make one depth, or say which fits; of what is left out only that which is a share as large."""
        given = [x[:3] for x in terms]
        most = require_fits(self.equation, self._core_system, given, depth, self._apart, share=share)
        negligible = negligible_of(self.equation, share)
        return _core.Hierarchy(self._core_system, given, depth, most, negligible, self._apart)

    def _settled(
        self,
        terms: list[Terms],
        solve: Callable[[_core.Hierarchy], tuple[Any, ComplexArray]],
        distance: Distance = trace_distance,
    ) -> tuple[Any, _core.Hierarchy, float]:
        """Return a solution, its hierarchy, and the distance between it and that of one depth less, or nan."""

        def make(depth: int, share: float) -> _core.Hierarchy:
            return self._hierarchy(terms, depth, share)

        return settled(self.equation, make, solve, distance, self._filters)

    def _told(self, terms: list[Terms], hierarchy: _core.Hierarchy, error: float) -> dict[str, Any]:
        return told_of(self.equation, terms, hierarchy, error)

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Result:
        options.refuse("hierarchy", "max_step", "breakpoints", "error")
        times = as_times("tlist", tlist)
        return self.climbed(self.equation, lambda h: h.evolve, METHODS, rho0, times, e_ops, options)

    def climbed(
        self,
        equation: object,
        propagator: Propagator,
        methods: tuple[str, ...],
        rho0: State,
        times: RealArray,
        e_ops: EOps,
        options: Options,
    ) -> Result:
        """Return the evolution of an equation by the hierarchies of this one, at the depth that settles."""
        n = self.system.dimension
        start = as_state("rho0", rho0, n)
        observables = Observables(e_ops, n, options.store_states)
        settings = options.settings(methods)
        duration = float(times[-1] - times[0])
        compared = slice(None, None, max(1, int(len(times) * 16.0 * n * n / MOST_STATES)))
        terms, misfit = self._fitted(duration if duration > 0.0 else 1.0, start, times[compared])

        def solve(hierarchy: _core.Hierarchy) -> tuple[Any, ComplexArray]:
            with progress_callback(options.progress, f"depth {hierarchy.depth}") as report:
                raw = propagator(hierarchy)(
                    hierarchy.uncorrelated(start), times, settings, observables.matrices, True, False,
                    observables.store, options.stop, report,
                )  # fmt: skip
            return raw, raw[0][compared]

        (states, final, expect, stats, _, forces), hierarchy, error = self._settled(terms, solve)
        whole = error + (0.0 if math.isnan(misfit) else misfit)
        told: Any = {**stats, **self._told(terms, hierarchy, whole), "fit_effect": misfit}
        curves = observables.expect(expect)
        kept = states if observables.store else None
        begin = np.outer(start, start.conj()) if start.ndim == 1 else start
        return Result(times, curves, told, kept, final, equation, forces, start=begin)

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> SteadyState:
        options.refuse("hierarchy", "method", "error")
        terms, misfit = self._fitted(math.inf)
        start = None if rho0 is None else as_density_matrix("rho0", rho0, self.system.dimension)

        def solve(hierarchy: _core.Hierarchy) -> tuple[Any, ComplexArray]:
            raw = self.settled_vector(hierarchy, options, start)
            return raw, raw[0]

        raw, _, climbed = self._settled(terms, solve)
        state, residual, applications, error, unique, _, forces = raw
        whole = error + climbed + (0.0 if math.isnan(misfit) else misfit)
        return SteadyState(
            state,
            residual,
            applications,
            "iterative",
            unique,
            whole,
            forces=forces,
            equation=self.equation,
        )

    def settled_vector(
        self, hierarchy: _core.Hierarchy, options: SteadyOptions, start: ComplexArray | None = None
    ) -> tuple[Any, ...]:
        """Return the steady state of one depth: state, residual, applications, error, unique, vector, forces.

        Raises
        ------
        MultipleSteadyStates
            There are several, and no state says which is meant.
        """
        most = as_max_bytes(self.equation.max_bytes)
        with progress_callback(options.progress, f"depth {hierarchy.depth}") as report:
            raw = hierarchy.steady_state(options.tol, as_threads(options.threads), most, report, start)
        if len(raw) == 3:
            raise several(*raw)
        return raw

    def spectrum(self, k: int | None, method: str, tol: float, threads: int | None) -> Eigenmodes:
        """Return the slow modes of the depth at which the eigenvalues settle, relative to the farthest."""
        SteadyOptions(method).refuse("hierarchy", "method")
        wanted, most = DEFAULT_MODES if k is None else k, as_max_bytes(self.equation.max_bytes)
        size, precision = self.system.dimension**2, as_positive("tol", tol)
        terms, _ = self._fitted(math.inf)

        def solve(hierarchy: _core.Hierarchy) -> tuple[Any, ComplexArray]:
            if wanted > size * hierarchy.operators:
                raise ValueError(
                    f"k = {wanted} modes of a hierarchy of depth {hierarchy.depth} with {size * hierarchy.operators}"
                )
            raw = hierarchy.spectrum(wanted, precision, as_threads(threads), most)
            return raw, raw[0]

        raw, _, _ = self._settled(terms, solve, regression.eigenvalue_distance)
        return replace(Eigenmodes(*raw), equation=self.equation)

    def correlation(
        self,
        operators: tuple[ComplexArray, ComplexArray, ComplexArray],
        taus: RealArray,
        state: ComplexArray | None,
        times: RealArray | None,
        options: Options,
    ) -> ComplexArray:
        options.refuse("hierarchy", "max_step", "breakpoints", "store_states")
        duration = (
            float(taus[-1] + (0.0 if times is None else times[-1])) if state is not None else math.inf
        )
        begun = [0.0] if times is None else [0.0, *times]
        terms, _ = self._fitted(
            duration if duration > 0.0 else 1.0, state, np.unique([*begun, *(begun[-1] + taus)])
        )
        size = float(np.prod([np.linalg.norm(o, 2) for o in operators]))

        def solve(hierarchy: _core.Hierarchy) -> tuple[Any, ComplexArray]:
            if state is None:
                steady = SteadyOptions(threads=options.threads, progress=options.progress)
                starts = [self.settled_vector(hierarchy, steady)[5]]
            else:
                starts = regression.reached(hierarchy, state, times, options)
            rows = np.array([regression.row(hierarchy, operators, y, taus, options) for y in starts])
            return rows, rows

        def distance(one: ComplexArray, other: ComplexArray) -> float:
            return float(np.abs(one - other).max()) / max(size, 1e-300)

        table: ComplexArray
        table, _, _ = self._settled(terms, solve, distance)
        if times is None:
            (only,) = table
            return np.asarray(only, dtype=np.complex128)
        return table if state is not None else np.repeat(table, len(times), axis=0)

    def spectrum_of_fluctuations(
        self,
        a: ComplexArray,
        b: ComplexArray,
        w: RealArray,
        options: SteadyOptions,
        state: ComplexArray | None = None,
    ) -> ComplexArray:
        return self._resolved(regression.fluctuations, a, b, w, options, state)

    def susceptibility(
        self, a: ComplexArray, b: ComplexArray, w: RealArray, options: SteadyOptions
    ) -> ComplexArray:
        return self._resolved(regression.response, a, b, w, options)

    def _resolved(
        self,
        resolve: regression.Resolved,
        a: ComplexArray,
        b: ComplexArray,
        w: RealArray,
        options: SteadyOptions,
        state: ComplexArray | None = None,
    ) -> ComplexArray:
        """Return what the resolvent tells at frequencies, of the steady state or one beside baths in equilibrium."""
        as_choice("method", options.method, ("auto", "iterative"))
        as_positive("tol", options.tol)
        terms, _ = self._fitted(math.inf)
        most = as_max_bytes(self.equation.max_bytes)
        steady = SteadyOptions(threads=options.threads, progress=options.progress)

        def solve(hierarchy: _core.Hierarchy) -> tuple[Any, ComplexArray]:
            late = Late(lambda rho0: self.settled_vector(hierarchy, steady, rho0)[5], state is not None)
            if late.count > 1:
                require_away_from_zero(late.count, w, self._bandwidth)
            start = regression.Start(hierarchy, late, state)
            resolvent = regression.HierarchyResolvent(hierarchy, options, most)
            found = resolve(resolvent, a, b, w, start)
            return found, found

        found: ComplexArray
        found, _, _ = self._settled(terms, solve, regression.relative_distance)
        return found
