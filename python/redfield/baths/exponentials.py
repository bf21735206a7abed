"""Correlation functions as sums of exponentials, with what the sum misses."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_positive
from redfield._base.checks.types import Points
from redfield._base.records import Record, record
from redfield.baths.memory import Correlated, memory_of

MOST_TERMS = 100
POINTS_AN_OCTAVE = 12
"""Points an octave of the distance from each place where γ is not smooth."""
HIGHEST = 1e8
"""In units of γ's own scale: beyond, a spectrum that does not end is left to the exponentials found."""
PRECISIONS = (1e-9, 1e-11, 1e-13)
"""Precisions of γ, tried in turn; each costs a few exponentials more."""
RATES_A_DECADE = (4.0, 5.0, 6.0, 7.0, 9.0, 12.0)
"""Numbers a decade of rates that are spread evenly, tried in turn."""
FASTEST = 1250.0
"""The fastest of them times the first panel of C, on whose nodes it can still be told."""
EARLIER = 14
"""Octaves inside the first panel of C on which a sum is compared with it: beyond the fastest rate."""
GROWN = 1e6
"""Σ|c/ν| of a sum in ∫|C|: terms that cancel beyond it lose the digits of the sum."""
RANK = 1e-13
"""Singular values below this part of the largest are rounding: coefficients that need them grow without use."""
COARSE = 1e-5
"""Precision of γ that shows which terms turn."""


