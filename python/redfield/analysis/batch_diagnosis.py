"""The findings of `diagnose` for the members of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import RealArray, as_index
from redfield._base.checks.types import Axes
from redfield._base.fingerprint import fingerprint
from redfield._base.records import Record, record
from redfield.analysis.diagnosis import Diagnosis
from redfield.draw import pictured

LOWEST = frozenset({"kossakowski", "completely_positive", "steady_minimum", "choi", "entropy"})
"""Columns of which the smallest value is the worst."""


@record
class BatchDiagnosis(Record, answer=True):
    """The properties of each equation of each member of a batch; ``found[i]`` is the Diagnosis of member i.

    Attributes
    ----------
    members : (B,) a Diagnosis each.
    names : of the equations, those that some member has.
    values : the columns of `Diagnosis`, (B, E) each; nan where a check does not apply.
    """

    members: tuple[Diagnosis, ...]

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for member in self.members for name in member.names))

    @property
    def values(self) -> dict[str, RealArray]:
        names = self.names
        columns = {k: np.full((len(self.members), len(names)), np.nan) for k in self.members[0].values}
        for i, member in enumerate(self.members):
            places = [names.index(name) for name in member.names]
            for column, found in columns.items():
                found[i, places] = member.values[column]
        return columns

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, member: int) -> Diagnosis:
        return self.members[as_index("member", member, len(self.members))]

    def holds(self) -> dict[str, dict[str, list[bool | None]]]:
        """Return for each equation and property of `Diagnosis.holds` whether each member has it, (B,)."""
        each = [member.holds() for member in self.members]
        kinds = dict.fromkeys(k for found in each for properties in found.values() for k in properties)
        return {
            name: {k: [found.get(name, {}).get(k) for found in each] for k in kinds}
            for name in self.names
        }

    def worst(self) -> Diagnosis:
        """Return the worst value of each check over the members, which may be those of different members."""
        values = {}
        for column, found in self.values.items():
            values[column] = np.fmin.reduce(found) if column in LOWEST else np.fmax.reduce(found)
        reasons: dict[str, dict[str, str]] = {name: {} for name in self.names}
        for member in self.members:
            for name, told in member.reasons.items():
                reasons.setdefault(name, {}).update(told)
        secular = max((member.secular for member in self.members), key=lambda s: s.worst)
        errors = [member.steady_error for member in self.members]
        lengths = [member.decay_length for member in self.members]
        return Diagnosis(
            self.names, values, secular, _largest(lengths), reasons, _largest(errors), timescales=None
        )

    def to_xarray(self) -> Any:
        """Return an xarray.Dataset with one variable a column and the dimensions member and equation."""
        import xarray as xr

        data = {name: (("member", "equation"), column) for name, column in self.values.items()}
        return xr.Dataset(data, coords={"equation": self.names})

    def __repr__(self) -> str:
        table = repr(self.worst()).rpartition("\n")[0]
        return f"the worst of {len(self)} members\n{table}\ncontent {fingerprint(self)}"

    def _repr_html_(self) -> str:
        about = f"the worst of {len(self)} members; content {fingerprint(self)}"
        return f"<p>{about}</p>{self.worst()._repr_html_()}"

    @pictured(9.0, 3.0)
    def plot(self, axes: Axes) -> None:
        """Draw the table of the worst values, on `axes` or in a new figure; returns the matplotlib Axes."""
        self.worst().plot(axes)
        axes.set_title(f"the worst of {len(self)} members", loc="left")


def _largest(values: list[float]) -> float:
    return float(np.fmax.reduce(np.array(values)))
