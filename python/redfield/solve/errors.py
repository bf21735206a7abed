"""How far a steady state of second order in the coupling is from that of system and baths.

    δ = −𝓛_R⁻¹ r(ρ) − (ρ_Σ − ρ_R),  r(ρ) what the hierarchy of depth 2 leaves of ρ̇ = 0,

so that ρ + δ is right to the next order. The hierarchy's baths are sums of exponentials, and at weak coupling what they
miss would hide what is asked: ρ_Σ is the steady state of Redfield's equation of the sums, ρ_R that of the baths.

Two things tell where that is no estimate. ‖δ‖₁ is ∝ the coupling γ as long as it is an error: at half of it, ½‖δ‖₁. And
a second correction, of ρ + δ, is smaller by an order: beside the first it sees where the next order is as large, though
both may be in proportion to the coupling.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, as_max_bytes, as_threads, warn
from redfield._base.norms import trace_norms
from redfield.baths.remainders import Terms
from redfield.equations.options import SteadyOptions
from redfield.results.steady import SteadyState
from redfield.solve.misfit import plain_terms, steady_misfit, within
from redfield.systems.couplings import SiteProjectors, require_hermitian
from redfield.systems.system import System

FIT = 1e-3
"""The part of ∫|C|dt that a bath's sum of exponentials may miss, and with it δ: what it does to ρ is taken away."""
MISFIT = 1e-2
"""Trace norm of ρ_Σ − ρ_R above which sums are made tighter: they would miss rates as a whole."""
SCALING = (0.35, 0.7)
"""‖δ‖₁ at half the coupling over ‖δ‖₁: ½ of an error that is ∝ the coupling."""
SECOND = 0.1
"""‖δ₂‖₁/‖δ‖₁ at most: where ‖δ‖₁ was a factor 3 off, though in proportion to the coupling, it was .126 and more."""
NEGLIGIBLE = 1e-9
"""Trace norm of δ below which neither is asked."""
DISTRUST = "strong, levels too near or the baths too slow for an estimate; ask rf.HEOM"


def with_error(equation: Any, state: SteadyState, options: SteadyOptions) -> SteadyState:
    """Return the steady state with its distance from the exact one and its correction."""
    system: System = equation.system
    require_hermitian(system.couplings, "error=True")
    terms, misfit = sums_for_errors(system, options.threads)
    change = correction(system, terms, state.state, options) - misfit
    size = _trace_norm(change)
    if size > NEGLIGIBLE:
        half = equation.with_system(weaker(system))
        usual = dataclasses.replace(options, error=False)
        other = _trace_norm(
            correction(half.system, terms, half.solver.steady_state(None, usual).state, options) - misfit
        )
        if not SCALING[0] <= other / size <= SCALING[1]:
            warn(
                f"the estimated error {size:.2g} is {other:.2g} at half the coupling, not half: the coupling is too "
                + DISTRUST,
                UserWarning,
            )
        else:
            second = _trace_norm(correction(system, terms, state.state + change, options) - misfit)
            if second > SECOND * size:
                warn(
                    f"the estimated error {size:.2g} is followed by {second:.2g} in a second step, more than "
                    f"{SECOND:g} of it: the coupling is too {DISTRUST}",
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


def sums_for_errors(system: System, threads: int | None = None) -> tuple[list[Terms], ComplexArray]:
    """Return sums in the place of baths, and ρ_Σ − ρ_R, of zeroth order in the coupling: the same at half of it."""
    last = np.zeros((system.dimension, system.dimension), dtype=np.complex128)

    def effect(terms: list[Terms]) -> float:
        nonlocal last
        found = steady_misfit(system, terms, threads)
        if found is None:
            raise _core.ConvergenceError(
                "steady_state: error=True, but Redfield's equation has several steady states"
            )
        last = found
        return _trace_norm(found)

    terms, _ = within(lambda part: plain_terms(system, part), effect, FIT, MISFIT)
    return terms, last


def correction(
    system: System, terms: list[Terms], state: ComplexArray, options: SteadyOptions
) -> ComplexArray:
    """Return what is to be added to a state, the steady one of sums, to next order."""
    change: ComplexArray = _core.steady_correction(
        system.core(False),
        [x[:3] for x in terms],
        [state],
        as_threads(options.threads),
        as_max_bytes(None),
    )[0]
    return change


def _trace_norm(change: ComplexArray) -> float:
    return float(trace_norms(change))
