"""Correlation functions as sums of exponentials, with what the sum misses."""

from __future__ import annotations

import functools
import math

import numpy as np

from redfield._base.checks import ComplexArray, as_positive
from redfield._base.checks.scalars import as_positive_or_infinite
from redfield._base.checks.types import Points
from redfield._base.records import Record, record
from redfield.baths.memory import Correlated
from redfield.baths.poles import Spectrum, candidates
from redfield.baths.sampled import envelope, later, of_spectrum, of_times, sampled

GROWN, GROWN_CLOSED = 1e6, 1e3
"""Σ|c/ν| of a sum in ∫|C|: terms that cancel beyond it lose its digits, or make a hierarchy of it diverge."""


@record
class ExponentialSum(Record, answer=True):
    r"""C(t) ≈ Σ_k c_k e^{−ν_k t} on [0, duration].

    Attributes
    ----------
    coefficients, rates : (K,) complex c_k, energies squared, and ν_k, Re ν_k > 0.
    duration : the times it was made for and is certified on, infinite for all.
    error : ∫|C − Σ|dt over them, an energy.
    relative_error : that, of ∫|C|dt.
    """

    coefficients: ComplexArray
    rates: ComplexArray
    duration: float
    error: float
    relative_error: float

    def __len__(self) -> int:
        return len(self.rates)

    def __call__(self, t: Points) -> ComplexArray:
        """Return the sum at times t ≥ 0 of any shape."""
        if np.min(t, initial=0.0) < 0.0:
            raise ValueError(f"t must not be negative, got {np.min(t):g}")
        # Later no phase is a number, and every term has decayed.
        last = 1e300 / max(1.0, float(np.abs(self.rates).max(initial=0.0)))
        exponents = np.multiply.outer(np.minimum(t, last), self.rates)
        value: ComplexArray = np.exp(-exponents) @ self.coefficients
        return value


@functools.lru_cache(maxsize=64)
def exponential_sum(
    bath: Correlated, duration: float, tol: float, closed: bool = False
) -> ExponentialSum:
    """Return C(t) as the sum of fewest exponentials found: the rates are poles of an approximation of γ.

    The approximation is rational (AAA, doi:10.1137/16M1106122). `closed` rates are real where that suffices, and
    complex ones come with their conjugates: what a hierarchy of equations counts. The coefficients follow by least
    squares, of γ or of C or of C relative to itself, whichever is nearest; the error by quadrature of the bath's own C,
    and for all times of what is left of C after the last node as a power of t.

    Raises
    ------
    ValueError
        The best sum misses more than `tol`; the message says how much. Or C decays so slowly that ∫|C| does not end.
    """
    duration, tol = as_positive_or_infinite("duration", duration), as_positive("tol", tol)
    window, tail, t, weights, c, size = known = sampled(bath, duration, tol)
    if size == 0.0:
        return ExponentialSum(np.zeros(0, np.complex128), np.zeros(0, np.complex128), duration, 0.0, 0.0)
    grown = GROWN_CLOSED if closed else GROWN
    # Of errors near |C| each, ∫|C − Σ|² /|C| is least where ∫|C − Σ| nearly is, though C may fall over many decades.
    size_then = np.maximum(envelope(np.abs(c)), tol * size / window)

    def fitted(rates: ComplexArray, spectrum: Spectrum | None) -> ExponentialSum | None:
        """Return the nearest sum of these rates, or None where its terms cancel."""
        made = []
        fits = [] if spectrum is None else [of_spectrum(*spectrum, rates)]
        fits += [of_times(t, x, c, rates) for x in (weights, weights / size_then)]
        for coefficients in fits:
            error = float(weights @ np.abs(c - np.exp(-np.outer(t, rates)) @ coefficients))
            if not math.isfinite(duration):
                error += tail + later(coefficients, rates, window)
            if np.abs(coefficients / rates).sum() <= grown * size:
                made.append(ExponentialSum(coefficients, rates, duration, error, error / size))
        return min(made, key=lambda x: x.error, default=None)

    best: ExponentialSum | None = None
    found: ExponentialSum | None = None
    for each, spectrum in candidates(bath, window, known.span(duration, tol), tol, closed):
        # Poles are more in each finer approximation, and rates that are spread evenly are more than they.
        if found is not None and (spectrum is None or min(map(len, each)) >= len(found)):
            break
        for rates in each:
            if found is not None and len(rates) >= len(found):
                break
            made = fitted(rates, spectrum)
            if made is not None and (best is None or made.error < best.error):
                best = made
            if made is not None and made.relative_error <= tol:
                found = made
        if found is not None and not closed:
            break
    if found is not None:
        return found
    told = (
        "all cancel"
        if best is None
        else f"the best misses {best.relative_error:.2g} with {len(best)} terms"
    )
    raise ValueError(
        f"{bath!r}: no sum of exponentials within tol = {tol:g} of ∫|C| up to t = {duration:g} was found; {told}"
    )
