"""The cells of a table of findings: a number for each equation and check, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from redfield._base.checks import RealArray

INAPPLICABLE = (ValueError, TypeError, NotImplementedError, RuntimeError, MemoryError)
"""The errors of a check that does not apply to an equation."""


class Row:
    """The numbers of one equation, by check, and the reasons of those that it has not."""

    def __init__(self) -> None:
        self.numbers: dict[str, float] = {}
        self.reasons: dict[str, str] = {}

    def attempt(self, columns: Sequence[str], check: Callable[[], Sequence[float]]) -> None:
        """Enter what a check returns, one number a column; one that does not apply leaves its reason."""
        try:
            self.numbers.update(zip(columns, check(), strict=True))
        except INAPPLICABLE as error:
            self.leave(columns, str(error))

    def leave(self, columns: Sequence[str], reason: str) -> None:
        """Leave columns empty for a reason."""
        self.reasons.update(dict.fromkeys(columns, reason))


class Table:
    """A row for each equation."""

    def __init__(self, checks: Sequence[str]) -> None:
        self.checks = checks
        self._rows: dict[str, Row] = {}

    def row(self, name: str) -> Row:
        """Return a new row."""
        return self._rows.setdefault(name, Row())

    def refuse(self, name: str, reason: str) -> None:
        """Enter an equation that could not be made."""
        self.row(name).leave(self.checks, reason)

    @property
    def names(self) -> list[str]:
        return [*self._rows]

    @property
    def values(self) -> dict[str, RealArray]:
        """The column of each check; nan where it does not apply."""
        rows = self._rows.values()
        return {c: np.array([row.numbers.get(c, np.nan) for row in rows]) for c in self.checks}

    @property
    def reasons(self) -> dict[str, dict[str, str]]:
        return {name: row.reasons for name, row in self._rows.items()}
