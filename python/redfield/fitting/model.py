"""The user's function of parameters, and its chain rule."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, as_finite, as_vector, is_function, shown
from redfield.equations.base import unprepared
from redfield.fitting.arrays import Arrays, differing, rest_of, same
from redfield.fitting.changes import Change, Numeric, Parameter
from redfield.fitting.differences import SMOOTH
from redfield.fitting.predictions import Prediction, Together

KINDS = "Populations, Expectations, SteadyExpectations, Currents, Rates, TransitionRates, Spectrum, Scaled or Together"

OF_EQUATIONS = re.compile(r"(^|\.)(weights$|couplings\[|baths\[)")
"""Names of the arrays of couplings and baths, of which only 𝓛 depends."""


@dataclass(frozen=True)
class Linearised:
    """A model's numbers and what they change by.

    Attributes
    ----------
    prediction : what the model returned.
    values : S.
    matrix : (*S, P), the derivative with respect to each parameter in the last axis.
    errors : (P,) the largest estimated error of the derivatives of the model's arrays, relative.
    """

    prediction: Prediction
    values: Numeric
    matrix: Numeric
    errors: RealArray


@dataclass(frozen=True)
class Model:
    """A function of named numbers, or of one vector, that returns a Prediction or a list of them.

    Attributes
    ----------
    function : ``function(**numbers)``, or ``function(vector)`` where `vector` is True.
    names : of the parameters; those of a vector are "x[0]", "x[1]", ….
    low, high : (P,) where the function may be asked.
    """

    function: Callable[..., object]
    names: tuple[str, ...]
    vector: bool
    low: RealArray
    high: RealArray

    @classmethod
    def of(
        cls,
        function: Callable[..., object],
        parameters: object,
        bounds: object = None,
        argument: str = "parameters",
    ) -> Model:
        """Return the model with the names of parameters, a dict of numbers or a vector.

        Raises
        ------
        TypeError, ValueError
            The function does not take them; bounds name others, or do not hold them.
        """
        if not is_function(function):
            raise TypeError(f"model must be a function, got {shown(function)}")
        names, values, vector = as_parameters(argument, parameters)
        _require_arguments(function, names, vector, argument)
        low, high = as_bounds(bounds, names, vector)
        model = cls(function, names, vector, low, high)
        model.require_inside(values, argument)
        return model

    def require_inside(self, values: RealArray, argument: str) -> None:
        """Raise a ValueError for a value outside its bounds."""
        for name, value, low, high in zip(self.names, values, self.low, self.high, strict=True):
            if not low <= value <= high:
                raise ValueError(
                    f"{argument}: {name} = {value:g} is outside its bounds [{low:g}, {high:g}]"
                )

    def as_values(self, argument: str, parameters: object) -> RealArray:
        """Return numbers for the parameters, (P,)."""
        names, values, vector = as_parameters(argument, parameters)
        if vector is not self.vector or set(names) != set(self.names):
            raise ValueError(f"{argument} is of {list(names)}, the parameters are {list(self.names)}")
        order = [names.index(name) for name in self.names]
        return values[order]

    def named(self, values: RealArray) -> dict[str, float]:
        """Return the numbers by name."""
        return dict(zip(self.names, values.tolist(), strict=True))

    def __call__(self, values: RealArray) -> Prediction:
        """Return the prediction for numbers (P,)."""
        made = self.function(values.copy()) if self.vector else self.function(**self.named(values))
        if isinstance(made, list | tuple) and made and all(isinstance(x, Prediction) for x in made):
            return Together(made)
        if not isinstance(made, Prediction):
            raise TypeError(
                f"model must return one of redfield.fitting's {KINDS}, or a list of them; got "
                f"{type(made).__name__}: {shown(made)}"
            )
        return made

    def require_same(self, values: RealArray) -> Prediction:
        """Return the prediction for numbers; raise a ValueError where the model returns another one the second time."""
        prediction = self(values)
        rest, arrays = prediction._rest(), prediction._arrays()
        with unprepared():
            again = self(values)
        place = differing(rest, again._rest()) or differing(arrays, again._arrays())
        if place is None and not same(prediction._equations(), again._equations()):
            place = "the equation"
        if place is not None:
            raise ValueError(
                f"model: {place} differs between two calls with the same parameters; a model must not use random "
                "numbers, or seed them itself"
            )
        return prediction

    def linearised(self, values: RealArray) -> Linearised:
        """Return the numbers and their derivatives with respect to every parameter.

        Raises
        ------
        ValueError
            A parameter decides what no derivative is known with respect to, or an array is no smooth function of it.
        """
        prediction = self(values)
        changes, errors = [], np.zeros(len(values))
        of_equations: dict[int, Any] = {}
        for p in range(len(values)):
            change, errors[p] = self._change(values, p, prediction, of_equations)
            changes.append(change)
        numbers, moved = prediction._linearised(changes)
        matrix = np.stack([np.asarray(d) for d in moved], axis=-1)
        return Linearised(prediction, np.asarray(numbers), matrix, errors)

    def _change(
        self, values: RealArray, p: int, prediction: Prediction, of_equations: dict[int, Any]
    ) -> tuple[Change, float]:
        """Return what parameter p changes of the prediction, and the relative error of the arrays' derivatives."""
        parameter = Parameter(self.names[p], float(values[p]), float(self.low[p]), float(self.high[p]))
        rest, arrays, equations = prediction._rest(), prediction._arrays(), prediction._equations()
        known = {parameter.value: prediction}
        others = [rest_of(equation) for equation in equations]
        moves, by_arrays = False, True

        def at(x: float) -> Prediction:
            if x not in known:
                moved = values.copy()
                moved[p] = x
                with unprepared():
                    known[x] = self(moved)
            return known[x]

        def arrays_at(x: float) -> Arrays:
            nonlocal moves, by_arrays
            other = at(x)
            found = other._arrays()
            self._require_alike(parameter.name, rest, other._rest(), arrays, found)
            moves = moves or not same(equations, other._equations())
            by_arrays = by_arrays and same(others, [rest_of(each) for each in other._equations()])
            return found

        try:
            found = parameter.derivatives(arrays_at)
        except _NoDerivativeError as refused:
            raise ValueError(str(refused)) from None
        for key, error in found.errors.items():
            if not error <= SMOOTH and OF_EQUATIONS.search(key):
                by_arrays = False  # 𝓛 may be smooth all the same, as with operators of free sign
            elif not error <= SMOOTH:
                raise ValueError(
                    f"model: {key} is no smooth function of {parameter.name!r} at {values[p]:g}: its differences "
                    f"settle to {error:.1g} only (eigenvectors of free sign and kinks are not smooth)"
                )
        return Change(parameter, found.arrays, at, moves, by_arrays, of_equations), found.error

    def _require_alike(
        self, name: str, rest: Mapping[str, Any], other: Mapping[str, Any], arrays: Arrays, found: Arrays
    ) -> None:
        """Raise a _NoDerivativeError where a parameter changes what nothing is differentiated with respect to."""
        if (place := differing(rest, other)) is not None:
            raise _NoDerivativeError(
                f"model: {place} depends on {name!r}, and has no derivative; it changes from "
                f"{shown(rest.get(place))} to {shown(other.get(place))}"
            )
        for key, value in arrays.items():
            if key not in found or found[key].shape != value.shape:
                raise _NoDerivativeError(f"model: the shape of {key} depends on {name!r}")


