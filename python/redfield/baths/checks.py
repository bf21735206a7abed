"""What several baths ask of functions they are given, and of themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield.validation import ComplexArray, RealArray, as_numeric, as_real_values


def real_values(bath: object, call: str, values: Any, argument: npt.NDArray[Any]) -> RealArray:
    """The values that a user's function has returned, as real numbers of the shape of its argument."""
    array = _returned(as_real_values, bath, call, values)
    require_shape(bath, call, array, argument)
    return array


def complex_values(bath: object, call: str, values: Any, argument: npt.NDArray[Any]) -> ComplexArray:
    """The values of a function that may be complex, in the shape of its argument."""
    array = _returned(as_numeric, bath, call, values).astype(np.complex128)
    require_shape(bath, call, array, argument)
    return array


def _returned(check: Callable[[str, Any], Any], bath: object, call: str, values: Any) -> Any:
    try:
        return check(call, values)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{bath!r}: {error}") from None


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
