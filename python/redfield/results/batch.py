"""The result of a batch."""

from __future__ import annotations

from dataclasses import field
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Axes
from redfield._base.records import record
from redfield.draw import draw_curves, legend_above
from redfield.results.differentiable import GradientsOfEvolution
from redfield.results.evolution import BaseResult


@record
class BatchResult(GradientsOfEvolution, BaseResult):
    """ρ(t) and expectation values of B members. Its arrays are read-only; rows of members that failed are NaN.

    Attributes
    ----------
    times : (T,) the tlist.
    expect : tr(O ρ(t)) for each of e_ops, (B, T) each: float64 where O is Hermitian, else complex128.
    stats : method (of the members; "auto" where they took several), applications, steps, rejected: sums over members;
        seconds of the whole.
    states : (B, T, N, N) complex128, complex64 of dtype "float32", in the basis H was given in, or None if they were
        not stored.
    final_state : (B, N, N) of the same type, ρ at the last time.
    equation : what was solved.
    start : (1, N, N) or (B, N, N) ρ at the first time.
    """

    states: ComplexArray | None
    final_state: ComplexArray
    equation: Any = field(default=None, compare=False)
    start: ComplexArray | None = None

    kind: ClassVar[str] = "BatchResult"
    leading: ClassVar[tuple[str, ...]] = ("member", "time")
    arrays: ClassVar[dict[str, tuple[str, ...]]] = {
        "states": ("member", "time", "row", "column"),
        "final_state": ("member", "row", "column"),
        "start": ("starts", "row", "column"),
    }
    optional: ClassVar[tuple[str, ...]] = ("start",)

    def _populations(self) -> RealArray | None:
        return None if self.states is None else np.einsum("btkk->tk", self.states).real / len(self.states)

    def _draw(self, axes: Axes) -> None:
        """Draw the median of each expectation value over the members, and the band of the middle 68 %.

        Without e_ops the populations of the mean state are drawn.
        """
        if not self._named():
            super()._draw(axes)
            return
        curves = [np.nanquantile(np.real(c), (0.16, 0.5, 0.84), axis=0) for c in self._named().values()]
        lines = draw_curves(axes, self.times, [middle for _, middle, _ in curves], self._labels())
        for k, (line, (low, _, high)) in enumerate(zip(lines, curves, strict=True)):
            axes.fill_between(
                self.times, low, high, color=line.get_color(), alpha=0.2, linewidth=0,
                label=None if k else "68 % of the members",
            )  # fmt: skip
        axes.set(xlabel="t  (1/energy)", ylabel=self.axis)
        legend_above(axes)
