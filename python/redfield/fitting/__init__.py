"""Models with parameters: what they predict, its derivatives, and fits to data."""

from redfield.fitting.fit import fit
from redfield.fitting.jacobian import Jacobian, jacobian
from redfield.fitting.predictions import *  # noqa: F403
from redfield.fitting.predictions import __all__ as _predictions
from redfield.fitting.result import Fit

__all__ = ["Fit", "Jacobian", "fit", "jacobian"]
__all__ += _predictions
