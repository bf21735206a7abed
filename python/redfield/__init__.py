"""Redfield, Davies and related quantum master equations, fast (ħ = k_B = 1 throughout)."""

from redfield import analysis, fock, models, quadratic
from redfield._core import ConvergenceError, Interrupted, StopFlag
from redfield._core import build_info as _build_info
from redfield.analysis import compare, diagnose, trace_distance, trace_norm
from redfield.baths import (
    Bath,
    CorrelationBath,
    DrudeBath,
    FlatBath,
    LorentzianBath,
    OhmicBath,
    ParticleBath,
    SpectralDensityBath,
    SpectrumBath,
    TabulatedBath,
    UnderdampedBath,
    particle_exchange,
)
from redfield.couplings import SiteProjectors
from redfield.equations import (
    CoarseGrained,
    Davies,
    EnsembleError,
    GeometricArithmetic,
    Lindblad,
    PartialSecular,
    QuasilocalRedfield,
    Redfield,
    UniversalLindblad,
    evolve_ensemble,
)
from redfield.reservoirs import UnpairedCouplingWarning
from redfield.result import Result
from redfield.steady import MultipleSteadyStates, Spectrum, SteadyState
from redfield.systems import System

__version__: str = _build_info()["version"]

__all__ = [
    "Bath",
    "CoarseGrained",
    "ConvergenceError",
    "CorrelationBath",
    "Davies",
    "DrudeBath",
    "EnsembleError",
    "FlatBath",
    "GeometricArithmetic",
    "Interrupted",
    "Lindblad",
    "LorentzianBath",
    "MultipleSteadyStates",
    "OhmicBath",
    "PartialSecular",
    "ParticleBath",
    "QuasilocalRedfield",
    "Redfield",
    "Result",
    "SiteProjectors",
    "SpectralDensityBath",
    "Spectrum",
    "SpectrumBath",
    "SteadyState",
    "StopFlag",
    "System",
    "TabulatedBath",
    "UnderdampedBath",
    "UniversalLindblad",
    "UnpairedCouplingWarning",
    "analysis",
    "compare",
    "diagnose",
    "evolve_ensemble",
    "fock",
    "models",
    "particle_exchange",
    "quadratic",
    "trace_distance",
    "trace_norm",
]
