"""A quadratic Hamiltonian whose sites exchange particles with baths."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield.baths import ParticleBath
from redfield.baths.particle import occupation
from redfield.immutable import Immutable
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_choice,
    as_flag,
    as_hermitian,
    as_items,
    as_numeric,
    as_positive,
    as_real_number,
    require_finite,
)


class Contacts(Immutable):
    """Which bath each site has, how strongly, and what its spectra are: all but the Hamiltonian.

    H_SB = Σ_j J_j (a_j† B_j + h.c.); see System for the arguments.
    """

    def __init__(self, sites: int, coupling: Any, bath: Any, statistics: str | None) -> None:
        self.coupling = _as_coupling(coupling, sites)
        self.baths, self.bath_of_site = _as_baths(bath, sites)
        self.statistics = _as_statistics(statistics, self.baths)
        self.zeta = -1.0 if self.statistics == "fermion" else 1.0
        self.strength: RealArray = self.coupling**2
        """(N,) J_j²."""

    def damping(self, w: RealArray, lamb_shift: bool) -> ComplexArray:
        """(N, M) ½D_j(ω_m) + iΔ_j(ω_m) of each site's bath: Γ_11(ω) − ζΓ_22(−ω)*, free of temperature."""
        return self._of_sites(
            w,
            lambda b, w: 0.5 * b.density_of_states(w),
            (lambda b, w: b.level_shift(w)) if lamb_shift else None,
        )

    def gain(self, w: RealArray, lamb_shift: bool) -> ComplexArray:
        """(N, M) Γ_22(−ω_m) of each site's bath."""
        return self._of_sites(
            w,
            lambda b, w: 0.5 * b.injection.power_spectrum(-w),
            (lambda b, w: b.injection.lamb_shift(-w)) if lamb_shift else None,
        )

    def _of_sites(self, w: RealArray, half_rate: Any, shift: Any) -> ComplexArray:
        made: dict[ParticleBath, ComplexArray] = {}  # equal ones once
        for bath in self.baths:
            if bath in made:
                continue
            values = _finite(bath, "rate", half_rate(bath, w), w).astype(np.complex128)
            if shift is not None:
                values += 1j * _finite(bath, "Lamb shift", shift(bath, w), w)
            made[bath] = values
        table: ComplexArray = np.array([made[bath] for bath in self.baths])[self.bath_of_site]
        return table

    def per_bath(self, of_sites: RealArray) -> RealArray:
        """(B,) sums of a quantity of each site over the sites of each bath."""
        sums: RealArray = np.bincount(
            self.bath_of_site, weights=of_sites, minlength=len(self.baths)
        ).astype(np.float64)
        return sums

    def require_gibbs(self, lowest: float, where: str = "") -> None:
        """Bosons have no equilibrium where a chemical potential is not below their lowest mode."""
        for bath in self.baths:
            if self.statistics == "boson" and bath.mu >= lowest:
                raise ValueError(
                    f"mu = {bath.mu:g} of bosons is not below the system's lowest mode, {lowest:.6g}"
                    f"{where}: there is no Gibbs state"
                )

    @property
    def identical(self) -> bool:
        """Whether all baths are equal: independent copies of one."""
        return len(set(self.baths)) == 1

    def common(self, name: str) -> float:
        """The "beta" or "mu" all baths share."""
        values = sorted({float(getattr(bath, name)) for bath in self.baths})
        if len(values) != 1:
            raise ValueError(
                f"the baths have different {name}: {', '.join(f'{v:g}' for v in values)}; give {name}"
            )
        return values[0]


