"""Panels of the locality study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import RealArray
from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, shades, title

FLOOR = 1e-17


@dataclass(frozen=True)
class Profile:
    """Largest |[Γ(h)]_jk| at each distance."""

    label: str
    distance: RealArray
    largest: RealArray


@dataclass(frozen=True)
class Lengths:
    """A decay length beside bath memory × group velocity: the memory until ∫|C| is nearly full (reach), and the
    time constant of the end of C (tail)."""

    part: str
    bath: str
    hopping: float
    reach: float
    tail: float
    decay_length: float


@dataclass(frozen=True)
class Truncation:
    """True errors of the equation cut off at each reach."""

    label: str
    reach: RealArray
    generator: RealArray
    steady_state: RealArray


@styled()
def draw(
    profiles: Sequence[Profile],
    lengths: Sequence[Lengths],
    truncations: Sequence[Truncation],
    lattices: Sequence[Profile],
) -> Figure:
    """Four panels."""
    figure = new_figure(10.5, 7.6)
    axes = figure.subplots(2, 2)
    _profiles(axes[0, 0], profiles, 60)
    title(axes[0, 0], "a", "chains, J = 1, Lorentzian bands of half-width W")
    _lengths(axes[0, 1], lengths)
    _truncations(axes[1, 0], truncations)
    _profiles(axes[1, 1], lattices, 30)
    title(axes[1, 1], "d", "other lattices, W = 1")
    return figure


def _profiles(axis: Any, profiles: Sequence[Profile], most: int) -> None:
    for colour, p in zip(shades(len(profiles)), profiles, strict=True):
        near = p.distance <= most
        axis.semilogy(
            p.distance[near],
            np.maximum(p.largest[near], FLOOR),
            ".-",
            ms=3,
            lw=1,
            color=colour,
            label=p.label,
        )
    axis.set(xlabel="distance (bonds)", ylabel=r"max $|[\Gamma(h)]_{jk}|$")
    axis.legend(fontsize=8)


def _lengths(axis: Any, lengths: Sequence[Lengths]) -> None:
    for colour, marker, part, label in (
        ("C0", "o", "damping", "damping: memory of the band"),
        ("C3", "s", "gain", "gain: memory of the band and of temperature"),
    ):
        chosen = [x for x in lengths if x.part == part]
        axis.loglog(
            [x.reach for x in chosen], [x.decay_length for x in chosen], marker, color=colour, label=label
        )
        if part == "gain":
            axis.loglog(
                [x.tail for x in chosen],
                [x.decay_length for x in chosen],
                marker,
                mfc="none",
                color=colour,
                label="gain: time constant of its end, β/π",
            )
    ends = np.array([min(x.reach for x in lengths), max(x.reach for x in lengths)])
    axis.loglog(ends, ends, ":", color="gray", label="equal")
    axis.set(xlabel="bath memory × group velocity (sites)", ylabel="decay length (sites)")
    axis.legend(fontsize=8)
    title(axis, "b", "decay length of the dissipator")


def _truncations(axis: Any, truncations: Sequence[Truncation]) -> None:
    for colour, t in zip(shades(len(truncations)), truncations, strict=True):
        axis.semilogy(t.reach, t.generator, color=colour, label=t.label)
        stable = np.isfinite(t.steady_state)
        axis.semilogy(t.reach[stable], t.steady_state[stable], "--", color=colour)
    axis.plot([], [], color="gray", label="generator")
    axis.plot([], [], "--", color="gray", label="steady state")
    axis.set(xlabel="reach (bonds)", ylabel="true error")
    axis.legend(fontsize=8)
    title(axis, "c", "the equation cut off at a reach")
