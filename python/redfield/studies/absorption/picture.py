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
    """The largest absorption, and the population that reaches site 3, by temperature and equation."""
    part = data["spectra"].load()
    rows = []
    for t in part["temperature"].values:
        for name in part["equation"].values:
            here = part.sel(temperature=t, equation=name)
            peak = here["energy"].values[here["absorption"].values.argmax()]
            trapped = here["populations"].sel(site=3).isel(time=-1)
            rows.append(
                {"T (K)": float(t), "equation": str(name), "largest at": float(peak),
                 "from 1": float(trapped.sel(start=1)), "from 6": float(trapped.sel(start=6)),
                 "left of G": float(here["left"])}
            )  # fmt: skip
    title = "where the absorption is largest (1/cm); population of site 3 at the end, from sites 1 and 6"
    return Table(title, rows)


def draw(data: Data) -> Figure:
    """Absorption at the lowest and the highest temperature, and transfer from sites 1 and 6 at the lowest."""
    part = data["spectra"].load()
    figure = new_figure(11.0, 7.6)
    axes = figure.subplots(2, 2)
    temperatures = part["temperature"].values
    for axis, letter, t in zip(axes[0], "ab", (temperatures[0], temperatures[-1]), strict=True):
        for name, (label, colour, style) in STYLES.items():
            curve = part["absorption"].sel(temperature=t, equation=name).values.ravel()
            axis.plot(part["energy"], curve / curve.max(), style, color=colour, label=label)
        panel(
            axis, letter, f"absorption at {t:g} K",
            xlabel="energy − 12 210 cm$^{-1}$  (cm$^{-1}$)", ylabel="absorption (largest = 1)",
        )  # fmt: skip
    end = min(2000.0, float(part["time"].max()))
    for axis, letter, start in zip(axes[1], "cd", (1, 6), strict=True):
        for name in ("redfield", "memory"):
            label, _, style = STYLES[name]
            here = part["populations"].sel(temperature=temperatures[0], equation=name, start=start)
            for site, colour in zip(SITES, shades(len(SITES)), strict=True):
                of_site = f"site {site}" if name == "memory" else None
                axis.plot(
                    part["time"],
                    here.sel(site=site).values.ravel(),
                    style,
                    color=colour,
                    lw=1.2,
                    label=of_site,
                )
            axis.plot([], [], style, color="gray", label=label)
        panel(
            axis, letter, f"after an excitation of site {start}, {temperatures[0]:g} K", {"fontsize": 7, "ncols": 2},
            xlabel="t  (fs)", ylabel="population", xlim=(0.0, end),
        )  # fmt: skip
    return figure
