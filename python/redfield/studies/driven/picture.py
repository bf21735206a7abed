"""The table and the panels of driven systems: errors against the drive's time, a crossing, and a periodic state."""

from __future__ import annotations

import numpy as np
import xarray as xr

from redfield.draw.figure import Axes, Figure, dashes, new_figure, panel, shades, ticks
from redfield.studies.study import Data, Table

EQUATIONS = {"davies": "Davies", "redfield": "Redfield with memory"}
LOW = {"loc": "lower left"}
TIME = r"$T/\tau_B$ (at fixed $J^2T$)"


def table(data: Data) -> Table:
    """Return the largest errors of each sweep over time."""
    return Table.of(
        "largest distance over the sweep of Davies and Redfield with memory from exact, and between them",
        data["sweeps"].load().max("time"), ("gap", "ratio"),
        {"gap": "gap·T", "ratio": "T/τ_B", "davies_exact": "Davies", "redfield_exact": "Redfield",
         "nonadiabatic": "D − R", "exact_error": "error of exact"},
    )  # fmt: skip


def draw(data: Data) -> Figure:
    """Four panels."""
    figure = new_figure(10.5, 7.6)
    axes = figure.subplots(2, 2)
    sweeps = data["sweeps"].load()
    _against_time(axes[0, 0], sweeps["davies_exact"].max("time"))
    distance = r"max$_t\,\|G_D-G_{\rm exact}\|$"
    panel(axes[0, 0], "error of the instantaneous Davies equation", TIME, distance, LOW)
    _against_time(axes[0, 1], sweeps["nonadiabatic"].max("time"))
    panel(axes[0, 1], "its distance from Redfield with memory", TIME, r"max$_t\,\|G_D-G_R\|$", LOW)
    _crossing(axes[1, 0], sweeps)
    _periods(axes[1, 1], data["floquet"].isel(sample=0).load())
    return figure


def _label(gap: xr.DataArray) -> str:
    return "wide gap" if str(gap.values) == "wide" else f"gap = {gap.values}/T"


def _against_time(axis: Axes, largest: xr.DataArray) -> None:
    largest = largest.transpose("gap", "ratio")
    ratios = largest["ratio"].values
    strokes = zip(shades(len(largest)), dashes(len(largest)), "osD^v", largest, strict=False)
    for colour, dash, marker, curve in strokes:
        axis.loglog(
            ratios, curve, linestyle=dash, marker=marker, color=colour, label=_label(curve["gap"])
        )
    every = np.sort(ratios)
    reference = float(largest.sel(ratio=every[-1]).mean())
    axis.loglog(every, reference * every[-1] / every, ":", color="gray", label=r"$\propto\tau_B/T$")
    ticks(axis, every)
    axis.set_xlabel(r"$T/\tau_B$ (at fixed $J^2T$)")


def _crossing(axis: Axes, sweeps: xr.Dataset) -> None:
    ratio = np.sort(sweeps["ratio"].values)[sweeps.sizes["ratio"] // 2]
    chosen = sweeps.sel(ratio=ratio)
    for colour, i in zip(shades(2), (0, -1), strict=True):
        sweep = chosen.isel(gap=i)
        x = np.linspace(0.0, 1.0, sweep.sizes["time"])
        axis.plot(x, sweep["n_davies"], color=colour, label=f"Davies, {_label(sweep['gap'])}")
        axis.plot(x, sweep["n_redfield"], "--", color=colour, lw=1)
        axis.plot(x, sweep["n_exact"], "o", color=colour)
    axis.plot([], [], "--", color="gray", lw=1, label="Redfield with memory")
    axis.plot([], [], "o", color="gray", label="exact")
    title = rf"through the crossing, $T = {ratio:g}\,\tau_B$"
    panel(axis, title, "$t/T$", r"$\langle a_1^\dagger a_1\rangle$", LOW)


def _periods(axis: Axes, floquet: xr.Dataset) -> None:
    count = np.arange(floquet.sizes["period"])
    for (name, label), dash in zip(EQUATIONS.items(), dashes(2), strict=True):
        axis.semilogy(
            count, floquet[f"{name}_cycle"], linestyle=dash, label=f"{label}: to its periodic state"
        )
    for name, label in EQUATIONS.items():
        axis.semilogy(count, floquet[f"{name}_exact"], "o", label=f"{label}: to the exact solution")
    panel(axis, "a shaken chain reaches its periodic state", "periods", "distance", LOW)
