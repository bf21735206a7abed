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
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, as_max_bytes, as_threads, warn
from redfield._base.norms import trace_norms
from redfield.equations.solver import SteadyOptions
from redfield.results.steady import SteadyState
from redfield.solve.expansions import sums_of
from redfield.systems.couplings import SiteProjectors, require_hermitian
from redfield.systems.system import System

FIT = 1e-3
"""The part of ∫|C|dt that a bath's sum of exponentials may miss, and with it δ: what it does to ρ is taken away."""
FINER = 1e-4
"""The part of it that a sum may miss that stands for a bath without a Lamb shift."""
SCALING = (0.3, 0.8)
"""‖δ‖₁ at half the coupling over ‖δ‖₁: ½ of an error that is ∝ the coupling."""
SECOND = 0.1
"""‖δ₂‖₁/‖δ‖₁ at most: where ‖δ‖₁ was a factor 3 off, though in proportion to the coupling, it was .126 and more."""
PRECISION = 1e-12
"""Trace norm to which states of second order are solved for."""
NEGLIGIBLE = 1e-9
"""Trace norm of δ below which neither is asked."""
DISTRUST = "strong, levels too near or the baths too slow for an estimate; ask rf.HEOM"


def with_error(equation: Any, state: SteadyState, options: SteadyOptions) -> SteadyState:
    """Return the steady state with its distance from the exact one and its correction."""
    system: System = equation.system
    require_hermitian(system.couplings, "error=True")
    misfit = _misfit(system, options)
    change = _correction(system, state.state, options) - misfit
    size = _trace_norm(change)
    if size > NEGLIGIBLE:
        half = equation.with_system(weaker(system))
        usual = dataclasses.replace(options, error=False)
        other = _trace_norm(
            _correction(half.system, half.solver.steady_state(None, usual).state, options) - misfit
        )
        if not SCALING[0] <= other / size <= SCALING[1]:
            warn(
                f"the estimated error {size:.2g} is {other:.2g} at half the coupling, not half: the coupling is too "
                + DISTRUST,
                UserWarning,
            )
        else:
            second = _trace_norm(_correction(system, state.state + change, options) - misfit)
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


def redfield_of_baths(system: System) -> _core.Generator:
    """Return Redfield's equation with its Lamb shift.

    A bath that does not define that is known by a finer sum of exponentials alone.
    """
    try:
        return _core.Kind.named("redfield", True).make(system.core(True))
    except NotImplementedError:
        return redfield_of_sums(system, FINER)


def _misfit(system: System, options: SteadyOptions) -> ComplexArray:
    """ρ_Σ − ρ_R, of zeroth order in the coupling: the same at half of it."""
    states = [
        _core.steady_state(g, "auto", PRECISION, as_threads(options.threads), as_max_bytes(None))
        for g in (redfield_of_sums(system, FIT), redfield_of_baths(system))
    ]
    if any(len(x) == 3 for x in states):
        raise _core.ConvergenceError(
            "steady_state: error=True, but Redfield's equation has several steady states"
        )
    misfit: ComplexArray = states[0][0] - states[1][0]
    return misfit


def redfield_of_sums(system: System, tol: float) -> _core.Generator:
    """Λ_j = Γ(E_n − E_m)∘A_j of the eigenbasis, Γ(ω) = Σ_k c_k/(ν_k − iω)."""
    e = system.energies
    w = e[None, :] - e[:, None]
    lambdas = []
    for j, s in enumerate(sums_of(system, math.inf, tol)):
        one_sided = sum(c / (nu - 1j * w) for c, nu in zip(s.coefficients, s.rates, strict=True))
        lambdas.append(one_sided * system.coupling_in_eigenbasis(j))
    return _core.Kind.given_lambdas(lambdas).make(_with_matrices(system).core(False))


def _with_matrices(system: System) -> System:
    """Return the system with matrices for projectors on sites."""
    couplings = system.couplings
    if not isinstance(couplings, SiteProjectors):
        return system
    matrices = [scipy.sparse.csr_array(x) for x in couplings.matrices()]
    return System(system.hamiltonian, matrices, [system.coupling_bath(j) for j in range(len(couplings))])


def _trace_norm(change: ComplexArray) -> float:
    return float(trace_norms(change))
