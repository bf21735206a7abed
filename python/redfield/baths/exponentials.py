"""Correlation functions as sums of exponentials, with what the sum misses."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_positive
from redfield._base.checks.scalars import as_positive_or_infinite
from redfield._base.checks.types import Points
from redfield._base.records import Record, record
from redfield.baths.memory import Correlated, memory_of

MOST_TERMS = 100
POINTS_AN_OCTAVE = 12
"""Points an octave of the distance from each place where γ is not smooth."""
HIGHEST = 1e8
"""In units of γ's own scale: beyond, a spectrum that does not end is left to the exponentials found."""
SHARES = (3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)
"""Precisions of γ in units of the tolerance, tried in turn; each costs a few exponentials more."""
PRECISIONS = (1e-9, 1e-11, 1e-13)
"""Precisions tried after them."""
SLOPES = (1.0, 0.3, 0.1, 0.01)
"""|Im ν|/Re ν up to which a rate is made real, tried in turn."""
MORE = 8
"""Candidates for a hierarchy that are looked at after the first that suffices: a few terms less are many operators."""
ALIKE = 0.1
"""Relative distance within which two rates are each other's conjugates."""
LATEST = 40.0
"""Octaves of C's own time after which a tail that does not end is given up."""
RATES_A_DECADE = (4.0, 5.0, 6.0, 7.0, 9.0, 12.0)
"""Numbers a decade of rates that are spread evenly, tried in turn."""
FASTEST = 1250.0
"""The fastest of them times the first panel of C, on whose nodes it can still be told."""
EARLIER = 14
"""Octaves inside the first panel of C on which a sum is compared with it: beyond the fastest rate."""
GROWN, GROWN_CLOSED = 1e6, 100.0
"""Σ|c/ν| of a sum in ∫|C|: terms that cancel beyond it lose its digits, or make a hierarchy of it diverge."""
RANK = 1e-13
"""Singular values below this part of the largest are rounding: coefficients that need them grow without use."""
Spectrum = tuple[RealArray, RealArray]
"""Frequencies, and γ there."""
COARSE = 1e-5
"""Precision of γ that shows which terms turn."""


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
    squares, of γ or of C, whichever is nearer; the error by quadrature of the bath's own C, and for all times of what
    is left of C after the last node as a power of t.

    Raises
    ------
    ValueError
        The best sum misses more than `tol`; the message says how much. Or C decays so slowly that ∫|C| does not end.
    """
    duration, tol = as_positive_or_infinite("duration", duration), as_positive("tol", tol)
    window, tail = (duration, 0.0) if math.isfinite(duration) else _window(bath, tol)
    memory = memory_of(bath, window)
    t, weights, c = _nodes(memory, window)
    size = float(weights @ np.abs(c))
    if size == 0.0:
        return ExponentialSum(np.zeros(0, np.complex128), np.zeros(0, np.complex128), duration, 0.0, 0.0)
    grown = GROWN_CLOSED if closed else GROWN

    def fitted(rates: ComplexArray, spectrum: Spectrum | None) -> ExponentialSum | None:
        """Return the nearest sum of these rates, or None where its terms cancel."""
        made = []
        fits = [] if spectrum is None else [_of_spectrum(*spectrum, rates)]
        for coefficients in (*fits, _of_times(t, weights, c, rates)):
            error = float(weights @ np.abs(c - np.exp(-np.outer(t, rates)) @ coefficients))
            if not math.isfinite(duration):
                error += tail + float(np.abs(coefficients / rates.real) @ np.exp(-rates.real * window))
            if np.abs(coefficients / rates).sum() <= grown * size:
                made.append(ExponentialSum(coefficients, rates, duration, error, error / size))
        return min(made, key=lambda x: x.error, default=None)

    best: ExponentialSum | None = None
    found: ExponentialSum | None = None
    more = MORE if closed else 0
    for rates, spectrum in _candidates(bath, memory, window, tol, closed):
        if found is not None and spectrum is None:
            break  # Rates that are spread evenly are more.
        if found is None or len(rates) < len(found):
            made = fitted(rates, spectrum)
            if made is not None and (best is None or made.error < best.error):
                best = made
            if made is not None and made.relative_error <= tol:
                found = made
        if found is not None:
            # A finer approximation of γ may have fewer rates near the real axis.
            if more == 0 or spectrum is None:
                break
            more -= 1
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


def _candidates(
    bath: Correlated, memory: _core.Expansion, window: float, tol: float, closed: bool
) -> Iterator[tuple[ComplexArray, Spectrum | None]]:
    """Yield rates, with the γ that they are the poles of, from few to many."""
    if bath.known_rates:
        known = np.array(bath.known_rates)
        yield np.unique(np.concatenate([known, known.conj()])) if closed else known, None
    # In units in which frequencies and γ are of order 1, whatever the bath's are.
    unit, w = 1.0 / bath.time_scale, _frequencies(bath, window)
    gamma = bath.power_spectrum(w)
    top = float(gamma.max(initial=0.0)) or 1.0
    coarse = [tol * share for share in SHARES if tol * share > PRECISIONS[0]]
    count = 0
    for precision in (*coarse, *PRECISIONS):
        rates = unit * _rates(w / unit, gamma / top, precision)
        if len(rates) > count:
            for each in _closed(rates) if closed else [rates]:
                yield each, (w, gamma)
        count = max(count, len(rates))
    # A branch point, as of J θ(ω) at zero temperature, is a continuum of rates, which a rational function of any
    # precision meets only with difficulty: rates spread evenly over their logarithm, and what turns beside them.
    turning = unit * _rates(w / unit, gamma / top, COARSE)
    turning = turning[np.abs(turning.imag) > 0.1 * turning.real]
    if closed:
        turning = np.concatenate([turning, turning.conj()])
    for per_decade in RATES_A_DECADE:
        low, high = 0.5 / window, FASTEST / float(memory.ends[1])
        spread = np.geomspace(low, high, max(2, int(np.log10(high / low) * per_decade)))
        yield np.concatenate([spread.astype(np.complex128), turning]), None


def _closed(rates: ComplexArray) -> Iterator[ComplexArray]:
    """Yield the rates with their conjugates, those within an angle of the real axis made real, from few to many."""
    count = 0
    for slope in SLOPES:
        real = np.abs(rates.imag) <= slope * rates.real
        rest = rates[~real]
        # Of two that are nearly conjugate one pair is enough.
        once = [
            k
            for k, x in enumerate(rest)
            if x.imag > 0.0 or np.abs(np.conj(x) - rest).min() > ALIKE * abs(x)
        ]
        pairs = rest[once]
        both = np.concatenate([np.abs(rates[real]).astype(np.complex128), pairs, pairs.conj()])
        if len(both) > count:
            yield both
        count = max(count, len(both))


def _window(bath: Correlated, tol: float) -> tuple[float, float]:
    """Return a time after which ∫|C| is at most a tenth of `tol` of all of it, and how much that is.

    |C| falls as a power of t, C ∝ t^{−p}, or faster: ∫_T^∞ |C| = T|C(T)|/(p − 1) with the p of the last octaves.
    """
    t = bath.time_scale * 2.0 ** np.linspace(-20.0, LATEST, 8 * int(LATEST + 20.0) + 1)
    size = np.abs(bath.correlation(t))
    # An oscillation is seen by its largest values in an octave.
    upper = np.maximum.accumulate(size[::-1])[::-1]
    whole = np.concatenate([[0.0], np.cumsum(0.5 * np.diff(t) * (upper[1:] + upper[:-1]))])
    with np.errstate(divide="ignore", invalid="ignore"):
        power = -np.log2(upper[16:] / upper[:-16]) / 2.0
        left = np.where(upper[16:] > 0.0, t[16:] * upper[16:] / np.maximum(power - 1.0, 0.0), 0.0)
    enough = np.flatnonzero(left <= 0.1 * tol * whole[16:])
    if len(enough) == 0:
        raise ValueError(
            f"{bath!r}: C(t) decays so slowly that ∫|C| is not known to {tol:g} from t ≤ {t[-1]:.2g}; give a finite "
            "duration or a larger tol"
        )
    return float(t[16:][enough[0]]), float(left[enough[0]])


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
