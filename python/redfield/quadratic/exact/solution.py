"""The exact solution of system and baths, which are quadratic too."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_count,
    as_covariance,
    as_kind,
    as_threads,
    as_times,
    as_tolerances,
)
from redfield._base.progress import Progress
from redfield._base.records import Record
from redfield.quadratic.contacts import Contacts
from redfield.quadratic.exact.discretised import Propagator, Star, discretise, recurrence_time
from redfield.quadratic.exact.landauer import SteadyIntegrals, steady_integrals
from redfield.quadratic.flow import Covariance, hermitian
from redfield.quadratic.result import Currents, Recorder, Result, SteadyState
from redfield.quadratic.system import System


class Exact(Record):
    r"""System and baths solved together, from the product of G0 and the baths' equilibria.

    .. math:: G(t) = U_{SS} G_0 U_{SS}^\dagger + U_{SB} f U_{SB}^\dagger, \qquad
              U = e^{-i H_{\mathrm{tot}} t}

    Each site's bath is discretised, `modes` modes at the nodes of Gauss–Legendre quadrature; U is expanded in
    Chebyshev polynomials of H_tot, matrix-free. The discrete baths send everything back after
    `recurrence_time`; later times are refused. Uniform couplings to identical baths separate into one small
    problem a mode, so that a thousand sites are no more work than a few tens with couplings of their own.

    `steady_state()` and `currents()` are integrals over energy of the continuum, without discretisation.

    Parameters
    ----------
    system : quadratic.System.
    modes : of each bath.

    Raises
    ------
    ValueError
        Too few modes for the density of states; one that decays too slowly to be cut off.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 8), beta=1.0, mu=0.2)
    >>> system = rf.quadratic.System(rf.models.chain(3), coupling=0.3, bath=bath)
    >>> exact = rf.quadratic.Exact(system, modes=100).evolve(np.zeros((3, 3)), [0.0, 4.0])
    >>> redfield = rf.quadratic.Redfield(system).evolve(np.zeros((3, 3)), [0.0, 4.0])
    >>> exact.densities[1].round(4), redfield.densities[1].round(4)
    (array([0.1377, 0.1222, 0.1377]), array([0.1481, 0.1299, 0.1481]))
    >>> exact.error < 1e-10
    True
    """

    def __init__(self, system: System, modes: int = 400) -> None:
        self.system = as_kind("system", system, System)
        self.modes = as_count("modes", modes)
        self._stars = [
            star_of(system.contacts, system.hamiltonian, m) for m in (self.modes, 2 * self.modes)
        ]
        contacts = system.contacts
        self._separates = contacts.identical and np.ptp(contacts.coupling) == 0.0

    @property
    def recurrence_time(self) -> float:
        """2π over the widest spacing of a bath's modes: the solution holds before."""
        return recurrence_of(self._stars[0])

    def evolve(
        self,
        G0: Any,
        tlist: Any,
        e_ops: Any = None,
        *,
        method: str = "auto",
        rtol: float = 1e-6,
        atol: float = 1e-9,
        threads: int | None = None,
        store_states: bool | None = None,
        progress: Progress = False,
        stop: _core.StopFlag | None = None,
    ) -> Result:
        """G(t), with 2·modes modes; `Result.error` is the largest difference from that with `modes`.

        Arguments are those of Equation.evolve; `modes` sets the accuracy, not rtol and atol; "auto" is the
        only method.

        Raises
        ------
        ValueError
            tlist spans more than the recurrence time; G0 is not the covariance of a state.
        """
        times = as_times("tlist", tlist)
        as_choice("method", method, ("auto",))
        as_tolerances(rtol, atol)
        as_threads(threads)
        n = self.system.dimension
        g0 = as_covariance("G0", G0, n, self.system.statistics)
        require_before_recurrence(times, self.recurrence_time, self.modes)
        recorder = Recorder(e_ops, n, store_states, self, stop)
        error = [0.0]
        states = self._compared(g0, times, error)
        return recorder.collect(times, states, progress, "exact", error=error)

    def _compared(self, g0: ComplexArray, times: RealArray, error: list[float]) -> Iterator[Covariance]:
        coarse, fine = (self._solve(star, g0, times) for star in self._stars)
        basis = self.system.eigenvectors if self._separates else None
        for a, b in zip(coarse, fine, strict=True):
            # No entry in any basis is larger than the Frobenius norm.
            difference = np.abs(a - b).max() if basis is None else np.linalg.norm(a - b)
            error[0] = max(error[0], float(difference))
            yield Covariance(b, basis)

    def _solve(self, star: Star, g0: ComplexArray, times: RealArray) -> Iterator[ComplexArray]:
        system = self.system
        if self._separates:
            star = replace(star, h=system.energies)
            g0 = system.eigenvectors.conj().T @ g0 @ system.eigenvectors
        propagate = Propagator(star, *star.bounds(float(np.abs(system.energies).max())))
        amplitudes = star.start(1 if self._separates else system.dimension)
        elapsed = times[0]
        for t in times:
            amplitudes = propagate(*amplitudes, t - elapsed)
            elapsed = t
            yield covariance_of(star, g0, *amplitudes, separate=self._separates)

    @functools.cached_property
    def _integrals(self) -> SteadyIntegrals:
        return steady_integrals(self.system)

    def steady_state(self) -> SteadyState:
        r"""G at late times, whatever G0 was.

        .. math:: G = \int\frac{d\omega}{2\pi} \mathcal G(\omega) P D(\omega) f(\omega) \mathcal G^\dagger(\omega),
                  \qquad \mathcal G^{-1} = \omega - h - P[\Delta(\omega) - \tfrac{i}{2}D(\omega)]

        Raises
        ------
        ConvergenceError
            There are bound states outside the baths' bands, or undamped modes: the late state depends on G0.
        """
        g, error = self._integrals.covariance, self._integrals.error
        occupations = np.linalg.eigvalsh(g)
        return SteadyState(g, error, (float(occupations[0]), float(occupations[-1])))

    def currents(self) -> Currents:
        r"""Steady currents from the baths into the system, by Landauer and Büttiker.

        .. math:: \dot N_j = \sum_k \int\frac{d\omega}{2\pi} T_{jk}(\omega)[f_j(\omega) - f_k(\omega)], \qquad
                  T_{jk} = J_j^2 D_j |\mathcal G_{jk}|^2 J_k^2 D_k

        and the same with ω in the integral for `energy`, which then counts the whole energy a particle
        brings (H_S and its coupling).

        Examples
        --------
        >>> import redfield as rf
        >>> left, right = (rf.ParticleBath(0.2, beta=1.0, mu=mu, band=(-50.0, 50.0)) for mu in (0.5, -0.5))
        >>> wire = rf.quadratic.System(rf.models.chain(3), [0.3, 0, 0.3], [left, left, right])
        >>> rf.quadratic.Exact(wire).currents().particle.round(6)
        array([ 0.001811, -0.001811])
        """
        contacts = self.system.contacts
        particle, energy = self._integrals.particle, self._integrals.energy
        per_bath, energies = contacts.per_bath(particle), contacts.per_bath(energy)
        mu = np.array([bath.mu for bath in contacts.baths])
        return Currents(per_bath, energies, energies - mu * per_bath, particle, energy)


