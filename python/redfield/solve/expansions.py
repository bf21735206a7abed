"""The baths of a system as a hierarchy takes them: sums of exponentials."""

from __future__ import annotations

from redfield.baths import ExponentialSum, FlatBath
from redfield.baths.exponentials import exponential_sum
from redfield.systems.system import System


def sums_of(system: System, duration: float, tol: float) -> list[ExponentialSum]:
    """Return the bath of each coupling as a sum of exponentials, closed under conjugation.

    Raises
    ------
    TypeError, ValueError
        Couplings or baths are such that no hierarchy exists.
    """
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
    try:
        return [
            exponential_sum(system.coupling_bath(j), duration, tol, True)
            for j in range(len(system.couplings))
        ]
    except NotImplementedError as missing:
        raise ValueError(f"a hierarchy needs baths with a correlation function: {missing}") from None
