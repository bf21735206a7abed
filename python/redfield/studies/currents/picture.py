"""The table and the panels of currents through three spins."""

from __future__ import annotations

import numpy as np
import xarray as xr

from redfield.draw.figure import Figure, marks, new_figure, panel, ticks
from redfield.draw.style import COLOURS
from redfield.studies.study import Data, Table

LABELS = {
    "exact": "exact (HEOM)",
    "corrected": "Redfield, corrected",
    "redfield": "Redfield",
    "universal_lindblad": "UniversalLindblad",
    "geometric_arithmetic": "GeometricArithmetic",
    "partial_secular": "PartialSecular",
    "davies": "Davies",
    "coarse_grained": "CoarseGrained",
}
"""Equations from the top of the bars to their bottom, and their labels."""
LEAST = 1e-9
"""Relative error at which the axis of errors begins."""


def relative_to_exact(part: xr.Dataset) -> tuple[xr.DataArray, xr.DataArray]:
    """Return |I₁₂ − I₂₃| and the largest |I − I_exact|, both over the exact current."""
    through = part["current"]
    exact = through.sel(equation="exact", drop=True)
    size: xr.DataArray = abs(exact).mean("bond")
    defect: xr.DataArray = abs(through.diff("bond").isel(bond=0, drop=True)) / size
    error: xr.DataArray = abs(through - exact).max("bond") / size
    return defect, error


def table(data: Data) -> Table:
    """Return both currents, their difference and their error by coupling and equation."""
    part = data["currents"].load()
    defect, error = relative_to_exact(part)
    rows = [
        {
            "equation": label, "ε": f"{coupling:g}", "I₁₂": _number(here[0]), "I₂₃": _number(here[1]),
            "|I₁₂−I₂₃|/I": _number(float(defect.sel(place))), "error/I": _number(float(error.sel(place))),
        }
        for coupling in part["coupling"].values
        for name, label in LABELS.items()
        for place in [{"coupling": coupling, "equation": name}]
        for here in [part["current"].sel(place).values]
    ]  # fmt: skip
    return Table("currents of σᶻ through both bonds, and their differences over the exact one I", rows)


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) > LEAST else "0"


def draw(data: Data) -> Figure:
    """Draw both currents at the largest coupling, and over the coupling their difference and their error."""
    part = data["currents"].load()
    defect, error = relative_to_exact(part)
    figure = new_figure(14.0, 4.4)
    bars, conserved, right = figure.subplots(1, 3)
    last = part["current"].isel(coupling=-1)
    rows = np.arange(len(LABELS))
    for bond, (shift, text, colour) in enumerate(((-0.2, "I₁₂", COLOURS[0]), (0.2, "I₂₃", COLOURS[1]))):
        widths = [float(last.sel(equation=name).isel(bond=bond)) for name in LABELS]
        bars.barh(rows + shift, widths, 0.36, color=colour, label=text)
    bars.axvline(float(last.sel(equation="exact").mean()), color="black", lw=0.8)
    bars.set_yticks(rows, list(LABELS.values()))
    bars.invert_yaxis()
    panel(bars, f"into and out of the middle spin, ε = {float(last['coupling']):g}", "current of σᶻ", "")
    legend = {"fontsize": 7, "loc": "lower right", "bbox_to_anchor": (1.0, 0.08), "ncols": 2}
    for axis, values, text, height in (
        (
            conserved,
            defect,
            f"how far from conserved  (bottom: < {LEAST:g})",
            "|I₁₂ − I₂₃| / I",
        ),
        (right, error, "how far from exact", "largest |I − I(exact)| / I"),
    ):
        of_equations = list(LABELS.items())[1:]
        for (name, label), colour, mark in zip(of_equations, COLOURS, marks(len(COLOURS)), strict=True):
            y = np.maximum(values.sel(equation=name).values, LEAST)
            axis.plot(part["coupling"], y, color=colour, label=label, **mark)
        axis.set(xscale="log", yscale="log", ylim=(0.5 * LEAST, 10.0))
        ticks(axis, part["coupling"].values)
        panel(axis, text, "coupling ε", height, legend)
    return figure
