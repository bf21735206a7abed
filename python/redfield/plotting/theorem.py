"""Panels of the theorem: residuals, distances, the sign of the Lamb shift and the periodic sublattice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import RealArray
from redfield.draw import styled
from redfield.plotting.figure import Figure, new_figure, shades, title
from redfield.quadratic import Equivalence

ROUNDING = 1e-16
LABELS = {"redfield": "Redfield", "davies": "Davies", "local": "local Lindblad"}
STYLES = {"uniform": ("o-", "equal $J_j$"), "uneven": ("s--", "uneven $J_j$")}


@dataclass(frozen=True)
class SizeCurve:
    """One family of couplings at one size: curves (samples, times), and a residual and a spacing each sample."""

    family: str
    size: int
    time: RealArray
    curves: Mapping[str, RealArray]
    residual: RealArray
    spacing: RealArray

    def mean(self, name: str) -> RealArray:
        """(T,) over the samples."""
        average: RealArray = self.curves[name].mean(axis=0)
        return average

    def largest(self, name: str) -> float:
        """Over time, of the mean; nan where it was not computed."""
        return float(self.mean(name).max())


@dataclass(frozen=True)
class SignPanel:
    """Distances from the exact solution at fixed J²t, against J²."""

    strength: RealArray
    distance: Mapping[str, RealArray]


@styled()
def draw(curves: Sequence[SizeCurve], signs: SignPanel, ring: Equivalence) -> Figure:
    """Six panels."""
    figure = new_figure(12.5, 7.0)
    axes = figure.subplots(2, 3)
    families = {f: [c for c in curves if c.family == f] for f in STYLES}
    _residuals(axes[0, 0], families)
    _differences(axes[0, 1], families)
    _over_time(axes[0, 2], families["uneven"])
    _from_exact(axes[1, 0], families)
    _signs(axes[1, 1], signs)
    _ring(figure, axes[1, 2], ring)
    return figure


def _residuals(axis: Any, families: Mapping[str, Sequence[SizeCurve]]) -> None:
    for family, found in families.items():
        marker, label = STYLES[family]
        axis.loglog(
            [c.size for c in found],
            [max(c.residual.max(), ROUNDING) for c in found],
            marker,
            label=label,
        )
    spacing = families["uniform"]
    axis.loglog(
        [c.size for c in spacing],
        [c.spacing.mean() for c in spacing],
        ":",
        color="gray",
        label="level spacing / $J^2$",
    )
    axis.axhline(1e-12, color="black", lw=0.6)
    _sizes(axis, spacing)
    axis.set(xlabel="N", ylabel="coherence-cancellation residual")
    axis.legend(fontsize=8)
    title(axis, "a", "largest residual of the samples")


def _differences(axis: Any, families: Mapping[str, Sequence[SizeCurve]]) -> None:
    for family, found in families.items():
        marker, label = STYLES[family]
        axis.loglog(
            [c.size for c in found],
            [max(c.largest("difference"), ROUNDING) for c in found],
            marker,
            label=label,
        )
    _sizes(axis, families["uniform"])
    axis.set(xlabel="N", ylabel=r"max$_t\,\|G_D(t)-G_R(t)\|$")
    axis.legend(fontsize=8)
    title(axis, "b", "Davies from Redfield")


def _over_time(axis: Any, found: Sequence[SizeCurve]) -> None:
    for colour, curve in zip(shades(len(found)), found, strict=True):
        axis.plot(curve.time, curve.mean("difference"), color=colour, label=f"N = {curve.size}")
    axis.set(xlabel="$J^2t$", ylabel=r"$\|G_D(t)-G_R(t)\|$")
    axis.margins(x=0.0)
    axis.set_ylim(0.0, 1.35 * max(curve.largest("difference") for curve in found))
    axis.legend(fontsize=8, ncols=3, loc="upper right")
    title(axis, "c", "the same over time, uneven $J_j$")


def _from_exact(axis: Any, families: Mapping[str, Sequence[SizeCurve]]) -> None:
    for family, found in families.items():
        marker, label = STYLES[family]
        # Davies lies on Redfield where the couplings are equal: the larger marker shows from below.
        for (colour, size), name in zip((("C0", 9), ("C1", 5), ("C3", 5)), LABELS, strict=True):
            known = [(c.size, c.largest(name)) for c in found if np.isfinite(c.largest(name))]
            if known:
                axis.loglog(
                    *zip(*known, strict=True),
                    marker,
                    color=colour,
                    ms=size,
                    label=f"{LABELS[name]}, {label}",
                )
    _sizes(axis, families["uniform"])
    axis.set(xlabel="N", ylabel=r"max$_t\,\|G(t)-G_{\rm exact}(t)\|$")
    axis.legend(fontsize=7)
    title(axis, "d", "distance from the exact solution")


def _sizes(axis: Any, found: Sequence[SizeCurve]) -> None:
    sizes = [curve.size for curve in found]
    axis.set_xticks(sizes, [str(n) for n in sizes], fontsize=8)
    axis.minorticks_off()


def _signs(axis: Any, signs: SignPanel) -> None:
    labels = {
        "redfield": r"$+\Delta$ (this package)",
        "no_shift": "no Lamb shift",
        "printed": r"$-\Delta$ (as printed)",
    }
    for name, label in labels.items():
        axis.loglog(signs.strength, signs.distance[name], "o-", label=label)
    line = (
        signs.distance["redfield"][0] * signs.strength / signs.strength[0] if len(signs.strength) else []
    )
    axis.loglog(signs.strength, line, ":", color="gray", label=r"$\propto J^2$")
    axis.set_xticks(signs.strength, [f"{x:g}" for x in signs.strength])
    axis.minorticks_off()
    axis.set(xlabel="$J^2$ (at fixed $J^2t$)", ylabel=r"$\|G_R-G_{\rm exact}\|$")
    axis.legend(fontsize=8)
    title(axis, "e", "the exact solution decides the sign")


def _ring(figure: Figure, axis: Any, ring: Equivalence) -> None:
    image = axis.imshow(np.log10(np.maximum(ring.weights, 1e-17)), cmap="magma", vmin=-17, vmax=0)
    figure.colorbar(image, ax=axis, label=r"$\log_{10}$ weight")
    axis.set(xlabel="n", ylabel="m")
    title(axis, "f", f"ring of {len(ring.energies)}, every 4th site: pairs $m\\neq n$ left")
