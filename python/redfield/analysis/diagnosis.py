"""The findings of `diagnose`, and their table."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import RealArray
from redfield._base.checks.types import Axes
from redfield._base.fingerprint import fingerprint
from redfield._base.records import Record, record
from redfield.analysis.timescales import Timescales
from redfield.analysis.validity import SecularParameter
from redfield.draw import pictured
from redfield.draw.verdicts import draw_verdicts

HOLDS = 1e-10
"""A relative defect up to this counts as none."""
COLUMNS = {
    "kossakowski": "min Kossakowski",
    "gibbs": "Gibbs residual",
    "commutator": "[H_LS, ρ_G]",
    "energies": "definite energies",
    "reversibility": "reversibility",
    "steady_state": "steady − Gibbs",
    "steady_minimum": "min steady",
    "distance": "from Redfield",
}
"""The columns of the table: names of the data and headings."""


@record
class Diagnosis(Record, answer=True):
    """The properties of each equation, as a table on the terminal and in a notebook.

    Attributes
    ----------
    names : of the equations.
    values : a column of numbers, one an equation, for each of:

        - kossakowski : smallest eigenvalue of the Kossakowski matrix, a rate; ≥ 0 is completely positive.
        - completely_positive : 1 where it is not below rounding of the largest, else 0.
        - gibbs : `gibbs_residual`; 0 is "the Gibbs state is stationary".
        - commutator, energies, reversibility : the three conditions of detailed balance, `detailed_balance_defect`.
        - steady_state : ‖ρ_ss − ρ_G‖₁ (G of quadratic equations); nan without a unique steady state.
        - steady_minimum : smallest eigenvalue of the steady state (of G and 1 − G for fermions).
        - distance : `generator_distance` from Redfield.
        - choi : `choi_minimum` after one over the rate; nan beyond 16 levels (quadratic equations at any size).
        - first_law, entropy : `first_law_defect` and `entropy_production` in the steady state (nan where it is not
          positive or a bath has no finite temperature).

    secular : rates over level spacings of the system.
    decay_length : of the dissipator of quadratic systems and site projectors, in bonds; nan elsewhere.
    reasons : for each equation and column that is nan, why the check does not apply.
    steady_error : estimated trace norm between Redfield's steady state and that of system and baths, see
        ``steady_state(error=True)``: no bound; nan where there is none, or it was not made.
    timescales : of the baths up to one over the rate, and the bounds made of them; None where they have none.
    """

    names: list[str]
    values: dict[str, RealArray]
    secular: SecularParameter
    decay_length: float
    reasons: dict[str, dict[str, str]]
    steady_error: float = float("nan")
    timescales: Timescales | None = None

    columns: ClassVar[Mapping[str, str]] = COLUMNS

    def holds(self) -> dict[str, dict[str, bool | None]]:
        """Return which equation is completely_positive, thermalises, has detailed_balance and steady_state_positive.

        None stands where a check does not apply; `reasons` says why.
        """
        v = self.values
        properties: dict[str, dict[str, bool | None]] = {}

        def at_most(value: float) -> bool | None:
            return None if np.isnan(value) else bool(value <= HOLDS)

        for i, name in enumerate(self.names):
            balance = float(np.max([v[k][i] for k in ("commutator", "energies", "reversibility")]))
            positive = float(v["completely_positive"][i])
            properties[name] = {
                "completely_positive": None if np.isnan(positive) else bool(positive),
                "thermalises": at_most(float(v["gibbs"][i])),
                "detailed_balance": at_most(balance),
                "steady_state_positive": at_most(-float(v["steady_minimum"][i])),
            }
        return properties

    def to_xarray(self) -> Any:
        """Return an xarray.Dataset with one variable a column and the dimension equation."""
        import xarray as xr

        data = {name: ("equation", column) for name, column in self.values.items()}
        attributes = {
            "secular_worst": self.secular.worst,
            "secular_typical": self.secular.typical,
            "decay_length": self.decay_length,
            "steady_error": self.steady_error,
        }
        return xr.Dataset(data, coords={"equation": self.names}, attrs=attributes)

    def _rows(self) -> list[list[str]]:
        return [
            [name, *(_shown(float(self.values[c][i])) for c in self.columns)]
            for i, name in enumerate(self.names)
        ]

    def _summary(self) -> str:
        s = self.secular
        text = f"secular approximation: rate/mean gap = {s.typical:.3g}, rate/min gap = {s.worst:.3g}"
        if np.isfinite(self.decay_length):
            text += f"; the dissipator decays over {self.decay_length:.3g} bonds"
        if np.isfinite(self.steady_error):
            text += (
                f"; Redfield's steady state is an estimated {self.steady_error:.2g} from the exact one"
            )
        if self.timescales is not None:
            found = self.timescales
            text += f"; baths forget in {found.memory:.3g}, act in {found.relaxation:.3g}"
        return text

    def __repr__(self) -> str:
        rows = [["equation", *self.columns.values()], *self._rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
        return "\n".join([*lines, self._summary(), f"content {fingerprint(self)}"])

    def __rich__(self) -> Any:
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, caption=self._summary())
        table.add_column("equation")
        for heading in self.columns.values():
            table.add_column(heading, justify="right")
        for row in self._rows():
            table.add_row(*row)
        return table

    @pictured(9.0, 3.0)
    def plot(self, axes: Axes) -> None:
        """Draw the table, on `ax` or in a new figure; returns the matplotlib Axes.

        A cell is blue where a property holds, orange where it does not, grey where there is nothing to hold.
        """
        verdicts = [[self._verdict(column, i) for column in self.columns] for i in range(len(self.names))]
        sizes = [[abs(float(self.values[c][i])) for c in self.columns] for i in range(len(self.names))]
        texts = [row[1:] for row in self._rows()]
        draw_verdicts(axes, self.names, list(self.columns.values()), texts, verdicts, sizes)
        axes.set_xlabel(textwrap.fill(self._summary(), 100), fontsize=8, labelpad=16)  # below the legend

    def _verdict(self, column: str, i: int) -> bool | None:
        """Return whether a column's property holds of equation i; None where that is unknown."""
        value = float(self.values[column][i])
        if np.isnan(value) or column in ("distance", "gap"):  # which are no properties
            return None
        if column == "kossakowski":
            return bool(self.values["completely_positive"][i])
        if column == "steady_minimum":
            return value >= -HOLDS
        return value <= HOLDS

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(x)}</th>" for x in ("equation", *self.columns.values()))
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._rows()
        )
        caption = html.escape(f"{self._summary()}; content {fingerprint(self)}")
        return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.2g}"
