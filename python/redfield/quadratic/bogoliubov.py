"""Quadratic fermions with pairing, as a quadratic system of twice the size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray, as_hermitian, as_numeric, as_square
from redfield._base.checks.types import Operator, State
from redfield._base.formula import Formula
from redfield._base.records import Record
from redfield.baths import ParticleBath
from redfield.equations.base import AnyEquation
from redfield.quadratic.contacts import Contacts
from redfield.quadratic.observables.currents import covariance_solver
from redfield.quadratic.system import QuadraticSystem

SYMMETRY = 1e-12
"""The largest |Δ + Δᵀ| of a pairing of fermions, relative to its largest entry."""


class Bogoliubov(Formula, Record):
    r"""Fermions with pairing.

    .. math:: H = \sum_{jk} h_{jk} a_j^\dagger a_k + \tfrac12 \sum_{jk} (\Delta_{jk} a_j^\dagger a_k^\dagger +
              \text{h.c.}) = \tfrac12 \Psi^\dagger \begin{pmatrix} h & \Delta \\ -\Delta^* & -h^* \end{pmatrix} \Psi +
              \tfrac12 \mathrm{tr}\, h, \qquad \Psi = (a, a^\dagger)

    A hole is a mode whose bath has the density of states D(−ω) and the potential −μ, so that the equations of Ψ are
    those of an ordinary system of 2N modes: `system` goes into rf.Redfield, rf.Davies, rf.Exact and all else, and its
    covariance is 𝒢_jk = ⟨Ψ_k†Ψ_j⟩.

    Parameters
    ----------
    hamiltonian : h, (N, N) Hermitian.
    pairing : Δ, (N, N), Δᵀ = −Δ.
    coupling, bath : J_j and fermionic baths, as of QuadraticSystem.

    Attributes
    ----------
    system : QuadraticSystem of the 2N modes (a, a†). Its currents of energy are twice those of H; of its particle
        currents take `particle_currents`.

    Raises
    ------
    ValueError, TypeError
        Δ is not antisymmetric; the baths are of bosons, whose pairing is no Hermitian matrix.

    Examples
    --------
    Kitaev's chain has two modes of no energy, and thermalises:

    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 50), beta=3.0)
    >>> hop = -np.eye(6, k=1) - np.eye(6, k=-1)
    >>> wire = Bogoliubov(hop, np.eye(6, k=1) - np.eye(6, k=-1), coupling=0.2, bath=bath)
    >>> int((abs(wire.system.energies) < 1e-12).sum())
    2
    >>> g = rf.Davies(wire.system).steady_state().covariance
    >>> bool(np.allclose(g, wire.system.gibbs_state()))
    True
    >>> wire.pairs(g).round(3)[0, 1]
    np.complex128(-0.249+0j)
    """

    def __init__(
        self,
        hamiltonian: Operator,
        pairing: Operator,
        coupling: npt.ArrayLike,
        bath: ParticleBath | Sequence[ParticleBath],
    ) -> None:
        h = as_hermitian("hamiltonian", hamiltonian)
        delta = as_square("pairing", pairing, len(h))
        off = np.abs(delta + delta.T)
        if off.max() > SYMMETRY * max(float(np.abs(delta).max()), 1e-300):
            j, k = np.unravel_index(int(off.argmax()), off.shape)
            raise ValueError(
                f"pairing must be antisymmetric: pairing[{j}, {k}] = {delta[j, k]:g}, pairing[{k}, {j}] = "
                f"{delta[k, j]:g}"
            )
        contacts = Contacts(len(h), coupling, bath, None)
        if contacts.statistics != "fermion":
            raise TypeError(
                "pairing of bosons is no Hermitian matrix: a Bogoliubov system is of fermions"
            )
        holes = [_hole(b) for b in contacts.baths]
        of_site = contacts.bath_of_site
        self.sites = len(h)
        self.contacts = contacts
        self.system = QuadraticSystem(
            np.block([[h, delta], [-delta.conj(), -h.conj()]]),
            np.concatenate([contacts.coupling, contacts.coupling]),
            [contacts.baths[b] for b in of_site] + [holes[b] for b in of_site],
        )

    def covariance(self, normal: State, pairs: Operator | None = None) -> ComplexArray:
        """𝒢 of ⟨a_k†a_j⟩, (N, N) or densities (N,), and ⟨a_k a_j⟩, (N, N), by default none."""
        g = as_numeric("normal", normal)
        g = as_square("normal", np.diag(g) if g.ndim == 1 else g, self.sites)
        f = np.zeros_like(g) if pairs is None else as_square("pairs", pairs, self.sites)
        # ⟨Ψ_k†Ψ_j⟩ with Ψ_k† = a_k and Ψ_j = a_j in the upper right, (a_k†)(a_j†) in the lower left.
        whole: ComplexArray = np.block([[g, f], [-f.conj(), np.eye(self.sites) - g.T]]).astype(
            np.complex128
        )
        return whole

    def normal(self, covariance: State) -> ComplexArray:
        """⟨a_k†a_j⟩, (N, N)."""
        g: ComplexArray = as_square("covariance", covariance, 2 * self.sites)[: self.sites, : self.sites]
        return g

    def pairs(self, covariance: State) -> ComplexArray:
        """⟨a_k a_j⟩, (N, N)."""
        g: ComplexArray = as_square("covariance", covariance, 2 * self.sites)[: self.sites, self.sites :]
        return g

    def energy(self, covariance: State) -> float:
        """⟨H⟩."""
        h, n = self.system.hamiltonian, self.sites
        g = as_square("covariance", covariance, 2 * n)
        return float(0.5 * np.trace(h @ g).real + 0.5 * np.trace(h[:n, :n]).real)

    def particle_currents(self, equation: AnyEquation, covariance: State) -> RealArray:
        """(B,) particles that flow from each of the baths into the system."""
        number = np.diag(np.repeat([0.5, -0.5], self.sites))
        of_contacts = covariance_solver(equation).site_flows(covariance, number).reshape(2, self.sites)
        currents: RealArray = self.contacts.per_bath(of_contacts.sum(axis=0))
        return currents


def _hole(bath: ParticleBath) -> ParticleBath:
    """Return the bath of a hole: D(−ω) at −μ."""
    low, high = bath.band
    mirrored = bath.density if not callable(bath.density) else _Mirrored(bath)
    return replace(
        bath,
        density=mirrored,
        mu=-bath.mu,
        band=(-high, -low),
        breakpoints=tuple(sorted(-b for b in bath.breakpoints)),
    )


@dataclass(frozen=True)
class _Mirrored:
    """D(−ω)."""

    bath: ParticleBath

    def __call__(self, w: RealArray) -> RealArray:
        return self.bath.density_of_states(-np.asarray(w))
