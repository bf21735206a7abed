r"""The affine generator of a covariance matrix, site by site.

.. math:: \dot G = -(MG + GM^\dagger) + Q, \quad M = ih + X_\Lambda, \quad Q = X_\Gamma + X_\Gamma^\dagger

In the basis U in which h is diagonal, or given: (X_Λ)_mn = K_mn Σ_j U*_jm D_jn and X_Γ the same of the rows G_jn. Row j
of D and G comes from the bath of site j, which tells its currents; the mask K keeps the pairs of modes that a secular
equation keeps.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray
from redfield.quadratic.contacts import Contacts
from redfield.quadratic.flow import LinearFlow
from redfield.quadratic.result import Currents

Mask = npt.NDArray[np.bool_]


class Rates:
    """Mixin of generators: the rates of Davies' equation in its basis.

    Attributes
    ----------
    flow : M and Q, and the basis they are in.
    """

    flow: LinearFlow

    @property
    def rates(self) -> RealArray:
        """(N,) 2 Re M_kk: relaxation rates of the occupations of the modes."""
        rates: RealArray = 2.0 * np.diagonal(self.flow.m).real
        return rates

    @property
    def coherence_rates(self) -> ComplexArray:
        """(N, N) κ in Ġ_kl = κ_kl G_kl, where each coherence decays alone."""
        return -self.flow.separation.sums

    @property
    def degenerate(self) -> bool:
        """Whether some coherences do not decay alone."""
        return not self.flow.is_diagonal


class Generator(Rates):
    """Ġ of one equation with constant M and Q.

    Parameters
    ----------
    contacts : couplings and baths.
    hamiltonian : h, (N, N).
    rows : what each site's bath damps and feeds, (N, N) both, columns in the basis.
    modes : ω (N,) and U (N, N) where the basis is that of the modes, else None.
    mask : K, default all pairs.
    """

    def __init__(
        self,
        contacts: Contacts,
        hamiltonian: RealArray | ComplexArray,
        rows: tuple[ComplexArray, ComplexArray],
        modes: tuple[RealArray, Any] | None = None,
        mask: Mask | None = None,
    ) -> None:
        self.contacts, self.hamiltonian, self.mask = contacts, hamiltonian, mask
        self.damped, self.gained = rows
        self._energies: RealArray | None = None if modes is None else modes[0]
        self._basis: Any = None if modes is None else modes[1]
        self._bra = np.eye(len(hamiltonian)) if self._basis is None else self._basis.conj()

    @functools.cached_property
    def flow(self) -> LinearFlow:  # type: ignore[override]
        """M and Q, and the basis they are in."""
        damping, gain = (self._masked(self._bra.T @ x) for x in (self.damped, self.gained))
        source = gain + gain.conj().T
        if self._energies is None:
            return LinearFlow(1j * self.hamiltonian + damping, source)
        return LinearFlow(damping, source, self._basis, self._energies)

    def _masked(self, x: ComplexArray) -> ComplexArray:
        return x if self.mask is None else np.where(self.mask, x, 0.0)

    def apply(self, g: ComplexArray) -> ComplexArray:
        """Ġ, in the basis h was given in."""
        return self.flow.apply(g)

    def dissipate(self, g: ComplexArray) -> ComplexArray:
        """Ġ + i[h, G]."""
        flow = self.flow
        inner = self._masked(self._bra.T @ self.damped) @ flow.into(g)
        return flow.out_of(flow.q - inner - inner.conj().T)

    def currents(self, g: ComplexArray) -> Currents:
        """Return the currents from each bath into the system, its Lamb shift included."""
        # Row j of X = X_Γ − X_Λ G is site j's: tr(O Ġ_j) = 2 Re Σ_m U*_jm (X O)_jm. K may stand on G instead.
        x = self.gained - self.damped @ self._masked(self.flow.into(g))
        weighted = x @ self.hamiltonian if self._energies is None else x * self._energies
        particle, energy = (2.0 * np.einsum("jm,jm->j", self._bra, y).real for y in (x, weighted))
        return Currents.of_sites(self.contacts, particle, energy)

    def site_flows(self, g: ComplexArray, operator: ComplexArray) -> RealArray:
        """(N,) contributions of each site's bath to d⟨Σ O_jk a_j†a_k⟩/dt, tr(O Ġ_j), of a Hermitian O."""
        inner, o = self.flow.into(g), self.flow.into(operator)
        # tr(O K∘(u*_j ⊗ x_j)) = Σ_mn u*_jm K_mn O_nm x_jn of both parts.
        gained = np.einsum("jm,mn,jn->j", self._bra, self._masked(o.T), self.gained, optimize=True)
        damped = np.einsum(
            "jm,mn,jn->j", self._bra, self._masked((inner @ o).T), self.damped, optimize=True
        )
        flows: RealArray = 2.0 * (gained - damped).real
        return flows

    @functools.cached_property
    def _in_modes(self) -> tuple[ComplexArray, ComplexArray, RealArray]:
        """X_Λ and Q in the modes of h, and their energies."""
        e, u = np.linalg.eigh(self.hamiltonian)
        damping = self._masked(self._bra.T @ self.damped)
        k, q = (u.conj().T @ self.flow.out_of(x) @ u for x in (damping, self.flow.q))
        return k, q, e

    def decay(self) -> ComplexArray:
        """X_Λ in the modes of h; its anti-Hermitian part is the Lamb shift."""
        return self._in_modes[0]

    def parts(self) -> tuple[ComplexArray, ComplexArray, ComplexArray, RealArray]:
        """Loss, gain and Lamb shift in the modes of h, and their energies.

        Γ_l = M + M† + ζQ, Γ_g = Q, H_LS = (M − M†)/2i − h.
        """
        k, q, e = self._in_modes
        return k + k.conj().T + self.contacts.zeta * q, q, -0.5j * (k - k.conj().T), e
