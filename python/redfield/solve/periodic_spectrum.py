r"""Spectra of periodic states, averaged over the cycle in which light is emitted.

    S(ω) = (1/T)∫₀ᵀ dt ∫₀^∞ dτ [e^{iωτ}⟨δa(t+τ) δb(t)⟩ + e^{−iωτ}⟨δa(t) δb(t+τ)⟩].

With X(s) = ∫₀^∞ dτ e^{iωτ} 𝒱(s, s−τ) y(s−τ), y = bρ − ⟨b⟩ρ, the first half is the mean of tr[a X(s)] over a period, and
X is the periodic solution of

    Ẋ = (𝓛(s) + iω)X + y(s),   (in Ω − iω)X_n − Σ_m 𝓛_{n−m}X_m = y_n

between the Floquet modes, where 𝓛 = −i[ε, ·] + 𝒟(s) has the harmonics of the dissipator alone.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.results.periodic import PeriodicState
from redfield.solve.coupled_harmonics import Coupled

FEW = 512
"""Unknowns N²(2K + 1) of all harmonics up to which their matrix is solved at once; beyond, each frequency by GMRES."""
MOST = 4096
"""Unknowns up to which the matrix is solved where GMRES does not converge."""
SMALL = 1e-10
"""Part of the largest harmonic below which one is left out at first."""
CHECKED = 5
"""Frequencies at which twice as many harmonics are compared with those that are taken."""


class Harmonics:
    """The equation of a periodic system between its Floquet modes, as harmonics on a grid of a period.

    Attributes
    ----------
    dissipator : (M, N², N²) 𝒟_n on row-stacked X, n as of `numpy.fft.fftfreq`.
    """

    def __init__(self, solver: Any) -> None:
        self.system = solver.system
        self.n = self.system.dimension
        self.times = self.system.grid()
        self.modes = self.system.aligned_modes_at(self.times)
        self.dissipator = np.fft.fft(solver.dissipators(self.times), axis=0) / len(self.times)
        e = self.system.energies
        self.turning = -1j * (e[:, None] - e).ravel()
        self._coupled: Coupled | None = None

    def of(self, operators: ComplexArray) -> ComplexArray:
        """Return the harmonics between the modes of operators (M, N, N) at the times, or of one constant operator."""
        turned = self.modes.conj().transpose(0, 2, 1) @ operators @ self.modes
        series: ComplexArray = np.fft.fft(turned, axis=0) / len(self.times)
        return series

    def unknowns(self, most: int) -> int:
        """Return how many unknowns the harmonics |n| ≤ most are."""
        count: int = (2 * most + 1) * self.n**2
        return count

    def needed(self, *series: ComplexArray) -> int:
        """Return the largest |n| of a harmonic that is more than rounding."""
        orders = np.abs(np.fft.fftfreq(len(self.times)) * len(self.times))
        most = 0
        for each in series:
            sizes = np.linalg.norm(each.reshape(len(each), -1), axis=1)
            kept = orders[sizes > SMALL * max(float(sizes.max()), 1e-300)]
            most = max(most, int(kept.max(initial=0.0)))
        return most

    def coupled(self, most: int) -> Coupled:
        """Return the equations of the harmonics |n| ≤ most, the last of which is kept: both halves ask for it."""
        if self._coupled is None or self._coupled.most != most:
            self._coupled = Coupled(self, most)
        return self._coupled

    def matrix(self, most: int) -> ComplexArray:
        """Return 𝓛 − inΩ on the harmonics |n| ≤ most, ((2 most + 1)N²)².

        The conserved trace of each harmonic is bordered: the part of 𝓛 that is singular is moved, and nothing of trace
        0 is.
        """
        count, size = 2 * most + 1, self.n**2
        whole = np.zeros((count, size, count, size), dtype=np.complex128)
        m = len(self.times)
        for i in range(count):
            for j in range(count):
                if abs(i - j) <= (m - 1) // 2:
                    whole[i, :, j] = self.dissipator[(i - j) % m]
        frequency = self.system.frequency
        for i in range(count):
            whole[i, :, i] += np.diag(self.turning - 1j * frequency * (i - most)) - self.border
        return whole.reshape(count * size, count * size)

    @functools.cached_property
    def border(self) -> ComplexArray:
        """The part of each harmonic's trace by which 𝓛 is moved where it is singular, (N², N²)."""
        scale = max(float(np.abs(self.dissipator).max()), 1e-300)
        one = np.eye(self.n).ravel()
        border: ComplexArray = (scale / self.n * np.outer(one, one)).astype(np.complex128)
        return border

    def kept(self, series: ComplexArray, most: int) -> ComplexArray:
        """Return the harmonics −most … most, row-stacked."""
        m = len(self.times)
        out = np.zeros((2 * most + 1, self.n**2), dtype=np.complex128)
        for k in range(-most, most + 1):
            if abs(k) <= (m - 1) // 2:
                out[k + most] = series[k % m].ravel()
        return out.ravel()


