"""The hierarchical equations of motion of a constant Hamiltonian: depths are climbed until two agree.

    ρ_d from the hierarchy of depth d,  d = d₀, d₀ + 1, …  until  max_t ‖ρ_d(t) − ρ_{d−1}(t)‖₁ ≤ tol,

which is the error of ρ_{d−1} as long as depths converge, and more than that of ρ_d. Each bath enters as a sum of
exponentials, within tol of ∫|C|dt, whose effect on the state is what it does to Redfield's.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, as_max_bytes, as_state, as_threads, as_times
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.progress import progress_callback
from redfield.baths import ExponentialSum, FlatBath
from redfield.baths.exponentials import exponential_sum
from redfield.equations.solver import Options, Solver, SteadyOptions
from redfield.results.evolution import Result
from redfield.results.steady import SteadyState
from redfield.solve.evolve import Observables
from redfield.systems.couplings import SiteProjectors, is_hermitian
from redfield.systems.system import System

METHODS = ("auto", "chebyshev", "dopri5")
FIRST_DEPTH = 2
NEGLIGIBLE = 1e-3
"""Auxiliary operators expected to move the state by less than this part of tol are left out of depth "auto"."""
AT_ONCE = 0.1
"""Part of tol by which the terms of a bath that are over before the system moves may change the state as a remainder."""
MOST_STATES = 1e8
"""Bytes of the states by which two depths are compared; of longer evolutions some are left out."""


def sums_of(system: System, duration: float, tol: float) -> list[ExponentialSum]:
    """Return the bath of each coupling as a sum of exponentials, closed under conjugation.

    Raises
    ------
    TypeError, ValueError
        Couplings or baths are such that no hierarchy exists.
    """
    system.require_independent("a hierarchy")
    for j, bath in enumerate(map(system.coupling_bath, range(len(system.couplings)))):
        if bath.exchange:
            raise ValueError(
                f"baths[{j}] = {bath!r} exchanges particles; a hierarchy is of bosonic baths"
            )
        if isinstance(bath, FlatBath):
            raise ValueError(
                f"baths[{j}] = {bath!r} has no memory: C(t) is a δ, of which Redfield's equation is exact"
            )
    try:
        return [
            exponential_sum(system.coupling_bath(j), duration, tol, True)
            for j in range(len(system.couplings))
        ]
    except NotImplementedError as missing:
        raise ValueError(f"a hierarchy needs baths with a correlation function: {missing}") from None


class Terms(NamedTuple):
    """The exponentials of a coupling's bath, d = Σ c/ν of those that act at once, and ∫|C − Σ|/∫|C| with what that costs."""

    coefficients: ComplexArray
    rates: ComplexArray
    remainder: complex
    relative_error: float


def terms_of(system: System, sums: list[ExponentialSum], tol: float) -> list[Terms]:
    """Take from each sum the fastest terms, c e^{−νt} → (c/ν)·2δ(t), as long as that does not change the state.

    Between t and the end of a term the state moves by the part v/ν, v the bandwidth of H and the force of the bath, and
    a start knows of it by |c/ν²|(a_max − a_min)².
    """
    bandwidth = float(np.ptp(system.energies))
    return [
        _without_fastest(s, bandwidth, spread_of(system, j), tol) for j, s in enumerate(sums)
    ]


def spread_of(system: System, j: int) -> float:
    """a_max − a_min of the eigenvalues of a coupling."""
    couplings = system.couplings
    if isinstance(couplings, SiteProjectors):
        return float(abs(np.asarray(couplings.weights)[j])) if system.dimension > 1 else 0.0
    a = couplings[j]
    return float(np.ptp(np.linalg.eigvalsh(a if isinstance(a, np.ndarray) else a.toarray())))


def _without_fastest(s: ExponentialSum, bandwidth: float, spread: float, tol: float) -> Terms:
    c, rates = s.coefficients, s.rates
    order = np.argsort(-np.abs(rates), kind="stable")
    speed = np.abs(rates)[order]
    slower = np.maximum(np.abs(c).sum() - np.cumsum(np.abs(c[order])), 0.0)
    later = np.cumsum(np.abs(c / rates**2)[order])
    size = s.error / s.relative_error if s.relative_error > 0.0 else float(np.abs(c / rates).sum())
    missed = later * (bandwidth + spread * np.sqrt(slower)) / max(size, 1e-300)
    # Conjugate rates stay together.
    apart = np.append(speed[:-1] > (1.0 + 1e-9) * speed[1:], True)
    fits = np.cumprod((later * spread**2 <= AT_ONCE * tol) & (missed <= AT_ONCE * tol)).astype(np.bool_)
    count = int(np.max(np.nonzero(fits & apart)[0] + 1, initial=0))
    moved = order[:count]
    kept = np.setdiff1d(np.arange(len(c)), moved)
    told = float(missed[count - 1]) if count else 0.0
    return Terms(c[kept], rates[kept], complex((c[moved] / rates[moved]).sum()), s.relative_error + told)


