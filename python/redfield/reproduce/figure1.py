"""Figure 1: how far Davies' equation is from Redfield's, against system size.

Single-particle sector, site projectors with identical Ohmic baths, η neglected, ρ(0) = |site 1⟩⟨site 1|.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redfield._base.checks import as_count, as_positive
from redfield.plotting import CasePanel, Curve, draw
from redfield.plotting.figure import save
from redfield.reproduce.shipped import shipped

if TYPE_CHECKING:
    import xarray as xr


def study(
    preset: str,
    *,
    samples: int | None = None,
    sizes_syk2: Sequence[int] | None = None,
    sizes_anderson: Sequence[int] | None = None,
    disorder_chaotic: float | None = None,
    disorder_localized: float | None = None,
    periodic: bool | None = None,
    t_max: float | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The study of a preset, with the options that are not None."""
    if samples is not None:
        as_count("samples", samples)
    for name, sizes in (("sizes_syk2", sizes_syk2), ("sizes_anderson", sizes_anderson)):
        for n in sizes or ():
            as_count(name, n, least=2)
    if sizes_syk2 is not None and sizes_anderson is not None and not (*sizes_syk2, *sizes_anderson):
        raise ValueError("sizes_syk2 and sizes_anderson are both empty: nothing to compute")
    # Without disorder the lattice's Bohr frequencies are degenerate.
    for name, value in (
        ("disorder_chaotic", disorder_chaotic),
        ("disorder_localized", disorder_localized),
        ("t_max", t_max),
    ):
        if value is not None:
            as_positive(name, value)
    made = shipped(
        "fig1",
        preset,
        {
            "samples": samples,
            "seed": seed,
            "times.linspace[1]": t_max,
            "parts.syk2.grid.n.values": list(sizes_syk2) if sizes_syk2 else None,
            "parts.anderson.grid.length.values": list(sizes_anderson) if sizes_anderson else None,
            "parts.anderson.grid.disorder.values[0]": disorder_chaotic,
            "parts.anderson.grid.disorder.values[1]": disorder_localized,
            "parts.anderson.model.periodic": periodic,
        },
    )
    for name, sizes in (("syk2", sizes_syk2), ("anderson", sizes_anderson)):
        if sizes is not None and not sizes:
            del made["parts"][name]
    return made


def panels(data: Mapping[str, xr.Dataset]) -> list[CasePanel]:
    """The curves of panels a to c."""
    found = [CasePanel("Dirac-SYK2", _curves(data["syk2"], "n", 1) if "syk2" in data else [])]
    titles = ("Anderson, W = {:g} (chaotic)", "Anderson, W = {:g} (localised)")
    if "anderson" not in data:
        return found
    for i, title in enumerate(titles):
        part = data["anderson"].isel(disorder=i)
        found.append(CasePanel(title.format(float(part["disorder"])), _curves(part, "length", 3)))
    return found


def _curves(part: xr.Dataset, size: str, dims: int) -> list[Curve]:
    distance = part["distance"].isel(equation=1).load()
    return [
        Curve(int(n) ** dims, part["time"].values, distance.sel({size: n}).values)
        for n in part[size].values
    ]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    case: str
    levels: int
    samples: int
    maximum: float
    standard_error: float
    time: float


def table(figure_panels: Sequence[CasePanel]) -> list[Row]:
    """max over t of the mean over samples, its standard error and its time."""
    return [
        Row(
            panel.title,
            curve.size,
            len(curve.samples),
            float(curve.mean[curve.peak]),
            curve.standard_error,
            float(curve.time[curve.peak]),
        )
        for panel in figure_panels
        for curve in panel.curves
    ]


def save_figure(figure_panels: Sequence[CasePanel], directory: Path) -> list[Path]:
    """fig1.png and fig1.pdf."""
    return save(draw(figure_panels), directory, "fig1")
