"""The change Δ that the baths make in a state over one period, to first order.

In the interaction picture of H(t), with U(t) = Φ(t)e^{−iεt}Φ†(0) and 𝒟(t) the dissipator,

    Δρ = ∫₀ᵀ dt U†(t) 𝒟(t)[U(t) ρ U†(t)] U(t),

by Gauss and Legendre's quadrature with more points than the integrand oscillates.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.systems.periodic import PeriodicSystem


def of_dissipator(
    system: PeriodicSystem, dissipate: Callable[[ComplexArray, float], ComplexArray]
) -> Callable[[ComplexArray], ComplexArray]:
    """Return Δ of a dissipator 𝒟(t)ρ = dissipate(ρ, t) in the basis H is given in."""
    times, weights = _nodes(system, _count_nodes(system))
    frames = [system.core[0].frame(float(t)) for t in times]

    def change(rho: ComplexArray) -> ComplexArray:
        out = np.zeros_like(rho)
        for t, weight, u in zip(times.tolist(), weights, frames, strict=True):
            _core.poll()
            out += weight * (u.conj().T @ dissipate(u @ rho @ u.conj().T, t) @ u)
        return out

    return change


def of_redfield(
    system: PeriodicSystem, core: _core.FloquetRedfield
) -> Callable[[ComplexArray], ComplexArray]:
    """Return Δ of Redfield's equation, 𝒟ρ = Σ_j (Λ_jρA_j† − A_j†Λ_jρ + h.c.), from the harmonics of A_j and Λ_j."""
    e, n = system.energies, system.dimension
    points = _count_nodes(system)
    couplings = range(len(system.driven.couplings))
    require_memory("the couplings over a period", 64.0 * points * len(couplings) * n * n)
    times, weights = _nodes(system, points)
    phases = np.exp(1j * np.multiply.outer(times, e[:, None] - e))
    turns = system.turns(times)
    pairs = [
        tuple(phases * np.tensordot(turns, x, 1) for x in (system.of_coupling(j), core.series(j)))
        for j in couplings
    ]

    def change(rho: ComplexArray) -> ComplexArray:
        half = np.zeros((n, n), dtype=np.complex128)
        for a, lam in pairs:
            adjoint = a.conj().transpose(0, 2, 1)
            half += np.tensordot(weights, lam @ rho @ adjoint - adjoint @ lam @ rho, 1)
        whole: ComplexArray = half + half.conj().T  # ρ is Hermitian
        return whole

    return change


def _count_nodes(system: PeriodicSystem) -> int:
    """Return more times in a period than the products of couplings oscillate."""
    e = system.energies
    band = float(e.max() - e.min())
    return int(2.0 * np.pi * system.harmonics + band * system.period) + 30


def _nodes(system: PeriodicSystem, points: int) -> tuple[RealArray, RealArray]:
    """Return times in a period and the weights of the quadrature."""
    nodes, weights = scipy.special.roots_legendre(points)
    return 0.5 * system.period * (nodes + 1.0), 0.5 * system.period * weights
