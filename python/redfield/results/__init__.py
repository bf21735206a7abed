"""Results: records of what evolutions and steady states return."""

from redfield.results.batch import BatchResult
from redfield.results.evolution import Result
from redfield.results.periodic import PeriodicState
from redfield.results.spectrum import EstimatedSpectrum
from redfield.results.steady import Eigenmodes, MultipleSteadyStates, SteadyState, SteadyStates

__all__ = [
    "BatchResult",
    "Eigenmodes",
    "EstimatedSpectrum",
    "MultipleSteadyStates",
    "PeriodicState",
    "Result",
    "SteadyState",
    "SteadyStates",
]
