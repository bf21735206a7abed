"""Thermalisation, and the first and second law."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import RealArray, checked
from redfield._base.checks.types import Numbers, Operand
from redfield.analysis.distances import trace_norm
from redfield.analysis.flows import asked_of, currents_of, periodic_defect, temperatures
from redfield.analysis.members import of_members
from redfield.equations.base import AnyEquation
from redfield.results.periodic import PeriodicState


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
    result: Operand,
    equation: AnyEquation | None = None,
    *,
    counted: str | None = None,
    t: Numbers | None = None,
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
    return currents_of(result, equation, "energy", counted, t)


@checked
def particle_currents(
    result: Operand,
    equation: AnyEquation | None = None,
    *,
    counted: str | None = None,
    t: Numbers | None = None,
) -> RealArray:
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
    return currents_of(result, equation, "particle", counted, t)


@checked
def heat_currents(
    result: Operand,
    equation: AnyEquation | None = None,
    *,
    counted: str | None = None,
    t: Numbers | None = None,
) -> RealArray:
    r"""Heat that flows from each reservoir into the system.

    .. math:: \dot Q_b = \dot E_b - \mu_b \dot N_b, \qquad \dot E_b = \mathrm{tr}[H \mathcal D_b(\rho)], \quad
              \dot N_b = \mathrm{tr}[\hat N \mathcal D_b(\rho)]

    𝒟_b what the couplings of reservoir b do, Lamb shift included; without particle exchange heat is energy.

    Parameters
    ----------
    result : a Result with states or a SteadyState, (T, N, N) states or one (N, N); or a CovarianceResult; those of a
        batch have a leading axis B. Of `HEOM` the result of its evolve or steady_state, whose auxiliary operators of
        tier 1 tell 𝒟_b(ρ) = −iΣ_j[A_j, S_j]. A PeriodicState has the averages over a period.
    equation : what they obey; default that of the result. Of a driven or periodic system H, A_j and 𝒟_b are those of
        the time; what it costs to switch a coupling is no heat.
    counted : "system", as above, or "bath": in the reservoirs' own energies and particles (`energy_currents`), of a
        PeriodicSystem in the quanta ε_l − ε_k − nΩ that they exchange. Default "system", of a PeriodicSystem "bath",
        which is what its second law is about.
    t : time of each state of a driven or periodic equation that does not come with a result, a number or (T,).

    Returns
    -------
    (T, R) or (R,) in the order of `System.reservoirs`: the bath objects given, the two halves of a ParticleBath being
    one (of quadratic systems `System.baths`). Of a batch (B, T, R) or (B, R), NaN for members that failed.

    Raises
    ------
    TypeError
        The currents are not known: of history="memory", and "bath" of what has no count of its own.
    ValueError
        t is missing, or is given where H is constant.

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

    A coupling that switches off takes the heat with it:

    >>> z, x = np.diag([0.5, -0.5]), np.array([[0, 1], [1, 0]])
    >>> switched = rf.DrivenSystem(z, [(x, lambda t: np.exp(-t))], hot)
    >>> heat_currents(rf.Davies(switched).evolve([0, 1], [0.0, 1.0, 2.0])).ravel().round(5)
    array([0.05579, 0.00708, 0.00095])
    """
    return currents_of(result, equation, "heat", counted, t)


@checked
def first_law_defect(
    result: Operand, equation: AnyEquation | None = None, *, t: Numbers | None = None
) -> float:
    """max |tr(H 𝓛ρ) − Σ_b Ė_b|, an energy per time: 0 where the baths' parts make up the whole.

    H, 𝓛 and Ė_b = tr(H 𝒟_bρ) are those of the time where the system is driven. Of a PeriodicState |W + Σ_b E_b| over
    the period, of the work and the energies it has: of the fourth order in the couplings for Redfield's equation.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(4, seed=1), rf.SiteProjectors(4), bath)
    >>> first_law_defect(rf.Redfield(system).evolve([1, 0, 0, 0], [0.0, 5.0])) < 1e-14
    True
    """
    if isinstance(result, PeriodicState):
        return periodic_defect(result)
    asked = asked_of(result, equation, t)
    if asked.forces is not None:
        raise TypeError(
            "the baths' parts of HEOM make up the whole as they are defined: ask rf.analysis.energy_balance"
        )
    flows = currents_of(asked.states, asked.equation, "energy", "system", asked.times).sum(axis=1)
    whole = asked.total_rates()
    return float(np.abs(whole - flows).max())


@checked
def entropy_production(
    result: Operand, equation: AnyEquation | None = None, *, t: Numbers | None = None
) -> RealArray:
    r"""Spohn's entropy production.

    .. math:: \sigma = -\mathrm{tr}[\mathcal L(\rho)\ln\rho] - \sum_b \beta_b \dot Q_b

    with the heat of `heat_currents`, which with one temperature and chemical potential is −tr[𝓛(ρ)(ln ρ − ln ρ_G)]
    (H. Spohn, J. Math. Phys. 19, 1227 (1978)). ≥ 0 for Davies; elsewhere it may be negative. A state with an empty
    level that fills has σ = inf; negative
    populations have no logarithm and give nan.

    Parameters
    ----------
    result, equation, t : as of heat_currents. A PeriodicState has the average over a period, −Σβ_b Q_b/T.

    Raises
    ------
    ValueError
        A bath has no temperature or an infinite beta; all else as heat_currents.

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
    if isinstance(result, PeriodicState):
        equation = result.equation if equation is None else equation
    asked = asked_of(result, equation, t)
    betas = temperatures(asked.equation)
    if isinstance(result, PeriodicState):  # what it began with it ends with
        produced: RealArray = -(currents_of(result, equation, "heat", None, None) @ betas)
        return produced
    rates = asked.entropy_rates()
    heats = currents_of(result, equation, "heat", None, t)
    values: RealArray = rates - np.atleast_2d(heats) @ betas
    return values[0] if asked.single else values
