"""The table and the panels of the absorption study."""

from __future__ import annotations

from redfield.draw.figure import Figure, new_figure, panel, shades
from redfield.studies.study import Data, Table

STYLES = {
    "davies": ("Davies", "#0072B2", ":"),
    "redfield": ("Redfield", "#D55E00", "--"),
    "memory": ("Redfield with memory", "#009E73", "-"),
}
SITES = range(1, 8)


def table(data: Data) -> Table:
    """Return the largest absorption, and the population that reaches site 3, by temperature and equation."""
    part = data["spectra"].load()
    trapped = part["populations"].sel(site=3, drop=True).isel(time=-1, drop=True)
    numbers = part[["residual"]].assign(
        peak=part["absorption"].idxmax("energy"),
        from_1=trapped.sel(start=1, drop=True), from_6=trapped.sel(start=6, drop=True),
    )  # fmt: skip
    return Table.of(
        "where the absorption is largest (1/cm); population of site 3 at the end, from sites 1 and 6",
        numbers, ("temperature", "equation"),
        {"temperature": "T (K)", "equation": "equation", "peak": "largest at", "from_1": "from 1", "from_6": "from 6",
         "residual": "residual of G"},
    )  # fmt: skip


def draw(data: Data) -> Figure:
    """Absorption at the lowest and the highest temperature, and transfer from sites 1 and 6 at the lowest."""
    part = data["spectra"].load()
    figure = new_figure(11.0, 7.6)
    axes = figure.subplots(2, 2)
    temperatures = part["temperature"].values
    for axis, t in zip(axes[0], (temperatures[0], temperatures[-1]), strict=True):
        for name, (label, colour, style) in STYLES.items():
            curve = part["absorption"].sel(temperature=t, equation=name).values.ravel()
            axis.plot(part["energy"], curve / curve.max(), style, color=colour, label=label)
        energy = "energy − 12 210 cm$^{-1}$  (cm$^{-1}$)"
        panel(axis, f"absorption at {t:g} K", energy, "absorption (largest = 1)")
    for axis, start in zip(axes[1], (1, 6), strict=True):
        for name in ("redfield", "memory"):
            style = STYLES[name][2]
            here = part["populations"].sel(temperature=temperatures[0], equation=name, start=start)
            for site, colour in zip(SITES, shades(len(SITES)), strict=True):
                (line,) = axis.plot(here["time"], here.sel(site=site), style, color=colour, lw=1.2)
                if name == "memory":
                    line.set_label(f"site {site}")
        for label, _, style in (STYLES["memory"], STYLES["redfield"]):
            axis.plot([], [], style, color="gray", label=label)
        axis.set_xlim(0.0, min(2000.0, float(part["time"].max())))
        title = f"after an excitation of site {start}, {temperatures[0]:g} K"
        panel(axis, title, "t  (fs)", "population", {"fontsize": 7, "ncols": 2})
    return figure
