"""Rates of exponentials that a correlation function may be a sum of: poles of γ, or rates spread over all times."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths.memory import Correlated

MOST_TERMS = 100
POINTS_AN_OCTAVE = 12
"""Points an octave of the distance from each place where γ is not smooth."""
HIGHEST = 1e8
"""In units of γ's own scale: beyond, a spectrum that does not end is left to the exponentials found."""
SHARES = (3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4)
"""Precisions of γ in units of the tolerance, tried in turn; each costs a few exponentials more."""
PRECISIONS = (1e-9, 1e-11, 1e-13)
"""Precisions tried after them."""
COARSE = 1e-5
"""Precision of γ that shows which terms turn."""
SLOPES = (1.0, 0.3, 0.1, 0.01)
"""|Im ν|/Re ν up to which a rate is made real, tried in turn."""
ALIKE = 0.1
"""Relative distance within which two rates are each other's conjugates."""
RATES_A_DECADE = (3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0)
"""Numbers a decade of rates that are spread evenly, tried in turn."""
Spectrum = tuple[RealArray, RealArray]
"""Frequencies, and γ there."""


def candidates(
    bath: Correlated, window: float, span: tuple[float, float], tol: float, closed: bool
) -> Iterator[tuple[list[ComplexArray], Spectrum | None]]:
    """Yield sets of rates, each from few to many, with the γ that they are the poles of.

    Each approximation of γ is finer than the last, with more poles. Rates without a γ are spread evenly between those
    of `span` over their logarithm; C of a branch point, as J θ(ω) has at zero temperature, is a continuum of rates,
    which a rational function of any precision meets only with difficulty.
    """
    if bath.known_rates:
        known = np.array(bath.known_rates)
        yield [np.unique(np.concatenate([known, known.conj()])) if closed else known], None
    # In units in which frequencies and γ are of order 1, whatever the bath's are.
    unit, w = 1.0 / bath.time_scale, _frequencies(bath, window)
    gamma = bath.power_spectrum(w)
    top = float(gamma.max(initial=0.0)) or 1.0
    coarse = [tol * share for share in SHARES if tol * share > PRECISIONS[0]]
    count = 0
    for precision in (*coarse, *PRECISIONS):
        rates = unit * _rates(w / unit, gamma / top, precision)
        if len(rates) > count:
            yield list(_closed(rates)) if closed else [rates], (w, gamma)
        count = max(count, len(rates))
    turning = unit * _rates(w / unit, gamma / top, COARSE)
    turning = turning[(np.abs(turning.imag) > 0.1 * turning.real) & (turning.real > span[0])]
    if closed:
        turning = np.concatenate([turning, turning.conj()])
    for per_decade in RATES_A_DECADE:
        number = max(2, int(np.log10(span[1] / span[0]) * per_decade))
        spread = np.geomspace(*span, number).astype(np.complex128)
        yield [np.concatenate([spread, turning])], None


def _closed(rates: ComplexArray) -> Iterator[ComplexArray]:
    """Yield the rates with their conjugates, those within an angle of the real axis made real, from few to many."""
    before: ComplexArray | None = None
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
        # As many may be other ones: a pair, or two real rates made of it that are nearly equal.
        if before is None or (len(both) >= len(before) and not np.array_equal(both, before)):
            yield both
            before = both


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
