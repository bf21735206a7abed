"""Can this equation be trusted? One table that says which equation holds what."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield import quadratic
from redfield.analysis.compare import made_equations
from redfield.analysis.detailed_balance import detailed_balance_defect
from redfield.analysis.distances import generator_distance, trace_norm
from redfield.analysis.kossakowski import kossakowski
from redfield.analysis.locality import locality_profile
from redfield.analysis.positivity import choi_minimum
from redfield.analysis.thermodynamics import (
    entropy_production,
    first_law_defect,
    gibbs_residual,
)
from redfield.analysis.validity import SecularParameter, secular_parameter
from redfield.couplings import SiteProjectors
from redfield.equations import (
    CoarseGrained,
    Davies,
    GeometricArithmetic,
    PartialSecular,
    Redfield,
    UniversalLindblad,
)
from redfield.immutable import Immutable
from redfield.systems import System
from redfield.validation import RealArray, as_positive

CHOI = 16
"""Levels up to which the table has the Choi matrix."""
HOLDS = 1e-10
"""A relative defect up to this counts as none."""
COLUMNS = {
    "kossakowski": "least Kossakowski",
    "gibbs": "Gibbs residual",
    "commutator": "[H_LS, ρ_G]",
    "energies": "definite energies",
    "reversibility": "reversibility",
    "steady_state": "steady − Gibbs",
    "steady_minimum": "steady, least",
    "distance": "from Redfield",
}
"""Of the table: names of the data and headings."""
CHECKS = ("completely_positive", *COLUMNS, "choi", "first_law", "entropy")


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis(Immutable):
    """What holds of each equation. On a terminal it prints as a table, in a notebook it shows as one.

    Attributes
    ----------
    names : of the equations.
    values : a column of numbers, one an equation, for each of:
        kossakowski : least eigenvalue of the Kossakowski matrix, a rate; ≥ 0 is completely positive.
        completely_positive : 1 where it is not below rounding of the largest, else 0.
        gibbs : `gibbs_residual`; 0 is "the Gibbs state is stationary".
        commutator, energies, reversibility : the three conditions of detailed balance, `detailed_balance_defect`.
        steady_state : ‖ρ_ss − ρ_G‖₁ (G of quadratic equations); nan without a unique steady state.
        steady_minimum : least eigenvalue of the steady state (of G and 1 − G for fermions).
        distance : `generator_distance` from Redfield.
        choi : `choi_minimum` after one over the rate; nan beyond 16 levels (quadratic equations at any size).
        first_law, entropy : `first_law_defect` and `entropy_production` in the steady state (nan where it is not
            positive or a bath has no finite temperature).
    secular : rates over level spacings of the system.
    decay_length : of the dissipator of quadratic systems and site projectors, in bonds; nan elsewhere.
    reasons : for each equation and column that is nan, why the check does not apply.
    """

    names: list[str]
    values: dict[str, RealArray]
    secular: SecularParameter
    decay_length: float
    reasons: dict[str, dict[str, str]]

    def holds(self) -> dict[str, dict[str, bool | None]]:
        """For each equation: completely_positive, thermalises, detailed_balance, steady_state_positive; None where the
        check does not apply, `reasons` says why."""
        v = self.values
        found: dict[str, dict[str, bool | None]] = {}

        def at_most(value: float) -> bool | None:
            return None if np.isnan(value) else bool(value <= HOLDS)

        for i, name in enumerate(self.names):
            balance = float(np.max([v[k][i] for k in ("commutator", "energies", "reversibility")]))
            positive = float(v["completely_positive"][i])
            found[name] = {
                "completely_positive": None if np.isnan(positive) else bool(positive),
                "thermalises": at_most(float(v["gibbs"][i])),
                "detailed_balance": at_most(balance),
                "steady_state_positive": at_most(-float(v["steady_minimum"][i])),
            }
        return found

    def to_xarray(self) -> Any:
        """An xarray.Dataset with one variable a column and the dimension equation."""
        import xarray as xr

        data = {name: ("equation", column) for name, column in self.values.items()}
        attributes = {
            "secular_worst": self.secular.worst,
            "secular_typical": self.secular.typical,
            "decay_length": self.decay_length,
        }
        return xr.Dataset(data, coords={"equation": self.names}, attrs=attributes)

    def _rows(self) -> list[list[str]]:
        return [
            [name, *(_shown(float(self.values[c][i])) for c in COLUMNS)]
            for i, name in enumerate(self.names)
        ]

    def _summary(self) -> str:
        s = self.secular
        text = f"secular approximation: rate/mean gap = {s.typical:.3g}, rate/least gap = {s.worst:.3g}"
        if np.isfinite(self.decay_length):
            text += f"; the dissipator decays over {self.decay_length:.3g} bonds"
        return text

    def __repr__(self) -> str:
        rows = [["equation", *COLUMNS.values()], *self._rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
        return "\n".join([*lines, self._summary()])

    def __rich__(self) -> Any:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, caption=self._summary())
        table.add_column("equation")
        for heading in COLUMNS.values():
            table.add_column(heading, justify="right")
        for row in self._rows():
            table.add_row(*row)
        return table

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(x)}</th>" for x in ("equation", *COLUMNS.values()))
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._rows()
        )
        caption = html.escape(self._summary())
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def diagnose(
    system: System | quadratic.System,
    equations: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    lamb_shift: bool = True,
    beta: float | None = None,
    mu: float | None = None,
) -> Diagnosis:
    """Which equation holds what on this system: positivity, thermalisation, detailed balance, steady states.

    Parameters
    ----------
    system : System or quadratic.System. Baths of several temperatures leave the columns that need one Gibbs
        state empty.
    equations : classes or equations of this system; default Redfield, PartialSecular (cutoff of ten rates), Davies,
        UniversalLindblad, GeometricArithmetic and CoarseGrained (window of one over a rate), and of quadratic
        systems Redfield, PartialSecular, Davies and LocalLindblad.
    lamb_shift : of the equations that are made here.
    beta, mu : of the Gibbs state that is asked about, default the baths' own.

    Raises
    ------
    TypeError, ValueError
        `system` is no system, an equation is not of it, beta is not positive. A check that does not apply to an
        equation
        raises nothing: its cell is empty, and `reasons` says why.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(6, seed=1), rf.SiteProjectors(6), bath)
    >>> found = diagnose(system)
    >>> [name for name, holds in found.holds().items() if holds["completely_positive"]]
    ['Davies', 'UniversalLindblad', 'GeometricArithmetic', 'CoarseGrained']
    >>> [name for name, holds in found.holds().items() if holds["thermalises"]]
    ['Davies']
    """
    given: Any = system
    if not isinstance(system, System | quadratic.System):
        raise TypeError(f"system must be a System or a quadratic.System, got {type(system).__name__}")
    is_quadratic = isinstance(system, quadratic.System)
    if beta is not None:
        as_positive("beta", beta, infinite=True)
    reference: Any = (quadratic.Redfield if is_quadratic else Redfield)(given, lamb_shift)
    secular = secular_parameter(reference)
    rate = max(secular.rate, 1e-12)
    made, refused = (
        _defaults(system, lamb_shift, rate)
        if equations is None
        else (made_equations(system, equations, lamb_shift), {})
    )
    columns: dict[str, list[float]] = {name: [] for name in CHECKS}
    reasons: dict[str, dict[str, str]] = {name: {} for name in (*made, *refused)}
    for name, equation in made.items():
        found = _checked(equation, reference, beta, mu, rate, reasons[name])
        for column, values in columns.items():
            values.append(found.get(column, float("nan")))
    for name, reason in refused.items():
        for column, values in columns.items():
            reasons[name][column] = reason
            values.append(float("nan"))
    local = is_quadratic or isinstance(given.couplings, SiteProjectors)
    try:
        length = locality_profile(reference).decay_length if local else float("nan")
    except (ValueError, NotImplementedError):  # a bath without a memory time
        length = float("nan")
    names = [*made, *refused]
    return Diagnosis(names, {k: np.array(v) for k, v in columns.items()}, secular, length, reasons)


def _checked(
    equation: Any,
    reference: Any,
    beta: float | None,
    mu: float | None,
    rate: float,
    reasons: dict[str, str],
) -> dict[str, float]:
    """Every check of one equation; one that does not apply leaves its reason."""
    found: dict[str, float] = {}

    def attempt(columns: Sequence[str], check: Callable[[], Sequence[float]]) -> None:
        try:
            found.update(zip(columns, check(), strict=True))
        except (ValueError, TypeError, NotImplementedError, RuntimeError, MemoryError) as error:
            reasons.update(dict.fromkeys(columns, str(error)))

    def positivity() -> tuple[float, float]:
        k = kossakowski(equation)
        return k.least, float(k.completely_positive)

    def balance() -> tuple[float, float, float]:
        b = detailed_balance_defect(equation, beta, mu)
        return b.commutator, b.energies, b.reversibility

    def map_positivity() -> tuple[float]:
        if equation.system.dimension > CHOI and not isinstance(equation, quadratic.Equation):
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
        return found
    state, least = steady.state, _least(equation, steady)
    found["steady_minimum"] = least
    system = equation.system

    def from_gibbs() -> tuple[float]:
        is_quadratic = isinstance(equation, quadratic.Equation)
        gibbs = system.gibbs_covariance(beta, mu) if is_quadratic else system.gibbs_state(beta, mu)
        return (float(trace_norm(state - gibbs)),)

    def produced() -> tuple[float]:
        if least <= 0.0:
            raise ValueError(f"the steady state has an eigenvalue {least:.2g}, which has no logarithm")
        return (float(entropy_production(state, equation)),)

    attempt(("steady_state",), from_gibbs)
    attempt(("first_law",), lambda: (first_law_defect(state, equation),))
    attempt(("entropy",), produced)
    return found


def _least(equation: Any, steady: Any) -> float:
    if isinstance(equation, quadratic.Equation):
        least, largest = steady.occupations
        return float(min(least, 1.0 - largest) if equation.system.statistics == "fermion" else least)
    return float(np.linalg.eigvalsh(steady.state)[0])


def _defaults(system: Any, lamb_shift: bool, rate: float) -> tuple[dict[str, Any], dict[str, str]]:
    """The usual equations, and why one of them can not be made of this system."""
    kinds: dict[str, Callable[[], Any]]
    if isinstance(system, quadratic.System):
        kinds = {
            "Redfield": lambda: quadratic.Redfield(system, lamb_shift),
            "PartialSecular": lambda: quadratic.PartialSecular(system, 10.0 * rate, lamb_shift),
            "Davies": lambda: quadratic.Davies(system, lamb_shift),
            "LocalLindblad": lambda: quadratic.LocalLindblad(system, lamb_shift),
        }
    else:
        kinds = {
            "Redfield": lambda: Redfield(system, lamb_shift),
            "PartialSecular": lambda: PartialSecular(system, 10.0 * rate, lamb_shift),
            "Davies": lambda: Davies(system, lamb_shift),
            "UniversalLindblad": lambda: UniversalLindblad(system, lamb_shift),
            "GeometricArithmetic": lambda: GeometricArithmetic(system, lamb_shift),
            "CoarseGrained": lambda: CoarseGrained(system, 1.0 / rate, lamb_shift),
        }
    made, refused = {}, {}
    for name, make in kinds.items():
        try:
            made[name] = make()
        except (ValueError, NotImplementedError, MemoryError, RuntimeError) as error:
            refused[name] = str(error)
    return made, refused


def _shown(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2g}"
