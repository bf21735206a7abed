"""A reference for periodic systems: Floquet modes by SciPy's solver, and sums over modes and harmonics."""

from __future__ import annotations

import numpy as np
import scipy

POINTS = 128
"""Times in a period."""


def propagators(h, period, points=POINTS):
    """U(t_i) by SciPy, (points + 1, N, N)."""
    n = len(h(0.0))

    def slope(t, y):
        return (-1j * h(t) @ y.reshape(n, n)).ravel()

    t = np.linspace(0.0, period, points + 1)
    found = scipy.integrate.solve_ivp(
        slope, (0.0, period), np.eye(n, dtype=complex).ravel(), "DOP853", t, rtol=1e-12, atol=1e-13
    )
    return found.y.T.reshape(-1, n, n)


class Reference:
    """Modes, harmonics A_n and frequencies by eigenvectors of U(T) and a discrete Fourier transform."""

    def __init__(self, h, period, couplings):
        self.period, self.omega = period, 2 * np.pi / period
        u = propagators(h, period)
        values, vectors = np.linalg.eig(u[-1])
        self.energies = -np.angle(values) / period
        self.u0 = vectors / np.linalg.norm(vectors, axis=0)
        t = np.arange(POINTS) * period / POINTS
        phi = u[:-1] @ self.u0 * np.exp(1j * np.multiply.outer(t, self.energies))[:, None, :]
        self.phi, self.t = phi, t
        self.n = np.rint(np.fft.fftfreq(POINTS) * POINTS).astype(int)
        self.harmonics = [
            np.fft.fft(phi.conj().transpose(0, 2, 1) @ a @ phi, axis=0) / POINTS for a in couplings
        ]

    def frequency(self, k, level, n):
        return self.energies[level] - self.energies[k] - n * self.omega

    def jumps(self, bath_of, tol=1e-7):
        """[(ω, A_j(ω), bath)]: what releases one frequency, of each coupling."""
        size = len(self.energies)
        out = []
        for series, bath in zip(self.harmonics, bath_of, strict=True):
            found = {}
            for i, n in enumerate(self.n):
                for k in range(size):
                    for m in range(size):
                        if abs(series[i, k, m]) < 1e-9:
                            continue
                        w = self.frequency(k, m, n)
                        key = next((key for key in found if abs(key - w) < tol), w)
                        matrix = found.setdefault(key, np.zeros((size, size), dtype=complex))
                        matrix[k, m] += series[i, k, m]
            out += [(w, a, bath) for w, a in found.items()]
        return out

    def davies(self, bath_of, lamb_shift=True):
        """𝓓 on column-stacked ρ̃ = (Φe^{−iεt})†ρΦe^{−iεt}."""
        size = len(self.energies)
        one, total = np.eye(size), np.zeros((size**2, size**2), dtype=complex)
        for w, a, bath in self.jumps(bath_of):
            w = 0.0 if abs(w) < 1e-9 else w
            gamma = float(bath.power_spectrum(np.array([w]))[0])
            eta = float(bath.lamb_shift(np.array([w]))[0]) if lamb_shift else 0.0
            k = (0.5 * gamma + 1j * eta) * a.conj().T @ a
            total += gamma * np.kron(a.conj(), a) - np.kron(one, k) - np.kron(k.conj(), one)
        return total

    def frame(self, t):
        """At multiples of the period."""
        return self.u0 * np.exp(-1j * self.energies * t)

    def evolve(self, matrix, rho0, t):
        """ρ(t) at a multiple of the period."""
        v = self.frame(0.0)
        start = np.linalg.inv(v) @ rho0 @ np.linalg.inv(v).conj().T
        moved = (scipy.linalg.expm(matrix * t) @ start.ravel(order="F")).reshape(start.shape, order="F")
        return self.frame(t) @ moved @ self.frame(t).conj().T
