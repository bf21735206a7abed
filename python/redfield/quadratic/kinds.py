"""Redfield, Davies, partial secular and local equations on the covariance matrix."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from redfield._base.checks import as_kind, as_numeric, as_real_number, require_finite
from redfield.quadratic.base import Equation, by_site, clusters
from redfield.quadratic.system import System


class Redfield(Equation):
    r"""Redfield's equation of a quadratic system.

    .. math:: M = ih + P[\tfrac12 D(h) + i\Delta(h)], \qquad
              Q = \Gamma_{22}(-h)P + P\Gamma_{22}(-h)^\dagger, \qquad P = \mathrm{diag}(J_j^2)

    with Δ(ω) = (1/2π) P∫ dω' D(ω')/(ω − ω'). Equal to Davies' where P ∝ 1 and all baths are identical
    (arXiv:2507.10080, Eq. 12, the Lamb shift with the sign the exact solution demands).

    Parameters
    ----------
    system : quadratic.System.
    lamb_shift : with False, Γ is replaced by its real part.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(0.2, beta=1.0, mu=0.5, band=(-50.0, 50.0))
    >>> system = rf.quadratic.System(rf.models.dirac_syk2(20, seed=1), coupling=0.5, bath=bath)
    >>> times, vacuum = [0.0, 3.0], np.zeros((20, 20))
    >>> a = rf.quadratic.Redfield(system).evolve(vacuum, times).final_covariance
    >>> b = rf.quadratic.Davies(system).evolve(vacuum, times).final_covariance
    >>> bool(abs(a - b).max() < 1e-13)
    True
    """

    def __init__(self, system: System, lamb_shift: bool = True) -> None:
        as_kind("system", system, System)
        damped, gained = by_site(system.contacts, system.eigenvectors, *system.tables(lamb_shift))
        super().__init__(system, system.eigenvectors, system.energies, damped, gained, None, lamb_shift)


class PartialSecular(Equation):
    """Redfield's equation between modes at most `cutoff` apart in energy: |ω_m − ω_n| ≤ cutoff.

    Parameters
    ----------
    system : quadratic.System.
    cutoff : an energy ≥ 0; 0 keeps equal energies only, inf is Redfield.
    lamb_shift : with False, Γ is replaced by its real part.
    """

    def __init__(self, system: System, cutoff: float, lamb_shift: bool = True) -> None:
        as_kind("system", system, System)
        cutoff = as_real_number("cutoff", cutoff)
        if cutoff < 0.0:
            raise ValueError(f"cutoff must not be negative, got {cutoff}")
        self.cutoff = cutoff
        # Modes of one energy are together whatever the cutoff, and have one rate: at 0 this is Davies' equation.
        first, mask = clusters(system.energies, None)
        e = system.energies[first]
        tables = (table[:, first] for table in system.tables(lamb_shift))
        damped, gained = by_site(system.contacts, system.eigenvectors, *tables)
        mask = mask | (np.abs(e[:, None] - e[None, :]) <= cutoff)
        super().__init__(system, system.eigenvectors, system.energies, damped, gained, mask, lamb_shift)


class Davies(Equation):
    """Davies' equation: of Redfield's, the terms between modes of one energy (arXiv:2507.10080, Eq. 11).

    Completely positive and, with one temperature and chemical potential, G = f(h) is its steady state.

    Parameters
    ----------
    system : quadratic.System.
    lamb_shift : with False, Γ is replaced by its real part.
    degeneracy_tol : modes linked by gaps of at most this (an energy) count as one energy; default
        `System.degeneracy_tol`.
    """

    def __init__(
        self, system: System, lamb_shift: bool = True, *, degeneracy_tol: float | None = None
    ) -> None:
        as_kind("system", system, System)
        first, mask = clusters(system.energies, degeneracy_tol)
        tables = (table[:, first] for table in system.tables(lamb_shift))
        damped, gained = by_site(system.contacts, system.eigenvectors, *tables)
        super().__init__(system, system.eigenvectors, system.energies, damped, gained, mask, lamb_shift)


class LocalLindblad(Equation):
    r"""Jump operators a_j and a_j† at rates taken at local energies ε_j.

    .. math:: M = ih + P[\tfrac12 D(\varepsilon) + i\Delta(\varepsilon)], \qquad
              Q = 2P\,\mathrm{Re}\,\Gamma_{22}(-\varepsilon)

    Local and completely positive, but it does not thermalise (A. Levy and R. Kosloff, EPL 107, 20004 (2014)).

    Parameters
    ----------
    system : quadratic.System.
    lamb_shift : with False, Δ is left out.
    energies : (N,) ε_j, default h_jj.
    """

    def __init__(
        self, system: System, lamb_shift: bool = True, *, energies: npt.ArrayLike | None = None
    ) -> None:
        as_kind("system", system, System)
        n, contacts = system.dimension, system.contacts
        local = (
            np.diagonal(system.hamiltonian).real.copy()
            if energies is None
            else as_numeric("energies", energies)
        )
        if local.shape != (n,) or local.dtype != np.float64:
            raise ValueError(f"energies must be {n} real numbers, one a site; got shape {local.shape}")
        require_finite("energies", local)
        tables = (f(local, lamb_shift) for f in (contacts.damping, contacts.gain))
        damped, gained = by_site(contacts, np.eye(n), *tables)
        super().__init__(system, None, system.hamiltonian, damped, gained, None, lamb_shift)
