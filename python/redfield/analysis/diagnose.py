"""Can this equation be trusted? One table that says which equation holds what."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
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
from redfield.equations import (
    CoarseGrained,
    Davies,
    GeometricArithmetic,
    PartialSecular,
    Redfield,
    UniversalLindblad,
)
from redfield.systems import SiteProjectors, System
from redfield.validation import RealArray

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


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What holds of each equation. On a terminal it prints as a table, in a notebook it shows as one.

    Attributes
    ----------
    names : of the equations.
    values : a column of numbers, one an equation, for each of:
        kossakowski : least eigenvalue of the Kossakowski matrix, a rate; ≥ 0 is completely positive.
        gibbs : `gibbs_residual`; 0 is "the Gibbs state is stationary".
        commutator, energies, reversibility : the three conditions of detailed balance, `detailed_balance_defect`.
        steady_state : ‖ρ_ss − ρ_G‖₁ (G of quadratic equations); nan without a unique steady state.
        steady_minimum : least eigenvalue of the steady state (of G and 1 − G for fermions).
        distance : `generator_distance` from Redfield.
        choi : `choi_minimum` after one over the rate; nan beyond 16 levels.
        first_law, entropy : `first_law_defect` and `entropy_production` in the steady state (nan where it is not
            positive or a bath has no finite temperature).
    secular : rates over level spacings of the system.
    decay_length : of the dissipator of quadratic systems and site projectors, in bonds; nan elsewhere.
    """

    names: list[str]
    values: dict[str, RealArray]
    secular: SecularParameter
    decay_length: float

    def holds(self) -> dict[str, dict[str, bool]]:
        """For each equation: completely_positive, thermalises, detailed_balance, steady_state_positive."""
        v = self.values
        found = {}
        for i, name in enumerate(self.names):
            scale = max(float(np.abs(v["kossakowski"]).max()), 1e-300)
            balance = max(float(v[k][i]) for k in ("commutator", "energies", "reversibility"))
            found[name] = {
                "completely_positive": bool(v["kossakowski"][i] >= -HOLDS * max(scale, 1e-6)),
                "thermalises": bool(v["gibbs"][i] <= HOLDS),
                "detailed_balance": bool(balance <= HOLDS),
                "steady_state_positive": bool(v["steady_minimum"][i] >= -HOLDS),
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
) -> Diagnosis:
    """Which equation holds what on this system: positivity, thermalisation, detailed balance, steady states.

    Parameters
    ----------
    system : System or quadratic.System with baths of one temperature, or give beta.
    equations : classes or equations of this system; default Redfield, PartialSecular (cutoff of ten rates), Davies,
        UniversalLindblad, GeometricArithmetic and CoarseGrained (window of one over a rate), and of quadratic
        systems Redfield, PartialSecular, Davies and LocalLindblad.
    lamb_shift : of the equations that are made here.
    beta : of the Gibbs state that is asked about, default the baths' own.

    Raises
    ------
    ValueError
        The baths differ in temperature and beta is not given.

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
    is_quadratic = isinstance(system, quadratic.System)
    gibbs = given.gibbs_covariance(beta) if is_quadratic else given.gibbs_state(beta)
    reference: Any = (quadratic.Redfield if is_quadratic else Redfield)(given, lamb_shift)
    secular = secular_parameter(reference)
    made = (
        _defaults(system, lamb_shift, secular.rate)
        if equations is None
        else made_equations(system, equations, lamb_shift)
    )
    columns: dict[str, list[float]] = {name: [] for name in (*COLUMNS, "choi", "first_law", "entropy")}
    rate = max(secular.rate, 1e-12)
    for equation in made.values():
        balance = detailed_balance_defect(equation, beta)
        distance, least, law, sigma = _steady_state(equation, gibbs)
        row = (
            kossakowski(equation).least,
            gibbs_residual(equation, beta),
            balance.commutator,
            balance.energies,
            balance.reversibility,
            distance,
            least,
            generator_distance(equation, reference),
            choi_minimum(equation, 1.0 / rate) if given.dimension <= CHOI or is_quadratic else np.nan,
            law,
            sigma,
        )
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
    local = is_quadratic or isinstance(given.couplings, SiteProjectors)
    length = locality_profile(reference).decay_length if local else float("nan")
    return Diagnosis(list(made), {k: np.array(v) for k, v in columns.items()}, secular, length)


def _defaults(system: Any, lamb_shift: bool, rate: float) -> dict[str, Any]:
    rate = max(rate, 1e-12)
    if isinstance(system, quadratic.System):
        return {
            "Redfield": quadratic.Redfield(system, lamb_shift),
            "PartialSecular": quadratic.PartialSecular(system, 10.0 * rate, lamb_shift),
            "Davies": quadratic.Davies(system, lamb_shift),
            "LocalLindblad": quadratic.LocalLindblad(system, lamb_shift),
        }
    return {
        "Redfield": Redfield(system, lamb_shift),
        "PartialSecular": PartialSecular(system, 10.0 * rate, lamb_shift),
        "Davies": Davies(system, lamb_shift),
        "UniversalLindblad": UniversalLindblad(system, lamb_shift),
        "GeometricArithmetic": GeometricArithmetic(system, lamb_shift),
        "CoarseGrained": CoarseGrained(system, 1.0 / rate, lamb_shift),
    }


def _steady_state(equation: Any, gibbs: Any) -> tuple[float, float, float, float]:
    """Distance from the Gibbs state, least eigenvalue, first-law defect, entropy production; nan without a unique
    steady state."""
    try:
        found = equation.steady_state()
    except (RuntimeError, ValueError):  # ConvergenceError or MultipleSteadyStates
        return (float("nan"),) * 4
    if isinstance(equation, quadratic.Equation):
        state, (least, largest) = found.covariance, found.occupations
        if equation.system.statistics == "fermion":
            least = min(least, 1.0 - largest)
    else:
        state, least = found.state, float(np.linalg.eigvalsh(found.state)[0])
    try:
        sigma = float(entropy_production(state, equation)) if least > 0.0 else float("nan")
    except ValueError:  # a bath without a finite temperature
        sigma = float("nan")
    return float(trace_norm(state - gibbs)), least, first_law_defect(state, equation), sigma


def _shown(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2g}"