def covariance_of(
    star: Star, g0: ComplexArray, system: ComplexArray, bath: ComplexArray, separate: bool = False
) -> ComplexArray:
    """From the conjugate rows of e^{−iHt}: those on the sites (N, C) and in the baths (K, M, C)."""
    if separate:
        amplitude = system[:, 0].conj()
        g = amplitude[:, None] * g0 * amplitude.conj()[None, :]
        filled = np.zeros(len(g))
        filled[star.sites] = np.einsum("km,km->k", star.occupations, np.abs(bath[:, :, 0]) ** 2)
        return hermitian(g + np.diag(filled))
    rows = bath.reshape(-1, bath.shape[2])
    g = system.conj().T @ g0 @ system + rows.conj().T @ (star.occupations.reshape(-1, 1) * rows)
    return hermitian(g)


def star_of(contacts: Contacts, h: Any, modes: int) -> Star:
    tables = [discretise(bath, modes) for bath in contacts.baths]
    sites = np.flatnonzero(contacts.coupling)
    chosen = [tables[contacts.bath_of_site[j]] for j in sites]
    energies, amplitudes, occupations = (
        np.array([table[i] for table in chosen]).reshape(len(sites), modes) for i in range(3)
    )
    return Star(h, sites, energies, contacts.coupling[sites, None] * amplitudes, occupations)


def recurrence_of(star: Star) -> float:
    return min((recurrence_time(e) for e in np.unique(star.energies, axis=0)), default=np.inf)


def require_before_recurrence(times: RealArray, recurrence: float, modes: int) -> None:
    span = float(times[-1] - times[0])
    if span > recurrence:
        raise ValueError(
            f"tlist spans {span:g}, but {modes} modes a bath return what they received after {recurrence:.4g}; "
            f"modes = {int(np.ceil(1.1 * modes * span / recurrence))} would last"
        )
