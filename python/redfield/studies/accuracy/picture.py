"""The table and the map of the errors of all equations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm

from redfield._base.checks import RealArray
from redfield.draw.figure import Axes, Figure, marks, new_figure, panel
from redfield.draw.style import COLOURS
from redfield.studies.study import Data, Table

LABELS = {
    "corrected": "Redfield, corrected",
    "memory": "Redfield, memory",
    "redfield": "Redfield",
    "universal_lindblad": "UniversalLindblad",
    "geometric_arithmetic": "GeometricArithmetic",
    "partial_secular": "PartialSecular",
    "davies": "Davies",
    "coarse_grained": "CoarseGrained",
}
"""Equations from the top of the map to its bottom, and their labels."""
MODELS = {"qubit": "biased qubit", "v": "V system", "pair": "two qubits, two baths"}
PARTS = {"dynamics": "dynamics", "steady": "steady state"}
EXTRAS = ("corrected", "memory")
"""Rows that are more than an equation with constant coefficients."""
CELLS = ("gap", "beta", "coupling")
"""Axes of a model's columns, the last of which runs fastest."""
CLOSE = 1.25
"""Ratio to the least error of a column below which an equation is marked as among the best."""
MOST_NAMED, MOST_COLUMNS = 6, 24
"""Blocks that are labelled in full, and columns whose marks are drawn in full size."""
LEVELS = np.logspace(-5.0, 0.0, 11)
"""Errors between which the map's colours change, two a decade."""


def columns(part: xr.Dataset, name: str) -> xr.DataArray:
    """Return the errors (equation, model, cell) of the equations that have any, in the order of LABELS."""
    every = part[name].dropna("equation", how="all")
    known = [x for x in LABELS if x in every["equation"].values]
    stacked: xr.DataArray = every.sel(equation=known).stack(cell=CELLS)
    return stacked.transpose("equation", "model", "cell")


def best(errors: RealArray) -> npt.NDArray[np.bool_]:
    """Return whether each entry (equation, …) is within CLOSE of the least of its column."""
    marks: npt.NDArray[np.bool_] = errors <= CLOSE * np.fmin.reduce(errors, axis=0)
    return marks


def table(data: Data) -> Table:
    """Return medians and largest errors over all cells, and the share of cells where an equation is among the best."""
    part = data["errors"].load()
    rows: dict[str, dict[str, object]] = {name: {"equation": label} for name, label in LABELS.items()}
    for kind, heading, space in (("dynamics", "dynamics", ""), ("steady", "steady", " ")):
        errors = columns(part, kind)
        plain = [str(x) for x in errors["equation"].values if x not in EXTRAS]
        share = best(errors.sel(equation=plain).values).reshape(len(plain), -1).mean(axis=1)
        for name, row in rows.items():
            known = name in errors["equation"].values
            of_equation = errors.sel(equation=name).values if known else np.full(1, np.nan)
            row[heading] = float(np.median(of_equation))
            row["max" + space] = float(of_equation.max())
            row["best" + space] = f"{100.0 * share[plain.index(name)]:.0f} %" if name in plain else "-"
    ratio, sure = ratios(part)
    notes = [
        "best: share of cells within a quarter of the least error, memory and correction aside",
        f"predicted over true error of Redfield's steady state: {ratio[sure].min():.2f} to {ratio[sure].max():.2f} in "
        f"{sure.sum()} of {sure.size} cells",
    ]
    if not sure.all():
        notes.append(f"and {ratio[~sure].min():.2f} to {ratio[~sure].max():.2f} in those where it warns")
    return Table("errors in trace norm, median and largest over all cells", list(rows.values()), notes)


def ratios(part: xr.Dataset) -> tuple[RealArray, npt.NDArray[np.bool_]]:
    """Return predicted over true errors of Redfield's steady states, and where no warning doubted them."""
    ratio = part["predicted"] / part["steady"].sel(equation="redfield", drop=True)
    doubtful = part["doubtful"].transpose(*ratio.dims).values.astype(bool)
    return ratio.values.ravel(), ~doubtful.ravel()


def draw(data: Data) -> Figure:
    """Draw the map of errors, the predicted error over the true one, and errors over the coupling."""
    part = data["errors"].load()
    figure = new_figure(15.5, 7.6)
    axes = figure.subplots(2, 4, width_ratios=[1.0, 1.0, 1.0, 1.15])
    for line, (name, text) in zip(axes, PARTS.items(), strict=True):
        for i, (axis, model) in enumerate(zip(line, part["model"].values, strict=False)):
            image = _map(axis, columns(part, name).sel(model=model), i == 0)
            panel(axis, f"{text}: {MODELS[str(model)]}", _blocks(part), "")
        figure.colorbar(
            image, ax=line[:3], extend="both", pad=0.01, ticks=LEVELS[::2], format="%.0e",
            label=f"error of {text}  (trace norm)",
        )  # fmt: skip
    figure.suptitle(
        "blue is near to the hierarchy, red is far;  ○ within a quarter of the least error of a column,  "
        "● the same among equations with constant coefficients alone",
        fontsize=10, x=0.01, ha="left",
    )  # fmt: skip
    _growth(axes[0, 3], part)
    _prediction(axes[1, 3], part)
    return figure


