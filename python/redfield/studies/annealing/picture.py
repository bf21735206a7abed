"""The table and the panels of the annealing study."""

from __future__ import annotations

import numpy as np
import xarray as xr

from redfield.draw.figure import Figure, new_figure, panel, shades
from redfield.studies.study import Data, Table

STYLES = {
    "closed": ("closed", "black", ":"),
    "davies": ("Davies", "#0072B2", "-"),
    "redfield": ("Redfield", "#D55E00", "--"),
}


def table(data: Data) -> Table:
    """Return the population of the ground state at the end, and the work, run by run."""
    last = data["runs"].load().isel(s=-1, level=0)
    last = last.assign(applications=last["applications"].astype(int), seconds=last["seconds"].round(1))
    return Table.of(
        "population of the ground state at the end", last, ("time", "equation"),
        {"time": "time", "equation": "equation", "populations": "ground state", "gibbs": "in equilibrium",
         "applications": "stages", "seconds": "s"},
    )  # fmt: skip


def draw(data: Data) -> Figure:
    """Return the levels, and the populations of the lowest along the run, of the longest time."""
    figure = new_figure(13.0, 4.2)
    levels, populations, others = figure.subplots(1, 3)
    run: xr.Dataset = data["runs"].load().isel(time=-1)
    s = run["s"].values
    energies, gibbs = (
        run[name].sel(equation="closed").values.reshape(len(s), -1) for name in ("energies", "gibbs")
    )
    for k, colour in enumerate(shades(energies.shape[1])):
        levels.plot(s, energies[:, k] - energies[:, 0], color=colour, clip_on=False, label=f"{k}")
    legend = {"title": "level", "fontsize": 7, "loc": "upper right", "ncols": 2}
    panel(levels, "the lowest levels", "$t/T$", "$E_k - E_0$  (energy)", legend)
    for equation, (label, colour, style) in STYLES.items():
        found = run["populations"].sel(equation=equation).values.reshape(len(s), -1)
        populations.plot(s, found[:, 0], style, color=colour, label=label)
        if equation != "closed":
            for k in range(1, 4):
                curve = np.maximum(found[:, k], 1e-8)
                others.semilogy(s, curve, style, color=shades(4)[k], label=f"{label}, level {k}")
    populations.plot(s, gibbs[:, 0], color="gray", lw=0.8, label="in equilibrium")
    title = f"$T$ = {float(run['time']):g}"
    panel(populations, title, "$t/T$", "population of the ground state")
    panel(others, "excited levels", "$t/T$", "population", {"fontsize": 7}, ylim=(1e-5, 1.0))
    return figure
