"""Floquet modes of a quadratic Hamiltonian that repeats: u(t, 0) = Φ(t) e^{−iεt} Φ†(0), Φ(t) = Σ_n Φ_n e^{inΩt}.

The core follows the propagator of h(t) over a period and diagonalises it. Quasi-energies are chosen modulo Ω near the
mean of h in their modes, equal ones alike. Φ is transformed at a number of points that doubles until the harmonics
beyond a quarter of them are below the tolerance.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_moment, require_memory
from redfield.quadratic.contacts import Contacts
from redfield.quadratic.tables import InterpolatedTables
from redfield.systems.drives.made import Made
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.panels import floquet_modes
from redfield.systems.drives.window import Window

MIN_POINTS = 16
MAX_POINTS = 4096
MOMENTS = 2.0
"""Points of the first Fourier transform in the shortest interval in which h changes."""


class Harmonic(NamedTuple):
    """The part of harmonic n: Φ_n, ω_k = ε_k − nΩ, and the rows J²(½D + iΔ)(ω_k)∘Φ_n and J²Γ_22(−ω_k)*∘Φ_n."""

    phi: ComplexArray
    frequencies: RealArray
    damped: ComplexArray
    gained: ComplexArray


class FloquetBasis:
    """Modes, quasi-energies and harmonics of h(t) = h(t + T).

    Parameters
    ----------
    hamiltonian, period, breakpoints : h on [0, T].
    tol : of the harmonics kept, ‖(Φ_n)_{|n| > harmonics}‖/√N.
    degeneracy : quasi-energies this near are one, an energy; default 1e-9 Ω, at least their rounding.
    """

    def __init__(
        self,
        hamiltonian: TimeOperator,
        period: float,
        tol: float,
        breakpoints: tuple[float, ...],
        degeneracy: float | None = None,
    ) -> None:
        self.period, self.frequency, self.tol = period, 2.0 * np.pi / period, tol
        self._drive: Made = hamiltonian.core(Window(0.0, period, np.inf, breakpoints))
        self.core: _core.FloquetModes = floquet_modes(self._drive, [], period)
        self.quasienergies: RealArray = self.core.quasienergies
        """(N,) in [−Ω/2, Ω/2), ascending."""
        self.degeneracy = (
            max(1e-9 * self.frequency, _core.degeneracy_tol(self.quasienergies))
            if degeneracy is None
            else degeneracy
        )

    def frame(self, t: float) -> ComplexArray:
        """u(t, 0)Φ(0) = Φ(t) e^{−iεt} at a time within a period of 0."""
        return self.core.frame(t)

    def modes(self, t: float) -> ComplexArray:
        """Φ(t), (N, N): column k is the mode of quasienergies[k]."""
        t = as_moment("t", t)
        since = t - self.period * np.floor(t / self.period)
        phi: ComplexArray = self.frame(since) * np.exp(1j * self.quasienergies * since)
        return phi

    def aligned_modes(self, t: float) -> ComplexArray:
        """Φ(t) of the modes that belong to `energies`, (N, N)."""
        turn = np.round((self.energies - self.quasienergies) / self.frequency) * self.frequency
        phi: ComplexArray = self.modes(t) * np.exp(1j * turn * t)
        return phi

    @functools.cached_property
    def energies(self) -> RealArray:
        """(N,) quasi-energies plus multiples of Ω, near the mean of h in each mode.

        Modes of one quasi-energy modulo Ω have one energy.
        """
        folded, energies = self.quasienergies, self.core.energies.copy()
        first, last = 0, len(folded) - 1
        for k in range(1, len(folded)):
            if folded[k] - folded[k - 1] > self.degeneracy:
                first = k
            elif first < k:
                energies[k] = folded[k] + (energies[first] - folded[first])
        # The last and the first are neighbours on the circle.
        if last > 0 and self.frequency - (folded[last] - folded[0]) <= self.degeneracy:
            chain = np.concatenate([[True], np.diff(folded) <= self.degeneracy]).cumprod().astype(bool)
            energies[chain] = folded[chain] + (energies[last] - folded[last]) + self.frequency
        return energies

    @functools.cached_property
    def series(self) -> ComplexArray:
        """Φ_n of the modes that belong to `energies`, (2 harmonics + 1, N, N), n from −harmonics."""
        n, points = len(self.quasienergies), MIN_POINTS
        while points < min(MOMENTS * self.period / self._drive.shortest(), MAX_POINTS):
            points *= 2
        while True:
            require_memory(f"{points} moments of {n} Floquet modes", 32.0 * points * n * n)
            times = np.arange(points) * (self.period / points)
            phi = np.array([self.aligned_modes(float(t)) for t in times])
            series = scipy.fft.fft(phi, axis=0, overwrite_x=True, workers=2)
            series /= points
            weight = np.einsum("tjk,tjk->t", series, series.conj()).real / n
            order = np.abs(np.rint(np.fft.fftfreq(points) * points).astype(int))
            beyond = np.array([weight[order > m].sum() for m in range(points // 2)])
            enough = np.nonzero(beyond <= self.tol**2)[0]
            if len(enough) and enough[0] <= points // 4:
                kept = int(enough[0])
                return np.concatenate([series[points - kept :], series[: kept + 1]])
            points *= 2
            if points > MAX_POINTS:
                raise _core.ConvergenceError(
                    f"the modes have more than {points // 8} harmonics: {beyond[points // 8] ** 0.5:.2g} of them lies "
                    f"beyond, above tol = {self.tol:g}; hamiltonian(t) jumps or is rough"
                )

    @property
    def harmonics(self) -> int:
        """Harmonics kept of either sign."""
        return len(self.series) // 2

    @property
    def frequencies(self) -> RealArray:
        """(2 harmonics + 1, N) ε_k − nΩ."""
        n = np.arange(-self.harmonics, self.harmonics + 1)
        return self.energies - self.frequency * n[:, None]

    def turns(self, t: float) -> ComplexArray:
        """e^{inΩt} of each harmonic, (2 harmonics + 1,)."""
        n = np.arange(-self.harmonics, self.harmonics + 1)
        phases: ComplexArray = np.exp(1j * self.frequency * n * (t % self.period))
        return phases

    def grid(self) -> RealArray:
        """Return times in a period, from 0, that resolve the harmonics of a state."""
        count = max(MIN_POINTS, int(2 ** np.ceil(np.log2(4 * self.harmonics + 1))))
        times: RealArray = np.linspace(0.0, self.period, count, endpoint=False)
        return times

    def by_harmonic(self, contacts: Contacts, lamb_shift: bool) -> Iterator[Harmonic]:
        """Yield the action of the baths at every harmonic, n from −harmonics."""
        e, tables = self.energies, InterpolatedTables(contacts, lamb_shift)
        reach = self.harmonics * self.frequency
        tables(np.array([e.min() - reach, e.max() + reach]))  # the whole range
        for phi, w in zip(self.series, self.frequencies, strict=True):
            yield Harmonic(phi, w, *contacts.rows(phi, tables(w)))
