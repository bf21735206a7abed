"""Quadratic systems written out: on Fock space, and as matrix functions of h."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

import redfield as rf

from reference import Array, random_hermitian, random_unitary


def lead(
    statistics: str = "fermion", beta: float = 0.7, mu: float = -0.4, strength: float = 0.3
) -> rf.ParticleBath:
    """A smooth band that is not symmetric."""
    if statistics == "boson":
        return rf.ParticleBath(
            lambda w: strength * w**2 * np.exp(-w), beta, mu, "boson", band=(0.0, np.inf)
        )
    return rf.ParticleBath(lambda w: strength * np.exp(-((w - 0.5) ** 2) / 18.0), beta, mu, scale=3.0)


def hamiltonian(n: int, seed: int, statistics: str = "fermion") -> Array:
    """Random and complex; of bosons with a spectrum above zero."""
    h = random_hermitian(n, seed)
    if statistics == "boson":
        e, u = np.linalg.eigh(h)
        h = (u * (1.0 + (e - e[0]) / (np.ptp(e) + 1e-9))) @ u.conj().T
    return h


def coupling(n: int, seed: int) -> Array:
    return np.random.default_rng(seed + 1000).uniform(0.1, 0.6, n)


def covariance(n: int, seed: int, statistics: str = "fermion") -> Array:
    """A physical G with coherences."""
    u = random_unitary(n, seed + 77)
    filling = np.random.default_rng(seed).uniform(0.0, 1.0 if statistics == "fermion" else 0.1, n)
    return (u * filling) @ u.conj().T


class FockSpace:
    """Operators of a quadratic system on Fock space, and the covariance of its states."""

    def __init__(self, h: Array, statistics: str, levels: int = 2) -> None:
        n = len(h)
        self.a = [
            x.toarray()
            for x in (
                rf.operators.fermions(n) if statistics == "fermion" else rf.operators.bosons(n, levels)
            )
        ]
        self.statistics = statistics
        self.hamiltonian = self.one_body(h)

    def one_body(self, o: Array) -> Array:
        a, n = self.a, len(self.a)
        return sum(o[j, k] * a[j].T @ a[k] for j in range(n) for k in range(n))

    def covariance(self, rho: Array) -> Array:
        return np.array([[np.trace(ak.T @ aj @ rho) for ak in self.a] for aj in self.a])

    def gaussian(self, g: Array) -> Array:
        """The Gaussian state of covariance G."""
        n, u = np.linalg.eigh(g)
        ratio = n / (1.0 - n) if self.statistics == "fermion" else n / (1.0 + n)
        rho = scipy.linalg.expm(self.one_body((u * np.log(ratio)) @ u.conj().T))
        return rho / np.trace(rho)

    def equation(self, kind: Any, j: Array, baths: Any, **options: Any) -> rf.equations.Equation:
        couplings, spectra = rf.particle_exchange([w * a for w, a in zip(j, self.a, strict=True)], baths)
        return kind(rf.System(self.hamiltonian, couplings, spectra), **options)


def function_of(h: Array, f: Any) -> Array:
    e, u = np.linalg.eigh(h)
    return (u * f(e)) @ u.conj().T


def redfield_matrices(
    h: Array, j: Array, baths: list[rf.ParticleBath], sign: float = 1.0
) -> tuple[Array, Array]:
    """M = ih + Σ_j P_j [Γ_11(h) − ζΓ_22(−h)†], Q from matrix functions of h, P_j a projector on site j.

    sign = −1 turns the Lamb shift round.
    """
    zeta = -1.0 if baths[0].statistics == "fermion" else 1.0
    m, q = 1j * h.astype(complex), np.zeros_like(h, dtype=complex)
    for site, bath in enumerate(baths):
        p = np.zeros_like(m)
        p[site, site] = j[site] ** 2

        def one(b: rf.Bath, w: Array) -> Array:
            return 0.5 * b.power_spectrum(w) + 1j * sign * b.lamb_shift(w)

        g11 = function_of(h, lambda w, b=bath: one(b.removal, w))
        g22 = function_of(h, lambda w, b=bath: one(b.injection, -w))
        m += p @ (g11 - zeta * g22.conj().T)
        q += g22 @ p + p @ g22.conj().T
    return m, q


def evolve_matrices(m: Array, q: Array, g: Array, t: float) -> Array:
    """G(t) as a vector, by the exponential of the N²×N² matrix (row-stacked)."""
    n = len(m)
    one = np.eye(n)
    liouvillian = -np.kron(m, one) - np.kron(one, m.conj())
    augmented = np.zeros((n * n + 1, n * n + 1), dtype=complex)
    augmented[: n * n, : n * n] = liouvillian
    augmented[: n * n, n * n] = q.ravel()
    vector = scipy.linalg.expm(augmented * t) @ np.append(g.ravel().astype(complex), 1.0)
    return vector[:-1].reshape(n, n)


def moving(n, seed, statistics="fermion"):
    """A drive that neither commutes with itself nor has a period."""
    a = hamiltonian(n, seed, statistics)
    b = 0.3 * random_hermitian(n, seed + 5) / n
    if statistics == "boson":
        a = a + 0.5 * np.eye(n)
    return lambda t: a + np.sin(0.7 * t) * b + 0.1 * np.cos(1.9 * t) * (b @ b)