def spectrum(
    solver: Any, a: ComplexArray, b: ComplexArray, w: RealArray, state: PeriodicState, tol: float
) -> ComplexArray:
    """Return S(ω), (F,).

    Raises
    ------
    MemoryError
        The dissipator over a period takes more than there is.
    ConvergenceError
        The harmonics do not settle, or GMRES does not.
    """
    harmonics = Harmonics(solver)
    rho = np.array([state.at(float(t)) for t in harmonics.times])
    halves = [_Half(harmonics, a, b @ rho, rho, -1j * w.astype(np.complex128))]
    if not np.array_equal(a, b.conj().T):
        halves.append(_Half(harmonics, b, rho @ a, rho, 1j * w.astype(np.complex128)))
    most = max(2, *(half.needed for half in halves), harmonics.needed(harmonics.dissipator))
    some = np.unique(np.linspace(0, len(w) - 1, min(len(w), CHECKED)).astype(int))
    few = [half.at(most, some) for half in halves]
    while True:
        more = [half.at(2 * most, some) for half in halves]
        change = max(float(np.abs(x - y).max()) for x, y in zip(few, more, strict=True))
        if change <= tol * max(float(np.abs(x).max()) for x in more):
            break
        if most > len(harmonics.times):
            raise _core.ConvergenceError(
                f"the spectrum changes by {change:.2g} between {most} and {2 * most} harmonics; give the "
                "PeriodicSystem more of them"
            )
        most, few = 2 * most, more
    parts = [half.all(most) for half in halves]
    if len(parts) == 1:
        return 2.0 * parts[0].real.astype(np.complex128)
    whole: ComplexArray = parts[0] + parts[1]
    return whole


class _Half:
    """Σ_n tr[a_{−n} X_n] of (z − 𝓛 + inΩ)X = y, y the part of x = bρ that decays."""

    def __init__(
        self, harmonics: Harmonics, a: ComplexArray, x: ComplexArray, rho: ComplexArray, z: ComplexArray
    ) -> None:
        self._harmonics, self._z = harmonics, z
        fluctuation = x - np.trace(x, axis1=1, axis2=2)[:, None, None] * rho
        self._source = harmonics.of(fluctuation)
        series = harmonics.of(np.broadcast_to(a, rho.shape))
        # tr[a X] = Σ (aᵀ)_kl X_kl, and the mean over a period takes n with −n.
        self._observed = np.roll(series[::-1], 1, axis=0).transpose(0, 2, 1)
        self.needed = harmonics.needed(self._source)

    def _solved(self, most: int, z: ComplexArray) -> ComplexArray | None:
        """Return the values at frequencies by GMRES; None of few unknowns, or where it fails and a matrix can do."""
        unknowns = self._harmonics.unknowns(most)
        if unknowns <= FEW:
            return None
        system = self._harmonics.coupled(most)
        row, right = (self._harmonics.kept(x, most) for x in (self._observed, self._source))
        try:
            return np.array([row @ system.solve(each, right) for each in z.tolist()])
        except _core.ConvergenceError:
            if unknowns > MOST:
                raise
            return None

    def at(self, most: int, which: Any) -> ComplexArray:
        """Return the values at some of the frequencies, each by a solution of its own."""
        solved = self._solved(most, self._z[which])
        if solved is not None:
            return solved
        matrix = self._harmonics.matrix(most)
        row, right = (self._harmonics.kept(x, most) for x in (self._observed, self._source))
        one = np.eye(len(matrix))
        return np.array([row @ np.linalg.solve(z * one - matrix, right) for z in self._z[which]])

    def all(self, most: int) -> ComplexArray:
        """Return the values at all frequencies by Schur's form, or by a solution each."""
        solved = self._solved(most, self._z)
        if solved is not None:
            return solved
        triangle, vectors = scipy.linalg.schur(self._harmonics.matrix(most), output="complex")
        row, right = (self._harmonics.kept(x, most) for x in (self._observed, self._source))
        row, right = row @ vectors, vectors.conj().T @ right
        values = np.empty(len(self._z), dtype=np.complex128)
        shifted, diagonal = -triangle, np.diag(triangle)
        for i, z in enumerate(self._z):
            np.fill_diagonal(shifted, z - diagonal)
            values[i] = row @ scipy.linalg.solve_triangular(shifted, right, check_finite=False)
        return values
