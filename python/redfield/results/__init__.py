"""Results: records of what evolutions and steady states return."""

from redfield.results.batch import BatchResult
from redfield.results.evolution import Result
from redfield.results.periodic import PeriodicState
from redfield.results.steady import MultipleSteadyStates, Spectrum, SteadyState, SteadyStates

__all__ = [
    "BatchResult",
    "MultipleSteadyStates",
    "PeriodicState",
    "Result",
    "Spectrum",
    "SteadyState",
    "SteadyStates",
]
