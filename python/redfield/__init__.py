"""Redfield, Davies and related quantum master equations, fast (ħ = k_B = 1 throughout)."""

from importlib import import_module as _import_module
from typing import Any as _Any

from redfield import analysis, driven, equations, floquet, fock, models, quadratic
from redfield._base.errors import EnsembleError, SecularWarning
from redfield._core import ConvergenceError, Interrupted, StopFlag
from redfield._core import build_info as _build_info
from redfield.analysis import compare, diagnose, trace_distance, trace_norm
from redfield.batch import BatchResult, SteadyStates, SystemBatch
from redfield.baths import (
    Bath,
    BathBatch,
    CorrelationBath,
    DrudeBath,
    FlatBath,
    HybridOhmicBath,
    LorentzianBath,
    OhmicBath,
    OneOverFBath,
    ParticleBath,
    SpectralDensityBath,
    SpectrumBath,
    TabulatedBath,
    UnderdampedBath,
    particle_exchange,
)
from redfield.baths.matrix import BathMatrix
from redfield.equations import *  # noqa: F403  (each kind is exported where it is made)
from redfield.operators.fock import local
from redfield.results.result import Result
from redfield.solve.correlations import correlation, evolve_operator
from redfield.solve.spectra import spectrum, susceptibility
from redfield.solve.steady import MultipleSteadyStates, Spectrum, SteadyState
from redfield.solve.trajectories import LowRankResult, TrajectoryResult
from redfield.sweeps import StoreError, SweepError, sweep
from redfield.systems.correlated import correlated
from redfield.systems.couplings import SiteProjectors
from redfield.systems.reservoirs import UnpairedCouplingWarning
from redfield.systems.system import System

__version__: str = _build_info()["version"]

__all__ = [
    "BatchResult",
    "Bath",
    "BathBatch",
    "BathMatrix",
    "ConvergenceError",
    "CorrelationBath",
    "DrudeBath",
    "EnsembleError",
    "FlatBath",
    "HybridOhmicBath",
    "Interrupted",
    "LorentzianBath",
    "LowRankResult",
    "MultipleSteadyStates",
    "OhmicBath",
    "OneOverFBath",
    "ParticleBath",
    "Result",
    "SecularWarning",
    "SiteProjectors",
    "SpectralDensityBath",
    "Spectrum",
    "SpectrumBath",
    "SteadyState",
    "SteadyStates",
    "StopFlag",
    "StoreError",
    "SweepError",
    "System",
    "SystemBatch",
    "TabulatedBath",
    "TrajectoryResult",
    "UnderdampedBath",
    "UnpairedCouplingWarning",
    "analysis",
    "compare",
    "correlated",
    "correlation",
    "diagnose",
    "driven",
    "evolve_operator",
    "floquet",
    "fock",
    "local",
    "models",
    "particle_exchange",
    "quadratic",
    "spectrum",
    "susceptibility",
    "sweep",
    "trace_distance",
    "trace_norm",
]
__all__ += equations.__all__


def __getattr__(name: str) -> _Any:
    if name == "qutip":  # at its first use: QuTiP takes longer to import than all of this
        return _import_module("redfield.qutip")
    raise AttributeError(f"module 'redfield' has no attribute {name!r}")
