"""A spectrum with what is estimated of its error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Axes
from redfield._base.records import Record, record
from redfield._base.stores.saved import Saved
from redfield.draw import BAND, HOLDS, legend_above, pictured


@record
class EstimatedSpectrum(Saved, Record, answer=True):
    """A spectrum of an equation of second order in the coupling, and how far it is from that of system and baths.

    Attributes
    ----------
    frequencies : (F,) ω, an energy.
    values : (F,) complex128, S(ω) of the equation.
    error : (F,) |S − S_exact|, an estimate and never a bound.
    corrected : (F,) complex128, S(ω) right to the next order in the coupling.
    """

    frequencies: RealArray
    values: ComplexArray
    error: RealArray
    corrected: ComplexArray

    axes: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(
        ("frequencies", "values", "error", "corrected"), ("frequency",)
    )

    def __len__(self) -> int:
        return len(self.frequencies)

    @pictured(5.0)
    def plot(self, axes: Axes) -> None:
        """Draw Re S with its error as a band, and what is corrected.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes.
        """
        order = self.frequencies.argsort()
        w, s, error = self.frequencies[order], self.values.real[order], self.error[order]
        axes.plot(w, s, color=HOLDS, label="S")
        axes.fill_between(w, s - error, s + error, color=HOLDS, alpha=0.2, linewidth=0.0, label=BAND)
        axes.plot(w, self.corrected.real[order], color="0.3", linestyle="--", label="corrected")
        axes.set(xlabel="ω  (energy)", ylabel="Re S(ω)")
        legend_above(axes)
