"""The equations of driven systems, each the static one of every moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redfield import equations, systems
from redfield.baths import Bath, ExponentialSum, FlatBath
from redfield.driven import memory
from redfield.driven.base import Equation
from redfield.driven.system import System
from redfield.drives.window import Window
from redfield.validation import as_choice, as_not_negative, as_positive, renamed


class Redfield(Equation):
    r"""Redfield's equation of a driven system.

    .. math:: \dot\rho = -i[H(t), \rho] + \sum_j \big( [\Lambda_j(t)\rho, A_j^\dagger(t)] + \text{h.c.} \big), \quad
              \Lambda_j(t) = \int_0^{t-t_0} ds\, C_j(s)\, U(t, t-s) A_j(t-s) U^\dagger(t, t-s)

    with history "memory" (arXiv:2507.10080, before its Eq. 14): the time-convolutionless equation of second order, of a
    constant H too, whose coefficients rise from 0 at the start t₀ = tlist[0]. With "instantaneous" it is what that
    becomes where H hardly changes within the baths' memory and the start is long ago,
    (Λ_j)_kl = Γ_j(E_l(t) − E_k(t))(A_j)_kl in the instantaneous eigenbasis.

    Parameters
    ----------
    system : driven.System.
    lamb_shift : whether the imaginary part η of Γ acts; with memory it does.
    history : "instantaneous" or "memory".
    correlation : how a past is remembered: "exponentials", C being a sum of them that misses at most `tol` of ∫|C|, in
        time and memory independent of how long that is; "quadrature", C as it is; "auto" takes the former where a
        sum is found.
    tol : on ∫|C − Σ|dt, relative. `exponentials` has what it is.

    Raises
    ------
    ValueError
        history="memory" without a Lamb shift; when it evolves, a bath that no sum of exponentials is found for.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> still = rf.driven.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> a = Redfield(still).evolve([1, 0], [0.0, 5.0]).final_state
    >>> b = rf.Redfield(still.at(0.0)).evolve([1, 0], [0.0, 5.0]).final_state
    >>> bool(abs(a - b).max() < 1e-6)
    True

    The initial slip, which a start long ago does not have:

    >>> c = Redfield(still, history="memory").evolve([1, 0], [0.0, 5.0]).final_state
    >>> bool(1e-4 < abs(c - b).max() < 1e-2)
    True
    """

    def __init__(
        self,
        system: System,
        lamb_shift: bool = True,
        *,
        history: str = "instantaneous",
        correlation: str = "auto",
        tol: float = 1e-7,
    ) -> None:
        self.history = as_choice("history", history, ("instantaneous", "memory"))
        self.correlation = as_choice("correlation", correlation, ("auto", "exponentials", "quadrature"))
        self.tol = as_positive("tol", tol)
        super().__init__(system, lamb_shift)
        if self._remembers and not self.lamb_shift:
            raise ValueError(
                "lamb_shift=False with history='memory': its coefficients come with their shift"
            )

    @property
    def _remembers(self) -> bool:
        return self.history == "memory"

    @property
    def _methods(self) -> tuple[str, ...]:
        return ("auto", "dopri5") if self._remembers else super()._methods

    def exponentials(self, duration: float) -> dict[Bath, ExponentialSum]:
        """What the correlation functions of the baths are taken for, over a duration, and what that misses.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.UnderdampedBath(strength=0.1, frequency=1.0, damping=0.1, beta=1.0)
        >>> still = rf.driven.System(np.diag([0.5, -0.5]), rf.SiteProjectors(2), bath)
        >>> (c,) = Redfield(still, history="memory").exponentials(50.0).values()
        >>> len(c), c.relative_error < 1e-7
        (6, True)
        """
        baths = [b for b in dict.fromkeys(self.system.baths) if not isinstance(b, FlatBath)]
        return {bath: bath.exponentials(duration, self.tol) for bath in baths}

    def _sum(self, bath: Bath, duration: float) -> ExponentialSum | None:
        if self.correlation == "quadrature":
            return None
        try:
            return bath.exponentials(duration, self.tol)
        except ValueError:
            if self.correlation == "exponentials":
                raise
            return None

    def _of(self, system: systems.System) -> equations.Equation:
        if self._remembers:
            raise TypeError(
                "with history='memory' the generator depends on where the evolution starts; ask evolve, or "
                "history='instantaneous'"
            )
        return equations.Redfield(system, self.lamb_shift)

    def _solved(self, window: Window, method: str, rest: tuple[Any, ...]) -> tuple[Any, ...]:
        if self._remembers:
            return memory.evolve(self.system, self._sum, window, rest)
        return super()._solved(window, method, rest)


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
        self.degeneracy_tol = (
            None if degeneracy_tol is None else as_not_negative("degeneracy_tol", degeneracy_tol)
        )
        super().__init__(system, lamb_shift)

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.Davies(system, self.lamb_shift, degeneracy_tol=self.degeneracy_tol)


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
        with renamed("couplings", "jumps"):
            system = System(hamiltonian, jumps, FlatBath(1.0))
        super().__init__(system, False)

    @property
    def _given_hamiltonian(self) -> Any:
        return self.system.hamiltonian

    @property
    def _given_jumps(self) -> Any:
        return self.system.couplings

    def _of(self, system: systems.System) -> equations.Equation:
        return equations.Redfield(system, False)
