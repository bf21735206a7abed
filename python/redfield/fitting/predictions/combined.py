"""Predictions made of others: in units of the detector, and several measurements together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, as_finite, as_items, as_kind
from redfield._base.checks.types import Finite
from redfield._base.records import record
from redfield.equations.base import AnyEquation
from redfield.fitting.arrays import Arrays
from redfield.fitting.changes import Change, Numeric
from redfield.fitting.predictions.base import Prediction

INNER = "prediction."


@record
class Scaled(Prediction):
    r"""A prediction in the units of a detector, factor · prediction + offset; both may be parameters of a fit.

    Parameters
    ----------
    prediction : what is measured.
    factor, offset : numbers.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * np.array([[0.0, 1.0], [0.0, 0.0]])])
    >>> rates = rf.fitting.Rates(decay, 2)
    >>> rf.fitting.Scaled(rates, factor=10.0, offset=0.5).values()
    array([2. , 3.5])
    """

    prediction: Prediction
    factor: Finite = 1.0
    offset: Finite = 0.0

    def __post_init__(self) -> None:
        as_kind("prediction", self.prediction, Prediction)
        self._set(factor=as_finite("factor", self.factor), offset=as_finite("offset", self.offset))
        self._set(equation=self.prediction.equation, curve=self.prediction.curve)

    def _arrays(self) -> Arrays:
        inner = {INNER + name: value for name, value in self.prediction._arrays().items()}
        return {**inner, "factor": np.array(self.factor), "offset": np.array(self.offset)}

    def _rest(self) -> dict[str, Any]:
        return {"kind of prediction": Scaled, **self.prediction._rest()}

    def _equations(self) -> tuple[AnyEquation, ...]:
        return self.prediction._equations()

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        values, derivatives = self.prediction._linearised([c.inner(INNER, _prediction) for c in changes])
        out: list[Numeric] = []
        for change, d in zip(changes, derivatives, strict=True):
            factor, offset = (float(change.of(name, np.array(0.0))) for name in ("factor", "offset"))
            out.append(self.factor * d + factor * values + offset)
        return self.factor * values + self.offset, out

    def _abscissa(self) -> tuple[str, RealArray] | None:
        return self.prediction._abscissa()

    def _axes_of(self, numbers: Numeric) -> tuple[str, ...]:
        return self.prediction._axes_of(numbers)


@record
class Together(Prediction):
    """Several predictions as one list of numbers, for data of several measurements.

    Parameters
    ----------
    predictions : a list, of one or of several equations.

    The numbers are (M,), those of each prediction after those of the one before, each in row-major order.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * np.array([[0.0, 1.0], [0.0, 0.0]])])
    >>> excited = np.diag([0.0, 1.0])
    >>> rates, curve = rf.fitting.Rates(decay), rf.fitting.Expectations(decay, [0, 1], [0.0, 1.0], excited)
    >>> rf.fitting.Together([rates, curve]).values().round(4)
    array([0.15  , 1.    , 0.7408])
    """

    predictions: Sequence[Prediction]

    def __post_init__(self) -> None:
        each = as_items("predictions", self.predictions)
        if not each:
            raise ValueError("predictions is empty: there is nothing to predict")
        for k, prediction in enumerate(each):
            as_kind(f"predictions[{k}]", prediction, Prediction)
        self._set(predictions=tuple(each), equation=each[0].equation)

    def _arrays(self) -> Arrays:
        return {
            _place(k) + name: value
            for k, each in enumerate(self.predictions)
            for name, value in each._arrays().items()
        }

    def _rest(self) -> dict[str, Any]:
        rest: dict[str, Any] = {"number of predictions": len(self.predictions)}
        for k, each in enumerate(self.predictions):
            rest |= {_place(k) + name: value for name, value in each._rest().items()}
        return rest

    def _equations(self) -> tuple[AnyEquation, ...]:
        return tuple(equation for each in self.predictions for equation in each._equations())

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        values, parts = [], []
        for k, each in enumerate(self.predictions):
            inner = [c.inner(_place(k), partial(_one_of, k=k)) for c in changes]
            found, derivatives = each._linearised(inner)
            values.append(np.ravel(found))
            parts.append([np.ravel(d) for d in derivatives])
        return np.concatenate(values), [np.concatenate(each) for each in zip(*parts, strict=True)]


def _place(k: int) -> str:
    return f"predictions[{k}]."


def _prediction(scaled: Scaled) -> Prediction:
    return scaled.prediction


def _one_of(together: Together, k: int) -> Prediction:
    return together.predictions[k]
