"""Shorter sums of exponentials, whose rest acts at once.

    C(t) = Σ_k c_k e^{−ν_k t} + R(t),   R(t) → d·2δ(t),   d = ∫R dt   (Ishizaki & Tanimura, doi:10.1143/JPSJ.74.3131)

What R does at t it does with the state at t − s, what acts at once with that at t: over s the state moves by v s, at
most 2. The error is ∫|R(s)| min(2, v s)ds, and where a state starts beside its bath ∫|R(s)| s ds of what the bath has
not yet begun.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray
from redfield.baths.exponentials import ExponentialSum
from redfield.baths.memory import Correlated
from redfield.baths.poles import candidates
from redfield.baths.sampled import later, of_spectrum, of_times, sampled

FARTHEST = 2.0
"""Trace norm of the difference of two states, at most."""
GROWN = 100.0
"""Σ|c/ν| of a sum in ∫|C|, beyond which a hierarchy of it diverges."""
TRIED = 24
"""Sets of rates that are looked at."""


class Terms(NamedTuple):
    """The exponentials of a coupling's bath, d = ∫R of what acts at once, and the error in ∫|C|.

    `source` is the sum they are of, and which of its terms are in d alone; None where R is the rest of C.
    """

    coefficients: ComplexArray
    rates: ComplexArray
    remainder: complex
    relative_error: float
    source: tuple[ExponentialSum, npt.NDArray[np.bool_]] | None = None


@functools.lru_cache(maxsize=64)
def shortened(bath: Correlated, duration: float, tol: float, bandwidth: float, spread: float) -> Terms:
    """Return the fewest exponentials found, closed under conjugation, of which the rest may act at once within `tol`.

    Of as few it is the sum of the least error.

    Parameters
    ----------
    bandwidth : how fast H moves the state.
    spread : a_max − a_min of the coupling, by which the bath does.

    Raises
    ------
    ValueError
        No sum suffices; or C decays too slowly.
    """
    window, tail, t, weights, c, size = known = sampled(bath, duration, tol)
    if size == 0.0:
        return Terms(np.zeros(0, np.complex128), np.zeros(0, np.complex128), 0j, 0.0)
    whole = complex(weights @ c)

    def missed(coefficients: ComplexArray, rates: ComplexArray) -> float:
        """∫|R| min(2, v s) in ∫|C|, and what a start misses."""
        rest = weights * np.abs(c - np.exp(-np.outer(t, rates)) @ coefficients)
        speed = bandwidth + spread * math.sqrt(abs(coefficients.sum()))
        error = float(rest @ np.minimum(FARTHEST, speed * t)) / size
        if math.isfinite(duration):
            return error + spread**2 * float(rest @ t)
        after = later(coefficients, rates, window) if len(rates) else 0.0
        return error + FARTHEST * (tail + after) / size

    # The sum is to be near where the state has moved.
    speed = bandwidth + spread**2 * size
    moving = weights * np.minimum(1.0, np.maximum(speed, 1.0 / window) * t)
    found: Terms | None = None
    least = math.inf
    looked = 0
    for each, spectrum in candidates(bath, window, known.span(duration, tol), tol, True):
        if looked >= TRIED or (found is not None and spectrum is None):
            break
        for rates in each:
            looked += 1
            for kept in _without_fastest(rates):
                if found is not None and len(kept) > len(found.rates):
                    break
                fits = [of_times(t, moving, c, kept)] if len(kept) else [np.zeros(0, np.complex128)]
                if spectrum is not None and len(kept) == len(rates):
                    fits.append(of_spectrum(*spectrum, kept))
                for coefficients in fits:
                    if np.abs(coefficients / kept).sum() > GROWN * size:
                        continue
                    error = missed(coefficients, kept)
                    least = min(least, error)
                    cost = (len(kept), error)
                    if error <= tol and (
                        found is None or cost < (len(found.rates), found.relative_error)
                    ):
                        d = whole - complex((coefficients / kept) @ (1.0 - np.exp(-kept * window)))
                        found = Terms(coefficients, kept, d, error)
    if found is None:
        raise ValueError(
            f"{bath!r}: no sum of exponentials leaves a rest that may act at once within tol = {tol:g}; the best "
            f"misses {least:.2g}"
        )
    return found


def _without_fastest(rates: ComplexArray) -> Iterator[ComplexArray]:
    """Yield the slowest rates, none, one, …, all of them; conjugate ones stay together."""
    ordered = np.argsort(np.abs(rates), kind="stable")
    speed = np.abs(rates)[ordered]
    for count in range(len(rates) + 1):
        if count in (0, len(rates)) or speed[count] > (1.0 + 1e-9) * speed[count - 1]:
            yield rates[ordered[:count]]
