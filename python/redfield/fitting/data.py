"""Data beside what a model predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, as_finite_array, shown
from redfield.fitting.changes import Numeric
from redfield.fitting.model import Linearised
from redfield.fitting.predictions import Prediction, Together
from redfield.fitting.statistics import without_rounding


@dataclass(frozen=True)
class Data:
    """Measured numbers, of the shape of a prediction.

    Attributes
    ----------
    values : S, real or complex.
    sigma : S, the standard deviation of each (of complex numbers of either part), or None.
    """

    values: Numeric
    sigma: RealArray | None

    @classmethod
    def of(cls, prediction: Prediction, data: object, sigma: object) -> Data:
        """Return data, checked against what a model predicts.

        Raises
        ------
        ValueError, TypeError
            They have another shape, are complex where the prediction is real, or sigma is not positive.
        """
        numbers = _as_numbers("data", data, prediction)
        if sigma is None:
            return cls(numbers, None)
        deviations = _as_numbers("sigma", sigma, prediction, spread=True)
        if np.iscomplexobj(deviations) or not (deviations > 0.0).all():
            raise ValueError(f"sigma must be positive, got {shown(sigma)}")
        return cls(numbers, deviations)

    def differences(self, values: Numeric) -> RealArray:
        """Return what the numbers lack of the data, (prediction − data)/sigma, real and imaginary parts as (M,)."""
        return self.flat(values - self.values)

    def flat(self, numbers: Numeric) -> RealArray:
        """Return numbers of the data's shape over sigma, real and imaginary parts as (M,)."""
        parts = numbers if self.sigma is None else numbers / self.sigma
        row = np.ravel(parts)
        return np.concatenate([row.real, row.imag]) if np.iscomplexobj(row) else row

    def jacobian(self, at: Linearised, parameters: RealArray) -> RealArray:
        """Return the derivatives of the differences, (M, P)."""
        columns = [self.flat(at.matrix[..., p]) for p in range(len(parameters))]
        return without_rounding(np.stack(columns, axis=-1), parameters, self.flat(at.values))

    @property
    def count(self) -> int:
        """The number of real numbers that are compared."""
        return int(self.values.size * (2 if np.iscomplexobj(self.values) else 1))


def _as_numbers(name: str, given: object, prediction: Prediction, spread: bool = False) -> Any:
    """Return numbers in the shape of a prediction; `spread` lets one number stand for all."""
    if isinstance(prediction, Together) and isinstance(given, list | tuple):
        each = prediction.predictions
        if len(given) == len(each):
            parts = [
                np.ravel(_as_numbers(f"{name}[{k}]", x, p, spread))
                for k, (x, p) in enumerate(zip(given, each, strict=True))
            ]
            return np.concatenate(parts)
    array = as_finite_array(name, given)
    expected = prediction.values()
    if spread and array.ndim == 0:
        array = np.full(expected.shape, array)
    if array.shape != expected.shape:
        words = " × ".join(prediction._axes_of(expected))
        raise ValueError(
            f"{name} has shape {array.shape}, but the model's {type(prediction).__name__} is of shape "
            f"{expected.shape}{f': {words}' if words else ''}"
        )
    if np.iscomplexobj(array) and not spread and not np.iscomplexobj(expected):
        raise TypeError(
            f"{name} must be real, as the model's {type(prediction).__name__} is, got dtype {array.dtype}"
        )
    return array.astype(expected.dtype) if not spread else array
