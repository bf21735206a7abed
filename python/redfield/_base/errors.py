"""Errors and warnings of the package: members that fail, sweeps, stores, and approximations that do not hold."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any


class SecularWarning(UserWarning):
    """Warning that rates are not small against gaps between levels or quasi-energies.

    An answer by the secular approximation is then far off.
    """


RATIO = 0.5
"""The largest rate over its gap that the secular approximation is taken to stand."""
NEGLECTED = 0.1
"""The largest neglected coherence that is taken to be small, of a state of trace 1 or of the largest occupation."""


def warn_of_secular(
    what: str, rate: float, gap: float, neglected: float, instead: str, stacklevel: int
) -> None:
    """Give a SecularWarning where a rate or a neglected coherence is not small."""
    if rate <= RATIO * gap and neglected <= NEGLECTED:
        return
    warnings.warn(
        f"{what}: rates are not small against the gaps between quasi-energies (a rate of {rate:.3g} where they are "
        f"{gap:.3g} apart, modulo Ω; neglected coherences of about {neglected:.2g}), so that the secular approximation "
        f"fails: use {instead}",
        SecularWarning,
        stacklevel=stacklevel + 1,
    )


class EnsembleError(RuntimeError):
    """Some members of an ensemble or a batch failed.

    Attributes
    ----------
    errors : the exception of each member that failed, by its index.
    results : the others' results: of `evolve_ensemble` a list with None where one failed, of a batch its result with
        NaN in their rows.
    """

    def __init__(self, errors: Mapping[int, Exception], results: object, size: int) -> None:
        self.errors = dict(errors)
        self.results = results
        self.size = size
        first = min(self.errors)
        super().__init__(
            f"{len(self.errors)} of {size} members failed (indices {sorted(self.errors)[:8]}); .results has "
            f"the others. Member {first}: {self.errors[first]}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return EnsembleError, (self.errors, self.results, self.size)


class SweepError(RuntimeError):
    """A sweep can not go on: its workers are gone, or no point of it can be computed. What is finished is kept."""


class StoreError(RuntimeError):
    """A store can not be opened, read or written; the message names it. What is finished is kept."""
