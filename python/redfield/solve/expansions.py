"""The baths of a system as a hierarchy takes them: sums of exponentials."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths import ExponentialSum, FlatBath
from redfield.baths.exponentials import exponential_sum
from redfield.baths.remainders import Terms, shortened
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

NO_CORRELATION = "a hierarchy needs baths with a correlation function: {}"
AT_ONCE = 0.1
"""Part of tol by which what acts at once, though it has a duration, may change the state."""


def sums_of(system: System, duration: float, tol: float) -> list[ExponentialSum]:
    """Return the bath of each coupling as a sum of exponentials, closed under conjugation.

    Raises
    ------
    TypeError, ValueError
        Couplings or baths are such that no hierarchy exists.
    """
    require_sums(system)
    try:
        return [
            exponential_sum(system.coupling_bath(j), duration, tol, True)
            for j in range(len(system.couplings))
        ]
    except NotImplementedError as missing:
        raise ValueError(NO_CORRELATION.format(missing)) from None


def require_sums(system: System) -> None:
    """TypeError or ValueError where couplings or baths are such that no hierarchy exists."""
    system.require_independent("a hierarchy")
    for j, bath in enumerate(map(system.coupling_bath, range(len(system.couplings)))):
        if bath.exchange:
            raise ValueError(
                f"baths[{j}] = {bath!r} exchanges particles; a hierarchy is of bosonic baths"
            )
        if isinstance(bath, FlatBath):
            raise ValueError(
                f"baths[{j}] = {bath!r} has no memory: C(t) is a δ, of which Redfield's equation is exact"
            )


def terms_of(system: System, duration: float, tol: float, bandwidth: float | None = None) -> list[Terms]:
    """Return the bath of each coupling; its fastest terms act at once, c e^{−νt} → (c/ν)·2δ(t), where that is harmless.

    Between t and the end of a term the state moves by the part v/ν, v the bandwidth of H and the force of the bath, and
    a start knows of it by |c/ν²|(a_max − a_min)². The bandwidth is that of a driven H(t) where it is given, infinite
    where nothing can act at once.
    """
    try:
        sums = sums_of(system, duration, (1.0 - AT_ONCE) * tol)
    except ValueError:
        sums = sums_of(system, duration, tol)
    if bandwidth is None:
        bandwidth = float(np.ptp(system.energies))
    if not np.isfinite(bandwidth):
        return [whole_of(s) for s in sums]
    made: dict[tuple[int, float], Terms] = {}  # of sums that equal couplings share
    found = []
    for j, s in enumerate(sums):
        spread = spread_of(system, j)
        if (id(s), spread) not in made:
            made[id(s), spread] = _without_fastest(s, bandwidth, spread, tol)
        found.append(made[id(s), spread])
    return found


def terminated_terms_of(
    system: System, duration: float, tol: float, bandwidth: float | None = None
) -> list[Terms]:
    """Return the bath of each coupling with as few terms as leave a rest of it that may act at once within tol.

    They are never more than those of `terms_of`, which only moves terms of a sum that is within tol itself.
    """
    require_sums(system)
    if bandwidth is None:
        bandwidth = float(np.ptp(system.energies))
    try:
        usual: list[Terms | None] = [*terms_of(system, duration, tol, bandwidth)]
    except ValueError:  # a shorter sum may do
        usual = [None] * len(system.couplings)
    found = []
    for j, other in enumerate(usual):
        try:
            bath, spread = system.coupling_bath(j), spread_of(system, j)
            made = shortened(bath, duration, tol, bandwidth, spread)
        except NotImplementedError as missing:
            raise ValueError(NO_CORRELATION.format(missing)) from None
        except ValueError:
            if other is None:
                raise
            made = other
        found.append(min([x for x in (other, made) if x is not None], key=_cost))
    return found


def _cost(terms: Terms) -> tuple[int, float]:
    return len(terms.rates), terms.relative_error


def spread_of(system: System, j: int) -> float:
    """a_max − a_min of the eigenvalues of a coupling."""
    couplings = system.couplings
    if isinstance(couplings, SiteProjectors):
        return float(abs(np.asarray(couplings.weights)[j])) if system.dimension > 1 else 0.0
    a = couplings[j]
    return float(np.ptp(np.linalg.eigvalsh(a if isinstance(a, np.ndarray) else a.toarray())))


def whole_of(s: ExponentialSum) -> Terms:
    """Return a sum none of which acts at once."""
    return Terms(s.coefficients, s.rates, 0j, s.relative_error, (s, np.zeros(len(s), np.bool_)))


def _without_fastest(s: ExponentialSum, bandwidth: float, spread: float, tol: float) -> Terms:
    c, rates = s.coefficients, s.rates
    size = s.error / s.relative_error if s.relative_error > 0.0 else float(np.abs(c / rates).sum())
    moved, missed = may_act_at_once(np.abs(c), rates, bandwidth, spread, size, s.relative_error, tol)
    remainder = complex((c[moved] / rates[moved]).sum())
    return Terms(c[~moved], rates[~moved], remainder, s.relative_error + missed, (s, moved))


def may_act_at_once(
    c: RealArray,
    rates: ComplexArray,
    bandwidth: float,
    spread: float,
    size: float,
    error: float,
    tol: float,
) -> tuple[npt.NDArray[np.bool_], float]:
    """Return which terms of |c| may act at once beside an error of the sum, and what that misses, of ∫|C| = size."""
    order = np.argsort(-np.abs(rates), kind="stable")
    speed = np.abs(rates)[order]
    slower = np.maximum(c.sum() - np.cumsum(c[order]), 0.0)
    later = np.cumsum((c / np.abs(rates) ** 2)[order])
    missed = later * (bandwidth + spread * np.sqrt(slower)) / max(size, 1e-300)
    # Conjugate rates stay together.
    apart = np.append(speed[:-1] > (1.0 + 1e-9) * speed[1:], True)
    fits = np.cumprod(
        (later * spread**2 <= AT_ONCE * tol) & (missed <= min(AT_ONCE * tol, tol - error))
    ).astype(np.bool_)
    count = int(np.max(np.nonzero(fits & apart)[0] + 1, initial=0))
    moved = np.zeros(len(rates), np.bool_)
    moved[order[:count]] = True
    return moved, float(missed[count - 1]) if count else 0.0
