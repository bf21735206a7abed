"""Errors and warnings of the package: members that fail, sweeps, stores, and approximations that do not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SecularWarning(UserWarning):
    """Warning that rates are not small against gaps between levels or quasi-energies.

    An answer by the secular approximation is then far off.
    """


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