class Hierarchies(Solver, problem="constant", kind="HEOM"):
    """The solver of a System by hierarchies."""

    def prepare(self) -> None:
        self.system.require_independent("HEOM")
        if not isinstance(self.system.couplings, SiteProjectors):
            for j, a in enumerate(self.system.couplings):
                if not is_hermitian(a):
                    raise TypeError(
                        f"couplings[{j}] is not Hermitian: a hierarchy is of Hermitian couplings"
                    )

    @functools.cached_property
    def _core_system(self) -> _core.System:
        core: _core.System = self.system.core(False)
        return core

    def _terms(self, duration: float) -> list[Terms]:
        tol: float = self.equation.tol
        return terms_of(self.system, sums_of(self.system, duration, (1.0 - AT_ONCE) * tol), tol)

    def _hierarchy(self, terms: list[Terms], depth: int) -> _core.Hierarchy:
        """Make one depth, or say which fits."""
        most = as_max_bytes(self.equation.max_bytes)
        given = [x[:3] for x in terms]
        # A depth that is asked for has all of its operators.
        negligible = 0.0 if isinstance(self.equation.depth, int) else NEGLIGIBLE * self.equation.tol
        count, n = _core.Hierarchy.count_exponentials(given), self.system.dimension

        def bytes_of(d: int) -> float:
            return _core.Hierarchy.bytes_of(self._core_system, given, d, negligible)

        if bytes_of(depth) > most:
            fits = max((d for d in range(depth) if bytes_of(d) <= most), default=0)
            raise MemoryError(
                f"a hierarchy of {count} exponentials, N = {n} and depth {depth} needs {bytes_of(depth) / 1e9:.3g} GB, "
                f"more than max_bytes = {most / 1e9:.3g} GB; depth {fits} fits"
            )
        return _core.Hierarchy(self._core_system, given, depth, most, negligible)

    def _settled(
        self, terms: list[Terms], solve: Callable[[_core.Hierarchy], tuple[Any, ComplexArray]]
    ) -> tuple[Any, _core.Hierarchy, float]:
        """Return a solution, its hierarchy, and the trace norm between it and that of one depth less, or nan."""
        tol: float = self.equation.tol
        if isinstance(self.equation.depth, int):
            hierarchy = self._hierarchy(terms, self.equation.depth)
            return solve(hierarchy)[0], hierarchy, math.nan
        depth = FIRST_DEPTH
        seen: list[float] = []
        _, before = solve(self._hierarchy(terms, depth - 1))
        while True:
            try:
                hierarchy = self._hierarchy(terms, depth)
            except MemoryError as too_large:
                distances = ", ".join(f"{x:.2g}" for x in seen)
                raise MemoryError(
                    f"depth='auto': depths 1 … {depth - 1} differ by {distances} in trace norm, more than tol = "
                    f"{tol:g}, and {too_large}"
                ) from None
            solution, states = solve(hierarchy)
            seen.append(float(np.abs(np.linalg.eigvalsh(states - before)).sum(axis=-1).max()))
            if seen[-1] <= tol:
                return solution, hierarchy, seen[-1]
            before, depth = states, depth + 1

    def _told(
        self, terms: list[Terms], hierarchy: _core.Hierarchy, error: float
    ) -> dict[str, Any]:
        return {
            "depth": hierarchy.depth,
            "auxiliary_operators": hierarchy.operators,
            "bytes": hierarchy.bytes,
            "negligible": 0.0 if math.isnan(error) else NEGLIGIBLE * self.equation.tol,
            "terms": [len(x.rates) for x in terms],
            "fit_error": max((x.relative_error for x in terms), default=0.0),
            "error": error,
        }

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Result:
        options.refuse("hierarchy", "max_step", "breakpoints")
        n = self.system.dimension
        start, times = as_state("rho0", rho0, n), as_times("tlist", tlist)
        observables = Observables(e_ops, n, options.store_states)
        settings = options.settings(METHODS)
        duration = float(times[-1] - times[0])
        terms = self._terms(duration if duration > 0.0 else 1.0)
        compared = slice(None, None, max(1, int(len(times) * 16.0 * n * n / MOST_STATES)))

        def solve(hierarchy: _core.Hierarchy) -> tuple[Any, ComplexArray]:
            with progress_callback(options.progress, f"depth {hierarchy.depth}") as report:
                raw = hierarchy.evolve(
                    start, times, settings, observables.matrices, True, options.stop, report
                )
            return raw, raw[0][compared]

        (states, final, expect, stats), hierarchy, error = self._settled(terms, solve)
        kept = states if observables.store else None
        return observables.result(
            times, (kept, final, expect, {**stats, **self._told(terms, hierarchy, error)}), self.equation
        )

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> SteadyState:
        options.refuse("hierarchy", "method", "error")
        terms = self._terms(math.inf)
        most = as_max_bytes(self.equation.max_bytes)

        def solve(hierarchy: _core.Hierarchy) -> tuple[Any, ComplexArray]:
            with progress_callback(options.progress, f"depth {hierarchy.depth}") as report:
                raw = hierarchy.steady_state(options.tol, as_threads(options.threads), most, report)
            return raw, raw[0]

        (state, residual, applications, error), _, climbed = self._settled(terms, solve)
        return SteadyState(
            state,
            residual,
            applications,
            "iterative",
            True,
            error + (0.0 if math.isnan(climbed) else climbed),
        )