def _blocks(part: xr.Dataset) -> str:
    couplings = part["coupling"].values
    return f"β, Δ; in each block λ = {couplings[0]:g} … {couplings[-1]:g}"


def _map(axis: Axes, errors: xr.DataArray, named: bool) -> ScalarMappable:
    """Draw the errors (equation, cell) of one model, with marks on the best of each column."""
    values, names = errors.values, [str(x) for x in errors["equation"].values]
    colours = BoundaryNorm(LEVELS, 256, extend="both")
    image = axis.imshow(values, cmap="RdYlBu_r", norm=colours, aspect="auto", interpolation="nearest")
    size = min(1.0, MOST_COLUMNS / values.shape[1])
    row, column = np.nonzero(best(values))
    axis.plot(column, row, "o", color="white", mec="black", mew=0.6 * size, ms=5.0 * size)
    plain = [i for i, name in enumerate(names) if name not in EXTRAS]
    row, column = np.nonzero(best(values[plain]))
    axis.plot(column, np.array(plain)[row], ".", color="black", ms=4.0 * size)
    axis.set_yticks(range(len(names)), [LABELS[name] for name in names] if named else [])
    gaps, betas = errors["gap"].values, errors["beta"].values
    new_gap = np.append(True, gaps[1:] != gaps[:-1])
    starts = np.nonzero(new_gap | np.append(True, betas[1:] != betas[:-1]))[0]
    for i in starts[1:]:
        axis.axvline(i - 0.5, color="white", lw=4.0 if new_gap[i] else 1.0)
    texts = [f"{betas[i]:g}" + (f"\nΔ = {gaps[i]:g}" if new_gap[i] else "") for i in starts]
    if len(starts) <= MOST_NAMED:
        texts[0] = f"β = {texts[0]}"
    middle = starts + 0.5 * (len(gaps) / len(starts) - 1.0)
    axis.set_xticks(middle, texts, fontsize=9.0 if len(starts) <= MOST_NAMED else 7.0)
    axis.grid(visible=False)
    axis.tick_params(length=0)
    return image


def _growth(axis: Axes, part: xr.Dataset) -> None:
    """Draw medians over the cells of one coupling: of dynamics as lines, of steady states as dashes."""
    couplings = part["coupling"].values
    for kind, style in (("dynamics", "-"), ("steady", "--")):
        errors = columns(part, kind).unstack("cell")
        middle = errors.median([d for d in errors.dims if d not in ("equation", "coupling")])
        for name, colour, mark in zip(LABELS, (*COLOURS, "0.6"), marks(len(LABELS)), strict=True):
            if name in middle["equation"].values:
                text = LABELS[name] if kind == "dynamics" or name == "corrected" else None
                axis.plot(couplings, middle.sel(equation=name), style, color=colour, label=text, **mark)
    axis.plot(couplings, couplings, ":", color="black", lw=1.0, label="∝ λ")
    axis.set(xscale="log", yscale="log", ylim=(0.005 * float(middle.min()), 2.0))
    legend = {"fontsize": 7, "ncols": 2, "loc": "lower right"}
    panel(axis, "medians: dynamics —, steady state - -", "coupling λ", "error  (trace norm)", legend)


def _prediction(axis: Axes, part: xr.Dataset) -> None:
    """Draw the predicted error of Redfield's steady state over the true one, a colour a model."""
    true = part["steady"].sel(equation="redfield", drop=True)
    for colour, model in zip(COLOURS, part["model"].values, strict=False):
        of_model = true.sel(model=model)
        x, y, doubtful = (
            a.transpose(*of_model.dims).values.ravel()
            for a in (of_model, part["predicted"].sel(model=model), part["doubtful"].sel(model=model))
        )
        sure = ~doubtful.astype(bool)
        axis.plot(x[sure], y[sure], "o", color=colour, ms=4.0, label=MODELS[str(model)])
        axis.plot(x[~sure], y[~sure], "x", color=colour, ms=6.0)
    if part["doubtful"].values.any():
        axis.plot([], [], "x", color="gray", label="where it warns")
    ends = np.array([float(true.min()) / 2.0, float(true.max()) * 2.0])
    axis.plot(ends, ends, color="black", lw=1.0, label="predicted = true")
    axis.fill_between(ends, ends / 2.0, ends * 2.0, color="0.9", lw=0.0, label="within a factor of 2")
    axis.set_xscale("log")
    axis.set_yscale("log")
    panel(axis, "Redfield's steady state", "true error  (trace norm)", "predicted error")
