"""Can this equation be trusted? One table that says which equation holds what."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast, overload

import numpy as np

from redfield._base.checks import as_items, as_positive, as_times, checked, shown
from redfield._base.checks.types import Finite, Numbers
from redfield.analysis.arguments import as_still
from redfield.analysis.batch_diagnosis import BatchDiagnosis
from redfield.analysis.compare import made_equations
from redfield.analysis.detailed_balance import detailed_balance_defect
from redfield.analysis.diagnosis import COLUMNS, Diagnosis
from redfield.analysis.distances import generator_distance, trace_norm
from redfield.analysis.driven_diagnosis import DrivenDiagnosis, worst_of
from redfield.analysis.estimates import estimates_steady_error
from redfield.analysis.estimates import steady_error as estimated_error
from redfield.analysis.kossakowski import kossakowski
from redfield.analysis.locality import locality_profile
from redfield.analysis.positivity import choi_minimum
from redfield.analysis.thermodynamics import (
    entropy_production,
    first_law_defect,
    gibbs_residual,
)
from redfield.analysis.timescales import Timescales, bath_timescales
from redfield.analysis.validity import secular_parameter
from redfield.equations import HEOM, KINDS, Equation, Redfield
from redfield.equations.base import AnyEquation
from redfield.quadratic import QuadraticSystem
from redfield.systems.base import Solvable
from redfield.systems.batch import SystemBatch
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

CHECKS = ("completely_positive", *COLUMNS, "choi", "first_law", "entropy")
CHOI = 16
"""Levels up to which the table has the Choi matrix of an equation of density matrices."""


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
    system : System or QuadraticSystem with a constant Hamiltonian, a DrivenSystem at the times of `tlist`, or a
        SystemBatch, each member of which is asked. Baths of several temperatures leave the columns that need one Gibbs
        state empty.
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
        each one's in `.moments`.

    Raises
    ------
    TypeError, ValueError
        `system` is no system, or a PeriodicSystem, whose equations are not those of any moment; an equation is not of
        it, or remembers; beta is not positive. A check that does not apply to an equation raises nothing: its cell is
        empty, and `reasons` says why.

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
    """
    if system.problem == "driven":
        return _along(system, equations, tlist, lamb_shift, beta, mu, steady_error)
    if tlist is not None:
        raise ValueError(
            f"tlist = {shown(tlist)} has no meaning for a constant Hamiltonian; leave it out"
        )
    if isinstance(system, SystemBatch):
        options = {"lamb_shift": lamb_shift, "beta": beta, "mu": mu, "steady_error": steady_error}
        return _of_members(system, equations, **options)
    as_still("system", system)
    if beta is not None:
        as_positive("beta", beta, infinite=True)
    reference = Redfield(system, lamb_shift)
    secular = secular_parameter(reference)
    rate = secular.rate if secular.rate > 0.0 else 1.0  # without dissipation any will do
    made, refused = (
        _usual_equations(system, lamb_shift, rate)
        if equations is None
        else (made_equations(system, equations, lamb_shift), {})
    )
    columns: dict[str, list[float]] = {name: [] for name in CHECKS}
    reasons: dict[str, dict[str, str]] = {name: {} for name in (*made, *refused)}
    for name, equation in made.items():
        numbers = _checked(equation, reference, beta, mu, rate, reasons[name])
        for column, values in columns.items():
            values.append(numbers.get(column, float("nan")))
    for name, reason in refused.items():
        for column, values in columns.items():
            reasons[name][column] = reason
            values.append(float("nan"))
    length = float("nan")
    if system.problem == "quadratic" or isinstance(system.couplings, SiteProjectors):
        with contextlib.suppress(ValueError, NotImplementedError):  # a bath without a memory time
            length = locality_profile(reference).decay_length
    names = [*made, *refused]
    table = {k: np.array(v) for k, v in columns.items()}
    unknown: dict[str, str] = {}
    estimate, scales = _accuracy(reference, steady_error, rate, unknown)
    if unknown:
        reasons["Redfield"] = {**reasons.get("Redfield", {}), **unknown}
    return Diagnosis(names, table, secular, length, reasons, estimate, scales)


