"""The findings about the equations of one system with a constant Hamiltonian."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from redfield.analysis.compare import made_equations
from redfield.analysis.detailed_balance import detailed_balance_defect
from redfield.analysis.diagnosis import COLUMNS, Diagnosis
from redfield.analysis.distances import generator_distance, trace_norm
from redfield.analysis.estimates import estimates_steady_error
from redfield.analysis.estimates import steady_error as estimated_error
from redfield.analysis.kossakowski import kossakowski
from redfield.analysis.locality import locality_profile
from redfield.analysis.positivity import choi_minimum
from redfield.analysis.thermodynamics import entropy_production, first_law_defect, gibbs_residual
from redfield.analysis.timescales import Timescales, bath_timescales
from redfield.analysis.validity import secular_parameter
from redfield.equations import KINDS, Redfield
from redfield.equations.base import AnyEquation
from redfield.systems.base import Solvable
from redfield.systems.couplings import SiteProjectors

CHECKS = ("completely_positive", *COLUMNS, "choi", "first_law", "entropy")
CHOI = 16
"""Levels up to which the table has the Choi matrix of an equation of density matrices."""


def findings(
    system: Any,
    equations: Sequence[Any] | Mapping[str, Any] | None,
    lamb_shift: bool,
    beta: float | None,
    mu: float | None,
    steady_error: bool | None,
) -> Diagnosis:
    """Return the diagnosis of the equations, those of None being the usual ones."""
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
