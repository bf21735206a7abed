"""Complete positivity of maps, and how far solutions leave the states."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
import scipy

from redfield._base.checks import RealArray, as_not_negative, checked
from redfield._base.checks.types import Finite
from redfield._base.records import Record, record
from redfield._core import ConvergenceError
from redfield.analysis.flows import asked_of
from redfield.analysis.kossakowski import require_matrix
from redfield.equations.base import AnyEquation
from redfield.equations.solver import Solver
from redfield.results.evolution import BaseResult
from redfield.results.periodic import PeriodicState


@checked
def choi_minimum(equation: AnyEquation, t: Finite, *, max_bytes: float | None = None) -> float:
    r"""Return the smallest eigenvalue of the Choi matrix of e^{𝓛t}.

    .. math:: \frac1N \sum_{kl} |k\rangle\langle l| \otimes e^{\mathcal L t}(|k\rangle\langle l|)

    of trace 1: negative where the map is not completely positive. For quadratic equations, G ↦ EGE† + F, the least
    eigenvalue of F and 1 − EE† − F (fermions), F and F + 1 − EE† (bosons).

    Parameters
    ----------
    equation : of a System or a QuadraticSystem with a constant Hamiltonian.
    t : time ≥ 0.
    max_bytes : what three N² × N² matrices may take; default the memory the machine has free.

    Raises
    ------
    MemoryError
        They take more; the message says how much.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> system = rf.System(rf.models.dirac_syk2(4, seed=1), rf.SiteProjectors(4), bath)
    >>> choi_minimum(rf.Davies(system), 1.0) > -1e-14, choi_minimum(rf.Redfield(system), 1.0) < -1e-5
    (True, True)
    """
    return choi_of_solver(equation.solver, as_not_negative("t", t), max_bytes)


@singledispatch
def choi_of_solver(solver: Solver, t: float, max_bytes: float | None) -> float:
    """Return the smallest eigenvalue for a solver's kind of problem; by default that of density matrices."""
    equation = solver.equation
    n = equation.system.dimension
    require_matrix("the Choi matrix", n, max_bytes, 3)
    # Column-stacked: element (a + nb, c + nd) takes ρ_cd to ρ_ab.
    with np.errstate(over="ignore", invalid="ignore"):
        whole = scipy.linalg.expm(equation.liouvillian("eigen", max_bytes=np.inf).toarray() * t)
    if not np.isfinite(whole).all():
        raise ConvergenceError(f"the map at t = {t:g} overflows; choose an earlier t")
    choi = whole.reshape(n, n, n, n).transpose(3, 1, 2, 0).reshape(n * n, n * n) / n
    return float(np.linalg.eigvalsh(0.5 * (choi + choi.conj().T))[0])


@record
class PositivityViolation(Record, answer=True):
    """How far a solution leaves the states.

    Attributes
    ----------
    depth : −(smallest eigenvalue of any state), at least 0; for G how far its spectrum leaves its bounds.
    time : when it is deepest.
    duration : total time at which the violation exceeds `tol`, linear between outputs.
    margins : (T,) the smallest eigenvalue at each time, negative in violation; of a PeriodicState the first again at
        the end of its period.
    """

    depth: float
    time: float
    duration: float
    margins: RealArray


@checked
def positivity_violation(result: BaseResult | PeriodicState, *, tol: float = 1e-9) -> PositivityViolation:
    """Depth and duration of the negative eigenvalues of a solution.

    Parameters
    ----------
    result : a Result with states, of whatever problem, a PeriodicState, which repeats after its period, or a
        quadratic result with covariances.
    tol : what counts as a violation.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> system = rf.System(rf.models.anderson(3, disorder=2.0, seed=1), rf.SiteProjectors(27), bath)
    >>> ground = system.eigenvectors[:, 0]
    >>> found = positivity_violation(rf.Redfield(system).evolve(ground, np.linspace(0, 100, 51)))
    >>> round(found.depth, 5), found.time, found.duration > 99.0
    (0.00104, 4.0, True)
    """
    tol = as_not_negative("tol", tol)
    asked = asked_of(result, None)
    margins, times = asked.equation.solver.margins(asked.states), result.times
    if isinstance(result, PeriodicState):
        margins, times = np.append(margins, margins[0]), np.append(times, asked.equation.system.period)
    worst = int(np.argmin(margins))
    a, b = margins[:-1], margins[1:]
    below, above = np.minimum(a, b), np.maximum(a, b)
    part = np.where(above < -tol, 1.0, 0.0)
    # Where the margin crosses −tol between two outputs it is below for this part of the time.
    crosses = (below < -tol) & (above >= -tol)
    part[crosses] = (-tol - below[crosses]) / (above - below)[crosses]
    return PositivityViolation(
        max(0.0, -float(margins[worst])),
        float(times[worst]),
        float(np.sum(part * np.diff(times))),
        margins,
    )
