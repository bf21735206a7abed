"""Steady states and slow modes of generators."""

from redfield.steady.outcome import MultipleSteadyStates, Spectrum, SteadyState
from redfield.steady.spectrum import spectrum
from redfield.steady.state import steady_state

__all__ = ["MultipleSteadyStates", "Spectrum", "SteadyState", "spectrum", "steady_state"]
