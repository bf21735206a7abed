"""The leads of a system as a fermionic hierarchy takes them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray
from redfield.baths.leads import LeadSum, lead_sum
from redfield.baths.particle import ParticleExchange
from redfield.solve.expansions import AT_ONCE, may_act_at_once
from redfield.systems.couplings import same
from redfield.systems.system import System


class Lead(NamedTuple):
    """The couplings a and a† of one lead, both its functions as sums of exponentials, and ∫|C − Σ|/∫|C|.

    `removed_at_once` and `injected_at_once` are Σ c/ν of those exponentials that act at once.
    """

    removal: int
    injection: int
    removed: ComplexArray
    injected: ComplexArray
    rates: ComplexArray
    removed_at_once: complex
    injected_at_once: complex
    relative_error: float


def pairs_of(system: System) -> list[tuple[int, int]]:
    """Return the couplings a and a† of each lead.

    Raises
    ------
    ValueError
        A bath exchanges no fermions, or a coupling has no partner.
    """
    lowering: list[int] = []
    raising: list[int] = []
    for j in range(len(system.couplings)):
        bath = system.coupling_bath(j)
        if not isinstance(bath, ParticleExchange):
            raise ValueError(
                f"baths[{j}] = {bath!r} exchanges no particles and others do: a hierarchy is of leads alone or of "
                "bosonic baths alone"
            )
        if bath.bath.statistics != "fermion":
            raise ValueError(
                f"baths[{j}] = {bath!r} exchanges bosons; a hierarchy of leads is of fermions"
            )
        (lowering if bath.exchange > 0 else raising).append(j)
    pairs = []
    for j in lowering:
        adjoint = system.couplings[j].conj().T
        partner = next((k for k in raising if _is_partner(system, j, k, adjoint)), None)
        if partner is None:
            raise ValueError(
                f"couplings[{j}] takes fermions out of the system and no coupling of the same lead is its adjoint, "
                "which brings them; rf.particle_exchange gives both"
            )
        raising.remove(partner)
        pairs.append((j, partner))
    if raising:
        raise ValueError(
            f"couplings[{raising[0]}] brings fermions into the system and no coupling of the same lead is its adjoint, "
            "which takes them out; rf.particle_exchange gives both"
        )
    return pairs


def _is_partner(system: System, j: int, k: int, adjoint: npt.NDArray[Any]) -> bool:
    one, other = system.coupling_bath(j), system.coupling_bath(k)
    return one.reservoir is other.reservoir and same(adjoint, system.couplings[k])


def leads_of(system: System, duration: float, tol: float) -> list[Lead]:
    """Return the lead of each pair of couplings; its fastest terms act at once where that is harmless."""
    leads = []
    bandwidth = float(np.ptp(system.energies))
    for j, k in pairs_of(system):
        lead = system.coupling_bath(j).reservoir
        try:
            found = lead_sum(lead, duration, (1.0 - AT_ONCE) * tol)
        except ValueError:
            found = lead_sum(lead, duration, tol)
        leads.append(_without_fastest(j, k, found, bandwidth, _norm(system.couplings[j]), tol))
    return leads


def _norm(a: Any) -> float:
    return float(np.linalg.norm(a if isinstance(a, np.ndarray) else a.toarray(), 2))


def _without_fastest(j: int, k: int, found: LeadSum, bandwidth: float, size: float, tol: float) -> Lead:
    """Let the fastest terms act at once, c e^{−νt} → (c/ν)·2δ(t), as long as that changes the state by little.

    Both functions share a rate, so that a term is weighed by |r| + |i|; otherwise as of bosonic baths.
    """
    c, rates = np.abs(found.removed) + np.abs(found.injected), found.rates
    fits, missed = may_act_at_once(c, rates, bandwidth, 2.0 * size, found.size, found.relative_error, tol)
    kept = ~fits
    return Lead(
        j,
        k,
        found.removed[kept],
        found.injected[kept],
        rates[kept],
        complex((found.removed[fits] / rates[fits]).sum()),
        complex((found.injected[fits] / rates[fits].conj()).sum()),
        found.relative_error + missed,
    )


def parity_of(system: System) -> ComplexArray | None:
    """(−1)^N̂ of a system whose particle number is known, up to its sign."""
    if system.number is None:
        return None
    numbers, vectors = np.linalg.eigh(np.asarray(system.number))
    numbers = numbers - numbers[0]
    if np.abs(numbers - np.round(numbers)).max() > 1e-8:
        raise ValueError(f"number must have integer eigenvalues, got {numbers} above the least")
    sign = 1.0 - 2.0 * (np.round(numbers) % 2.0)
    parity: ComplexArray = ((vectors * sign) @ vectors.conj().T).astype(np.complex128)
    return parity
