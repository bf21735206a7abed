"""The table and the panels of the double quantum dot."""

from __future__ import annotations

from redfield.draw.figure import Figure, new_figure, panel
from redfield.studies.study import Data, Table

PUBLISHED = {
    "davies": (0.09430974635273646, 2.9039511908319557),
    "redfield": (0.08322262964922629, 2.619439679143371),
    "redfield_shifted": (0.06226323392406378, -0.04145431832883384),
    "geometric_arithmetic": (0.0837511377259315, 2.838606940574246),
}
"""Particles and energy of the left lead at a bias of 5: QmeQ's Pauli, Redfield without and with principal parts, and
PERLind."""
PUBLISHED_BIAS = 5.0
STYLES = {
    "davies": ("Davies", "Davies (Pauli)", "#0072B2", "-"),
    "redfield": ("Redfield", "Redfield", "#D55E00", "-"),
    "redfield_shifted": ("shifted", "Redfield, Lamb shift", "#D55E00", "--"),
    "geometric_arithmetic": ("PERLind", "GeometricArithmetic (PERLind)", "#009E73", "-"),
}
"""The name in the table, label, colour and line of each equation."""

PANELS = {
    "particle": ("particles", "particles of the left lead, a spin  (energy)"),
    "energy": ("energy", "energy of the left lead  (energy²)"),
    "fano": ("noise", "Fano factor of particles"),
}


def table(data: Data) -> Table:
    """Return the currents by each equation at QmeQ's bias."""
    part = data["currents"].load().sel(bias=PUBLISHED_BIAS)
    rows = [
        {"equation": STYLES[name][0], "particles": f"{float(here['particle']):.5f}", "QmeQ's": f"{particle:.5f}",
         "energy": f"{float(here['energy']):.4f}", "QmeQ's energy": f"{energy:.4f}",
         "tr H𝒟ρ": f"{float(here['system_energy']):.4f}", "Fano": f"{float(here['fano']):.2f}"}
        for name, (particle, energy) in PUBLISHED.items()
        for here in [part.sel(equation=name)]
    ]  # fmt: skip
    return Table("particles and energy of the left lead at a bias of 5, beside QmeQ's", rows)


def draw(data: Data) -> Figure:
    """Currents and Fano factors over the bias, and QmeQ's values as points."""
    part = data["currents"].load()
    figure = new_figure(13.0, 4.2)
    for axis, (key, (text, height)) in zip(figure.subplots(1, 3), PANELS.items(), strict=True):
        for name, (_, of_equation, colour, style) in STYLES.items():
            width = 3.5 if name == "redfield" else 1.5  # which another lies upon
            label = of_equation if key == "particle" else None
            axis.plot(
                part["bias"], part[key].sel(equation=name), style, color=colour, lw=width, label=label
            )
            if key != "fano":
                axis.plot(PUBLISHED_BIAS, PUBLISHED[name][key == "energy"], "o", color=colour, mfc="none")
        if key == "particle":
            axis.plot([], [], "o", color="gray", mfc="none", label="QmeQ")
        axis.set_yscale("log" if key == "fano" else "linear")
        panel(axis, text, "bias  (energy)", height)
    return figure