class _NoDerivativeError(Exception):
    """Raised inside differences, which take a ValueError for the end of a domain."""


def as_parameters(argument: str, value: object) -> tuple[tuple[str, ...], RealArray, bool]:
    """Return names and numbers, and whether they are a vector: of a dict of numbers, or of a list of them."""
    if isinstance(value, Mapping):
        if not value:
            raise ValueError(f"{argument} is empty: there is nothing to vary")
        for name in value:
            if not isinstance(name, str):
                raise TypeError(f"{argument} must have names as keys, got {shown(name)}")
        numbers = [as_finite(f"{argument}[{name!r}]", x) for name, x in value.items()]
        return tuple(value), np.array(numbers), False
    vector = np.array(as_vector(argument, value))
    return tuple(f"x[{k}]" for k in range(len(vector))), vector, True


def as_bounds(bounds: object, names: Sequence[str], vector: bool) -> tuple[RealArray, RealArray]:
    """Return the lowest and highest value of each parameter, infinite where there is none."""
    low, high = np.full(len(names), -math.inf), np.full(len(names), math.inf)
    if bounds is None:
        return low, high
    if isinstance(bounds, Mapping) is vector:
        kind = "a list of (low, high)" if vector else "a dict {name: (low, high)}"
        raise TypeError(f"bounds must be {kind}, as the parameters are, got {shown(bounds)}")
    if isinstance(bounds, Mapping):
        unknown = [name for name in bounds if name not in names]
        if unknown:
            raise ValueError(f"bounds name {unknown}, the parameters are {list(names)}")
        pairs = {names.index(name): pair for name, pair in bounds.items()}
    else:
        given = list(bounds)  # type: ignore[call-overload]
        if len(given) != len(names):
            raise ValueError(f"bounds are of {len(given)} parameters, there are {len(names)}")
        pairs = dict(enumerate(given))
    for p, pair in pairs.items():
        if pair is not None:
            low[p], high[p] = as_pair(f"bounds[{names[p]!r}]", pair)
    return low, high


def as_pair(name: str, pair: Any) -> tuple[float, float]:
    """Return the lowest and the highest value of a parameter, either of which None leaves open."""
    try:
        low, high = pair
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be two numbers (low, high), got {shown(pair)}") from None
    lowest = -math.inf if low is None else _number(f"{name}[0]", low)
    highest = math.inf if high is None else _number(f"{name}[1]", high)
    if not lowest < highest:
        raise ValueError(f"{name} must be (low, high), got ({lowest:g}, {highest:g})")
    return lowest, highest


def _number(name: str, value: Any) -> float:
    return float(value) if value in (math.inf, -math.inf) else as_finite(name, value)


def _require_arguments(
    function: Callable[..., object], names: Sequence[str], vector: bool, argument: str
) -> None:
    """Raise a TypeError unless the function takes the parameters, and needs nothing else."""
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return
    try:
        signature.bind(0.0) if vector else signature.bind(**dict.fromkeys(names, 0.0))
    except TypeError as error:
        raise TypeError(
            f"model({', '.join(signature.parameters)}) does not fit the parameters {list(names)} of {argument}: {error}"
        ) from None
