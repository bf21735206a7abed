"""The table, the exponents and the panels of the many-body study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield.draw.figure import Axes, Figure, band, new_figure, panel, shades, ticks
from redfield.studies.manybody.growth import Growth, growths
from redfield.studies.study import Data, Table

MARKERS = {"chaotic": ("o", "C0"), "localised": ("s", "C3"), "integrable": ("^", "C2")}
LARGE = {"chaotic (GOE)": 0.5307, "independent levels": 0.3863}
"""⟨r⟩ of large matrices."""
FITTED = ("secular", "nonsecular", "ratio", "distance", "local")


def table(data: Data) -> Table:
    """Means over samples for each family and size, distances at their largest over time; and exponents of N."""
    found = growths(data)
    rows, notes = [], []
    for growth in found:
        for n in growth.sizes:
            r, r_error = growth.value("r", n)
            secular, nonsecular, ratio, distance, local = (growth.value(name, n)[0] for name in FITTED)
            rows.append(
                {"family": growth.family, "N": n, "⟨r⟩": r, "±": r_error, "secular": secular,
                 "non-s.": nonsecular, "ratio": ratio, "‖ρ_D−ρ_R‖₁": distance, "|Δσᶻ_j|": local}
            )  # fmt: skip
        fits = {name: growth.exponent(name) for name in FITTED}
        known = ", ".join(
            f"{k} {a:.2f} ± {error:.2f}" for k, (a, error) in fits.items() if not np.isnan(a)
        )
        notes.append(f"{growth.family}: exponents of N: {known or 'need three sizes'}")
    return Table("sums times D; largest mean distances of Davies from Redfield", rows, notes)


BELOW = {"fontsize": 6.5, "ncols": 2, "loc": "upper left", "bbox_to_anchor": (0.0, -0.15)}
"""The legend of curves that fill their panel."""


def draw(data: Data) -> Figure:
    """Six panels."""
    found = growths(data)
    figure = new_figure(12.5, 7.2)
    axes = figure.subplots(2, 3)
    for growth in found:
        _errorbar(axes[0, 0], growth, "secular", ", secular")
        _errorbar(axes[0, 0], growth, "nonsecular", ", non-s.", ls="--", mfc="none")
    _logarithmic(axes[0, 0], found)
    label = r"$D\,\overline{\sum_j|A_{kl}|^2}$,  $D\,\overline{|\sum_jA_{kl}A^*_{mn}|}$"
    panel(axes[0, 0], "sums over the baths", "N", label, BELOW)
    for axis, name, text, label in (
        (axes[0, 1], "ratio", "their ratio", "non-secular / secular"),
        (axes[1, 1], "distance", "its maximum: whole states", r"max$_t$ mean $\|\rho_D-\rho_R\|_1$"),
        (axes[1, 2], "local", "the same of local observables",
         r"max$_t$ mean $|\langle\sigma^z_j\rangle_D-\langle\sigma^z_j\rangle_R|$"),
    ):  # fmt: skip
        for growth in found:
            _errorbar(axis, growth, name)
        _logarithmic(axis, found)
        panel(axis, text, "N", label, BELOW)
    _levels(axes[0, 2], found)
    _curves(axes[1, 0], next(growth for growth in found if growth.family == "chaotic"))
    return figure


def _errorbar(axis: Axes, growth: Growth, name: str, text: str = "", **style: Any) -> None:
    """Draw a quantity against N; its label tells the exponent, but for ⟨r⟩."""
    marker, colour = MARKERS[growth.family]
    points = [(n, *growth.value(name, n)) for n in growth.sizes]
    points = [x for x in points if np.isfinite(x[1])]
    if points:
        a, fit_error = growth.exponent(name)
        known = name in FITTED and not np.isnan(a)
        fit = rf" $\propto N^{{{a:.2f}\pm{fit_error:.2f}}}$" if known else ""
        style = {"marker": marker, "color": colour, "capsize": 2, "lw": 1, **style}
        n, y, error = zip(*points, strict=True)
        axis.errorbar(n, y, yerr=error, label=f"{growth.family}{text}{fit}", **style)


def _levels(axis: Axes, found: Sequence[Growth]) -> None:
    for growth in found:
        _errorbar(axis, growth, "r")
    for label, value in LARGE.items():
        axis.axhline(value, color="gray", lw=0.8, ls=":" if value > 0.5 else "--", label=label)
    panel(axis, "level statistics", "N", r"$\langle r\rangle$", BELOW)


def _curves(axis: Axes, growth: Growth) -> None:
    for colour, n in zip(shades(len(growth.curves)), sorted(growth.curves), strict=False):
        samples = growth.curves[n]["distance"]
        band(
            axis,
            growth.time,
            samples.mean(axis=0),
            samples.std(axis=0),
            color=colour,
            label=f"N = {n}, ± s.d.",
        )
    axis.margins(x=0.0)
    panel(axis, "distance of Davies from Redfield, chaotic", "$Jt$", r"$\|\rho_D(t)-\rho_R(t)\|_1$")
    axis.set_ylim(bottom=0.0)


def _logarithmic(axis: Axes, found: Sequence[Growth]) -> None:
    axis.set(xscale="log", yscale="log")
    ticks(axis, sorted({n for growth in found for n in growth.sizes}))
