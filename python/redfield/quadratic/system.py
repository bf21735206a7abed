"""A quadratic Hamiltonian whose sites exchange particles with baths."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_flag,
    as_hermitian,
    as_positive,
    as_real_number,
)
from redfield._base.records import Record
from redfield.baths import ParticleBath
from redfield.baths.particle import occupation
from redfield.quadratic.contacts import Contacts


class System(Record):
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
    quadratic.System(hamiltonian=<6×6 float64 #...>, coupling=<6 float64 #...>,
                     bath=ParticleBath(density=0.1, beta=2.0, mu=0.3, band=(-10.0, 10.0), breakpoints=(), scale=2.0),
                     statistics='fermion')
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
    def _of_contacts(cls, hamiltonian: RealArray | ComplexArray, contacts: Contacts) -> System:
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
    def _given_bath(self) -> Any:
        return self.contacts._given_bath

    @property
    def energies(self) -> RealArray:
        return self._eigen[0]

    @property
    def eigenvectors(self) -> RealArray | ComplexArray:
        return self._eigen[1]

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
        return self.contacts.common(as_choice("name", name, ("beta", "mu")))

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
