"""A picture of a sweep."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from redfield.draw import styled

MOST_CURVES, MOST_PANELS = 12, 5


@styled()
def draw_sweep(data: Any, variable: str | None = None) -> Any:
    """A variable over time, or over its first axis, a curve for each of the others; samples are averaged.

    Returns
    -------
    matplotlib Figure.

    Raises
    ------
    ValueError
        There is no such variable, or it has too many curves to tell apart.
    """
    from matplotlib.figure import Figure

    names = [str(k) for k in data.data_vars if k != "status"]
    name = names[0] if variable is None else variable
    if name not in names:
        raise ValueError(f"variable {name!r} is none of {', '.join(names)}")
    values = data[name]
    if np.iscomplexobj(values):
        values = values.real
    spread = None
    if "sample" in values.dims:
        spread, values = values.std("sample") / np.sqrt(values.sizes["sample"]), values.mean("sample")
    if not values.dims:
        raise ValueError(f"variable {name!r} is one number: {float(values):g}")
    x = "time" if "time" in values.dims else str(values.dims[0])
    others = [d for d in values.dims if d != x and values.sizes[d] > 1]
    values = values.squeeze([d for d in values.dims if d != x and values.sizes[d] == 1])
    spread = (
        None
        if spread is None
        else spread.squeeze([d for d in spread.dims if d != x and spread.sizes[d] == 1])
    )
    panels = _panels(name, values, others)
    at = data[x].values if x in data.coords else np.arange(values.sizes[x])
    units = data[x].attrs.get("units") if x in data.coords else None
    figure = Figure(figsize=(2.0 + 4.0 * len(panels), 4.0), layout="constrained")
    for axes, panel in zip(
        figure.subplots(1, len(panels), sharey=True, squeeze=False)[0], panels, strict=True
    ):
        inside = [d for d in others if d not in panel]
        for place in itertools.product(*(range(values.sizes[d]) for d in inside)):
            chosen = dict(zip(inside, place, strict=True))
            label = ", ".join(_told(data, d, i) for d, i in chosen.items())
            curve = values.isel({**panel, **chosen}).values
            (line,) = axes.plot(at, curve, marker="" if len(at) > 30 else ".", label=label or None)
            if spread is not None:
                error = spread.isel({**panel, **chosen}).values
                axes.fill_between(
                    at, curve - error, curve + error, color=line.get_color(), alpha=0.25, linewidth=0
                )
        axes.set(
            xlabel=f"{x}  ({units})" if units else x,
            title=", ".join(_told(data, d, i) for d, i in panel.items()),
        )
    if figure.axes[0].get_legend_handles_labels()[0]:  # those of all panels
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right center", fontsize=8)
    figure.axes[0].set_ylabel(data[name].attrs.get("long_name", name))
    return figure


def _panels(name: str, values: Any, others: list[Any]) -> list[dict[Any, int]]:
    """One, or one for each value of the first of the other axes where there would be too many curves in one."""
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


def _told(data: Any, dim: Any, index: int) -> str:
    if dim not in data.coords:
        return f"{dim} {index}"
    value = data[dim].values[index]
    return f"{dim} = {value:.4g}" if isinstance(value, np.floating) else f"{dim} = {value}"