class System(Immutable):
    r"""N modes of fermions or bosons, each site with a bath of its own.

    .. math:: H_S = \sum_{jk} h_{jk} a_j^\dagger a_k = \sum_m \omega_m c_m^\dagger c_m, \qquad
              H_{SB} = \sum_j J_j (a_j^\dagger B_j + \text{h.c.})

    (arXiv:2507.10080, Eqs. 1-4). States are covariance matrices G_jk = ⟨a_k† a_j⟩, (N, N).

    Parameters
    ----------
    hamiltonian : h, (N, N) Hermitian, real or complex; array, Qobj or scipy.sparse; an energy.
    coupling : J_j ≥ 0, one number or (N,), zero for a site without bath; J_j² D_j is a rate.
    bath : one ParticleBath for all sites (identical, independent baths), or a list of one a site. Sites
        with the same ParticleBath object count as one bath in currents, equal objects as several.
    statistics : "fermion" or "boson"; default that of the baths, which must agree.

    Attributes
    ----------
    energies : (N,) ascending ω_m.
    eigenvectors : (N, N) unitary U, column m is mode m: h = U diag(ω) U†.

    Raises
    ------
    ValueError, TypeError
        h is not Hermitian or not finite; a coupling is negative; numbers or statistics do not match;
        bosons whose chemical potential is not below the lowest mode.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.ParticleBath(0.1, beta=2.0, mu=0.3, band=(-10.0, 10.0))
    >>> system = System(rf.models.chain(6), coupling=0.5, bath=bath)
    >>> system
    quadratic.System(N = 6 fermions, 6 coupled sites, 1 bath)
    >>> system.gibbs_state().trace().real.round(4)
    np.float64(3.364)
    """

    def __init__(
        self,
        hamiltonian: Any,
        coupling: npt.ArrayLike,
        bath: ParticleBath | Sequence[ParticleBath],
        statistics: str | None = None,
    ) -> None:
        self.hamiltonian = as_hermitian("hamiltonian", hamiltonian)
        self.dimension = int(self.hamiltonian.shape[0])
        self.contacts = Contacts(self.dimension, coupling, bath, statistics)
        self.statistics = self.contacts.statistics
        self.contacts.require_gibbs(float(self.energies[0]))

    @classmethod
    def of_contacts(cls, hamiltonian: RealArray | ComplexArray, contacts: Contacts) -> System:
        """A checked Hermitian h on contacts that exist: a driven system at one time."""
        made = object.__new__(cls)
        made.hamiltonian, made.dimension = hamiltonian, len(hamiltonian)
        made.contacts, made.statistics = contacts, contacts.statistics
        return made

    @functools.cached_property
    def _eigen(self) -> tuple[RealArray, RealArray | ComplexArray]:
        energies, modes = np.linalg.eigh(self.hamiltonian)
        for array in (energies, modes):
            array.flags.writeable = False
        return energies, modes

    @property
    def energies(self) -> RealArray:
        return self._eigen[0]

    @property
    def eigenvectors(self) -> RealArray | ComplexArray:
        return self._eigen[1]

    def __repr__(self) -> str:
        contacts = self.contacts
        coupled, baths = int(np.count_nonzero(contacts.coupling)), len(contacts.baths)
        return (
            f"quadratic.System(N = {self.dimension} {self.statistics}s, {coupled} coupled "
            f"site{'s' * (coupled != 1)}, {baths} bath{'s' * (baths != 1)})"
        )

    @property
    def coupling(self) -> RealArray:
        """(N,) J_j."""
        return self.contacts.coupling

    @property
    def baths(self) -> tuple[ParticleBath, ...]:
        """The baths given, each object once."""
        return self.contacts.baths

    @property
    def reservoirs(self) -> tuple[ParticleBath, ...]:
        """The same as baths: what `reservoirs` are of every system."""
        return self.contacts.baths

    def common(self, name: str) -> float:
        """The "beta" or "mu" all baths share."""
        return self.contacts.common(name)

    @property
    def degeneracy_tol(self) -> float:
        """What counts as one energy: max(1e-13 (ω_max − ω_min), (16 + N) ε max|ω|)."""
        return _core.degeneracy_tol(self.energies)

    def tables(self, lamb_shift: bool) -> tuple[ComplexArray, ComplexArray]:
        """(N, N) ½D_j(ω_m) + iΔ_j(ω_m) and Γ_22,j(−ω_m), or their real parts: what every equation is made of."""
        return self._with_shift if as_flag("lamb_shift", lamb_shift) else self._without_shift

    @functools.cached_property
    def _with_shift(self) -> tuple[ComplexArray, ComplexArray]:
        return self.contacts.damping(self.energies, True), self.contacts.gain(self.energies, True)

    @functools.cached_property
    def _without_shift(self) -> tuple[ComplexArray, ComplexArray]:
        return self.contacts.damping(self.energies, False), self.contacts.gain(self.energies, False)

    def gibbs_state(self, beta: float | None = None, mu: float | None = None) -> ComplexArray:
        """G = f(h) = 1/(e^{β(h−μ)} ± 1), (N, N), upper sign fermions.

        Parameters
        ----------
        beta, mu : default those all baths share.

        Raises
        ------
        ValueError
            The baths differ and beta or mu is not given; bosons with mu not below the lowest mode.
        """
        beta = self.contacts.common("beta") if beta is None else as_positive("beta", beta, infinite=True)
        mu = self.contacts.common("mu") if mu is None else as_real_number("mu", mu)
        if self.statistics == "boson" and mu >= self.energies[0]:
            raise ValueError(
                f"mu = {mu:g} of bosons is not below the lowest mode, {self.energies[0]:.6g}: "
                "there is no Gibbs state"
            )
        occupied = occupation(self.energies, beta, mu, self.statistics)
        covariance: ComplexArray = ((self.eigenvectors * occupied) @ self.eigenvectors.conj().T).astype(
            np.complex128
        )
        return covariance


