"""The findings about the equations of one system with a constant Hamiltonian."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from redfield.analysis.cells import INAPPLICABLE, Row, Table
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
from redfield.analysis.validity import SecularParameter, secular_parameter
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
    asked = Asked.of(system, equations, lamb_shift)
    reference, rate = asked.reference, asked.rate
    table = asked.table(CHECKS, lambda row, equation: _check(row, equation, reference, beta, mu, rate))
    length = float("nan")
    if system.problem == "quadratic" or isinstance(system.couplings, SiteProjectors):
        with contextlib.suppress(ValueError, NotImplementedError):  # a bath without a memory time
            length = locality_profile(reference).decay_length
    unknown: dict[str, str] = {}
    estimate, scales = _accuracy(reference, steady_error, rate, unknown)
    reasons = table.reasons
    if unknown:
        reasons["Redfield"] = {**reasons.get("Redfield", {}), **unknown}
    return Diagnosis(table.names, table.values, asked.secular, length, reasons, estimate, scales)


def _accuracy(
    reference: AnyEquation, asked: bool | None, rate: float, unknown: dict[str, str]
) -> tuple[float, Timescales | None]:
    """Return the estimated error of Redfield's steady state and the baths' time scales, or say why there is none."""
    estimate, scales, system = float("nan"), None, cast("Any", reference.system)
    if estimates_steady_error(reference, asked):
        try:
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                estimate = estimated_error(reference)
            if told:
                unknown["steady_error"] = str(told[0].message)
        except INAPPLICABLE as error:
            unknown["steady_error"] = str(error)
    else:
        unknown["steady_error"] = "the estimate was not made: pass steady_error=True"
    try:
        scales = bath_timescales(system, 1.0 / rate)
    except INAPPLICABLE as error:
        unknown["timescales"] = str(error)
    return estimate, scales


def _check(
    row: Row,
    equation: AnyEquation,
    reference: AnyEquation,
    beta: float | None,
    mu: float | None,
    rate: float,
) -> None:
    """Enter the number of every check of one equation."""
    system: Any = equation.system

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

    row.attempt(("kossakowski", "completely_positive"), positivity)
    row.attempt(("gibbs",), lambda: (gibbs_residual(equation, beta, mu),))
    row.attempt(("commutator", "energies", "reversibility"), balance)
    row.attempt(("distance",), lambda: (generator_distance(equation, reference),))
    row.attempt(("choi",), map_positivity)
    steady = steady_of(row, equation)
    if steady is None:
        return
    state, lowest = steady.state, float(equation.solver.margins(steady.state[None])[0])
    row.attempt(("steady_minimum",), lambda: (lowest,))

    def from_gibbs() -> tuple[float]:
        return (float(trace_norm(state - system.gibbs_state(beta, mu))),)

    def produced() -> tuple[float]:
        if lowest <= 0.0:
            raise ValueError(f"the steady state has an eigenvalue {lowest:.2g}, which has no logarithm")
        return (float(entropy_production(state, equation)),)

    row.attempt(("steady_state",), from_gibbs)
    row.attempt(("first_law",), lambda: (first_law_defect(state, equation),))
    row.attempt(("entropy",), produced)


def steady_of(row: Row, equation: AnyEquation) -> Any:
    """Return the steady state of an equation; None, and its columns empty, where there is none or several."""
    try:
        return equation.steady_state()
    except (ValueError, RuntimeError, MemoryError) as error:
        row.leave(("steady_state", "steady_minimum", "first_law", "entropy"), str(error))
        return None


@dataclass(frozen=True)
class Asked:
    """The equations that are asked about, and Redfield's, which they are compared with.

    Attributes
    ----------
    rate : of decoherence, or 1 without dissipation, where any will do.
    refused : why one of the usual equations can not be made.
    """

    reference: AnyEquation
    secular: SecularParameter
    rate: float
    made: Mapping[str, AnyEquation]
    refused: Mapping[str, str]

    @classmethod
    def of(
        cls, system: Any, equations: Sequence[Any] | Mapping[str, Any] | None, lamb_shift: bool
    ) -> Asked:
        """Return the equations of a system, those of None being the usual ones."""
        reference = Redfield(system, lamb_shift)
        secular = secular_parameter(reference)
        rate = secular.rate if secular.rate > 0.0 else 1.0
        if equations is None:
            return cls(reference, secular, rate, *_usual_equations(system, lamb_shift, rate))
        return cls(reference, secular, rate, made_equations(system, equations, lamb_shift), {})

    def table(self, checks: Sequence[str], check: Callable[[Row, AnyEquation], None]) -> Table:
        """Return the table of the checks, which `check` enters in the row of each equation."""
        table = Table(checks)
        for name, equation in self.made.items():
            check(table.row(name), equation)
        for name, reason in self.refused.items():
            table.refuse(name, reason)
        return table


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
