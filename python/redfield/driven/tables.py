"""𝓛 of a few levels against the one control that H depends on, tabulated once for however long it is driven."""

from __future__ import annotations

import numpy as np

from redfield import _core
from redfield.drives.functions import NotResolvedError, expand
from redfield.drives.operators import Control
from redfield.validation import RealArray

MOST_LEVELS = 8
"""Beyond, a matrix of N⁴ entries from its table is dearer than the eigenbasis it saves."""
TOL = 1e-10
"""Of the table, relative to the largest entry of 𝓛."""
MOST_PIECES = 64
"""𝓛 that needs more is not smooth: levels cross, and their rates with them."""


def tabulated(system: _core.DrivenSystem, kind: _core.Kind, control: Control) -> _core.Pieces | None:
    """𝓛(u), or None where it is not smooth."""

    def values(u: RealArray) -> RealArray:
        return _core.tabulate(system, kind, np.clip(u, control.low, control.high))

    entries = values(np.array([control.low])).shape[1]
    try:
        found = expand(values, control.low, control.high, TOL, share=entries, pieces=2, most=MOST_PIECES)
    except NotResolvedError:
        return None
    return None if len(found.jumps) else found.core()
