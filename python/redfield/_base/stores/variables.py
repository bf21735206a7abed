"""Variables of stores: named dimensions, values and attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Variable(NamedTuple):
    """Dimensions beside those of the grid, and the values of one point or, with a leading axis, of many.

    The order is that of the tuples of which xarray makes variables.
    """

    dims: tuple[str, ...]
    values: Array
    attributes: Mapping[str, Any] = {}


def fill(dtype: npt.DTypeLike) -> Any:
    """Return the value of a variable's missing entries: nan, or 0 of a type without nan."""
    return np.full((), np.nan if np.dtype(dtype).kind in "fc" else 0, dtype)[()]
