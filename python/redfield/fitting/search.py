"""One search for the least squares, from one start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from redfield._base.checks import RealArray
from redfield._core import ConvergenceError
from redfield.fitting.data import Data
from redfield.fitting.model import Model

MESSAGES = {
    -1: "the steps towards smaller χ² end where the model is not defined",
    0: "max_evaluations reached",
    1: "the gradient of χ² vanishes",
    2: "χ² does not change any more",
    3: "the parameters do not change any more",
    4: "neither χ² nor the parameters change any more",
}
"""How a search may end, by its status; success where that is positive."""


@dataclass(frozen=True)
class Found:
    """Where a search has come to.

    Attributes
    ----------
    parameters : (P,).
    chi2 : Σ of the squared residuals over sigma.
    status : a key of MESSAGES.
    evaluations, jacobians : how often the model was asked.
    refused : how many steps were taken back since the model raised a ValueError.
    """

    parameters: RealArray
    chi2: float
    status: int
    evaluations: int
    jacobians: int
    refused: int


def search(
    model: Model,
    data: Data,
    start: RealArray,
    tol: float,
    max_evaluations: int,
    report: Callable[[float], object] | None = None,
) -> Found:
    """Minimise χ² from a start by SciPy's trust region, each Jacobian being exact.

    A step to where the model raises a ValueError or ConvergenceError is taken back, and a shorter one tried.
    """
    made = 0
    last_refused = refused = 0

    def differences(values: RealArray) -> RealArray:
        nonlocal made, refused, last_refused
        made += 1
        if report is not None:
            report(min(made / max_evaluations, 1.0))
        if made == 1:
            return data.differences(model(values).values())
        try:
            found = data.differences(model(values).values())
        except (ValueError, ConvergenceError):
            refused += 1
            last_refused = made
            return np.full(data.count, np.nan)
        return found

    def matrix(values: RealArray) -> RealArray:
        return data.jacobian(model.linearised(values), values)

    found = scipy.optimize.least_squares(
        differences,
        start,
        jac=matrix,
        bounds=(model.low, model.high),
        method="trf",
        x_scale="jac",
        ftol=tol,
        xtol=tol,
        gtol=tol,
        max_nfev=max_evaluations,
    )
    status = int(found.status)
    if status == 3 and last_refused == made:
        status = -1
    return Found(
        np.asarray(found.x, dtype=np.float64),
        2.0 * float(found.cost),
        status,
        made,
        int(found.njev),
        refused,
    )
