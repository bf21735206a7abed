"""The findings of `diagnose` at moments of a drive, and the worst of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from redfield._base.checks import RealArray
from redfield._base.records import record
from redfield.analysis.diagnosis import Diagnosis

LOWEST = ("kossakowski", "completely_positive", "steady_minimum", "choi", "entropy")
"""Columns whose worst value is the lowest; of the others it is the highest."""


@record
class DrivenDiagnosis(Diagnosis):
    """The worst of the properties of each equation held at moments of a drive, as a table.

    Attributes
    ----------
    times : (T,) the moments.
    moments : the Diagnosis of each. `values` has the worst number over the moments at which a check applies, `secular`
        is of the moment at which it is largest, and `holds` is true where a property holds at every moment.
    """

    times: RealArray = field(default_factory=lambda: np.zeros(1))
    moments: Sequence[Diagnosis] = ()

    def holds(self) -> dict[str, dict[str, bool | None]]:
        """Return which equation has each property at every moment; None where that is unknown at some."""
        each = [moment.holds() for moment in self.moments]
        return {
            name: {
                prop: _all([found[name][prop] for found in each if name in found])
                for prop in each[0][name]
            }
            for name in self.names
        }

    def to_xarray(self) -> Any:
        """Return an xarray.Dataset with one variable a column and the dimensions time and equation."""
        import xarray as xr

        data = {
            name: (("time", "equation"), np.array([moment.values[name] for moment in self.moments]))
            for name in self.values
        }
        secular = {
            f"secular_{which}": ("time", [getattr(m.secular, which) for m in self.moments])
            for which in ("worst", "typical")
        }
        return xr.Dataset({**data, **secular}, coords={"time": self.times, "equation": self.names})

    def _summary(self) -> str:
        span = f"t = {self.times[0]:g} … {self.times[-1]:g}"
        return f"worst of {len(self.times)} moments, {span}; {super()._summary()}"


def _all(held: list[bool | None]) -> bool | None:
    if False in held:
        return False
    return None if None in held else True


def worst_of(times: RealArray, moments: list[Diagnosis]) -> DrivenDiagnosis:
    """Return the worst over moments, at each of which the same equations were asked about."""
    names = list(dict.fromkeys(name for moment in moments for name in moment.names))
    aligned = [_aligned(moment, names) for moment in moments]
    values = {
        column: _extreme(
            np.nanmin if column in LOWEST else np.nanmax, [x.values[column] for x in aligned]
        )
        for column in aligned[0].values
    }
    reasons = {
        name: {
            column: why
            for moment in aligned
            for column, why in moment.reasons.get(name, {}).items()
            if column not in values or np.isnan(values[column][names.index(name)])
        }
        for name in names
    }
    worst = max(aligned, key=lambda moment: moment.secular.worst)
    lengths = np.array([moment.decay_length for moment in aligned])
    return DrivenDiagnosis(
        names, values, worst.secular, float(_extreme(np.nanmax, [lengths[:, None]])[0]), reasons,
        float(_extreme(np.nanmax, [np.array([[m.steady_error] for m in aligned])])[0]), None,
        times, aligned,
    )  # fmt: skip


def _extreme(reduce: Callable[..., Any], each: list[RealArray]) -> RealArray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column that never applies stays nan
        found: RealArray = reduce(np.array(each) if len(each) > 1 else each[0], axis=0)
    return np.atleast_1d(found)


def _aligned(moment: Diagnosis, names: list[str]) -> Diagnosis:
    """Return a moment with its equations in an order, those that could not be made empty."""
    if moment.names == names:
        return moment
    place = {name: i for i, name in enumerate(moment.names)}
    values = {
        column: np.array([v[place[name]] if name in place else np.nan for name in names])
        for column, v in moment.values.items()
    }
    return moment._replaced(names=names, values=values)
