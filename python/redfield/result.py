"""What an evolution returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

import numpy.typing as npt

from redfield.validation import ComplexArray, RealArray


class Stats(TypedDict):
    """How an evolution went."""

    method: str
    applications: int
    steps: int
    rejected: int
    seconds: float


@dataclass(frozen=True, repr=False)
class Result:
    """ρ(t) and expectation values.

    Attributes
    ----------
    times : (T,) the tlist.
    states : (T, N, N) complex128 in the basis H was given in, or None if they were not stored.
    final_state : (N, N) complex128, ρ at the last time.
    expect : tr(O ρ(t)) for each of e_ops, (T,) each: float64 where O is Hermitian, else complex128.
        A list, or a dict where e_ops was one.
    stats : method, applications (of the generator), steps, rejected, seconds.
    equation : what was solved.
    """

    times: RealArray
    states: ComplexArray | None
    final_state: ComplexArray
    expect: list[npt.NDArray[Any]] | dict[Any, npt.NDArray[Any]]
    stats: Stats
    equation: Any = None

    def __repr__(self) -> str:
        n = self.final_state.shape[0]
        stored = "not stored" if self.states is None else f"{self.states.shape}"
        return (
            f"Result(N = {n}, {len(self.times)} times in [{self.times[0]:g}, {self.times[-1]:g}], "
            f"states {stored}, {len(self.expect)} expectation values, "
            f"method {self.stats['method']!r}, {self.stats['applications']} applications, "
            f"{self.stats['seconds']:.3g} s)"
        )
