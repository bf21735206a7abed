"""Panels of the Landau–Zener study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from redfield._base.checks import RealArray
from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, title

STYLES = {
    "davies": ("Davies", "#0072B2", "o"),
    "redfield": ("Redfield at every moment", "#D55E00", "s"),
    "memory": ("Redfield with memory", "#009E73", "D"),
}


@styled()
def draw(data: Any, errors: Mapping[str, RealArray]) -> Figure:
    """Final populations, errors and rates."""
    figure = new_figure(13.0, 4.2)
    populations, distance, rates = figure.subplots(1, 3)
    speed = data["speed"].values
    populations.semilogx(speed, data["no_bath"].values.ravel(), "k:", label="no bath, $e^{-\\pi g^2/2v}$")
    for name, (label, colour, marker) in STYLES.items():
        populations.semilogx(
            speed, data[name].values.ravel(), marker, color=colour, mfc="none", label=label
        )
        distance.loglog(speed, np.maximum(errors[name], 1e-12), marker + "-", color=colour, label=label)
    populations.semilogx(speed, data["exact"].values.ravel(), "k-", lw=1, label="exact (HEOM)")
    distance.loglog(
        speed, np.maximum(errors["exact"], 1e-12), "k--", lw=1, label="last tier of the exact one"
    )
    populations.set(xlabel="sweep speed $v$  (energy²)", ylabel="chance to stay in the level")
    distance.set(xlabel="sweep speed $v$  (energy²)", ylabel="distance from exact")
    populations.legend(fontsize=8)
    distance.legend(fontsize=8)
    title(populations, "a", "final populations")
    title(distance, "b", "what each equation misses")
    energies = data["energy"].values
    of_level = data["rates"].isel(speed=0).values.reshape(len(energies), -1)
    for k, label in enumerate(("out of the lower level", "out of the upper level")):
        rates.semilogy(
            energies, np.maximum(of_level[:, k], 1e-12), color=("#0072B2", "#D55E00")[k], label=label
        )
    rates.set(xlabel="$vt$  (energy)", ylabel="rate  (energy)")
    rates.legend(fontsize=8)
    title(rates, "c", "Davies' rates along the sweep")
    return figure
