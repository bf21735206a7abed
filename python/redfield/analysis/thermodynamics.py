"""Thermalisation, and the first and second law."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_choice, as_numeric, checked, require_finite
from redfield._base.checks.types import Operand
from redfield._base.stores.origins import origin_of
from redfield.analysis.arguments import as_equation
from redfield.analysis.distances import trace_norm
from redfield.analysis.events import currents
from redfield.analysis.members import of_members, stored_states
from redfield.equations import Davies
from redfield.equations.base import AnyEquation
from redfield.equations.solver import Remembering
from redfield.results.evolution import Result
from redfield.results.steady import SteadyState


@checked
def gibbs_residual(equation: AnyEquation, beta: float | None = None, mu: float | None = None) -> float:
    r"""‖𝓛ρ_G‖₁ over the fastest decay rate: 0 where the Gibbs state ρ_G ∝ e^{−β(H − μN̂)} is stationary.

    For quadratic equations ‖Ġ‖ of G = f(h) in trace norm, over the largest decay rate of M.

    Parameters
    ----------
    equation : of a System or a QuadraticSystem with a constant Hamiltonian.
    beta, mu : inverse temperature and chemical potential, default the baths' own.

    Raises
    ------
    ValueError
        The baths have different temperatures (or chemical potentials) and it is not given: there is no one
        Gibbs state.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> gibbs_residual(rf.Davies(system)) < 1e-12, gibbs_residual(rf.Redfield(system)) > 1e-4
    (True, True)
    """
    system: Any = equation.system
    change = equation.apply(system.gibbs_state(beta, mu))
    return float(trace_norm(change)) / max(equation.solver.fastest_decay(), 1e-300)


@checked
def energy_currents(
    result: Operand, equation: AnyEquation | None = None, *, counted: str = "system"
) -> RealArray:
    r"""Energy that flows from each reservoir into the system, Ė_b = tr[H 𝒟_b(ρ)].

    𝒟_b what the couplings of reservoir b do, Lamb shift included. Arguments and shapes are those of `heat_currents`.
    With counted="bath" it is what the reservoir itself loses, −2Re Σ_j tr[A_j†(ωΓ∘A_j)ρ] under Redfield's equation,
    which differs by what goes into the coupling: their sum over reservoirs vanishes in a steady state to second
    order in the couplings only.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> hot, cold = (rf.OhmicBath(strength=0.04, cutoff=10.0, beta=b) for b in (0.5, 2.0))
    >>> qubit = rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]] * 2, [hot, cold])
    >>> davies = rf.Davies(qubit)
    >>> energy_currents(davies.steady_state().state, davies).round(5)
    array([ 0.00929, -0.00929])
    """
    return _currents(result, equation, "energy", counted)


@checked
def particle_currents(result: Operand, equation: AnyEquation | None = None) -> RealArray:
    r"""Particles that flow from each reservoir into the system, Ṅ_b = tr[N̂ 𝒟_b(ρ)].

    Arguments and shapes are those of `heat_currents`.

    Raises
    ------
    ValueError
        The system has no particle number.

    Examples
    --------
    A dot between two leads of different chemical potential.

    >>> import redfield as rf
    >>> (a,) = rf.operators.fermions(1)
    >>> left, right = (rf.ParticleBath(0.1, beta=2.0, mu=mu, band=(-20.0, 20.0)) for mu in (0.5, -0.5))
    >>> dot = rf.System(0.3 * a.T @ a, *rf.particle_exchange([a, a], [left, right]))
    >>> davies = rf.Davies(dot)
    >>> particle_currents(davies.steady_state().state, davies).round(5)
    array([ 0.02154, -0.02154])
    """
    return _currents(result, equation, "particle")


@checked
def heat_currents(
    result: Operand, equation: AnyEquation | None = None, *, counted: str = "system"
) -> RealArray:
    r"""Heat that flows from each reservoir into the system.

    .. math:: \dot Q_b = \dot E_b - \mu_b \dot N_b, \qquad \dot E_b = \mathrm{tr}[H \mathcal D_b(\rho)], \quad
              \dot N_b = \mathrm{tr}[\hat N \mathcal D_b(\rho)]

    𝒟_b what the couplings of reservoir b do, Lamb shift included; without particle exchange heat is energy.

    Parameters
    ----------
    result : a Result with states or a SteadyState, (T, N, N) states or one (N, N); or a CovarianceResult; those of a
        batch have a leading axis B. Of `HEOM` the result of its
        evolve or steady_state, whose auxiliary operators of tier 1 tell 𝒟_b(ρ) = −iΣ_j[A_j, S_j]; of a driven
        system with H(t) and A_j(t).
    equation : what they obey; default that of the result.
    counted : "system", as above, or "bath": in the reservoirs' own energies and particles (`energy_currents`).

    Returns
    -------
    (T, R) or (R,) in the order of `System.reservoirs`: the bath objects given, the two halves of a ParticleBath being
    one (of quadratic systems `System.baths`). Of a batch (B, T, R) or (B, R), NaN for members that failed.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> hot, cold = (rf.OhmicBath(strength=0.04, cutoff=10.0, beta=b) for b in (0.5, 2.0))
    >>> qubit = rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]] * 2, [hot, cold])
    >>> davies = rf.Davies(qubit)
    >>> heat_currents(davies.steady_state()).round(5)
    array([ 0.00929, -0.00929])

    The heat that flows through the qubit at three temperatures of the hot bath.

    >>> baths = [rf.OhmicBath.batch(0.04, 10.0, beta=np.array([0.5, 1.0, 2.0])), cold]
    >>> batch = rf.SystemBatch(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]] * 2, baths)
    >>> heat_currents(rf.Davies(batch).steady_state())[:, 0].round(5)
    array([0.00929, 0.00443, 0.     ])
    """
    return _currents(result, equation, "heat", counted)


def _currents(result: Operand, equation: object, what: str, counted: str = "system") -> RealArray:
    if isinstance(result, (Result, SteadyState)) and result.forces is not None:
        return _flows_of_forces(result, equation, what, counted)
    of_batch = of_members(lambda rho, x: _currents(rho, x, what, counted), result, equation)
    if of_batch is not None:
        return of_batch
    obeyed, states, single = states_of(result, equation)
    where = as_choice("counted", counted, ("system", "bath"))
    # Davies' jumps release just what the system loses.
    by_bath = where == "bath" and not isinstance(obeyed, Davies)
    flows = currents(obeyed, states, what) if by_bath else obeyed.solver.flows(states, what)
    return flows[0] if single else flows


def _flows_of_forces(
    result: Result | SteadyState, equation: object, what: str, counted: str
) -> RealArray:
    """Return the currents of a hierarchy, by what its baths do to the state."""
    if as_choice("counted", counted, ("system", "bath")) != "system":
        raise TypeError(
            f'counted = {counted!r}: the currents of HEOM are those that enter the system, counted="system"'
        )
    equation = origin_of(result) if equation is None else equation
    if equation is None:
        raise ValueError("equation must be given with a steady state")
    obeyed = as_equation("equation", equation)
    if not isinstance(obeyed.solver, Remembering):
        raise TypeError(f"equation must be the HEOM that the result is of, got {obeyed!r}")
    forces: Any = result.forces
    single = forces.ndim == 3
    times = None if single else result.times  # type: ignore[union-attr]
    flows = obeyed.solver.flows_of(forces[None] if single else forces, what, times)
    return flows[0] if single else flows


@checked
def first_law_defect(result: Operand, equation: AnyEquation | None = None) -> float:
    """max |tr(H 𝓛ρ) − Σ_b Ė_b|, an energy per time: 0 where the baths' parts make up the whole.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(4, seed=1), rf.SiteProjectors(4), bath)
    >>> first_law_defect(rf.Redfield(system).evolve([1, 0, 0, 0], [0.0, 5.0])) < 1e-14
    True
    """
    obeyed, states, _ = states_of(result, equation)
    h = obeyed.system.hamiltonian
    flows = energy_currents(states, obeyed).sum(axis=1)
    rates = np.array([np.sum(h.T * obeyed.apply(rho)).real for rho in states])
    return float(np.abs(rates - flows).max())


@checked
def entropy_production(result: Operand, equation: AnyEquation | None = None) -> RealArray:
    r"""Spohn's entropy production.

    .. math:: \sigma = -\mathrm{tr}[\mathcal L(\rho)\ln\rho] - \sum_b \beta_b \dot Q_b

    with the heat of `heat_currents`, which with one temperature and chemical potential is −tr[𝓛(ρ)(ln ρ − ln ρ_G)]
    (H. Spohn, J. Math. Phys. 19, 1227 (1978)). ≥ 0 for Davies; elsewhere it may be negative. A state with an empty
    level that fills has σ = inf; negative
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
    of_batch = of_members(entropy_production, result, equation)
    if of_batch is not None:
        return of_batch
    obeyed, states, single = states_of(result, equation)
    betas = [bath.beta for bath in obeyed.system.reservoirs]
    if any(b is None or np.isinf(b) for b in betas):
        raise ValueError(
            f"entropy production needs a finite temperature of every bath, got beta = {betas}"
        )
    rates = [obeyed.solver.entropy_rate(rho, obeyed.apply(rho)) for rho in states]
    values: RealArray = np.array(rates) - heat_currents(states, obeyed) @ np.array(betas, dtype=float)
    return values[0] if single else values


def states_of(result: Operand, equation: object) -> tuple[AnyEquation, ComplexArray, bool]:
    """Return the equation, the states (T, N, N), and whether one state was given."""
    equation = origin_of(result) if equation is None else equation
    states = as_numeric("result", stored_states(result))
    if equation is None:
        raise ValueError("equation must be given with states that do not come from an evolution")
    obeyed: AnyEquation = as_equation("equation", equation)
    n = obeyed.system.dimension
    if states.ndim not in (2, 3) or states.shape[-2:] != (n, n):
        raise ValueError(
            f"result must be states of shape ({n}, {n}) or (T, {n}, {n}), got {states.shape}"
        )
    require_finite("result", states)
    single = states.ndim == 2
    return obeyed, (states[None] if single else states).astype(np.complex128, copy=False), single
