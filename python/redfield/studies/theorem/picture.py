"""The table and the panels of the theorem: residuals, distances, the Lamb shift's sign and the periodic sublattice."""

from __future__ import annotations

import numpy as np
import xarray as xr

from redfield.draw.figure import Axes, Figure, dashes, new_figure, panel, shades, ticks
from redfield.studies.common import gaussian_band
from redfield.studies.study import Data, Table
from redfield.studies.theorem.points import DISTANCES, sublattice

ROUNDING = 1e-16
LABELS = {"redfield": "Redfield", "davies": "Davies", "local": "local Lindblad"}
STYLES = {"uniform": ("o-", "equal $J_j$"), "uneven": ("s--", "uneven $J_j$")}
SIGNS = {
    "redfield": r"$+\Delta$ (this package)",
    "no_shift": "no Lamb shift",
    "printed": r"$-\Delta$ (as printed)",
}


def table(data: Data) -> Table:
    """Means over samples for each family and size, distances at their largest over time; nan where not computed."""
    return Table.of(
        "largest residual; largest distance of Davies from Redfield, and of each from exact",
        _numbers(data), ("couplings", "size"),
        {"couplings": "J_j", "size": "N", "residual": "residual", "spacing": "ΔE/J²", "difference": "D − R",
         "redfield": "Redfield", "davies": "Davies", "local": "local"},
    )  # fmt: skip


def _numbers(data: Data) -> xr.Dataset:
    """Return the largest residual, the mean spacing, and largest mean distances, by families and sizes."""
    part = data["sizes"].load()
    largest = part[list(DISTANCES)].mean("sample", skipna=False).max("time", skipna=False)
    return largest.assign(residual=part["residual"].max("sample"), spacing=part["spacing"].mean("sample"))


def draw(data: Data) -> Figure:
    """Six panels."""
    figure = new_figure(12.5, 7.0)
    axes = figure.subplots(2, 3)
    numbers = _numbers(data)
    _against_size(axes[0, 0], numbers, "residual")
    spacing = numbers["spacing"].sel(couplings="uniform")
    axes[0, 0].loglog(spacing["size"], spacing, ":", color="gray", label="level spacing / $J^2$")
    axes[0, 0].axhline(1e-12, color="black", lw=0.6, label=r"$10^{-12}$")
    panel(axes[0, 0], "largest residual of the samples", "N", "coherence-cancellation residual")
    _against_size(axes[0, 1], numbers, "difference")
    panel(axes[0, 1], "Davies from Redfield", "N", r"max$_t\,\|G_D(t)-G_R(t)\|$")
    _over_time(axes[0, 2], data["sizes"]["difference"].sel(couplings="uneven").mean("sample"))
    _from_exact(axes[1, 0], numbers)
    _signs(axes[1, 1], data["signs"].isel(time=-1).load())
    _ring(figure, axes[1, 2])
    for axis in (axes[0, 0], axes[0, 1], axes[1, 0]):
        ticks(axis, numbers["size"].values, 8.0)
        axis.minorticks_off()
    return figure


def _against_size(axis: Axes, numbers: xr.Dataset, name: str) -> None:
    for family, (marker, label) in STYLES.items():
        values = numbers[name].sel(couplings=family)
        axis.loglog(values["size"], np.maximum(values, ROUNDING), marker, label=label)


def _over_time(axis: Axes, curves: xr.DataArray) -> None:
    count = curves.sizes["size"]
    for colour, dash, curve in zip(shades(count), dashes(count), curves, strict=True):
        axis.plot(curve["time"], curve, linestyle=dash, color=colour, label=f"N = {int(curve['size'])}")
    axis.margins(x=0.0)
    axis.set_ylim(0.0, 1.35 * float(curves.max()))
    where = {"ncols": 3, "loc": "upper right"}
    panel(axis, "the same over time, uneven $J_j$", "$J^2t$", r"$\|G_D(t)-G_R(t)\|$", where)


def _from_exact(axis: Axes, numbers: xr.Dataset) -> None:
    for family, (marker, label) in STYLES.items():
        # Davies lies on Redfield where the couplings are equal: the larger marker shows from below.
        for (name, kind), colour, size in zip(LABELS.items(), ("C0", "C1", "C3"), (9, 5, 5), strict=True):
            known = numbers[name].sel(couplings=family).dropna("size")
            if known.size:
                axis.loglog(known["size"], known, marker, color=colour, ms=size, label=f"{kind}, {label}")
    distance = r"max$_t\,\|G(t)-G_{\rm exact}(t)\|$"
    panel(axis, "distance from the exact solution", "N", distance, {"fontsize": 7})


def _signs(axis: Axes, last: xr.Dataset) -> None:
    strength = last["strength"]
    for name, label in SIGNS.items():
        axis.loglog(strength, last[name], "o-", label=label)
    line = last["redfield"][0] * strength / strength[0]
    axis.loglog(strength, line, ":", color="gray", label=r"$\propto J^2$")
    ticks(axis, strength.values)
    axis.minorticks_off()
    x, y = "$J^2$ (at fixed $J^2t$)", r"$\|G_R-G_{\rm exact}\|$"
    panel(axis, "the exact solution decides the sign", x, y)


def _ring(figure: Figure, axis: Axes) -> None:
    ring = sublattice(gaussian_band(2.0, 1.0, 0.3))
    image = axis.imshow(np.log10(np.maximum(ring.weights, 1e-17)), cmap="magma", vmin=-17, vmax=0)
    axis.grid(visible=False)
    figure.colorbar(image, ax=axis, label=r"$\log_{10}$ weight")
    panel(axis, f"ring of {len(ring.energies)}, every 4th site: pairs $m\\neq n$ left", "n", "m")
