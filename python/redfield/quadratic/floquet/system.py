"""A quadratic Hamiltonian that repeats, and its Floquet modes."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_hermitian,
    as_moment,
    as_positive,
    require_memory,
)
from redfield._base.records import Record
from redfield.baths import ParticleBath
from redfield.quadratic import driven
from redfield.systems.drives.made import Made
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.panels import floquet_modes, require_repeats
from redfield.systems.drives.window import Window, as_breakpoints

FEWEST_POINTS = 16
MOST_POINTS = 4096
MOMENTS = 2.0
"""Moments of the first Fourier transform in the shortest interval in which h changes."""


class System(Record):
    r"""N modes of fermions or bosons whose Hamiltonian repeats, each site with a bath of its own.

    .. math:: H_S(t) = \sum_{jk} h_{jk}(t) a_j^\dagger a_k, \quad h(t + T) = h(t), \qquad
              u(t, 0) = \Phi(t) e^{-i\varepsilon t} \Phi^\dagger(0), \quad \Phi(t) = \sum_n \Phi_n e^{in\Omega t}

    Parameters
    ----------
    hamiltonian : ``[h0, (h1, f1), …]``, a function t → (N, N) or a Spline; as of `redfield.driven.System`.
    period : T.
    coupling, bath, statistics : as of quadratic.System.
    tol : on what the harmonics kept leave out, ‖(Φ_n)_{|n| > harmonics}‖/√N.
    breakpoints : as of `redfield.floquet.System`.

    Attributes
    ----------
    quasienergies : (N,) in [−Ω/2, Ω/2), ascending.
    harmonics : those kept.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit; h does not repeat, or is not Hermitian at some t.
    ConvergenceError
        The harmonics fall off too slowly.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 18), beta=1.0)
    >>> drive = [rf.models.chain(3), (np.diag([0.5, 0.0, -0.5]), lambda t: np.cos(2.0 * t))]
    >>> System(drive, np.pi, coupling=0.4, bath=bath)
    quadratic.floquet.System(hamiltonian=TimeOperator(...), period=3.14159..., coupling=<3 float64 #...>, ...)
    """

    def __init__(
        self,
        hamiltonian: Any,
        period: float,
        coupling: npt.ArrayLike,
        bath: ParticleBath | Sequence[ParticleBath],
        statistics: str | None = None,
        *,
        tol: float = 1e-8,
        breakpoints: Any = (),
    ) -> None:
        self.breakpoints = as_breakpoints(breakpoints)
        self.hamiltonian = TimeOperator("hamiltonian", hamiltonian)
        self.period, self.tol = as_positive("period", period), as_positive("tol", tol)
        self.frequency = 2.0 * np.pi / self.period
        require_repeats(self.hamiltonian, self.period)
        for t in np.linspace(0.0, self.period, 17):
            as_hermitian(f"hamiltonian({t:g})", self.hamiltonian.at(float(t)))
        self.driven = driven.System(self._within_period, coupling, bath, statistics)
        self.contacts, self.dimension = self.driven.contacts, self.driven.dimension
        self.statistics = self.driven.statistics

    def _within_period(self, t: float) -> Any:
        return self.hamiltonian.at(t % self.period)

    @property
    def _given_coupling(self) -> RealArray:
        return self.contacts.coupling

    @property
    def _given_bath(self) -> Any:
        return self.contacts._given_bath

    @property
    def baths(self) -> tuple[ParticleBath, ...]:
        """The baths given, each object once."""
        return self.contacts.baths

    @property
    def quasienergies(self) -> RealArray:
        return self.core.quasienergies

    @property
    def harmonics(self) -> int:
        return len(self.series) // 2

    def modes(self, t: float) -> ComplexArray:
        """Φ(t), (N, N): column k the mode of quasienergies[k] in the basis h is given in."""
        t = as_moment("t", t)
        since = t - self.period * np.floor(t / self.period)
        phi: ComplexArray = self.core.frame(since) * np.exp(1j * self.quasienergies * since)
        return phi

    def unfolded(self, t: float) -> ComplexArray:
        """Φ(t) that belongs to `energies`, (N, N)."""
        turn = np.round((self.energies - self.quasienergies) / self.frequency) * self.frequency
        phi: ComplexArray = self.modes(t) * np.exp(1j * turn * t)
        return phi

    @functools.cached_property
    def core(self) -> _core.FloquetModes:
        """The modes in the compiled core."""
        return floquet_modes(self._made, [], self.period)

    @functools.cached_property
    def _made(self) -> Made:
        """h on a period in the compiled core."""
        return self.hamiltonian.core(Window(0.0, self.period, np.inf, self.breakpoints))

    @functools.cached_property
    def energies(self) -> RealArray:
        """(N,) quasi-energies plus multiples of Ω, near the mean of h in each mode; modes that have one quasi-energy
        modulo Ω have one energy.
        """
        folded, energies = self.quasienergies, self.core.energies.copy()
        first, last = 0, len(folded) - 1
        for k in range(1, len(folded)):
            if folded[k] - folded[k - 1] > self.degeneracy:
                first = k
            energies[k] = folded[k] + (energies[first] - folded[first]) if first < k else energies[k]
        # The last and the first are neighbours on the circle.
        if last > 0 and self.frequency - (folded[last] - folded[0]) <= self.degeneracy:
            chain = np.concatenate([[True], np.diff(folded) <= self.degeneracy]).cumprod().astype(bool)
            energies[chain] = folded[chain] + (energies[last] - folded[last]) + self.frequency
        return energies

    @property
    def degeneracy(self) -> float:
        """Quasi-energies this near are one."""
        return max(1e-9 * self.frequency, _core.degeneracy_tol(self.quasienergies))

    @functools.cached_property
    def series(self) -> ComplexArray:
        """Φ_n that belong to `energies`, (2 harmonics + 1, N, N), n from −harmonics."""
        n, points = self.dimension, FEWEST_POINTS
        while points < min(MOMENTS * self.period / self._made.shortest(), MOST_POINTS):
            points *= 2
        while True:
            require_memory(f"{points} moments of {n} Floquet modes", 32.0 * points * n * n)
            times = np.arange(points) * (self.period / points)
            phi = np.array([self.unfolded(float(t)) for t in times])
            found = scipy.fft.fft(phi, axis=0, overwrite_x=True, workers=2)
            found /= points
            weight = np.einsum("tjk,tjk->t", found, found.conj()).real / n
            order = np.abs(np.rint(np.fft.fftfreq(points) * points).astype(int))
            beyond = np.array([weight[order > m].sum() for m in range(points // 2)])
            enough = np.nonzero(beyond <= self.tol**2)[0]
            if len(enough) and enough[0] <= points // 4:
                most = int(enough[0])
                return np.concatenate([found[points - most :], found[: most + 1]])
            points *= 2
            if points > MOST_POINTS:
                raise _core.ConvergenceError(
                    f"the modes have more than {points // 8} harmonics: {beyond[points // 8] ** 0.5:.2g} of them lies "
                    f"beyond, above tol = {self.tol:g}; hamiltonian(t) jumps or is rough"
                )
