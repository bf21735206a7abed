"""The table and the panels of the Landau–Zener study."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import RealArray
from redfield.draw.figure import Figure, new_figure, panel
from redfield.studies.study import Data, Table

STYLES = {
    "davies": ("Davies", "#0072B2", "o"),
    "redfield": ("Redfield at every moment", "#D55E00", "s"),
    "memory": ("Redfield with memory", "#009E73", "D"),
}
SMALLEST = 1e-12
"""The smallest number that is drawn on a logarithmic axis."""


def table(data: Data) -> Table:
    """Return the chance to stay, speed by speed."""
    return Table.of(
        "chance to stay in the level", data["sweeps"].load(), ("speed",),
        {"speed": "speed", "no_bath": "no bath", "davies": "Davies", "redfield": "Redfield", "memory": "memory",
         "exact": "exact"},
    )  # fmt: skip


def errors(data: Data) -> dict[str, RealArray]:
    """|P − P_exact| of each equation over the speeds, and as "exact" the change by the last tier of the hierarchy."""
    part = data["sweeps"].load()
    curves = {name: part[name].values.ravel() for name in (*STYLES, "exact", "less")}
    found = {name: np.abs(curves[name] - curves["exact"]) for name in STYLES}
    return {**found, "exact": np.abs(curves["exact"] - curves["less"])}


def draw(data: Data) -> Figure:
    """Draw final populations, errors and rates."""
    part, distances = data["sweeps"].load(), errors(data)
    figure = new_figure(13.0, 4.2)
    populations, distance, rates = figure.subplots(1, 3)
    speed = part["speed"].values
    populations.semilogx(speed, part["no_bath"].values.ravel(), "k:", label="no bath, $e^{-\\pi g^2/2v}$")
    for name, (label, colour, marker) in STYLES.items():
        populations.semilogx(
            speed, part[name].values.ravel(), marker, color=colour, mfc="none", label=label
        )
        distance.loglog(
            speed, np.maximum(distances[name], SMALLEST), marker + "-", color=colour, label=label
        )
    populations.semilogx(speed, part["exact"].values.ravel(), "k-", lw=1, label="exact (HEOM)")
    last = np.maximum(distances["exact"], SMALLEST)
    distance.loglog(speed, last, "k--", lw=1, label="last tier of the exact one")
    swept = "sweep speed $v$  (energy²)"
    panel(populations, "final populations", swept, "chance to stay in the level")
    panel(distance, "what each equation misses", swept, "distance from exact")
    energies = part["energy"].values
    of_level = part["rates"].isel(speed=0).values.reshape(len(energies), -1)
    for k, (label, colour) in enumerate((("lower", "#0072B2"), ("upper", "#D55E00"))):
        rates.semilogy(
            energies,
            np.where(of_level[:, k] > SMALLEST, of_level[:, k], np.nan),
            color=colour,
            label=f"out of the {label} level",
        )
    panel(rates, "Davies' rates along the sweep", "$vt$  (energy)", "rate  (energy)")
    return figure
