"""The equations of driven systems, each the static one of every moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redfield import equations, systems
from redfield.baths import FlatBath
from redfield.driven.base import Equation
from redfield.driven.system import System
from redfield.validation import as_not_negative, as_positive


class Redfield(Equation):
    r"""Redfield's equation with the coefficients of a constant H at every moment.

    .. math:: \dot\rho = -i[H(t), \rho] + \sum_j \big( [\Lambda_j(t)\rho, A_j^\dagger] + \text{h.c.} \big), \quad
              (\Lambda_j)_{kl} = \Gamma_j(E_l(t) - E_k(t))\,(A_j)_{kl}

    in the instantaneous eigenbasis: right where H hardly changes within the baths' memory (arXiv:2507.10080, Eq. 14).

    Parameters
    ----------
    system : driven.System.
    lamb_shift : whether the imaginary part η of Γ acts.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> still = rf.driven.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> a = Redfield(still).evolve([1, 0], [0.0, 5.0]).final_state
    >>> b = rf.Redfield(still.at(0.0)).evolve([1, 0], [0.0, 5.0]).final_state
    >>> bool(abs(a - b).max() < 1e-6)
    True
    """

    def __init__(self, system: System, lamb_shift: bool = True) -> None:
        super().__init__(system, lamb_shift)

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.Redfield(system, self.lamb_shift)


class Davies(Equation):
    r"""Davies' equation in the instantaneous eigenbasis: the adiabatic master equation.

    Of Lindblad form at every moment (Albash, Boixo, Lidar & Zanardi, doi:10.1088/1367-2630/14/12/123016, Eq. 27;
    arXiv:2507.10080, Eq. 13). Levels that cross within `degeneracy_tol` are one level while they do.

    Parameters
    ----------
    system : driven.System.
    lamb_shift : whether the imaginary part η of Γ acts.
    degeneracy_tol : an energy; Bohr frequencies nearer than that are one. Default rounding.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
    >>> bath = rf.OhmicBath(strength=0.1, cutoff=10.0, beta=2.0)
    >>> slow = rf.driven.System([0.5 * x, (z, lambda t: t / 500 - 1)], [z, x], bath)
    >>> end = Davies(slow).evolve([1, 0], [0.0, 1000.0]).final_state
    >>> gibbs = slow.at(1000.0).gibbs_state()
    >>> bool(rf.trace_norm(end - gibbs) < 0.01)
    True
    """

    def __init__(
        self, system: System, lamb_shift: bool = True, *, degeneracy_tol: float | None = None
    ) -> None:
        self._tolerance = (
            None if degeneracy_tol is None else as_not_negative("degeneracy_tol", degeneracy_tol)
        )
        super().__init__(system, lamb_shift)

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.Davies(system, self.lamb_shift, degeneracy_tol=self._tolerance)


class PartialSecular(Equation):
    """Redfield's equation at every moment, without the terms whose Bohr frequencies are further apart than a cutoff.

    Parameters
    ----------
    system : driven.System.
    cutoff : an energy ≥ 0.
    lamb_shift : whether the imaginary part η of Γ acts.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> driven = rf.driven.System([np.diag([0.5, -0.5]), (np.ones((2, 2)), np.cos)], rf.SiteProjectors(2), bath)
    >>> all_terms = PartialSecular(driven, cutoff=100.0).apply(np.diag([1, 0]), 0.3)
    >>> bool(np.allclose(all_terms, Redfield(driven).apply(np.diag([1, 0]), 0.3)))
    True
    """

    def __init__(self, system: System, cutoff: float, lamb_shift: bool = True) -> None:
        self.cutoff = as_not_negative("cutoff", cutoff)
        super().__init__(system, lamb_shift)

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.PartialSecular(system, self.cutoff, self.lamb_shift)


class GeometricArithmetic(Equation):
    """The geometric-arithmetic equation at every moment: of Lindblad form, with Redfield's Lamb shift.

    Parameters
    ----------
    system : driven.System.
    lamb_shift : whether Redfield's Lamb shift acts.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> driven = rf.driven.System([np.diag([0.5, -0.5]), (np.ones((2, 2)), np.cos)], rf.SiteProjectors(2), bath)
    >>> rho = GeometricArithmetic(driven).evolve([1, 0], [0.0, 10.0]).final_state
    >>> bool(np.linalg.eigvalsh(rho)[0] > -1e-9)
    True
    """

    def __init__(self, system: System, lamb_shift: bool = True) -> None:
        super().__init__(system, lamb_shift)

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.GeometricArithmetic(system, self.lamb_shift)


class UniversalLindblad(Equation):
    """The universal Lindblad equation at every moment.

    Parameters
    ----------
    system : driven.System.
    lamb_shift : whether its Lamb shift acts. Its integrals are made in Python for every moment, a thousand times slower
        than all the rest.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> driven = rf.driven.System([np.diag([0.5, -0.5]), (np.ones((2, 2)), np.cos)], rf.SiteProjectors(2), bath)
    >>> rho = UniversalLindblad(driven, lamb_shift=False).evolve([1, 0], [0.0, 10.0]).final_state
    >>> bool(np.linalg.eigvalsh(rho)[0] > -1e-9)
    True
    """

    def __init__(self, system: System, lamb_shift: bool = True) -> None:
        super().__init__(system, lamb_shift)
        self._tabulated = not self.lamb_shift

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.UniversalLindblad(system, self.lamb_shift)


class CoarseGrained(Equation):
    """The coarse-grained equation at every moment; its window's tables are made in Python for each.

    Parameters
    ----------
    system : driven.System.
    window : T > 0, a time.
    lamb_shift : whether the Lamb shift acts.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> driven = rf.driven.System([np.diag([0.5, -0.5]), (np.ones((2, 2)), np.cos)], rf.SiteProjectors(2), bath)
    >>> rho = CoarseGrained(driven, window=2.0).evolve([1, 0], [0.0, 2.0]).final_state
    >>> bool(np.linalg.eigvalsh(rho)[0] > -1e-9)
    True
    """

    _tabulated = False

    def __init__(self, system: System, window: float, lamb_shift: bool = True) -> None:
        self.window = as_positive("window", window)
        super().__init__(system, lamb_shift)

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.CoarseGrained(system, self.window, self.lamb_shift)


class Lindblad(Equation):
    """Lindblad's equation with a Hamiltonian and jump operators that depend on time.

    Parameters
    ----------
    hamiltonian : as of driven.System.
    jumps : (N, N) operators L_j, or what a Hamiltonian of a driven.System may be, each with its rate in it (√rate L).

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> pulse = rf.driven.Lindblad(np.diag([0.0, 1.0]), [[(lower, lambda t: np.exp(-t))]])
    >>> excited = pulse.evolve([0.0, 1.0], [0.0, 3.0]).final_state[1, 1].real
    >>> bool(abs(excited - np.exp(-(1 - np.exp(-6.0)) / 2)) < 1e-6)
    True
    """

    def __init__(self, hamiltonian: Any, jumps: Sequence[Any]) -> None:
        # Redfield's equation with γ = 1 at every frequency.
        super().__init__(System(hamiltonian, jumps, FlatBath(1.0)), False)

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.Redfield(system, False)

    def __repr__(self) -> str:
        k = len(self.system.couplings)
        return f"driven.Lindblad(N = {self.system.dimension}, {k} jump{'s' * (k != 1)})"
