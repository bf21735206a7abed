"""How far states of second order in the coupling are from those of system and baths.

    δ = −𝓛_R⁻¹ r(ρ),  r(ρ) what the hierarchy of depth 2 leaves of ρ̇ = 0,

so that the steady state ρ + δ is right to the next order. ‖δ‖₁ is ∝ the coupling γ as long as it is an error: at half
of it, ½‖δ‖₁. Of an evolution the hierarchy of depth 2 itself is solved, since the first memory time counts.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes, as_threads, warn
from redfield._base.checks.types import EOps, State
from redfield.equations.heom import HEOM
from redfield.equations.solver import Options, SteadyOptions
from redfield.results.evolution import Result
from redfield.results.steady import SteadyState
from redfield.solve.evolve import Observables
from redfield.solve.expansions import sums_of
from redfield.systems.couplings import SiteProjectors, is_hermitian
from redfield.systems.system import System

FIT = 1e-4
"""The part of ∫|C|dt that a bath's sum of exponentials may miss: the estimate is known to about two digits."""
EVOLUTION_FIT = 1e-3
"""The same of an evolution, which the distance of a state is known to better than."""
APART = 0.1
"""Trace norm between depths 1 and 2 from which depth 2 itself may be off by as much as it corrects."""
SCALING = (0.3, 0.8)
"""‖δ‖₁ at half the coupling over ‖δ‖₁: ½ of an error that is ∝ the coupling."""
NEGLIGIBLE = 1e-9
"""Trace norm of δ below which its scaling is not asked."""


def with_error(equation: Any, state: SteadyState, options: SteadyOptions) -> SteadyState:
    """Return the steady state with its distance from the exact one and its correction."""
    system: System = equation.system
    _require_hermitian(system)
    change = _correction(system, state.state, options)
    size = _trace_norm(change)
    if size > NEGLIGIBLE:
        half = equation.with_system(weaker(system))
        usual = dataclasses.replace(options, error=False)
        other = _trace_norm(
            _correction(half.system, half.solver.steady_state(None, usual).state, options)
        )
        if not SCALING[0] <= other / size <= SCALING[1]:
            warn(
                f"the estimated error {size:.2g} is {other:.2g} at half the coupling, not half: the coupling is too "
                "strong, levels too near or the baths too slow for an estimate; ask rf.HEOM",
                UserWarning,
            )
    numerical = 0.0 if math.isnan(state.error) else state.error
    return SteadyState(
        state.state,
        state.residual,
        state.applications,
        state.method,
        state.unique,
        size + numerical,
        state.state + change,
    )


def with_errors(result: Result, rho0: State, e_ops: EOps, options: Options) -> Result:
    """Return an evolution, whose states are kept, with its distance from the hierarchy of depth 2."""
    system: System = result.equation.system
    _require_hermitian(system)
    others = [
        HEOM(system, depth=depth, tol=EVOLUTION_FIT).evolve(
            rho0,
            result.times,
            e_ops,
            threads=options.threads,
            store_states=True,
            progress=options.progress,
            stop=options.stop,
        )
        for depth in (1, 2)
    ]
    first, second = others
    assert result.states is not None
    assert first.states is not None
    assert second.states is not None
    apart = float(_trace_norms(first.states - second.states).max())
    if apart > APART:
        warn(
            f"the hierarchies of depths 1 and 2 are {apart:.2g} apart, so that the exact dynamics need not be near "
            "either and the estimated error may be too small; ask rf.HEOM",
            UserWarning,
        )
    observables = Observables(e_ops, system.dimension, options.store_states)
    missed = [np.abs(a - b) for a, b in zip(_curves(result), _curves(second), strict=True)]
    return Result(
        result.times,
        result.expect,
        result.stats,
        result.states if observables.store else None,
        result.final_state,
        result.equation,
        result.forces,
        _trace_norms(result.states - second.states),
        np.array(missed) if missed else None,
    )


def _curves(result: Result) -> list[npt.NDArray[Any]]:
    return list(result.expect.values() if isinstance(result.expect, Mapping) else result.expect)


def _require_hermitian(system: System) -> None:
    if not isinstance(system.couplings, SiteProjectors):
        for j, a in enumerate(system.couplings):
            if not is_hermitian(a):
                raise TypeError(f"error=True: couplings[{j}] is not Hermitian, of which no hierarchy is")


def weaker(system: System) -> System:
    """Return the system with half of every bath's γ."""
    share = math.sqrt(0.5)
    couplings = system.couplings
    if isinstance(couplings, SiteProjectors):
        scaled: Any = SiteProjectors(
            couplings.dimension, couplings.sites, share * np.asarray(couplings.weights)
        )
    else:
        scaled = [share * a for a in couplings]
    return System(system.hamiltonian, scaled, [system.coupling_bath(j) for j in range(len(couplings))])


def _correction(system: System, state: ComplexArray, options: SteadyOptions) -> ComplexArray:
    sums = sums_of(system, math.inf, FIT)
    change: ComplexArray = _core.steady_correction(
        system.core(False),
        [(s.coefficients, s.rates, 0.0) for s in sums],
        [state],
        as_threads(options.threads),
        as_max_bytes(None),
    )[0]
    return change


def _trace_norm(change: ComplexArray) -> float:
    return float(_trace_norms(change))


def _trace_norms(changes: ComplexArray) -> RealArray:
    norms: RealArray = np.abs(np.linalg.eigvalsh(changes)).sum(axis=-1)
    return norms
