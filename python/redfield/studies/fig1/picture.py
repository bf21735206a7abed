"""The table and the four panels of Figure 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from redfield._base.checks import RealArray
from redfield.draw.figure import Axes, Figure, band, dashes, new_figure, panel, shades, ticks
from redfield.studies.study import Data, Table

ROOM = 1.28
"""Height of the axes over that of the bands, for a legend of two lines above them."""


def table(data: Data) -> Table:
    """Return the maximum over t of the mean over samples, its standard error and its time."""
    rows = []
    for case, distance in _cases(data):
        for n, (mean, _, error) in _statistics(distance).items():
            peak = int(mean.argmax())
            time = float(distance["time"][peak])
            rows.append(
                {"case": case, "N": n, "samples": distance.sizes["sample"], "maximum": float(mean[peak]),
                 "± s.e.": float(error[peak]), "at t": time}
            )  # fmt: skip
    return Table("max over t of the mean of ‖ρ_D(t) − ρ_R(t)‖₁", rows)


def _cases(data: Data) -> Iterator[tuple[str, xr.DataArray]]:
    """Yield the titles of panels a to c, and distances (N, sample, time) where they were computed."""
    none = xr.DataArray(np.zeros((0, 0, 0)), dims=("N", "sample", "time"))
    yield "Dirac-SYK2", _distance(data["syk2"].rename(n="N")) if "syk2" in data else none
    if "anderson" not in data:
        return
    lattices = data["anderson"].assign_coords(length=data["anderson"]["length"] ** 3).rename(length="N")
    for i, name in enumerate(("chaotic", "localised")):
        part = lattices.isel(disorder=i)
        yield f"Anderson, W = {float(part['disorder']):g} ({name})", _distance(part)


def _distance(part: xr.Dataset) -> xr.DataArray:
    return part["distance"].isel(equation=1).transpose("N", "sample", "time").load()


def _statistics(distance: xr.DataArray) -> dict[int, tuple[RealArray, RealArray, RealArray]]:
    """Mean, standard deviation (0 for one sample) and standard error (NaN for one) over time, by size."""
    found = {}
    for n, samples in zip(distance["N"].values, distance.values, strict=True):
        count = len(samples)
        spread = samples.std(axis=0, ddof=1) if count > 1 else np.zeros(samples.shape[1])
        error = spread / np.sqrt(count) if count > 1 else np.full(samples.shape[1], np.nan)
        found[int(n)] = samples.mean(axis=0), spread, error
    return found


def draw(data: Data) -> Figure:
    """Mean ± s.d. over time for each case, and the largest mean against the size N."""
    figure = new_figure(9.0, 6.8)
    *axes, summary = figure.subplots(2, 2).ravel()
    sizes: set[int] = set()
    for axis, marker, (case, distance) in zip(axes, "os^", _cases(data), strict=False):
        found = _statistics(distance)
        strokes = zip(shades(len(found)), dashes(len(found)), found.items(), strict=True)
        for colour, dash, (n, (mean, spread, _)) in strokes:
            style = {"color": colour, "linestyle": dash, "label": f"N = {n}"}
            band(axis, distance["time"].values, mean, spread, **style)
        axis.fill_between([], [], color="0.5", alpha=0.3, lw=0, label="± s.d. of samples")
        axis.margins(x=0.0)
        legend = {"loc": "upper right", "ncols": 3}
        panel(axis, case, r"$Jt$", r"$\|\rho_D(t)-\rho_R(t)\|_1$", legend)
        axis.set_ylim(0.0, ROOM * axis.get_ylim()[1])
        if found:
            _draw_growth(summary, found, marker, case)
            sizes |= set(found)
    summary.set(xscale="log", yscale="log")
    # Neighbouring ticks need room for their labels.
    every = sorted(sizes)
    ticks(summary, [n for i, n in enumerate(every) if i == 0 or n > 1.12 * every[i - 1]], 8.0)
    summary.minorticks_off()
    title, height = "largest mean; bars s.d. (thin), s.e. (thick)", r"max$_t$ mean $\|\rho_D-\rho_R\|_1$"
    panel(summary, title, "N", height, {"loc": "lower right"})
    return figure


def _draw_growth(
    axis: Axes, found: dict[int, tuple[RealArray, RealArray, RealArray]], marker: str, label: str
) -> None:
    peaks = [[curve[mean.argmax()] for curve in (mean, *rest)] for mean, *rest in found.values()]
    heights, spread, errors = np.array(peaks).T
    # A bar that reaches zero has no place on a logarithmic axis: it ends at a twentieth of the mean.
    lower = np.minimum(spread, 0.95 * heights)
    style: dict[str, Any] = {"marker": marker, "capsize": 2, "lw": 1, "elinewidth": 0.8, "label": label}
    bars = axis.errorbar([*found], heights, yerr=[lower, spread], **style)
    colour = bars.lines[0].get_color()
    axis.errorbar([*found], heights, yerr=errors, fmt="none", elinewidth=2.5, ecolor=colour)
