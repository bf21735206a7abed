"""Baths given as functions of the frequency, or as QuTiP's environments, which are known by their names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from redfield._base.checks import RealArray, as_function_of, as_real_number, is_function, shown
from redfield._base.checks.types import Points
from redfield._base.records import Record, record
from redfield.baths.base import Bath
from redfield.baths.correlation import CorrelationBath
from redfield.baths.drude import DrudeBath
from redfield.baths.ohmic import OhmicBath
from redfield.baths.particle import ParticleBath
from redfield.baths.spectrum import SpectrumBath
from redfield.baths.temperature import inverse
from redfield.baths.underdamped import UnderdampedBath


class Environment(Protocol):
    """A bosonic environment of QuTiP: its power spectrum S(ω) = ∫ dt C(t)e^{iωt} is γ(ω)."""

    def power_spectrum(self, omega: Any) -> Any: ...


GivenBath = Bath | Environment | Callable[[Any], Any]
"""A Bath, or what `as_bath` makes one of."""


@record
class Pointwise(Record, answer=True):
    """A function of one frequency, called at each of an array of them."""

    function: Callable[[float], Any]

    def __call__(self, w: Points) -> RealArray:
        values = [as_real_number(f"power_spectrum({x:g})", self.function(float(x))) for x in np.ravel(w)]
        return np.array(values, dtype=np.float64).reshape(np.shape(w))


def as_bath(name: str, value: object, scale: float = 1.0) -> Bath:
    """Return a Bath, or make one of a function γ(ω) or of an environment of QuTiP.

    Parameters
    ----------
    scale : the energy over which a spectrum that does not tell varies, see `SpectrumBath`.

    Raises
    ------
    TypeError
        `value` is none of these.
    """
    if isinstance(value, Bath):
        return value
    if isinstance(value, ParticleBath):
        raise TypeError(
            f"{name} is a ParticleBath, which exchanges particles through two couplings: "
            "System(h, *redfield.particle_exchange([a], bath)), a the annihilation operator"
        )
    kinds = {kind.__name__ for kind in type(value).__mro__ if kind.__module__.startswith("qutip.")}
    if "FermionicEnvironment" in kinds:
        raise TypeError(
            f"{name} is a {type(value).__name__}, which exchanges particles: rf.ParticleBath is such a bath, for "
            "System(h, *rf.particle_exchange([a], bath))"
        )
    if "BosonicEnvironment" in kinds:
        return _of_environment(value, kinds, scale)
    if is_function(value):
        return SpectrumBath(_of_arrays(as_function_of(name, value, "w"), scale), scale=scale)
    raise TypeError(
        f"{name} must be a Bath, a function γ(ω) or an environment of QuTiP (a table of γ is "
        f"rf.TabulatedBath(frequencies, values)), got {shown(value)}"
    )


def _of_environment(env: Any, kinds: set[str], scale: float) -> Bath:
    beta: Any = None if env.T is None else inverse(float(env.T))
    if "DrudeLorentzEnvironment" in kinds:
        return DrudeBath(4.0 * env.lam / env.gamma, env.gamma, beta)
    if "UnderDampedEnvironment" in kinds:
        return UnderdampedBath(2.0 * (env.lam / env.w0) ** 2, env.w0, env.gamma, beta)
    if "OhmicEnvironment" in kinds:
        return OhmicBath(2.0 * env.alpha, env.wc, beta, float(env.s))
    if "_BosonicEnvironment_fromCF" in kinds:  # whose power spectrum is a discrete Fourier transform
        return CorrelationBath(env.correlation_function, time_scale=1.0 / scale, beta=beta)
    return SpectrumBath(_of_arrays(env.power_spectrum, scale), scale=scale, beta=beta)


def _of_arrays(function: Callable[[Any], Any], scale: float) -> Callable[[RealArray], Any]:
    """Return a function of arrays of any shape; many are written for one number."""
    try:
        takes_arrays = np.shape(function(scale * np.array([[1.0], [0.5]]))) == (2, 1)
    except (
        Exception
    ):  # which the function raises again where it is called with one number, if it is its own
        takes_arrays = False
    return function if takes_arrays else Pointwise(function)
