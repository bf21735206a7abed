"""Redfield, Davies and related quantum master equations, fast (ħ = k_B = 1 throughout)."""

from redfield import analysis, models
from redfield._core import ConvergenceError, Interrupted, StopFlag
from redfield._core import build_info as _build_info
from redfield.analysis import trace_distance, trace_norm
from redfield.baths import Bath, OhmicBath
from redfield.equations import Davies, Redfield, evolve_ensemble
from redfield.result import Result
from redfield.systems import SiteProjectors, System

__version__: str = _build_info()["version"]

__all__ = [
    "Bath",
    "ConvergenceError",
    "Davies",
    "Interrupted",
    "OhmicBath",
    "Redfield",
    "Result",
    "SiteProjectors",
    "StopFlag",
    "System",
    "analysis",
    "evolve_ensemble",
    "models",
    "trace_distance",
    "trace_norm",
]
