"""Panels of the annealing study."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, shades, title

LABELS = {"closed": "closed", "davies": "Davies", "redfield": "Redfield"}


@styled()
def draw(data: Any) -> Figure:
    """The levels, and the populations of the lowest along the run, of the longest time."""
    figure = new_figure(13.0, 4.2)
    levels, populations, others = figure.subplots(1, 3)
    run = data.isel(time=-1)
    s = run["s"].values

    def of(name: str, equation: str) -> Any:
        return run[name].sel(equation=equation).values.reshape(len(s), -1)

    energies = of("energies", "closed")
    for k, colour in enumerate(shades(energies.shape[1])):
        levels.plot(s, energies[:, k] - energies[:, 0], color=colour)
    levels.set(xlabel="$t/T$", ylabel="$E_k - E_0$  (energy)")
    title(levels, "a", "the lowest levels")
    for equation, style in zip(LABELS, (":", "-", "--"), strict=True):
        found = of("populations", equation)
        colour = {"davies": "#0072B2", "redfield": "#D55E00"}.get(equation, "black")
        populations.plot(s, found[:, 0], style, color=colour, label=LABELS[equation])
        if equation != "closed":
            for k in range(1, 4):
                others.semilogy(
                    s,
                    np.maximum(found[:, k], 1e-8),
                    style,
                    color=shades(4)[k],
                    label=f"{LABELS[equation]}, level {k}",
                )
    populations.plot(s, of("gibbs", "closed")[:, 0], color="gray", lw=0.8, label="in equilibrium")
    populations.set(xlabel="$t/T$", ylabel="population of the ground state")
    others.set(xlabel="$t/T$", ylabel="population", ylim=(1e-5, 1.0))
    populations.legend(fontsize=8)
    others.legend(fontsize=7)
    title(populations, "b", f"$T$ = {float(run['time']):g}")
    title(others, "c", "excited levels")
    return figure
