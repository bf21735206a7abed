"""The two correlation functions of a lead as sums of exponentials with common rates, for a hierarchy of fermions."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np

from redfield._base.checks import ComplexArray, as_positive
from redfield._base.checks.scalars import as_positive_or_infinite
from redfield._base.records import Record, record
from redfield.baths.exponentials import GROWN_CLOSED, exponential_sum
from redfield.baths.particle import ParticleBath
from redfield.baths.poles import frequencies_of
from redfield.baths.sampled import of_spectrum, of_times, sampled

SHARES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
"""Precisions of one function's own sum in units of the tolerance, tried in turn: its rates serve both."""


@record
class LeadSum(Record, answer=True):
    r"""Both correlation functions of a lead on [0, duration].

    .. math:: \langle f(t)f^\dagger\rangle \approx \sum_l r_l e^{-\nu_l t}, \qquad
              \langle f^\dagger(t)f\rangle \approx \sum_l i_l e^{-\nu_l^* t}

    Attributes
    ----------
    removed, injected, rates : (L,) complex r_l and i_l, energies squared, and ν_l, Re ν_l > 0.
    duration : the times it was made for and is certified on, infinite for all.
    size : ∫|C|dt of both functions together, an energy.
    relative_error : ∫|C − Σ|dt over them, of that.
    """

    removed: ComplexArray
    injected: ComplexArray
    rates: ComplexArray
    duration: float
    size: float
    relative_error: float


@functools.lru_cache(maxsize=64)
def lead_sum(lead: ParticleBath, duration: float, tol: float) -> LeadSum:
    """Return both functions as sums of few exponentials, of the rates that one of them alone is a sum of.

    The rates are the poles of D and f, which f D and (1 − f) D share.

    Raises
    ------
    ValueError
        The best sums miss more than `tol`, or the functions decay so slowly that ∫|C| does not end.
    """
    duration, tol = as_positive_or_infinite("duration", duration), as_positive("tol", tol)
    window, tail, t, weights, removal, _ = sampled(lead.removal, duration, tol)
    both = np.stack([removal, lead.injection.correlation(t).conj()])
    w = frequencies_of(lead.removal, window)
    spectra = np.stack([lead.removal.power_spectrum(w), lead.injection.power_spectrum(-w)])
    size = float((np.abs(both) @ weights).sum())
    if size == 0.0:
        none = np.zeros(0, np.complex128)
        return LeadSum(none, none, none, duration, 0.0, 0.0)

    def fitted(rates: ComplexArray) -> Iterator[LeadSum]:
        """Yield the sums of these rates that are nearest to the functions and to their spectra."""
        for c in (
            np.stack([of_times(t, weights, x, rates) for x in both]),
            np.stack([of_spectrum(w, x, rates) for x in spectra]),
        ):
            missed = float((np.abs(both - c @ np.exp(-np.outer(rates, t))) @ weights).sum())
            if not math.isfinite(duration):
                missed += tail + float(np.abs(c / rates.real).sum(axis=0) @ np.exp(-rates.real * window))
            if np.abs(c / rates).sum() <= GROWN_CLOSED * size:
                yield LeadSum(c[0], c[1].conj(), rates, duration, size, missed / size)

    best, why = math.inf, "their terms cancel"
    for share in SHARES:
        made: list[LeadSum] = []
        for bath in (lead.removal, lead.injection):
            try:
                rates = exponential_sum(bath, duration, share * tol).rates
            except ValueError as refused:
                why = str(refused)
                continue
            made += fitted(rates if bath is lead.removal else rates.conj())
        best = min([best, *(x.relative_error for x in made)])
        enough = [x for x in made if x.relative_error <= tol]
        if enough:
            return min(enough, key=lambda x: (len(x.rates), x.relative_error))
    raise ValueError(
        f"{lead!r}: no sums of exponentials within tol = {tol:g} of ∫|C| up to t = {duration:g} were found; "
        + (f"the best miss {best:.2g}" if math.isfinite(best) else why)
    )
