"""Panels of the many-body study, and the fits of its exponents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import RealArray
from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, shades, title

MARKERS = {"chaotic": ("o", "C0"), "localised": ("s", "C3"), "integrable": ("^", "C2")}
LARGE = {"chaotic (GOE)": 0.5307, "independent levels": 0.3863}


@dataclass(frozen=True)
class Growth:
    """One family: numbers of each sample by size, curves (samples, times) by size."""

    family: str
    numbers: Mapping[int, Mapping[str, RealArray]]
    curves: Mapping[int, Mapping[str, RealArray]]
    time: RealArray

    @property
    def sizes(self) -> list[int]:
        return sorted(self.numbers)

    def mean(self, name: str, n: int) -> tuple[float, float]:
        """Over samples, and its standard error (0 for one sample)."""
        return _mean(self.numbers[n][name])

    def ratio(self, n: int) -> tuple[float, float]:
        """Non-secular over secular."""
        return _mean(self.numbers[n]["nonsecular"] / self.numbers[n]["secular"])

    def level_ratio(self, n: int) -> tuple[float, float]:
        """⟨r⟩ over the samples; of one sample its own error."""
        values = self.numbers[n]["r"]
        if len(values) == 1:
            return float(values[0]), float(self.numbers[n]["r_error"][0])
        return _mean(values)

    def peak(self, name: str, n: int) -> tuple[float, float]:
        """Largest mean of a curve over time, and its standard error; nan where not computed."""
        if n not in self.curves:
            return float("nan"), float("nan")
        samples = self.curves[n][name]
        return _mean(samples[:, int(np.argmax(samples.mean(axis=0)))])

    def value(self, name: str, n: int) -> tuple[float, float]:
        """Of any quantity, and its standard error."""
        if name in ("distance", "local"):
            return self.peak(name, n)
        return self.ratio(n) if name == "ratio" else self.mean(name, n)

    def exponent(self, name: str) -> tuple[float, float]:
        """a ± error of y ∝ Nᵃ, by least squares in logarithms; nan with fewer than three sizes."""
        points = [(n, *self.value(name, n)) for n in self.sizes]
        points = [x for x in points if np.isfinite(x[1]) and x[1] > 0.0]
        if len(points) < 3:
            return float("nan"), float("nan")
        n, y, error = (np.array(column) for column in zip(*points, strict=True))
        x, z = np.log(n), np.log(y)
        # One sample has no error of its own: the scatter about the line is all there is.
        weights = 1.0 / (error / y) if (error > 0.0).all() else np.ones(len(x))
        (a, _), covariance = np.polyfit(x, z, 1, w=weights, cov="unscaled")
        a0, b0 = np.polyfit(x, z, 1, w=weights)
        rest = float(np.sum((weights * (z - a0 * x - b0)) ** 2) / (len(x) - 2))
        # The larger of the samples' error and the scatter about a power law.
        factor = max(1.0, rest) if (error > 0.0).all() else rest
        return float(a), float(np.sqrt(covariance[0, 0] * factor))


def _mean(values: RealArray) -> tuple[float, float]:
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return float(values.mean()) if len(values) else float("nan"), 0.0
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


@styled()
def draw(found: Sequence[Growth]) -> Figure:
    """Six panels."""
    figure = new_figure(12.5, 7.2)
    axes = figure.subplots(2, 3)
    _sums(axes[0, 0], found)
    _against_size(axes[0, 1], found, "ratio", r"non-secular / secular")
    title(axes[0, 1], "b", "their ratio")
    _levels(axes[0, 2], found)
    _curves(axes[1, 0], next(g for g in found if g.family == "chaotic"))
    title(axes[1, 0], "d", "distance of Davies from Redfield, chaotic")
    _against_size(axes[1, 1], found, "distance", r"max$_t$ mean $\|\rho_D-\rho_R\|_1$")
    title(axes[1, 1], "e", "its maximum: whole states")
    label = r"max$_t$ mean $|\langle\sigma^z_j\rangle_D-\langle\sigma^z_j\rangle_R|$"
    _against_size(axes[1, 2], found, "local", label)
    title(axes[1, 2], "f", "the same of local observables")
    return figure


def _errorbar(axis: Any, growth: Growth, name: str, **style: Any) -> None:
    marker, colour = MARKERS[growth.family]
    points = [(n, *growth.value(name, n)) for n in growth.sizes]
    points = [x for x in points if np.isfinite(x[1])]
    if points:
        n, y, error = zip(*points, strict=True)
        axis.errorbar(n, y, yerr=error, marker=marker, color=colour, capsize=2, lw=1, **style)


def _label(growth: Growth, name: str, text: str = "") -> str:
    a, error = growth.exponent(name)
    fit = "" if np.isnan(a) else rf" $\propto N^{{{a:.2f}\pm{error:.2f}}}$"
    return f"{growth.family}{text}{fit}"


def _sums(axis: Any, found: Sequence[Growth]) -> None:
    for growth in found:
        _errorbar(axis, growth, "secular", label=_label(growth, "secular", ", secular"))
        _errorbar(
            axis,
            growth,
            "nonsecular",
            ls="--",
            mfc="none",
            label=_label(growth, "nonsecular", ", non-s."),
        )
    _logarithmic(axis, found)
    axis.set_ylabel(r"$D\,\overline{\sum_j|A_{kl}|^2}$,  $D\,\overline{|\sum_jA_{kl}A^*_{mn}|}$")
    axis.legend(fontsize=6.5)
    title(axis, "a", "sums over the baths")


def _against_size(axis: Any, found: Sequence[Growth], name: str, label: str) -> None:
    for growth in found:
        _errorbar(axis, growth, name, label=_label(growth, name))
    _logarithmic(axis, found)
    axis.set_ylabel(label)
    axis.legend(fontsize=8)


def _levels(axis: Any, found: Sequence[Growth]) -> None:
    for growth in found:
        marker, colour = MARKERS[growth.family]
        values = [growth.level_ratio(n) for n in growth.sizes]
        axis.errorbar(
            growth.sizes, [v for v, _ in values], yerr=[e for _, e in values], marker=marker, color=colour,
            capsize=2, lw=1, label=growth.family,
        )  # fmt: skip
    for label, value in LARGE.items():
        axis.axhline(value, color="gray", lw=0.8, ls=":" if value > 0.5 else "--", label=label)
    axis.set(xlabel="N", ylabel=r"$\langle r\rangle$")
    axis.legend(fontsize=7)
    title(axis, "c", "level statistics")


def _curves(axis: Any, growth: Growth) -> None:
    sizes = sorted(growth.curves)
    for colour, n in zip(shades(len(sizes)), sizes, strict=True):
        samples = growth.curves[n]["distance"]
        mean, spread = samples.mean(axis=0), samples.std(axis=0)
        axis.plot(growth.time, mean, color=colour, label=f"N = {n}")
        axis.fill_between(
            growth.time, np.maximum(mean - spread, 0.0), mean + spread, color=colour, alpha=0.15, lw=0
        )
    axis.set(xlabel="$Jt$", ylabel=r"$\|\rho_D(t)-\rho_R(t)\|_1$")
    axis.margins(x=0.0)
    axis.set_ylim(bottom=0.0)
    if sizes:
        axis.legend(fontsize=8)


def _logarithmic(axis: Any, found: Sequence[Growth]) -> None:
    sizes = sorted({n for growth in found for n in growth.sizes})
    axis.set(xscale="log", yscale="log", xlabel="N")
    axis.set_xticks(sizes, [str(n) for n in sizes])
    axis.xaxis.minorticks_off()
