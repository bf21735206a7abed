"""The picture of a sweep: a variable over time, or over its first axis, a curve for each of the other axes."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping

import numpy as np
import xarray as xr

from redfield.draw import styled
from redfield.draw.figure import Figure

MOST_CURVES, MOST_PANELS = 12, 5


@styled()
def draw_sweep(data: xr.Dataset, variable: str | None = None) -> Figure:
    """Return the figure of a variable; samples are averaged, with the standard error as a band.

    The default variable is the first curve over time, such as an expectation value, else the first variable.

    Raises
    ------
    ValueError
        There is no such variable, or it has too many curves to tell apart.
    """
    names = [str(k) for k in data.data_vars if k != "status"]
    curves_over_time = [k for k in names if "time" in data[k].dims and "row" not in data[k].dims]
    name = [*curves_over_time, *names][0] if variable is None else variable
    if name not in names:
        raise ValueError(f"variable {name!r} is none of {', '.join(names)}")
    values = data[name].real if np.iscomplexobj(data[name]) else data[name]
    errors = None
    if "sample" in values.dims:
        errors, values = values.std("sample") / np.sqrt(values.sizes["sample"]), values.mean("sample")
    if not values.dims:
        raise ValueError(f"variable {name!r} is one number: {float(values):g}")
    x = "time" if "time" in values.dims else values.dims[0]
    single = [d for d in values.dims if d != x and values.sizes[d] == 1]
    values, errors = values.squeeze(single), None if errors is None else errors.squeeze(single)
    others = [d for d in values.dims if d != x]
    panels = _panels(name, values, others)
    at = data[x].values if x in data.coords else np.arange(values.sizes[x])
    units = data[x].attrs.get("units") if x in data.coords else None
    figure = Figure(figsize=(2.0 + 4.0 * len(panels), 4.0), layout="constrained")
    for axes, chosen in zip(
        figure.subplots(1, len(panels), sharey=True, squeeze=False)[0], panels, strict=True
    ):
        inside = [d for d in others if d not in chosen]
        for place in itertools.product(*(range(values.sizes[d]) for d in inside)):
            here = dict(zip(inside, place, strict=True))
            curve = values.isel({**chosen, **here}).values
            marker, label = "" if len(at) > 30 else ".", _told(data, here) or None
            (line,) = axes.plot(at, curve, marker=marker, label=label)
            if errors is not None:
                e = errors.isel({**chosen, **here}).values
                axes.fill_between(
                    at, curve - e, curve + e, color=line.get_color(), alpha=0.25, linewidth=0
                )
        axes.set(xlabel=f"{x}  ({units})" if units else x, title=_told(data, chosen))
    curves = figure.axes[0].get_legend_handles_labels()  # those of all panels
    if curves[0]:
        figure.legend(*curves, loc="outside right center", fontsize=8)
    figure.axes[0].set_ylabel(data[name].attrs.get("long_name", name))
    return figure


def _panels(name: str, values: xr.DataArray, others: list[Hashable]) -> list[dict[Hashable, int]]:
    """Return the panels of a picture.

    One panel is made, or where it would hold too many curves, one for each value of the first of the other axes.
    """
    count = int(np.prod([values.sizes[d] for d in others]))
    if count <= MOST_CURVES:
        return [{}]
    first = values.sizes[others[0]]
    if first <= MOST_PANELS and count // first <= MOST_CURVES:
        return [{others[0]: i} for i in range(first)]
    raise ValueError(
        f"variable {name!r} has {count} curves over {', '.join(map(str, others))}, more than can be told apart; choose "
        "another variable, or plot a part of the Dataset"
    )


def _told(data: xr.Dataset, place: Mapping[Hashable, int]) -> str:
    """Return the coordinates of a place along some axes, or its indices along axes without coordinates."""
    told = []
    for axis, index in place.items():
        value = data[axis].values[index] if axis in data.coords else None
        told.append(
            f"{axis} {index}" if value is None
            else f"{axis} = {value:.4g}" if isinstance(value, np.floating) else f"{axis} = {value}"
        )  # fmt: skip
    return ", ".join(told)
