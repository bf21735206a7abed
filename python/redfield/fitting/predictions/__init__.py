"""What a measurement of a system would give, with its derivatives."""

from redfield.fitting.predictions.base import Prediction
from redfield.fitting.predictions.combined import Scaled, Together
from redfield.fitting.predictions.evolution import Expectations, Populations
from redfield.fitting.predictions.rates import Rates
from redfield.fitting.predictions.spectra import Spectrum
from redfield.fitting.predictions.steady import Currents, SteadyExpectations
from redfield.fitting.predictions.transitions import TransitionRates

__all__ = [
    "Currents",
    "Expectations",
    "Populations",
    "Prediction",
    "Rates",
    "Scaled",
    "Spectrum",
    "SteadyExpectations",
    "Together",
    "TransitionRates",
]
