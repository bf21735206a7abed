"""Panels of the double quantum dot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, title

STYLES = {
    "davies": ("Davies (Pauli)", "#0072B2", "-"),
    "redfield": ("Redfield", "#D55E00", "-"),
    "redfield_shifted": ("Redfield, Lamb shift", "#D55E00", "--"),
    "geometric_arithmetic": ("GeometricArithmetic (PERLind)", "#009E73", "-"),
}


@styled()
def draw(data: Any, published: Mapping[str, tuple[float, float]], bias: float) -> Figure:
    """Currents and Fano factors over the bias; QmeQ's values as points."""
    figure = new_figure(13.0, 4.2)
    axes = figure.subplots(1, 3)
    for name, (label, colour, style) in STYLES.items():
        for axis, key in zip(axes, ("particle", "energy", "fano"), strict=True):
            curve = data[key].sel(equation=name).values.ravel()
            width = 3.5 if name == "redfield" else 1.5  # which another lies upon
            axis.plot(data["bias"], curve, style, color=colour, lw=width, label=label)
        for axis, value in zip(axes, published[name], strict=False):
            axis.plot([bias], [value], "o", color=colour, mfc="none")
    axes[0].plot([], [], "o", color="gray", mfc="none", label="QmeQ")
    axes[0].set(ylabel="particles of the left lead, a spin  (energy)")
    axes[1].set(ylabel="energy of the left lead  (energy²)")
    axes[2].set(ylabel="Fano factor of particles", yscale="log")
    for axis, letter, text in zip(axes, "abc", ("particles", "energy", "noise"), strict=True):
        axis.set(xlabel="bias  (energy)")
        title(axis, letter, text)
    axes[0].legend(fontsize=8)
    return figure
