"""Correlation functions as the sums of exponentials that QuTiP fits to them."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Points
from redfield.baths.base import Bath
from redfield.baths.drude import DrudeBath
from redfield.baths.flat_lorentzian import FlatBath
from redfield.baths.memory import memory_of

SAMPLES = 500
"""Points of C(t), by which QuTiP fits."""
METHODS = ("espira-I", "espira-II", "esprit", "prony")
"""QuTiP's approximations, tried for each number of terms."""


class FittedBath(Bath):
    """The spectrum of a sum of exponentials, Γ(ω) = Σ_k c_k/(ν_k − iω), γ where it is not negative."""

    def __init__(self, exponents: Sequence[Any]) -> None:
        self.coefficients = np.array([e.coefficient for e in exponents], dtype=np.complex128)
        self.rates = np.array([e.exponent for e in exponents], dtype=np.complex128)

    def one_sided(self, w: Points) -> ComplexArray:
        terms = self.coefficients / (self.rates - 1j * np.asarray(w, dtype=np.float64)[..., None])
        total: ComplexArray = terms.sum(axis=-1)
        return total

    def power_spectrum(self, w: Points) -> RealArray:
        return np.maximum(0.0, 2.0 * self.one_sided(w).real)

    def lamb_shift(self, w: Points) -> RealArray:
        return self.one_sided(w).imag


@dataclass(frozen=True)
class Fit:
    """C(t) of one bath as a sum of exponentials of QuTiP's."""

    environment: Any
    method: str
    terms: int
    error: float
    """∫|C − Σ|dt of ∫|C|dt."""


def fit(bath: Bath, duration: float, tol: float, terms: int) -> Fit:
    """Return the sum of fewest exponentials that QuTiP finds within `tol` of ∫|C|dt on [0, duration].

    Raises
    ------
    ValueError
        There is none of at most `terms`; or the bath has no correlation function.
    """
    from qutip.core.environment import BosonicEnvironment

    if isinstance(bath, FlatBath):
        raise ValueError(
            f"heom: the correlation function of {bath!r} is a δ; Redfield's equation of it, which is Lindblad's, is "
            "exact"
        )
    if bath.exchange:
        raise ValueError(f"heom: {bath!r} exchanges particles; heom is for bosonic baths")
    t, weights, c = memory_of(bath, duration).nodes()
    size = np.abs(c) * weights
    if size.sum() == 0.0:
        raise ValueError(f"heom: {bath!r} does nothing; leave its couplings out")
    environment = BosonicEnvironment.from_correlation_function(bath.correlation, tMax=duration)
    # QuTiP samples uniformly: over all times, or only as long as there is something to resolve.
    long = t[np.searchsorted(np.cumsum(size), (1.0 - 0.3 * tol) * size.sum()).clip(max=len(t) - 1)]
    # C(0) of a Drude bath diverges, and no sample tells it.
    methods = ["pade"] if isinstance(bath, DrudeBath) and math.isfinite(bath.beta) else METHODS
    best: Fit | None = None
    for count in range(1, terms + 1):
        for method, until in itertools.product(methods, {duration, min(duration, float(long))}):
            if method == "pade":
                found = _drude(bath, count)
            else:
                found = _tried(environment, method, np.linspace(0.0, until, SAMPLES), count)
            if found is None:
                continue
            error = float((np.abs(found.correlation_function(t) - c) * weights).sum() / size.sum())
            if best is None or error < best.error:
                best = Fit(found, method, count, error)
        if best is not None and best.error <= tol:
            return best
    missed = "failed" if best is None else f"misses {best.error:.2g} of it, by {best.method!r}"
    raise ValueError(
        f"heom: no sum of at most {terms} exponentials within fit_tol = {tol:g} of C(t) of {bath!r} up to "
        f"t = {duration:g}; the best {missed}. Give more terms, a larger fit_tol or a shorter time"
    )


def _tried(environment: Any, method: str, t: RealArray, count: int) -> Any:
    """Return a sum of decaying exponentials, or None where the method finds none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found, _ = environment.approximate(method, tlist=t, Nr=count)
        except (ValueError, np.linalg.LinAlgError, ZeroDivisionError, IndexError):
            return None
    decaying = all(np.real(e.exponent) > 0.0 and np.isfinite(e.coefficient) for e in found.exponents)
    return found if decaying and found.exponents else None


def _drude(bath: Any, count: int) -> Any:
    """QuTiP's J is half of ours, 2λ'γ'ω/(γ'² + ω²) of λ' and γ'."""
    from qutip.core.environment import DrudeLorentzEnvironment

    mine = DrudeLorentzEnvironment(
        T=1.0 / bath.beta, lam=0.25 * bath.strength * bath.cutoff, gamma=bath.cutoff
    )
    return mine.approximate("pade", Nk=count)
