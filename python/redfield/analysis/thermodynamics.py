"""Does an equation thermalise, obey detailed balance and the first and second law?"""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield import quadratic
from redfield.analysis.distances import trace_norm
from redfield.equations import Equation
from redfield.result import Result
from redfield.validation import ComplexArray, RealArray, as_square

EMPTY = 1e-14
"""Populations below this count as zero in ln ρ."""


def gibbs_residual(equation: Equation | quadratic.Equation, beta: float | None = None) -> float:
    r"""‖𝓛ρ_G‖₁ over the fastest decay rate: 0 where the Gibbs state is stationary.

    For quadratic equations ‖Ġ‖ of G = f(h) in trace norm, over the largest decay rate of M.

    Parameters
    ----------
    equation : of any System, or quadratic.
    beta : inverse temperature, default the baths' own.

    Raises
    ------
    ValueError
        The baths have different temperatures (or chemical potentials) and beta is not given: there is no one
        Gibbs state.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> gibbs_residual(rf.Davies(system)) < 1e-12, gibbs_residual(rf.Redfield(system)) > 1e-4
    (True, True)
    """
    if isinstance(equation, quadratic.Equation):
        g = equation.system.gibbs_covariance(beta)  # type: ignore[attr-defined]
        rate = 2.0 * float(np.abs(equation.flow.eigen[0].real).max())
        return float(trace_norm(equation.apply(g))) / max(rate, 1e-300)
    state = equation.system.gibbs_state(beta)
    return float(trace_norm(equation.apply(state))) / max(equation.generator.bounds[1], 1e-300)


def heat_currents(result: Any, equation: Any = None) -> RealArray:
    r"""Energy that flows from each bath into the system.

    .. math:: \dot Q_b = \mathrm{tr}[H \mathcal D_b(\rho)]

    𝒟_b what the couplings of bath b do, Lamb shift included.

    Parameters
    ----------
    result : a Result with states, (T, N, N) states or one (N, N); or a quadratic Result.
    equation : what they obey; default that of the result.

    Returns
    -------
    (T, B) or (B,) in the order of `System.baths`; for quadratic ones heat, energy − μ·particles.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> hot, cold = (rf.OhmicBath(strength=0.04, cutoff=10.0, beta=b) for b in (0.5, 2.0))
    >>> qubit = rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]] * 2, [hot, cold])
    >>> davies = rf.Davies(qubit)
    >>> heat_currents(davies.steady_state().state, davies).round(5)
    array([ 0.00929, -0.00929])
    """
    equation, states, single = states_of(result, equation)
    if isinstance(equation, quadratic.Equation):
        flows = np.array([equation.currents(g).heat for g in states])
        return flows[0] if single else flows
    system = equation.system
    of = np.asarray(system.bath_of_coupling)
    flows = np.empty((len(states), len(system.baths)))
    for b in range(len(system.baths)):
        alone = equation.with_system(system.restricted(np.flatnonzero(of == b).tolist()))
        for i, rho in enumerate(states):
            flows[i, b] = np.sum(system.hamiltonian.T * alone.dissipator(rho)).real
    return flows[0] if single else flows


def first_law_defect(result: Any, equation: Any = None) -> float:
    """max |tr(H 𝓛ρ) − Σ_b Q̇_b|, an energy per time: 0 where the baths' parts make up the whole.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(4, seed=1), rf.SiteProjectors(4), bath)
    >>> first_law_defect(rf.Redfield(system).evolve([1, 0, 0, 0], [0.0, 5.0])) < 1e-14
    True
    """
    equation, states, _ = states_of(result, equation)
    if isinstance(equation, quadratic.Equation):
        h = equation.system.h  # type: ignore[attr-defined]
        flows = np.array([equation.currents(g).energy.sum() for g in states])
    else:
        h = equation.system.hamiltonian
        flows = heat_currents(states, equation).sum(axis=1)
    rates = np.array([np.sum(h.T * equation.apply(rho)).real for rho in states])
    return float(np.abs(rates - flows).max())


def entropy_production(result: Any, equation: Any = None) -> RealArray:
    r"""Spohn's entropy production.

    .. math:: \sigma = -\mathrm{tr}[\mathcal L(\rho)\ln\rho] - \sum_b \beta_b \dot Q_b

    which with one temperature is −tr[𝓛(ρ)(ln ρ − ln ρ_G)] (H. Spohn, J. Math. Phys. 19, 1227 (1978)). ≥ 0 for
    Davies; elsewhere it may be negative. A state with an empty level that fills has σ = inf; negative
    populations have no logarithm and give nan.

    Parameters
    ----------
    result, equation : as of heat_currents.

    Raises
    ------
    ValueError
        A bath has no temperature or an infinite beta.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(4, seed=1), rf.SiteProjectors(4), bath)
    >>> result = rf.Davies(system).evolve(np.diag([0.7, 0.1, 0.1, 0.1]), np.linspace(0, 100, 5))
    >>> bool((np.diff(entropy_production(result)) < 0).all())
    True
    """
    equation, states, single = states_of(result, equation)
    if isinstance(equation, quadratic.Equation):
        values = np.array([equation.entropy_production(g) for g in states])
        return values[0] if single else values
    betas = [bath.beta for bath in equation.system.baths]
    if any(b is None or np.isinf(b) for b in betas):
        raise ValueError(f"entropy production needs a finite temperature of every bath, got {betas}")
    heat = heat_currents(states, equation)
    values = np.array(
        [
            _minus_tr_log(equation.apply(rho), rho) - float(np.dot(np.array(betas, dtype=float), q))
            for rho, q in zip(states, heat, strict=True)
        ]
    )
    return values[0] if single else values


def _minus_tr_log(rate: ComplexArray, rho: ComplexArray) -> float:
    """−tr(ρ̇ ln ρ)."""
    p, u = np.linalg.eigh(0.5 * (rho + rho.conj().T))
    if p[0] < -EMPTY:
        return float("nan")
    changes = np.einsum("jk,jl,lk->k", u.conj(), rate, u, optimize=True).real
    empty = p <= EMPTY
    if np.abs(changes[empty]).max(initial=0.0) > EMPTY * max(float(np.abs(changes).max()), 1e-300):
        return float("inf")
    return float(-(changes[~empty] @ np.log(p[~empty])))


def states_of(result: Any, equation: Any) -> tuple[Any, Any, bool]:
    """Equation, (T, N, N) states, and whether one state was given."""
    if isinstance(result, Result | quadratic.Result):
        equation = result.equation if equation is None else equation
        states = result.states if isinstance(result, Result) else result.covariances
        if states is None:
            raise ValueError(
                "the result has no states; evolve with store_states (store_covariances) = True"
            )
    else:
        states = np.asarray(result)
    if equation is None:
        raise ValueError("equation must be given with states that do not come from an evolution")
    single = states.ndim == 2
    if single:
        n = equation.system.dimension
        states = as_square("result", states, n)[None].astype(np.complex128)
    return equation, states, single
