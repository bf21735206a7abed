"""Checks of the functions that baths are given, and of the values that baths return."""

from __future__ import annotations

import contextlib
import functools
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_numeric, as_points, as_real_values
from redfield._base.checks.types import Operand

TAKEN = {
    "power_spectrum": "w",
    "lamb_shift": "w",
    "one_sided": "w",
    "correlation": "t",
    "kms_defect": "w",
    "density_of_states": "w",
    "occupation": "w",
    "level_shift": "w",
}
"""The methods that take frequencies or times, of any shape, and their name for them."""


def guard(cls: type) -> None:
    """Every method of a class that takes frequencies or times gets finite real ones, and returns no NaN.

    `Record` checks the arguments of this package's own classes; those of a bath written outside are checked here.
    """
    outside = not cls.__module__.startswith("redfield.")
    for method, name in TAKEN.items():
        given = cls.__dict__.get(method)
        if callable(given) and not hasattr(given, "_takes"):
            setattr(cls, method, _guarded(given, method, name, outside))


def _guarded(method: Callable[..., Any], called: str, name: str, outside: bool) -> Callable[..., Any]:
    @functools.wraps(method)
    def with_numbers(self: object, *args: Any, **kwargs: Any) -> Any:
        if not args and name not in kwargs:
            return method(self, **kwargs)  # which tells what is missing
        given = args[0] if args else kwargs.pop(name)
        at = as_points(name, given) if outside else given
        # Where a factor is beyond numbers the product is 0 or tells so below.
        with np.errstate(over="ignore", under="ignore"):
            found = method(self, at, *args[1:], **kwargs)
        _require_numbers(self, called, at, found)
        return found

    with_numbers._takes = name  # type: ignore[attr-defined]
    return with_numbers


def _require_numbers(bath: object, called: str, at: npt.ArrayLike, found: npt.ArrayLike) -> None:
    values = np.asarray(found)
    if values.dtype.kind in "fc" and np.count_nonzero(np.isnan(values)):
        at = np.asarray(at)
        wrong = np.isnan(values)
        where = f"({at[wrong].ravel()[0]:g})" if wrong.shape == at.shape else ""
        raise ValueError(f"{bath!r}: {called}{where} = nan is not finite")


@contextlib.contextmanager
def naming(bath: object) -> Iterator[None]:
    """Errors of the core become ValueErrors that name the bath; those of its own functions name it already."""
    try:
        yield
    except (ValueError, _core.ConvergenceError) as error:
        named = f"{bath!r}: "
        text = str(error)
        raise ValueError(text if text.startswith(named) else named + text) from None


def weakly(method: Callable[[RealArray], Any]) -> Callable[[RealArray], Any]:
    """Return a bound method that does not keep its object alive: what the object itself hands to the core."""
    reference = weakref.WeakMethod(method)

    def call(at: RealArray) -> Any:
        bound = reference()
        assert bound is not None
        return bound(at)

    return call


def real_values(bath: object, call: str, values: Operand, argument: npt.NDArray[Any]) -> RealArray:
    """Return the values that a user's function has returned, as real numbers of the shape of its argument."""
    array = _returned(as_real_values, bath, call, values)
    require_shape(bath, call, array, argument)
    return array


def complex_values(bath: object, call: str, values: Operand, argument: npt.NDArray[Any]) -> ComplexArray:
    """Return the values of a function that may be complex, in the shape of its argument."""
    array = _returned(as_numeric, bath, call, values).astype(np.complex128)
    require_shape(bath, call, array, argument)
    return array


def _returned(check: Callable[[str, Any], Any], bath: object, call: str, values: Operand) -> Any:
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
