"""Neville's scheme: quotients of differences at steps h, h/2, h/4, … extrapolated to no step.

C. J. F. Ridders, doi:10.1016/S0141-1195(82)80057-0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def next_row(quotient: Array, above: Sequence[Array], ratio: float) -> tuple[list[Array], list[Array]]:
    """Return the row of Neville's table that a quotient begins, and each extrapolation's change.

    Parameters
    ----------
    quotient : that of the halved step.
    above : the row before, none for the first step.
    ratio : by which the first term of the error falls where a step is halved, 2 for all powers of the step and 4 for
        even ones.

    Returns
    -------
    Entries, the m-th without the first m terms of the error, and for each but the first its largest distance from both
    entries that it is made of, element by element: an estimate of its error.

    Examples
    --------
    >>> quotients = [np.array([(1.0 + h) ** 3 - (1.0 - h) ** 3]) / (2.0 * h) for h in (0.1, 0.05)]  # 3 + h²
    >>> row, changes = next_row(quotients[1], [quotients[0]], ratio=4.0)
    >>> row[1].round(12), changes[0].round(6)
    (array([3.]), array([0.01]))
    """
    row, changes = [quotient], []
    for m, coarser in enumerate(above, start=1):
        finer = row[-1]
        value = finer + (finer - coarser) / (ratio**m - 1.0)
        row.append(value)
        changes.append(np.maximum(np.abs(value - finer), np.abs(value - coarser)))
    return row, changes
