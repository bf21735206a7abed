"""Panels of the absorption study."""

from __future__ import annotations

from typing import Any

from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, shades, title

STYLES = {
    "davies": ("Davies", "#0072B2", ":"),
    "redfield": ("Redfield", "#D55E00", "--"),
    "memory": ("Redfield with memory", "#009E73", "-"),
}


@styled()
def draw(data: Any) -> Figure:
    """Absorption at the lowest and the highest temperature, and transfer from sites 1 and 6 at the lowest."""
    figure = new_figure(11.0, 7.6)
    axes = figure.subplots(2, 2)
    temperatures = data["temperature"].values
    for axis, letter, t in zip(axes[0], "ab", (temperatures[0], temperatures[-1]), strict=True):
        for name, (label, colour, style) in STYLES.items():
            curve = data["absorption"].sel(temperature=t, equation=name).values.ravel()
            axis.plot(data["energy"], curve / curve.max(), style, color=colour, label=label)
        axis.set(xlabel="energy − 12 210 cm$^{-1}$  (cm$^{-1}$)", ylabel="absorption (largest = 1)")
        axis.legend(fontsize=8)
        title(axis, letter, f"absorption at {t:g} K")
    colours = shades(7)
    for axis, letter, start in zip(axes[1], "cd", (1, 6), strict=True):
        for name in ("redfield", "memory"):
            label, _, style = STYLES[name]
            here = data["populations"].sel(temperature=temperatures[0], equation=name, start=start)
            curves = here.values.reshape(len(data["time"]), 7)
            for site in range(7):
                axis.plot(
                    data["time"],
                    curves[:, site],
                    style,
                    color=colours[site],
                    lw=1.2,
                    label=f"site {site + 1}" if name == "memory" else None,
                )
            axis.plot([], [], style, color="gray", label=label)
        axis.set(
            xlabel="t  (fs)", ylabel="population", xlim=(0.0, min(2000.0, float(data["time"].max())))
        )
        axis.legend(fontsize=7, ncols=2)
        title(axis, letter, f"after an excitation of site {start}, {temperatures[0]:g} K")
    return figure
