"""The Jacobian of a model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from redfield._base.checks import RealArray, checked, shown
from redfield._base.checks.types import Operand
from redfield._base.records import Record, record
from redfield.fitting.changes import Numeric
from redfield.fitting.model import Model, as_parameters
from redfield.fitting.predictions import Prediction


@record
class Jacobian(Record, answer=True):
    """A model's numbers and their derivatives with respect to its parameters.

    Attributes
    ----------
    parameters : the values of the parameters, by name.
    values : S, the numbers, complex where the prediction is.
    matrix : (…, P), entry […, p] the derivative with respect to parameter p, in the order of `parameters`;
        ``jacobian[name]`` is that of one, S.
    errors : (P,) the estimated relative error of the derivatives of the model's arrays.
    prediction : what the model returned.
    """

    parameters: dict[str, float]
    values: Numeric
    matrix: Numeric
    errors: RealArray
    prediction: Prediction

    def __getitem__(self, name: str) -> Numeric:
        """Return the derivative with respect to one parameter, S."""
        if name not in self.parameters:
            raise KeyError(f"{shown(name)} is none of the parameters {list(self.parameters)}")
        column: Numeric = self.matrix[..., list(self.parameters).index(name)]
        return column

    @property
    def elasticities(self) -> Numeric:
        """(…, P) ∂ln f/∂ln p = (p/f) ∂f/∂p: the per cent that numbers change by, for one per cent of a parameter."""
        scales = np.array(list(self.parameters.values()))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios: Numeric = self.matrix * scales / self.values[..., None]
        return ratios


@checked
def jacobian(model: Callable[..., object], parameters: Operand, *, bounds: object = None) -> Jacobian:
    r"""Return the derivatives of what a model predicts with respect to its parameters.

    .. math:: \frac{d}{dt}\partial_p\rho = \mathcal L\,\partial_p\rho + (\partial_p\mathcal L)\rho, \qquad
              \mathcal L\,\partial_p\rho_{ss} = -(\partial_p\mathcal L)\rho_{ss}, \qquad
              \partial_p\lambda = \frac{\langle l|\partial_p\mathcal L|r\rangle}{\langle l|r\rangle}

    No difference is taken of a solution. What the model makes, H, couplings, numbers of baths, states, times and
    operators, is differentiated in p by central differences with a scan of steps (Ridders,
    doi:10.1016/S0141-1195(82)80057-0): to rounding where it is linear or quadratic in p, else to about 1e-11. From
    these ∂_p 𝓛 follows exactly where the kind of equation has a forward mode (docs: gradients). Of other kinds, and
    where p changes more than arrays (a function of a bath, an option of the equation), it is −i[∂_p H, ·] and such
    differences of what the baths do to a given state. The model is called some 5 to 17 times a parameter.

    Rates and spectra take 𝓛 as an N² × N² matrix, for N of a few tens; so do steady states without a forward mode.

    Parameters
    ----------
    model : ``model(**numbers)`` or, of a vector, ``model(x)``. It returns a prediction of `redfield.fitting`:
        Populations, Expectations, SteadyExpectations, Currents, Rates, TransitionRates, Spectrum, one of them Scaled,
        or a list of them. What it makes must be smooth functions of the parameters.
    parameters : {name: value}, or a list of values, at which derivatives are wanted.
    bounds : {name: (low, high)}, or a list of them, outside which the model is not to be called; None is no bound. A
        ValueError of the model tells too where its domain ends.

    Returns
    -------
    Jacobian : .values S, .matrix (…, P), .elasticities, and by name ``jacobian["beta"]``.

    Raises
    ------
    TypeError
        The model does not take the parameters, or returns something else than a prediction.
    ValueError
        A parameter decides what is asked, such as how many rates; an array is no smooth function of it; two calls with
        the same parameters differ.
    ConvergenceError
        What the baths do is no smooth function of a parameter.
    MemoryError
        𝓛 as a matrix is needed, and too large.

    Examples
    --------
    The steady state of a qubit is that of Gibbs, whatever the strength of its coupling to the bath:

    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
    >>> def model(gap, strength, beta):
    ...     bath = rf.OhmicBath(strength=strength, cutoff=5.0, beta=beta)
    ...     return rf.fitting.SteadyExpectations(rf.Davies(rf.System(0.5 * gap * z, [x], bath)), z)
    >>> found = rf.jacobian(model, {"gap": 1.0, "strength": 0.1, "beta": 2.0})
    >>> bool(np.allclose(found.matrix, [-1 / np.cosh(1.0) ** 2, 0.0, -0.5 / np.cosh(1.0) ** 2]))
    True
    """
    names, values, _ = as_parameters("parameters", parameters)
    made = Model.of(model, parameters, bounds)
    made.require_same(values)
    found = made.linearised(values)
    return Jacobian(
        dict(zip(names, values.tolist(), strict=True)),
        found.values,
        found.matrix,
        found.errors,
        found.prediction,
    )
