"""Results: records of what evolutions and steady states return."""

from redfield.results.batch import BatchResult
from redfield.results.evolution import Result
from redfield.results.gradient import Direction, Gradient
from redfield.results.periodic import PeriodicState
from redfield.results.spectrum import EstimatedSpectrum
from redfield.results.steady import Eigenmodes, MultipleSteadyStates, SteadyState, SteadyStates

__all__ = [
    "BatchResult",
    "Direction",
    "Eigenmodes",
    "EstimatedSpectrum",
    "Gradient",
    "MultipleSteadyStates",
    "PeriodicState",
    "Result",
    "SteadyState",
    "SteadyStates",
]
