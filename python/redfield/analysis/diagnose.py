"""Can this equation be trusted? One table that says which equation holds what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from redfield._base.checks import as_items, as_positive, as_times, checked, shown
from redfield._base.checks.types import Finite, Numbers
from redfield.analysis.arguments import as_still
from redfield.analysis.batch_diagnosis import BatchDiagnosis
from redfield.analysis.compare import made_equations
from redfield.analysis.diagnosis import Diagnosis
from redfield.analysis.driven_diagnosis import DrivenDiagnosis, worst_of
from redfield.analysis.findings import findings
from redfield.analysis.periodic_diagnosis import PeriodicDiagnosis
from redfield.analysis.periodic_findings import periodic_findings
from redfield.equations import HEOM, Equation
from redfield.quadratic import QuadraticSystem
from redfield.systems.base import Solvable
from redfield.systems.batch import SystemBatch
from redfield.systems.driven import DrivenSystem
from redfield.systems.periodic import PeriodicSystem
from redfield.systems.system import System


@overload
def diagnose(
    system: SystemBatch,
    equations: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    lamb_shift: bool = True,
    beta: float | None = None,
    mu: Finite | None = None,
    steady_error: bool | None = None,
) -> BatchDiagnosis: ...


@overload
def diagnose(
    system: System | QuadraticSystem,
    equations: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    lamb_shift: bool = True,
    beta: float | None = None,
    mu: Finite | None = None,
    steady_error: bool | None = None,
) -> Diagnosis: ...


@overload
def diagnose(
    system: DrivenSystem,
    equations: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    lamb_shift: bool = True,
    beta: float | None = None,
    mu: Finite | None = None,
    steady_error: bool | None = None,
    tlist: Numbers,
) -> DrivenDiagnosis: ...


@overload
def diagnose(
    system: PeriodicSystem,
    equations: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    lamb_shift: bool = True,
    beta: float | None = None,
) -> PeriodicDiagnosis: ...


@checked
def diagnose(
    system: Solvable[Any, Any],
    equations: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    lamb_shift: bool = True,
    beta: float | None = None,
    mu: Finite | None = None,
    steady_error: bool | None = None,
    tlist: Numbers | None = None,
) -> Diagnosis | BatchDiagnosis:
    """Return which equation holds what on this system: positivity, thermalisation, detailed balance, steady states.

    Parameters
    ----------
    system : System or QuadraticSystem with a constant Hamiltonian, a DrivenSystem at the times of `tlist`, a
        PeriodicSystem over its period, or a SystemBatch, each member of which is asked. Baths of several temperatures
        leave the columns that need one Gibbs state empty.
    equations : classes or equations of this system; default Redfield, PartialSecular (cutoff of ten rates), Davies,
        UniversalLindblad, GeometricArithmetic and CoarseGrained (window of one over a rate), and of quadratic
        systems Redfield, PartialSecular, Davies and LocalLindblad.
    lamb_shift : of the equations that are made here.
    beta, mu : of the Gibbs state that is asked about, default the baths' own.
    steady_error : estimate how far Redfield's steady state is from that of system and baths; default where it takes
        about a second, as for a few levels and couplings; of a DrivenSystem only where it is asked for.
    tlist : of a DrivenSystem, the moments at which its equations are held and asked about.

    Returns
    -------
    Diagnosis; of a SystemBatch a BatchDiagnosis; of a DrivenSystem a DrivenDiagnosis, the worst over the moments, with
        each one's in `.moments`; of a PeriodicSystem a PeriodicDiagnosis, whose Gibbs state is that of Floquet modes.

    Raises
    ------
    TypeError, ValueError
        `system` is no system; an equation is not of it, or remembers; mu of a PeriodicSystem; beta is not positive. A
        check that does not apply to an equation raises nothing: its cell is empty, and `reasons` says why.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(6, seed=1), rf.SiteProjectors(6), bath)
    >>> found = diagnose(system)
    >>> [name for name, holds in found.holds().items() if holds["completely_positive"]]
    ['Davies', 'UniversalLindblad', 'GeometricArithmetic', 'CoarseGrained']
    >>> [name for name, holds in found.holds().items() if holds["thermalises"]]
    ['Davies']

    Whether Redfield's steady state is positive at three temperatures.

    >>> baths = rf.OhmicBath.batch(0.1, 10.0, temperature=np.array([0.2, 1.0, 5.0]))
    >>> batch = rf.SystemBatch(np.diag([1.0, 0.0, -1.0]), [np.ones((3, 3))], baths)
    >>> diagnose(batch, [rf.Redfield]).holds()["Redfield"]["steady_state_positive"]
    [False, False, True]

    An avoided crossing that is swept through, where levels come as near as rates:

    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1.0, -1.0])
    >>> sweep = rf.DrivenSystem([0.02 * x, (z, lambda t: 0.1 * t)], [z], bath)
    >>> along = diagnose(sweep, [rf.Redfield, rf.Davies], tlist=[-10.0, 0.0, 10.0])
    >>> [bool(moment.secular.worst > 0.1) for moment in along.moments]
    [False, True, False]

    A drive that repeats, by the rates between its Floquet modes:

    >>> cycle = rf.PeriodicSystem([z, (0.3 * x, np.cos)], 2 * np.pi, [x + z], bath)
    >>> found = diagnose(cycle, [rf.Redfield, rf.Davies])
    >>> [found.holds()[name]["completely_positive"] for name in found.names]
    [False, True]
    >>> found.values["gap"].round(2)
    array([0.09, 0.09])
    """
    if beta is not None:
        as_positive("beta", beta, infinite=True)
    if system.problem == "driven":
        return _along(system, equations, tlist, lamb_shift, beta, mu, steady_error)
    if tlist is not None:
        raise ValueError(
            f"tlist = {shown(tlist)} is of a DrivenSystem, and has no meaning for a {type(system).__name__}; leave it "
            "out"
        )
    if isinstance(system, SystemBatch):
        return _of_members(system, equations, lamb_shift, beta, mu, steady_error)
    if isinstance(system, PeriodicSystem):
        if steady_error is not None:
            raise ValueError(
                f"steady_error = {steady_error} has no meaning for a PeriodicSystem, whose periodic states have no "
                "such estimate; leave it out"
            )
        return periodic_findings(system, equations, lamb_shift, beta, mu)
    as_still("system", system)
    return findings(system, equations, lamb_shift, beta, mu, steady_error)


def _of_members(
    batch: SystemBatch, equations: Sequence[Any] | Mapping[str, Any] | None, *options: Any
) -> BatchDiagnosis:
    """Return the findings of each member; equations of the batch are those of its members."""
    given: Mapping[Any, Any] = {}
    if equations is not None:
        given = (
            equations
            if isinstance(equations, Mapping)
            else dict(enumerate(as_items("equations", equations)))
        )
    for name, equation in given.items():
        if isinstance(equation, Equation) and equation.system is not batch:
            raise ValueError(f"equations[{name!r}] is not of the given batch")
    found = []
    for i in range(len(batch)):
        member = batch[i]
        of_it = {k: x.with_system(member) if isinstance(x, Equation) else x for k, x in given.items()}
        chosen: Any = of_it if isinstance(equations, Mapping) else [*of_it.values()]
        found.append(findings(member, None if equations is None else chosen, *options))
    return BatchDiagnosis(tuple(found))


def _along(
    system: Any,
    equations: Sequence[Any] | Mapping[str, Any] | None,
    tlist: Numbers | None,
    lamb_shift: bool,
    beta: float | None,
    mu: float | None,
    steady_error: bool | None,
) -> DrivenDiagnosis:
    """Return the diagnosis at each time of the equations of a DrivenSystem."""
    if tlist is None:
        raise ValueError("tlist is missing: the moments at which equations of a DrivenSystem are held")
    times = as_times("tlist", tlist)
    made = None if equations is None else made_equations(system, equations, lamb_shift)
    for name, equation in (made or {}).items():
        if equation.remembers or isinstance(equation, HEOM):
            raise TypeError(f"{name} remembers: it is no equation of any one moment")
    moments = []
    for t in times.tolist():
        held = system.at(t)
        of_moment = None if made is None else {k: e.with_system(held) for k, e in made.items()}
        moments.append(findings(held, of_moment, lamb_shift, beta, mu, bool(steady_error)))
    return worst_of(times, moments)
