"""Correlation functions as sums of exponentials, with what the sum misses."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_positive
from redfield._base.checks.scalars import as_positive_or_infinite
from redfield._base.checks.types import Points
from redfield._base.records import Record, record
from redfield.baths.memory import Correlated, memory_of
from redfield.baths.poles import Spectrum, candidates

LATEST = 40.0
"""Octaves of C's own time after which a tail that does not end is given up."""
CONVERGES = 1.001
"""The least power of 1/t as which C falls of an integral ∫|C| that is told to be finite."""
EARLIER = 14
"""Octaves inside the first panel of C on which a sum is compared with it."""
UNCHANGED = 0.1
"""Part of the tolerance by which ∫C misses t·C(t) of times at which C has not changed: no rate need be faster."""
GROWN, GROWN_CLOSED = 1e6, 1e3
"""Σ|c/ν| of a sum in ∫|C|: terms that cancel beyond it lose its digits, or make a hierarchy of it diverge."""
RANK = 1e-13
"""Singular values below this part of the largest are rounding: coefficients that need them grow without use."""


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
    window, tail = (duration, 0.0) if math.isfinite(duration) else _window(bath, tol)
    memory = memory_of(bath, window)
    t, weights, c = _nodes(memory, window)
    size = float(weights @ np.abs(c))
    if size == 0.0:
        return ExponentialSum(np.zeros(0, np.complex128), np.zeros(0, np.complex128), duration, 0.0, 0.0)
    grown = GROWN_CLOSED if closed else GROWN
    # Of errors near |C| each, ∫|C − Σ|² /|C| is least where ∫|C − Σ| nearly is, though C may fall over many decades.
    size_then = np.maximum(_upper(np.abs(c)), tol * size / window)

    def fitted(rates: ComplexArray, spectrum: Spectrum | None) -> ExponentialSum | None:
        """Return the nearest sum of these rates, or None where its terms cancel."""
        made = []
        fits = [] if spectrum is None else [_of_spectrum(*spectrum, rates)]
        fits += [_of_times(t, x, c, rates) for x in (weights, weights / size_then)]
        for coefficients in fits:
            error = float(weights @ np.abs(c - np.exp(-np.outer(t, rates)) @ coefficients))
            if not math.isfinite(duration):
                error += tail + _later(coefficients, rates, window)
            if np.abs(coefficients / rates).sum() <= grown * size:
                made.append(ExponentialSum(coefficients, rates, duration, error, error / size))
        return min(made, key=lambda x: x.error, default=None)

    best: ExponentialSum | None = None
    found: ExponentialSum | None = None
    changed = np.abs(np.cumsum(weights * c) - t * c) > UNCHANGED * tol * size
    span = (3.0 if math.isinf(duration) else 0.5) / window, 3.0 / float(t[np.argmax(changed)])
    for each, spectrum in candidates(bath, window, span, tol, closed):
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


def _window(bath: Correlated, tol: float) -> tuple[float, float]:
    """Return a time after which ∫|C| is at most a tenth of `tol` of all of it, and how much that is.

    |C| falls as a power of t, C ∝ t^{−p}, or faster: ∫_T^∞ |C| = T|C(T)|/(p − 1) with the p of the last octaves.
    """
    t = bath.time_scale * 2.0 ** np.linspace(-20.0, LATEST, 8 * int(LATEST + 20.0) + 1)
    size = np.abs(bath.correlation(t))
    upper = _upper(size)
    whole = np.concatenate([[0.0], np.cumsum(0.5 * np.diff(t) * (upper[1:] + upper[:-1]))])
    with np.errstate(divide="ignore", invalid="ignore"):
        power = -np.log2(upper[16:] / upper[:-16]) / 2.0
        left = np.where(upper[16:] > 0.0, t[16:] * upper[16:] / np.maximum(power - 1.0, 0.0), 0.0)
    enough = np.flatnonzero(left <= 0.1 * tol * whole[16:])
    if len(enough) == 0:
        falls = f"C(t) falls as t^-{power[-1]:.3g}"
        if power[-1] < CONVERGES:
            raise ValueError(
                f"{bath!r}: ∫|C|dt diverges, {falls}, so that no sum of exponentials is near it for all times; "
                "a finite duration has one"
            )
        raise ValueError(
            f"{bath!r}: {falls}, so slowly that {left[-1] / whole[-1]:.2g} of ∫|C|dt comes after t = {t[-1]:.2g}, more "
            f"than a tenth of tol = {tol:g}; give a finite duration or a larger tol"
        )
    return float(t[16:][enough[0]]), float(left[enough[0]])


def _upper(size: RealArray) -> RealArray:
    """Return the largest |C| from each time on: of an oscillation its envelope."""
    upper: RealArray = np.maximum.accumulate(size[::-1])[::-1]
    return upper


def _later(coefficients: ComplexArray, rates: ComplexArray, window: float) -> float:
    """Bound ∫|Σ| after the window, by Σ|c e^{−νT}|/Re ν or, of terms that cancel, by Cauchy and Schwarz.

    (∫|Σ|dt)² ≤ (1/a) ∫|Σ|² e^{a(t − T)} dt with a = min Re ν.
    """
    left = coefficients * np.exp(-rates * window)
    slowest = float(rates.real.min())
    square = left @ (left.conj() / (rates[:, None] + rates.conj() - slowest)).sum(axis=1)
    rounding = 1e-15 * float(np.abs(left).sum()) ** 2 / slowest
    return min(
        float(np.sum(np.abs(left) / rates.real)),
        math.sqrt((max(float(square.real), 0.0) + rounding) / slowest),
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
