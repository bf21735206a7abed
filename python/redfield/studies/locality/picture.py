"""The table and the panels of the locality study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from redfield.draw.figure import Axes, Figure, marks, new_figure, panel, shades
from redfield.studies.study import Data, Table

FLOOR = 1e-17
REACH, TAIL, LENGTH = "memory × velocity", "tail × velocity", "decay length"
"""Headings: the memory until ∫|C| is nearly full and the time constant of the end of C, both times the group velocity;
and the decay length."""


def table(data: Data) -> Table:
    """Decay lengths beside memory × velocity, hopping by hopping."""
    rows: list[dict[str, Any]] = []
    for hopping in data["damping"]["hopping"].values:
        for part, axis, label in (("damping", "width", "W"), ("gain", "beta", "β")):
            here = data[part].sel(hopping=hopping).load()
            rows += [
                {"part": part, "bath": f"{label} = {x:g}", "J": float(hopping), REACH: float(one["reach"]),
                 TAIL: float(one["tail"]), LENGTH: float(one["decay_length"])}
                for x in here[axis].values
                for one in [here.sel({axis: x})]
            ]  # fmt: skip
    return Table("decay length beside memory × group velocity, sites", rows)


def draw(data: Data) -> Figure:
    """Four panels."""
    figure = new_figure(10.5, 7.6)
    axes = figure.subplots(2, 2)
    chains = data["damping"].sel(hopping=1.0).load()
    _profiles(axes[0, 0], {f"W = {w:g}": chains.sel(width=w) for w in chains["width"].values}, 60)
    lattices = data["lattices"].load()
    _profiles(axes[1, 1], {str(k): lattices.sel(lattice=k) for k in lattices["lattice"].values}, 30)
    x, y = "distance (bonds)", r"max $|[\Gamma(h)]_{jk}|$"
    panel(axes[0, 0], "chains, J = 1, Lorentzian bands of half-width W", x, y)
    panel(axes[1, 1], "other lattices, W = 1", x, y)
    _lengths(axes[0, 1], data)
    _truncations(axes[1, 0], data["truncation"].load())
    return figure


def _profiles(axis: Axes, profiles: Mapping[str, xr.Dataset], largest: int) -> None:
    strokes = zip(shades(len(profiles)), marks(len(profiles)), profiles.items(), strict=True)
    for colour, mark, (label, profile) in strokes:
        distance = profile["distance"].values
        near = distance <= largest  # which nan is not
        heights = np.maximum(profile["largest"].values[near], FLOOR)
        axis.semilogy(distance[near], heights, lw=1, markevery=3, color=colour, label=label, **mark)


def _lengths(axis: Axes, data: Data) -> None:
    rows = table(data).rows
    for colour, marker, part, memory in (
        ("C0", "o", "damping", "memory of the band"),
        ("C3", "s", "gain", "memory of the band and of temperature"),
    ):
        reach, tail, length = (
            [row[name] for row in rows if row["part"] == part] for name in (REACH, TAIL, LENGTH)
        )
        axis.loglog(reach, length, marker, color=colour, label=f"{part}: {memory}")
        if part == "gain":
            label = "gain: time constant of its end, β/π"
            axis.loglog(tail, length, marker, mfc="none", color=colour, label=label)
    ends = [end(row[REACH] for row in rows) for end in (min, max)]
    axis.loglog(ends, ends, ":", color="gray", label="equal")
    x = "bath memory × group velocity (sites)"
    panel(axis, "decay length of the dissipator", x, "decay length (sites)")


def _truncations(axis: Axes, errors: xr.Dataset) -> None:
    for colour, width in zip(shades(errors.sizes["width"]), errors["width"].values, strict=True):
        here = errors.sel(width=width)
        axis.semilogy(here["cut"], here["generator"], color=colour, label=f"W = {width:g}")
        stable = here["steady_state"][np.isfinite(here["steady_state"].values)]
        axis.semilogy(stable["cut"], stable, "--", color=colour)
    axis.plot([], [], color="gray", label="generator")
    axis.plot([], [], "--", color="gray", label="steady state")
    panel(axis, "the equation cut off at a reach", "reach (bonds)", "true error")
