"""Currents between a quadratic system and its baths, and the power of its drive."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import as_kind, as_square, as_times, checked
from redfield._base.checks.types import Finite, Numbers, State
from redfield.equations import Equation
from redfield.equations.base import AnyEquation
from redfield.quadratic.base import CovarianceSolver
from redfield.quadratic.result import Currents
from redfield.quadratic.system import QuadraticSystem


def covariance_solver(equation: AnyEquation) -> Any:
    """Return the solver of an equation of a QuadraticSystem."""
    solver = as_kind("equation", equation, Equation).solver
    if not isinstance(solver, CovarianceSolver):
        raise TypeError(f"equation must be of a QuadraticSystem, got {equation!r}")
    return solver


@checked
def currents(
    equation: AnyEquation,
    covariance: State | None = None,
    t: Finite | None = None,
    tlist: Numbers | None = None,
) -> Currents:
    r"""Particle, energy and heat flow from each bath into the system in a state.

    .. math:: \dot N_b = \mathrm{tr}\,\dot G_b, \qquad \dot E_b = \mathrm{tr}(h \dot G_b), \qquad
              \dot Q_b = \dot E_b - \mu_b \dot N_b

    where Ġ_b is bath b's part of Ġ, its Lamb shift included: Σ_b Ė_b = d⟨H_S⟩/dt, of a driven system less `power`.
    Of `Exact` they are the steady currents of Landauer and Büttiker,

    .. math:: \dot N_j = \sum_k \int\frac{d\omega}{2\pi} T_{jk}(\omega)[f_j(\omega) - f_k(\omega)], \qquad
              T_{jk} = J_j^2 D_j |\mathcal G_{jk}|^2 J_k^2 D_k

    and the same with ω in the integral for `energy`, which then counts the whole energy a particle
    brings (H_S and its coupling).

    Parameters
    ----------
    equation : of a QuadraticSystem.
    covariance : G, (N, N); of Exact left out.
    t : of a driven system, the time.
    tlist : the times of the evolution, where the generator depends on h since tlist[0].

    Examples
    --------
    >>> import redfield as rf
    >>> left, right = (rf.ParticleBath(0.2, beta=1.0, mu=mu, band=(-50.0, 50.0)) for mu in (0.5, -0.5))
    >>> wire = rf.QuadraticSystem(rf.models.chain(3), [0.3, 0, 0.3], [left, left, right])
    >>> davies = rf.Davies(wire)
    >>> rf.quadratic.currents(davies, davies.steady_state().covariance).particle.round(6)
    array([ 0.001811, -0.001811])
    >>> rf.quadratic.currents(rf.Exact(wire)).particle.round(6)
    array([ 0.001811, -0.001811])
    """
    flows: Currents = covariance_solver(equation).currents(covariance, t, tlist)
    return flows


@checked
def power(system: QuadraticSystem, covariance: State, t: Finite, tlist: Numbers) -> float:
    """tr(ḣ(t)G), the work done on a driven system per time; ḣ by differences inside tlist."""
    g, times = as_square("covariance", covariance, system.dimension), as_times("tlist", tlist)
    return float(np.trace(_slope(system, float(t), float(times[0]), float(times[-1])) @ g).real)


def _slope(system: QuadraticSystem, t: float, first: float, last: float) -> Any:
    """dh/dt by central differences inside [first, last], of fourth order, one-sided at its ends."""
    step = 1e-4 * max(last - first, 1e-8)
    a, b = max(first, t - step), min(last, t + step)
    wide = (system.h(b) - system.h(a)) / (b - a)
    if not a < t < b:
        return wide
    c, d = 0.5 * (t + a), 0.5 * (t + b)
    narrow = (system.h(d) - system.h(c)) / (d - c)
    return (4.0 * narrow - wide) / 3.0
