"""What several baths ask of functions they are given, and of themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from redfield.validation import RealArray


def require_shape(bath: object, call: str, values: npt.NDArray[Any], argument: npt.NDArray[Any]) -> None:
    """`call` is how the function was called, such as "correlation(t)"."""
    if values.shape != argument.shape:
        name = call[call.index("(") + 1 : -1]
        raise ValueError(
            f"{bath!r}: {call} must have the shape of {name}, {argument.shape}; got {values.shape}"
        )


def boltzmann_exponent(beta: float, energy: RealArray) -> RealArray:
    """βE with ∞·0 = 0."""
    zero = energy == 0.0
    exponent: RealArray = np.where(zero, 0.0, beta * np.where(zero, 1.0, energy))
    return exponent


def balance_defect(down: RealArray, up: RealArray, exponent: RealArray) -> float:
    """max |up − e^{−x} down| / max of both, compared on the side where the Boltzmann factor is at most 1."""
    factor = np.exp(-np.abs(exponent))
    defect = np.where(exponent >= 0.0, np.abs(up - factor * down), np.abs(down - factor * up))
    return float(defect.max() / max(up.max(), down.max(), 1e-300))
