"""What sums of exponentials in the place of baths do to a state, as far as Redfield's equation tells it.

    ρ_Σ − ρ_R,   ρ_Σ of Redfield's equation with Γ(ω) = d + Σ_k c_k/(ν_k − iω), ρ_R of that with the baths' own Γ.

A sum that misses a small part of ∫|C|dt may miss all of a rate that is small, as those are that go up in a cold bath.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes, as_threads
from redfield._base.norms import trace_norms
from redfield.baths.remainders import Terms
from redfield.equations.options import Options
from redfield.solve.evolve import METHODS
from redfield.solve.expansions import sums_of, whole_of
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

FINER = 0.1
"""Part of the tolerance of sums that those have which stand for baths without a Lamb shift of their own."""
PRECISION, RTOL = 1e-12, 1e-8
"""Trace norm to which steady states are solved for and evolutions, whose relative error is RTOL."""
TIGHTEST = 1e-10
"""Part of ∫|C|dt below which a sum is the bath."""
TRIES, LEAST_STEP = 4, 0.03
"""Times a sum is made tighter, and by how much at once, at most."""

Fit = Callable[[float], list[Terms]]
"""The sums that miss a part of ∫|C|dt."""


def redfield_of(system: System, terms: Sequence[Terms]) -> _core.Generator:
    """Return Redfield's equation of sums, Λ_j = Γ(E_n − E_m)∘A_j in the eigenbasis."""
    e = system.energies
    w = e[None, :] - e[:, None]
    lambdas = []
    for j, x in enumerate(terms):
        one_sided = x.remainder + np.zeros(w.shape, np.complex128)
        for c, nu in zip(x.coefficients, x.rates, strict=True):
            one_sided += c / (nu - 1j * w)
        lambdas.append(one_sided * system.coupling_in_eigenbasis(j))
    return _core.Kind.given_lambdas(lambdas).make(_with_matrices(system).core(False))


def redfield_of_baths(system: System, tol: float) -> _core.Generator:
    """Return Redfield's equation with its Lamb shift.

    Baths that do not define that are known by finer sums of exponentials alone, which miss `tol` of ∫|C|dt.
    """
    try:
        return _core.Kind.named("redfield", True).make(system.core(True))
    except (NotImplementedError, ValueError):  # γ may be infinite where levels meet
        return redfield_of(system, plain_terms(system, tol))


def plain_terms(system: System, tol: float) -> list[Terms]:
    """Return sums for all times, without anything that acts at once."""
    sums = sums_of(system, math.inf, tol)
    return [whole_of(s) for s in sums]


def steady_misfit(
    system: System, terms: Sequence[Terms], threads: int | None = None
) -> ComplexArray | None:
    """Return ρ_Σ − ρ_R of steady states, of zeroth order in the coupling; None where there are several."""
    states = [
        _core.steady_state(g, "auto", PRECISION, as_threads(threads), as_max_bytes(None))
        for g in (redfield_of(system, terms), redfield_of_baths(system, _finer(terms)))
    ]
    if any(len(x) == 3 for x in states):
        return None
    misfit: ComplexArray = states[0][0] - states[1][0]
    return misfit


def steady_effect(system: System, terms: Sequence[Terms]) -> float:
    """Return ‖ρ_Σ − ρ_R‖₁ of steady states; nan where there are several."""
    misfit = steady_misfit(system, terms)
    return math.nan if misfit is None else float(trace_norms(misfit))


def evolved_effect(
    system: System, terms: Sequence[Terms], start: ComplexArray, times: RealArray
) -> float:
    """Return max_t ‖ρ_Σ(t) − ρ_R(t)‖₁."""
    settings = Options(rtol=RTOL, atol=PRECISION).settings(METHODS)
    states = [
        _core.evolve(g, start, times, settings, [], True)[0]
        for g in (redfield_of(system, terms), redfield_of_baths(system, _finer(terms)))
    ]
    return float(trace_norms(states[0] - states[1]).max())


def within(
    fit: Fit, effect: Callable[[list[Terms]], float], part: float, tol: float
) -> tuple[list[Terms], float]:
    """Return sums that miss a part of ∫|C|dt and change the state by tol at most, and by what they do.

    They are the tightest that are found where none changes it as little; nan where nothing is known of the baths.
    """

    def known(terms: list[Terms]) -> float:
        if all(x.relative_error <= TIGHTEST for x in terms):
            return 0.0
        try:
            return effect(terms)
        except _core.ConvergenceError:  # rates that are negative
            return math.inf
        except ValueError:  # nothing stands for the baths
            return math.nan

    terms = fit(part)
    found = known(terms)
    for _ in range(TRIES):
        if not found > tol:
            break
        part *= max(0.5 * tol / found, LEAST_STEP)
        try:
            terms = fit(part)
        except ValueError:  # no sum is as good
            break
        found = known(terms)
    return terms, found


def _finer(terms: Sequence[Terms]) -> float:
    return FINER * max([TIGHTEST, *(x.relative_error for x in terms)])


def _with_matrices(system: System) -> System:
    """Return the system with matrices for projectors on sites."""
    couplings = system.couplings
    if not isinstance(couplings, SiteProjectors):
        return system
    matrices = [scipy.sparse.csr_array(x) for x in couplings.matrices()]
    return System(system.hamiltonian, matrices, [system.coupling_bath(j) for j in range(len(couplings))])
