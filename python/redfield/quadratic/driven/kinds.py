"""Davies' and Redfield's equations of driven quadratic systems."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from redfield._base.checks import as_choice, as_not_negative
from redfield.quadratic import base as static
from redfield.quadratic.driven.base import Equation
from redfield.quadratic.driven.memory import Memory
from redfield.quadratic.driven.system import System, Tables
from redfield.systems.drives.window import Window


class Davies(Equation):
    r"""The instantaneous Davies equation.

    .. math:: M(t) = ih(t) + P[\tfrac12 D(h(t)) + i\Delta(h(t))]

    between modes of one energy of h(t). With identical baths and couplings nothing is left out, so that it holds for
    drives slow against the baths' memory, however close the levels come (arXiv:2507.10080, Eq. 14). Other
    couplings need drives slow against the level spacings too, and make the equation jump where levels cross.

    Parameters
    ----------
    system : quadratic.driven.System.
    lamb_shift : with False, Δ and its like are left out.
    degeneracy_tol : modes linked by gaps of at most this (an energy) count as one energy; default 1e-13 of
        the largest energy.
    secular : with False the terms between different energies stay: Redfield's equation as if h had always been h(t).

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 8), beta=1.0)
    >>> sweep = System(lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]) / 2, coupling=0.3, bath=bath)
    >>> Davies(sweep).evolve([1.0, 0.0], [0.0, 5.0, 10.0]).densities.round(4)
    array([[1.    , 0.    ],
           [0.9123, 0.0877],
           [0.7108, 0.2892]])
    """

    def __init__(
        self,
        system: System,
        lamb_shift: bool = True,
        *,
        degeneracy_tol: float | None = None,
        secular: bool = True,
    ) -> None:
        super().__init__(system)
        self.lamb_shift = bool(lamb_shift)
        self.degeneracy_tol = (
            None if degeneracy_tol is None else as_not_negative("degeneracy_tol", degeneracy_tol)
        )
        self._given_secular = bool(secular)
        contacts = system.contacts
        # One bath and P ∝ 1: what a mask would remove vanishes, but for rounding that jumps at crossings.
        self._secular = secular and (not contacts.identical or np.ptp(contacts.strength) > 0.0)

    def _prepared(self, window: Window) -> Callable[[float], static.Equation]:
        shared = Tables(self.system.contacts, self.lamb_shift)

        def at(t: float) -> static.Equation:
            frozen = self.system.frozen(t)
            energies, modes = frozen.energies, frozen.eigenvectors
            self.system.contacts.require_gibbs(float(energies[0]), f" at t = {t:g}")
            tables, mask = shared(energies), None
            if self._secular:
                first, mask = static.clusters(energies, self.degeneracy_tol)
                tables = tables[0][:, first], tables[1][:, first]
            damped, gained = static.by_site(self.system.contacts, modes, *tables)
            return static.Equation(frozen, modes, energies, damped, gained, mask, self.lamb_shift)

        return at


class Redfield(Equation):
    r"""Redfield's equation of a driven system, with the memory of its baths.

    .. math:: \hat\Gamma_{11}(t) = \int_0^\infty ds\, C_{11}(s)\, u(t, t-s)^\dagger, \qquad
              \hat\Gamma_{22}(t) = \int_0^\infty ds\, C_{22}(s)\, u(t, t-s)

    in place of Γ_11(h) and Γ_22(−h), u the propagator of h(t), h constant before tlist[0]
    (arXiv:2507.10080, Eq. 9 with A(t, −s)). The propagator is kept on panels of Legendre polynomials and the
    integrals are taken over each bath's memory by Gauss's rule.

    Parameters
    ----------
    system : quadratic.driven.System.
    history : "constant", as above, or "none": the integrals end at s = t − tlist[0], as for a system that meets
        its baths at tlist[0]. The latter follows the exact solution from a product state through the first
        memory time too (second-order time-convolutionless equation).

    Raises
    ------
    ConvergenceError
        From `evolve`: a bath's correlation function decays too slowly, as that of a band with hard edges does.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 8), beta=1.0)
    >>> sweep = System(lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]) / 2, coupling=0.3, bath=bath)
    >>> Redfield(sweep).evolve([1.0, 0.0], [0.0, 5.0, 10.0]).densities.round(4)
    array([[1.    , 0.    ],
           [0.9223, 0.0777],
           [0.7181, 0.2819]])
    """

    needs_history: ClassVar[bool] = True

    def __init__(self, system: System, *, history: str = "constant") -> None:
        super().__init__(system)
        self.history = as_choice("history", history, ("constant", "none"))

    def _prepared(self, window: Window) -> Callable[[float], static.Equation]:
        memory = Memory(self.system, window, self.history == "constant")
        contacts, rows = self.system.contacts, np.arange(self.system.dimension)

        def at(t: float) -> static.Equation:
            parts = memory(t)
            damped, gained = (
                contacts.strength[:, None]
                * np.array([part[i] for part in parts])[contacts.bath_of_site, rows]
                for i in (0, 1)
            )
            frozen = self.system.frozen(t)
            return static.Equation(frozen, None, frozen.hamiltonian, damped, gained, None, True)

        return at
