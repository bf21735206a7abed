r"""The exact steady state and its currents as integrals over energy.

.. math:: G = \int\frac{d\omega}{2\pi} \mathcal G P D f \mathcal G^\dagger, \qquad
          \mathcal G^{-1} = \omega - h - P[\Delta - \tfrac{i}{2}D], \qquad
          \dot N_j = \sum_k \int\frac{d\omega}{2\pi} T_{jk}[f_j - f_k], \quad
          T_{jk} = J_j^2 D_j |\mathcal G_{jk}|^2 J_k^2 D_k

by adaptive quadrature between the points where the integrand is not smooth or sharp (Landauer and Büttiker).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray
from redfield._core import ConvergenceError
from redfield.baths import ParticleBath
from redfield.quadratic.contacts import Contacts
from redfield.quadratic.covariance import hermitian
from redfield.quadratic.exact.discretised import support
from redfield.quadratic.system import QuadraticSystem

MISSING = 1e-6
"""Weight that the bands may lack before it is a bound state."""
RESONANCE = 3.0
"""Half-widths around a mode's energy where the integrand is split."""


@dataclass(frozen=True, eq=False)
class SteadyIntegrals:
    """G (N, N), and particle and energy currents into each site (N,).

    `error` is that of G, and of the currents in units of the largest rate and energy.
    """

    covariance: ComplexArray
    particle: RealArray
    energy: RealArray
    error: float


def steady_integrals(system: QuadraticSystem, tol: float) -> SteadyIntegrals:
    """Adaptive quadrature of 𝒢PDf𝒢†, 𝒢PD𝒢† (which must be 1) and of the transmissions."""
    n, contacts = system.dimension, system.contacts
    baths, of_site, strength = contacts.baths, contacts.bath_of_site, contacts.strength
    coupled = strength > 0.0

    def integrand(points: RealArray) -> RealArray:
        w = points[:, 0]
        damping = contacts.damping(w, True).T  # (points, N): ½D + iΔ
        f = np.array([_occupation(bath, w) for bath in baths])[of_site].T
        green = np.linalg.inv(
            w[:, None, None] * np.eye(n)
            - system.hamiltonian
            + 1j * np.einsum("pj,jk->pjk", strength * damping, np.eye(n))
        )
        rate = 2.0 * strength * damping.real
        adjoint = np.conj(np.swapaxes(green, 1, 2))
        filled = (green * (rate * f)[:, None, :]) @ adjoint
        whole = (green * rate[:, None, :]) @ adjoint
        transmission = rate[:, :, None] * np.abs(green) ** 2 * rate[:, None, :]
        flow = (transmission * (f[:, :, None] - f[:, None, :])).sum(axis=2)
        flow /= rates
        parts = (filled.real, filled.imag, whole.real, whole.imag, flow, w[:, None] / energies * flow)
        return np.concatenate([p.reshape(len(w), -1) for p in parts], axis=1) / (2.0 * np.pi)

    if not coupled.any():
        raise ConvergenceError(
            "steady_state: no site has a bath, so the late state depends on the initial one; "
            "evolve the rho0 you have for a long time"
        )
    edges = np.array(_edges(system))
    # Currents in units of the largest rate and energy, so that one tolerance serves all entries.
    energies = float(np.abs(edges).max())
    rates = (
        float((2.0 * strength[:, None] * contacts.damping(system.energies, False).real).max()) or energies
    )
    value, error = np.zeros(4 * n * n + 2 * n), 0.0
    for low, high in itertools.pairwise(edges):

        def smoothed(u: RealArray, low: float = low, span: float = high - low) -> RealArray:
            """Return the integrand over u, ω = low + span u²(3 − 2u), in which √ and 1/√ at an edge are smooth."""
            slope: RealArray = 6.0 * span * u * (1.0 - u)
            return integrand(low + span * u**2 * (3.0 - 2.0 * u)) * slope

        part = scipy.integrate.cubature(
            smoothed, [0.0], [1.0], rtol=0.0, atol=tol / len(edges), max_subdivisions=10_000
        )
        value += part.estimate
        error += float(np.max(part.error))
    filled, whole = (  # (N, N) complex
        (value[i * n * n : (i + 1) * n * n] + 1j * value[(i + 1) * n * n : (i + 2) * n * n]).reshape(n, n)
        for i in (0, 2)
    )
    missing = float(np.linalg.eigvalsh(np.eye(n) - hermitian(whole))[-1])
    if missing > MISSING:
        raise ConvergenceError(
            f"steady_state: the baths' bands hold only {1.0 - missing:.6g} of some mode; the rest is in bound "
            "states or undamped modes, so the late state depends on the initial one; "
            "evolve the rho0 you have for a long time"
        )
    particle = rates * value[4 * n * n : 4 * n * n + n]
    energy = rates * energies * value[4 * n * n + n :]
    return SteadyIntegrals(hermitian(filled), particle, energy, float(error))


def _occupation(bath: ParticleBath, w: RealArray) -> RealArray:
    """f inside the bath's band, where bosons have one."""
    inside = bath.density_of_states(w) > 0.0
    f: RealArray = np.where(inside, bath.occupation(np.where(inside, w, bath.mu + 1.0)), 0.0)
    return f


def _edges(system: QuadraticSystem) -> list[float]:
    """From the bottom of the baths' bands to their top by the points where the integrand is not smooth or sharp."""
    contacts: Contacts = system.contacts
    used = [contacts.baths[i] for i in np.unique(contacts.bath_of_site[contacts.strength > 0.0])]
    ends = [support(bath) for bath in used]
    low, high = min(e[0] for e in ends), max(e[1] for e in ends)
    points = {p for pair in ends for p in pair}
    for bath in used:
        points |= {bath.mu, *bath.empty.breakpoints}
        thermal = 0.0 if np.isinf(bath.beta) else 4.0 / bath.beta
        points |= {bath.mu - thermal, bath.mu + thermal}
    widths = contacts.strength[:, None] * contacts.damping(system.energies, False).real
    half = np.einsum("jm,jm->m", np.abs(system.eigenvectors) ** 2, widths)
    for energy, width in zip(system.energies, half, strict=True):
        points |= {float(energy + RESONANCE * k * width) for k in (-10, -1, 1, 10)}
    return sorted({float(p) for p in points if low <= p <= high})