def _of_members(
    batch: SystemBatch, equations: Sequence[Any] | Mapping[str, Any] | None, **options: Any
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
        found.append(diagnose(member, None if equations is None else chosen, **options))
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
        moments.append(
            diagnose(
                held,
                of_moment,
                lamb_shift=lamb_shift,
                beta=beta,
                mu=mu,
                steady_error=bool(steady_error),
            )
        )
    return worst_of(times, moments)


def _accuracy(
    reference: AnyEquation, asked: bool | None, rate: float, unknown: dict[str, str]
) -> tuple[float, Timescales | None]:
    """Return the estimated error of Redfield's steady state and the baths' time scales, or say why there is none."""
    estimate, scales, system = float("nan"), None, cast("Any", reference.system)
    expected = (TypeError, ValueError, RuntimeError, MemoryError, NotImplementedError)
    if estimates_steady_error(reference, asked):
        try:
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                estimate = estimated_error(reference)
            if told:
                unknown["steady_error"] = str(told[0].message)
        except expected as error:
            unknown["steady_error"] = str(error)
    else:
        unknown["steady_error"] = "the estimate was not made: pass steady_error=True"
    try:
        scales = bath_timescales(system, 1.0 / rate)
    except expected as error:
        unknown["timescales"] = str(error)
    return estimate, scales


def _checked(
    equation: AnyEquation,
    reference: AnyEquation,
    beta: float | None,
    mu: float | None,
    rate: float,
    reasons: dict[str, str],
) -> dict[str, float]:
    """Return the number of every check of one equation; one that does not apply leaves its reason."""
    system: Any = equation.system
    numbers: dict[str, float] = {}

    def attempt(columns: Sequence[str], check: Callable[[], Sequence[float]]) -> None:
        try:
            numbers.update(zip(columns, check(), strict=True))
        except (ValueError, TypeError, NotImplementedError, RuntimeError, MemoryError) as error:
            reasons.update(dict.fromkeys(columns, str(error)))

    def positivity() -> tuple[float, float]:
        k = kossakowski(equation)
        return k.smallest, float(k.completely_positive)

    def balance() -> tuple[float, float, float]:
        b = detailed_balance_defect(equation, beta, mu)
        return b.commutator, b.energies, b.reversibility

    def map_positivity() -> tuple[float]:
        if system.problem != "quadratic" and system.dimension > CHOI:
            raise ValueError(f"the Choi matrix is left out beyond {CHOI} levels")
        return (choi_minimum(equation, 1.0 / rate),)

    attempt(("kossakowski", "completely_positive"), positivity)
    attempt(("gibbs",), lambda: (gibbs_residual(equation, beta, mu),))
    attempt(("commutator", "energies", "reversibility"), balance)
    attempt(("distance",), lambda: (generator_distance(equation, reference),))
    attempt(("choi",), map_positivity)
    try:
        steady = equation.steady_state()
    except (ValueError, RuntimeError, MemoryError) as error:  # none, or several
        reasons.update(
            dict.fromkeys(("steady_state", "steady_minimum", "first_law", "entropy"), str(error))
        )
        return numbers
    state, lowest = steady.state, float(equation.solver.margins(steady.state[None])[0])
    numbers["steady_minimum"] = lowest

    def from_gibbs() -> tuple[float]:
        return (float(trace_norm(state - system.gibbs_state(beta, mu))),)

    def produced() -> tuple[float]:
        if lowest <= 0.0:
            raise ValueError(f"the steady state has an eigenvalue {lowest:.2g}, which has no logarithm")
        return (float(entropy_production(state, equation)),)

    attempt(("steady_state",), from_gibbs)
    attempt(("first_law",), lambda: (first_law_defect(state, equation),))
    attempt(("entropy",), produced)
    return numbers


def _usual_equations(
    system: Solvable[Any, Any], lamb_shift: bool, rate: float
) -> tuple[dict[str, AnyEquation], dict[str, str]]:
    """Return the usual equations of a system whose fastest rate is given, and why one of them can not be made."""
    made, refused = {}, {}
    for kind in KINDS:
        if not kind.usual or system.problem not in kind.problems:
            continue
        try:
            made[kind.name] = kind.make(system, lamb_shift, rate)
        except (ValueError, NotImplementedError, MemoryError, RuntimeError) as error:
            refused[kind.name] = str(error)
    return made, refused
