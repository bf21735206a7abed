"""The four panels of Figure 1 of arXiv:2507.10080."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, as_items, as_kind, checked
from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, shades, title


@dataclass(frozen=True)
class Curve:
    """‖ρ_D(t) − ρ_R(t)‖₁ of one system size over disorder samples."""

    size: int
    time: RealArray
    samples: RealArray
    """(samples, times)"""

    @property
    def mean(self) -> RealArray:
        average: RealArray = self.samples.mean(axis=0)
        return average

    @property
    def deviation(self) -> RealArray:
        if len(self.samples) < 2:
            return np.zeros(self.time.size)
        deviation: RealArray = self.samples.std(axis=0, ddof=1)
        return deviation

    @property
    def peak(self) -> int:
        """Index of the time at which the mean is largest."""
        return int(np.argmax(self.mean))

    @property
    def standard_error(self) -> float:
        """Of the mean at the peak; NaN for a single sample."""
        if len(self.samples) < 2:
            return float("nan")
        return float(self.deviation[self.peak] / np.sqrt(len(self.samples)))


@dataclass(frozen=True)
class CasePanel:
    """One panel of curves."""

    title: str
    curves: Sequence[Curve]


def as_panels(name: str, value: Any) -> list[CasePanel]:
    """A list of CasePanel, at least one."""
    panels = [as_kind(f"{name}[{i}]", each, CasePanel) for i, each in enumerate(as_items(name, value))]
    if not panels:
        raise ValueError(f"{name} is empty")
    return panels


@checked(panels=as_panels)
@styled()
def draw(panels: Sequence[CasePanel]) -> Figure:
    """Mean ± s.d. over time for each case, and the largest mean against the size N."""
    figure = new_figure(9.0, 6.8)
    axes = figure.subplots(2, 2).ravel()
    for letter, axis, panel in zip("abc", axes, panels, strict=False):
        _draw_case(axis, panel)
        title(axis, letter, panel.title)
    summary = axes[-1]
    markers = ("o", "s", "^")
    for marker, panel in zip(markers, panels, strict=False):
        _draw_growth(summary, panel, marker)
    sizes = sorted({curve.size for panel in panels for curve in panel.curves})
    summary.set(xscale="log", yscale="log", xlabel="N", ylabel=r"max$_t$ mean $\|\rho_D-\rho_R\|_1$")
    # Neighbouring ticks need room for their labels.
    ticks = [size for i, size in enumerate(sizes) if i == 0 or size > 1.12 * sizes[i - 1]]
    summary.set_xticks(ticks, [str(size) for size in ticks], fontsize=8)
    summary.minorticks_off()
    title(summary, "d", "largest mean; bars s.d. (thin), s.e. (thick)")
    if summary.has_data():
        summary.legend(fontsize=8, loc="lower right")
    return figure


def _draw_case(axis: Any, panel: CasePanel) -> None:
    for colour, curve in zip(shades(len(panel.curves)), panel.curves, strict=True):
        axis.plot(curve.time, curve.mean, color=colour, label=f"N = {curve.size}")
        low = np.maximum(curve.mean - curve.deviation, 0.0)
        axis.fill_between(curve.time, low, curve.mean + curve.deviation, color=colour, alpha=0.15, lw=0)
    axis.set(xlabel=r"$Jt$", ylabel=r"$\|\rho_D(t)-\rho_R(t)\|_1$")
    axis.margins(x=0.0)
    axis.set_ylim(bottom=0.0)
    if panel.curves:
        axis.legend(fontsize=8)


def _draw_growth(axis: Any, panel: CasePanel, marker: str) -> None:
    if not panel.curves:
        return
    sizes = [curve.size for curve in panel.curves]
    heights = np.array([curve.mean[curve.peak] for curve in panel.curves])
    spread = np.array([curve.deviation[curve.peak] for curve in panel.curves])
    errors = np.array([curve.standard_error for curve in panel.curves])
    # A bar that reaches zero has no place on a logarithmic axis: it ends at a twentieth of the mean.
    lower = np.minimum(spread, 0.95 * heights)
    line = axis.errorbar(
        sizes,
        heights,
        yerr=[lower, spread],
        marker=marker,
        capsize=2,
        lw=1,
        elinewidth=0.8,
        label=panel.title,
    )
    axis.errorbar(
        sizes, heights, yerr=errors, fmt="none", elinewidth=2.5, ecolor=line.lines[0].get_color()
    )
