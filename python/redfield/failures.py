"""What is told of members that fail, and of approximations that do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SecularWarning(UserWarning):
    """Rates are not small against the gaps between levels or quasi-energies, so that an answer by the secular
    approximation is far off."""


class EnsembleError(RuntimeError):
    """Some members of an ensemble or a batch failed.

    Attributes
    ----------
    errors : the exception of each member that failed, by its index.
    results : the others' results: of `evolve_ensemble` a list with None where one failed, of a batch its result with
        NaN in their rows.
    """

    def __init__(self, errors: Mapping[int, Exception], results: Any, size: int) -> None:
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
