"""Panels of the driven study: errors against the drive's time, a crossing, and a periodic state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import RealArray
from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, shades, title


@dataclass(frozen=True)
class Sweep:
    """One sweep: its gap ("wide" or g·T), T/τ_B and its curves over t/T; nan where not computed."""

    gap: str
    ratio: float
    curves: Mapping[str, RealArray]
    exact_error: float

    def largest(self, name: str) -> float:
        return float(np.nanmax(self.curves[name]))

    @property
    def label(self) -> str:
        return "wide gap" if self.gap == "wide" else f"gap = {self.gap}/T"


@dataclass(frozen=True)
class FloquetPanel:
    """Curves over the number of periods."""

    curves: Mapping[str, RealArray]


@styled()
def draw(sweeps: Sequence[Sweep], floquet: FloquetPanel) -> Figure:
    """Four panels."""
    figure = new_figure(10.5, 7.6)
    axes = figure.subplots(2, 2)
    _against_time(axes[0, 0], sweeps, "davies_exact")
    axes[0, 0].set_ylabel(r"max$_t\,\|G_D-G_{\rm exact}\|$")
    title(axes[0, 0], "a", "error of the instantaneous Davies equation")
    _against_time(axes[0, 1], sweeps, "nonadiabatic")
    axes[0, 1].set_ylabel(r"max$_t\,\|G_D-G_R\|$")
    title(axes[0, 1], "b", "its distance from Redfield with memory")
    _crossing(axes[1, 0], sweeps)
    _periods(axes[1, 1], floquet)
    return figure


def _against_time(axis: Any, sweeps: Sequence[Sweep], name: str) -> None:
    labels = list(dict.fromkeys(s.label for s in sweeps))
    markers = "osD^v"
    for colour, marker, label in zip(shades(len(labels)), markers, labels, strict=False):
        chosen = [s for s in sweeps if s.label == label]
        axis.loglog(
            [s.ratio for s in chosen],
            [s.largest(name) for s in chosen],
            marker=marker,
            color=colour,
            label=label,
        )
    ratios = np.array(sorted({s.ratio for s in sweeps}))
    reference = np.mean([s.largest(name) for s in sweeps if s.ratio == ratios[-1]])
    axis.loglog(ratios, reference * ratios[-1] / ratios, ":", color="gray", label=r"$\propto\tau_B/T$")
    axis.set_xticks(ratios, [f"{r:g}" for r in ratios])
    axis.minorticks_off()
    axis.yaxis.minorticks_on()
    axis.set_xlabel(r"$T/\tau_B$ (at fixed $J^2T$)")
    axis.legend(fontsize=8, loc="lower left")


def _crossing(axis: Any, sweeps: Sequence[Sweep]) -> None:
    ratios = sorted({s.ratio for s in sweeps})
    ratio = ratios[len(ratios) // 2]
    chosen = [s for s in sweeps if s.ratio == ratio]
    for colour, sweep in zip(shades(2), (chosen[0], chosen[-1]), strict=True):
        x = np.linspace(0.0, 1.0, len(sweep.curves["n_davies"]))
        axis.plot(x, sweep.curves["n_davies"], color=colour, label=f"Davies, {sweep.label}")
        axis.plot(x, sweep.curves["n_redfield"], "--", color=colour, lw=1)
        axis.plot(x, sweep.curves["n_exact"], "o", color=colour)
    axis.plot([], [], "--", color="gray", lw=1, label="Redfield with memory")
    axis.plot([], [], "o", color="gray", label="exact")
    axis.set(xlabel="$t/T$", ylabel=r"$\langle a_1^\dagger a_1\rangle$")
    axis.legend(fontsize=8, loc="lower left")
    title(axis, "c", rf"through the crossing, $T = {ratio:g}\,\tau_B$")


def _periods(axis: Any, floquet: FloquetPanel) -> None:
    count = np.arange(len(floquet.curves["davies_cycle"]))
    for name, label in (("davies", "Davies"), ("redfield", "Redfield with memory")):
        axis.semilogy(count, floquet.curves[f"{name}_cycle"], label=f"{label}: to its periodic state")
    for name, label in (("davies", "Davies"), ("redfield", "Redfield with memory")):
        axis.semilogy(
            count, floquet.curves[f"{name}_exact"], "o", label=f"{label}: to the exact solution"
        )
    axis.set(xlabel="periods", ylabel="distance")
    axis.legend(fontsize=8, loc="lower left")
    title(axis, "d", "a shaken chain reaches its periodic state")
