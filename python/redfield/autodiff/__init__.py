"""Solutions of master equations as functions of arrays, with their derivatives: what JAX and PyTorch call."""

from redfield.autodiff.baths import BathArrays
from redfield.autodiff.problems import Evolution, Fluctuations, Problem, SteadyStateProblem

__all__ = ["BathArrays", "Evolution", "Fluctuations", "Problem", "SteadyStateProblem"]
