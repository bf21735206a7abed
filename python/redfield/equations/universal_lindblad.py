"""The universal Lindblad equation."""

from __future__ import annotations

import numpy as np

from redfield import _core
from redfield.baths import Bath
from redfield.equations.base import Equation
from redfield.systems import SiteProjectors, System
from redfield.validation import ComplexArray, RealArray, as_numeric


class UniversalLindblad(Equation):
    r"""The universal Lindblad equation: as accurate as Redfield's, and completely positive.

    .. math:: \dot\rho = -i[H + H_\mathrm{LS}, \rho] + \sum_j \big( L_j\rho L_j^\dagger
              - \tfrac12\{L_j^\dagger L_j, \rho\} \big), \quad
              (L_j)_{kl} = \sqrt{\gamma_j(E_l - E_k)}\,(A_j)_{kl}

    .. math:: H_\mathrm{LS} = \sum_j \sum_{\omega\omega'} h_j(\omega,\omega')
              A_j(\omega')^\dagger A_j(\omega), \quad
              h(\omega,\omega') = \frac{1}{2\pi}\,P\!\!\int\frac{dx}{x}
              \sqrt{\gamma(\omega' - x)}\sqrt{\gamma(\omega - x)}

    (Nathan & Rudner, doi:10.1103/PhysRevB.102.115109.) One jump operator a coupling, applied matrix-free.

    Parameters
    ----------
    system : System.
    lamb_shift : whether H_LS acts; its principal values are integrated here, once.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> rho = rf.UniversalLindblad(system).evolve([1.0, 0.0], [0.0, 50.0]).final_state
    >>> bool(abs(rho.trace() - 1) < 1e-12)
    True
    """

    def __init__(self, system: System, lamb_shift: bool = True) -> None:
        shift = _lamb_shift(system) if lamb_shift else None
        super().__init__(system, lamb_shift, _core.UniversalLindblad(system.core(False), shift))


def _coupling_rows(system: System) -> list[ComplexArray]:
    """For each bath: (couplings, N, N) matrix elements in the eigenbasis."""
    u = system.eigenvectors
    couplings, of_coupling = system.couplings, np.asarray(system.bath_of_coupling)
    blocks = []
    for b in range(len(system.baths)):
        mine = np.flatnonzero(of_coupling == b)
        if isinstance(couplings, SiteProjectors):
            v = u[[couplings.sites[j] for j in mine]].conj()
            weights = np.abs(couplings.weights[mine])
            blocks.append(np.einsum("j,jk,jl->jkl", weights, v, v.conj()))
        else:
            operators = [as_numeric("couplings", couplings[j]) for j in mine]
            blocks.append(np.array([u.conj().T @ a @ u for a in operators]))
    return blocks


def _lamb_shift(system: System) -> ComplexArray:
    """H_LS in the eigenbasis. With g = √γ and x > 0 on quadrature nodes,

    h(ω, ω') = (1/2π) ∫₀^∞ dx/x [g(ω'−x) g(ω−x) − g(ω'+x) g(ω+x)],

    so for each level e the sum over nodes is one product of tables g(E_c − E_e ∓ x).
    """
    e = system.energies
    n = len(e)
    total = np.zeros((n, n), dtype=np.complex128)
    for bath, rows in zip(system.baths, _coupling_rows(system), strict=True):
        for level in range(n):
            strength = rows[:, level].conj().T @ rows[:, level]
            total += strength * _principal_values(bath, e - e[level])
    hermitian: ComplexArray = 0.5 * (total + total.conj().T)
    return hermitian


def _principal_values(bath: Bath, w: RealArray) -> RealArray:
    """h(ω_c, ω_a) for all pairs of the frequencies w, (N, N)."""
    x, weights = bath.principal_value_nodes(w)
    with np.errstate(under="ignore"):
        below = np.sqrt(bath.power_spectrum(w[:, None] - x))
        above = np.sqrt(bath.power_spectrum(w[:, None] + x))
    scaled = weights / (2.0 * np.pi * x)
    values: RealArray = (below * scaled) @ below.T - (above * scaled) @ above.T
    return values