@record
class ExponentialSum(Record, answer=True):
    r"""C(t) ≈ Σ_k c_k e^{−ν_k t} on [0, duration].

    Attributes
    ----------
    coefficients, rates : (K,) complex c_k, energies squared, and ν_k, Re ν_k > 0.
    duration : the times it was made for and is certified on.
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
def exponential_sum(bath: Correlated, duration: float, tol: float) -> ExponentialSum:
    """Return C(t) as a sum of exponentials, by a rational approximation of γ (AAA, doi:10.1137/16M1106122).

    Its poles are the rates. The coefficients follow by least squares, of γ or of C, whichever is nearer; the error by
    quadrature of the bath's own C.

    Raises
    ------
    ValueError
        The best sum misses more than `tol`; the message says how much.
    """
    duration, tol = as_positive("duration", duration), as_positive("tol", tol)
    memory = memory_of(bath, duration)
    t, weights, c = _nodes(memory, duration)
    size = float(weights @ np.abs(c))
    if size == 0.0:
        return ExponentialSum(np.zeros(0, np.complex128), np.zeros(0, np.complex128), duration, 0.0, 0.0)
    # In units in which frequencies and γ are of order 1, whatever the bath's are.
    unit, w = 1.0 / bath.time_scale, _frequencies(bath, duration)
    gamma = bath.power_spectrum(w)
    top = float(gamma.max(initial=0.0)) or 1.0
    best: ExponentialSum | None = None
    for precision in PRECISIONS:
        rates = unit * _rates(w / unit, gamma / top, precision)
        for coefficients in (_of_spectrum(w, gamma, rates), _of_times(t, weights, c, rates)):
            error = float(weights @ np.abs(c - np.exp(-np.outer(t, rates)) @ coefficients))
            if best is None or error < best.error:
                best = ExponentialSum(coefficients, rates, duration, error, error / size)
        assert best is not None
        if best.relative_error <= tol:
            return best
    assert best is not None
    # A branch point, as of J θ(ω) at zero temperature, is a continuum of rates, which a rational function of any
    # precision meets only with difficulty: rates spread evenly over their logarithm, and what turns beside them.
    turning = unit * _rates(w / unit, gamma / top, COARSE)
    turning = turning[np.abs(turning.imag) > 0.1 * turning.real]
    for per_decade in RATES_A_DECADE:
        low, high = 0.5 / duration, FASTEST / float(memory.ends[1])
        spread = np.geomspace(low, high, max(2, int(np.log10(high / low) * per_decade)))
        rates = np.concatenate([spread.astype(np.complex128), turning])
        coefficients = _of_times(t, weights, c, rates)
        error = float(weights @ np.abs(c - np.exp(-np.outer(t, rates)) @ coefficients))
        if error < best.error and np.abs(coefficients / rates).sum() <= GROWN * size:
            best = ExponentialSum(coefficients, rates, duration, error, error / size)
        if best.relative_error <= tol:
            return best
    raise ValueError(
        f"{bath!r}: no sum of exponentials within tol = {tol:g} of ∫|C| up to t = {duration:g} was found; the best "
        f"misses {best.relative_error:.2g} with {len(best)} terms"
    )


def _nodes(memory: _core.Expansion, duration: float) -> tuple[RealArray, RealArray, ComplexArray]:
    """Return nodes, weights and C up to a time, an octave at most between cuts, so that no exponential hides."""
    first, last = float(memory.ends[1]), float(memory.ends[-1])
    t, weights, c = memory.nodes(first * 2.0 ** np.arange(-EARLIER, max(1.0, np.log2(last / first))))
    if last >= duration:
        return t, weights, c
    # C has ended before, which an exponential need not have.
    edges = np.append(last * 2.0 ** np.arange(np.ceil(np.log2(duration / last))), duration)
    x, w = np.polynomial.legendre.leggauss(_core.Expansion.order)
    half = 0.5 * np.diff(edges)
    later = (edges[:-1, None] + half[:, None] * (x + 1.0)).ravel()
    return (
        np.concatenate([t, later]),
        np.concatenate([weights, np.outer(half, w).ravel()]),
        np.concatenate([c, np.zeros(len(later))]),
    )


def _frequencies(bath: Correlated, duration: float) -> RealArray:
    """Ever denser towards each feature, as far out as there is something."""
    features = list(bath.features) or [(0.0, bath.scale)]
    widest = max(abs(x) + fine for x, fine in features)
    near = np.concatenate([[x - fine, x, x + fine] for x, fine in features])
    top = float(bath.power_spectrum(near[np.isfinite(near)]).max(initial=0.0))
    high = widest
    while high < HIGHEST * widest and bath.power_spectrum(np.array([-high, high])).max() > 1e-13 * top:
        high *= 2.0
    low = 1e-3 * min(1.0 / duration, min(fine for _, fine in features))
    octaves = max(1, int(np.log2(2.0 * high / low)))
    distances = np.geomspace(low, 2.0 * high, POINTS_AN_OCTAVE * octaves)
    places = [np.concatenate([x - distances, [x], x + distances]) for x, _ in features]
    w = np.unique(np.concatenate(places))
    return w[np.isfinite(bath.power_spectrum(w))]


def _rates(w: RealArray, gamma: RealArray, precision: float) -> ComplexArray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the error is taken of what comes of it
        rational = scipy.interpolate.AAA(w, gamma, rtol=precision, max_terms=MOST_TERMS)
        poles = rational.poles()
    rates: ComplexArray = 1j * poles[np.isfinite(poles) & (poles.imag < 0.0)]
    return rates


def _of_spectrum(w: RealArray, gamma: RealArray, rates: ComplexArray) -> ComplexArray:
    """γ = 2 Re Σ c/(ν − iω)."""
    each = 2.0 / (rates - 1j * w[:, None])
    x = _least_squares(np.concatenate([each.real, -each.imag], axis=1), gamma)
    coefficients: ComplexArray = x[: len(rates)] + 1j * x[len(rates) :]
    return coefficients


def _of_times(t: RealArray, weights: RealArray, c: ComplexArray, rates: ComplexArray) -> ComplexArray:
    root = np.sqrt(weights)
    found: ComplexArray = _least_squares(np.exp(-np.outer(t, rates)) * root[:, None], c * root)
    return found


def _least_squares(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> Any:
    norms = np.linalg.norm(a, axis=0)
    norms[norms == 0.0] = 1.0
    return np.linalg.lstsq(a / norms, b, rcond=RANK)[0] / norms