def _as_coupling(value: Any, sites: int) -> RealArray:
    array = as_numeric("coupling", value)
    if array.dtype != np.float64:
        raise TypeError("coupling must be real: a phase of J_j can be moved into the bath's operators")
    if array.ndim == 0:
        array = np.full(sites, float(array))
    if array.shape != (sites,):
        raise ValueError(f"coupling must be one number or {sites}, one a site; got shape {array.shape}")
    require_finite("coupling", array)
    if (array < 0.0).any():
        site = int(np.argmax(array < 0.0))
        raise ValueError(f"coupling[{site}] = {array[site]:g} is negative")
    return np.array(array)


def _as_baths(value: Any, sites: int) -> tuple[tuple[ParticleBath, ...], npt.NDArray[np.intp]]:
    """The distinct baths, in order of appearance, and each site's."""
    if not isinstance(value, ParticleBath | Sequence):
        raise TypeError(f"bath must be a ParticleBath or a list of them, got {value!r}")
    given = [value] * sites if isinstance(value, ParticleBath) else as_items("bath", value)
    if len(given) != sites:
        raise ValueError(f"{len(given)} baths for {sites} sites; give one for all or one a site")
    baths: list[ParticleBath] = []
    known: dict[int, int] = {}
    of_site = np.zeros(sites, dtype=np.intp)
    for site, bath in enumerate(given):
        if not isinstance(bath, ParticleBath):
            raise TypeError(f"bath of site {site} must be a ParticleBath, got {bath!r}")
        if id(bath) not in known:
            known[id(bath)] = len(baths)
            baths.append(bath)
        of_site[site] = known[id(bath)]
    return tuple(baths), of_site


def _as_statistics(value: Any, baths: Sequence[ParticleBath]) -> str:
    found = {bath.statistics for bath in baths}
    if len(found) != 1:
        raise ValueError("the baths mix fermions and bosons")
    (statistics,) = found
    if value is not None and as_choice("statistics", value, ("fermion", "boson")) != statistics:
        raise ValueError(
            f"statistics is {value!r}, but the baths are of {statistics}s; give ParticleBath the same"
        )
    return statistics


def _finite(bath: ParticleBath, what: str, values: RealArray, w: RealArray) -> RealArray:
    if not np.isfinite(values).all():
        energy = w[int(np.argmax(~np.isfinite(values)))]
        raise ValueError(
            f"the {what} of {bath!r} is not finite at the mode energy {energy:g}; "
            "is it at an edge of the bath's band or at mu?"
        )
    return values
