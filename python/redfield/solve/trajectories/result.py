"""The result of trajectories."""

from __future__ import annotations

from dataclasses import field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.records import record
from redfield.results.evolution import BaseResult


@record
class TrajectoryResult(BaseResult):
    """Averages over quantum trajectories, and how far they are from those of infinitely many.

    Attributes
    ----------
    times : (T,) the tlist.
    expect : mean ⟨ψ|O|ψ⟩ for each of e_ops, (T,) each: float64 where O is Hermitian, else complex128.
    errors : (E, T) their standard errors, in the order of e_ops: √(s²/S + d² min(1.5/S, q)²), s the spread of the
        S samples, d how far a value of O can be from the mean, q the probability that a trajectory has made a jump.
        The second term is what S samples may have missed of rare events: with two of these errors it is the rule of
        three.
    stats : method ("jumps" or "diffusion"), frame, samples, jumps (of a trajectory, on average), seconds.
    states : (T, N, N) mean |ψ⟩⟨ψ| in the basis H was given in, or None if they were not asked for.
    runs : (S, E, T) of each trajectory, or None.
    jump_runs, jump_times, jump_channels : (J,) of every jump its trajectory, time and operator, or None.
    equation : what was solved.
    """

    errors: RealArray
    states: ComplexArray | None = None
    runs: npt.NDArray[Any] | None = None
    jump_runs: npt.NDArray[np.int64] | None = None
    jump_times: RealArray | None = None
    jump_channels: npt.NDArray[np.int64] | None = None
    equation: Any = field(default=None, repr=False, compare=False)

    kind: ClassVar[str] = "TrajectoryResult"
    arrays: ClassVar[dict[str, tuple[str, ...]]] = {
        "errors": ("observable", "time"),
        "states": ("time", "row", "column"),
        "runs": ("run", "observable", "time"),
        "jump_runs": ("jump",),
        "jump_times": ("jump",),
        "jump_channels": ("jump",),
    }
    ragged: ClassVar[tuple[str, ...]] = ("jump",)
    axis: ClassVar[str] = "⟨O⟩"
    _band: ClassVar[str] = "± 2 standard errors"

    def _populations(self) -> RealArray | None:
        return None if self.states is None else np.einsum("tkk->tk", self.states).real

    def _errors(self, curves: int) -> list[RealArray]:
        return list(self.errors)

    def _bands(self, curves: int) -> list[RealArray]:
        """Return two standard errors of each curve."""
        return [2.0 * error for error in self.errors]

    def _told_of_method(self) -> str:
        stats: Any = self.stats
        jumps = f"{stats['jumps']:.3g} jumps each"
        return f"{stats['method']}, {stats['samples']} samples, {jumps}, {stats['seconds']:.3g} s"
