"""Bath spectra: what a system's baths do to it, as functions of the energy they receive."""

from redfield.baths.base import Bath
from redfield.baths.batch import BathBatch
from redfield.baths.correlation import CorrelationBath
from redfield.baths.drude import DrudeBath
from redfield.baths.exchange import particle_exchange
from redfield.baths.exponentials import ExponentialSum
from redfield.baths.flat_lorentzian import FlatBath, LorentzianBath
from redfield.baths.matrix import BathMatrix
from redfield.baths.noise import HybridOhmicBath, OneOverFBath
from redfield.baths.ohmic import OhmicBath
from redfield.baths.particle import ParticleBath
from redfield.baths.spectral_density import SpectralDensityBath
from redfield.baths.spectrum import SpectrumBath
from redfield.baths.tabulated import TabulatedBath
from redfield.baths.underdamped import UnderdampedBath

__all__ = [
    "Bath",
    "BathBatch",
    "BathMatrix",
    "CorrelationBath",
    "DrudeBath",
    "ExponentialSum",
    "FlatBath",
    "HybridOhmicBath",
    "LorentzianBath",
    "OhmicBath",
    "OneOverFBath",
    "ParticleBath",
    "SpectralDensityBath",
    "SpectrumBath",
    "TabulatedBath",
    "UnderdampedBath",
    "particle_exchange",
]
