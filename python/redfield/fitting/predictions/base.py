"""The base of predictions: what a measurement of a system would give, with its derivatives."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import RealArray
from redfield._base.records import Record
from redfield.equations.base import AnyEquation
from redfield.fitting.arrays import Arrays, arrays_of
from redfield.fitting.changes import Change, Numeric


class Prediction(Record):
    """Base of predictions: numbers that an equation predicts, which data are compared with.

    A subclass declares an equation and what is asked of it as fields. It gives its numbers and their derivatives in
    `_linearised`, and names in `_own_arrays` the fields that the numbers are differentiable functions of.
    """

    equation: AnyEquation

    axes: ClassVar[tuple[str, ...]] = ()
    """The dimensions of the numbers, in words."""

    curve: ClassVar[str] = "{}"
    """The name of one of several curves, by its number."""

    def values(self) -> Numeric:
        """Return the numbers."""
        return self._linearised(())[0]

    @abc.abstractmethod
    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        """Return the numbers, and their derivative along each change of the arrays."""

    def _own_arrays(self) -> Arrays:
        """Return the arrays beside the equation's that the numbers are differentiable functions of."""
        return {}

    def _arrays(self) -> Arrays:
        """Return the arrays that the numbers are a differentiable function of."""
        return {**arrays_of(self.equation), **self._own_arrays()}

    def _rest(self) -> dict[str, Any]:
        """Return what else decides the numbers, which a parameter must not change."""
        own = self._own_arrays()
        fields = {
            name: value
            for name, value in self._parameters().items()
            if name != "equation" and name not in own and not any(k.startswith(f"{name}[") for k in own)
        }
        return {"kind of prediction": type(self), "levels": self.equation.system.dimension, **fields}

    def _equations(self) -> tuple[AnyEquation, ...]:
        """Return the equations that the numbers depend on, of which more than their arrays may change."""
        return (self.equation,)

    def _abscissa(self) -> tuple[str, RealArray] | None:
        """Return the label of the numbers' axis of times or frequencies and its values; None where there is none."""
        return None

    def _curves(self, numbers: Numeric) -> list[Numeric]:
        """Return numbers of the prediction's shape as curves over its abscissa, or all as one list."""
        abscissa = self._abscissa()
        if abscissa is None or numbers.ndim == 0:
            return [np.ravel(numbers)]
        along = next(
            k for k, name in enumerate(self._axes_of(numbers)) if name in ("times", "frequencies")
        )
        return list(np.moveaxis(numbers, along, 0).reshape(len(abscissa[1]), -1).T)

    def _axes_of(self, numbers: Numeric) -> tuple[str, ...]:
        """Return the dimensions of numbers, in words: the last ones, where one operator takes the first away."""
        return self.axes[len(self.axes) - numbers.ndim :]
