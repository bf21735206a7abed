"""Systems whose Hamiltonian or couplings depend on time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray, as_hermitian, as_moment, as_times
from redfield._base.checks.types import Finite, NotNegative, Operator
from redfield.baths.given import GivenBath
from redfield.results.evolution import Result
from redfield.systems.base import Solvable
from redfield.systems.couplings import Couplings, SiteProjectors, as_couplings
from redfield.systems.drives.made import Control, Made
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.spectra import tabulated
from redfield.systems.drives.spline import Spline
from redfield.systems.drives.window import Window
from redfield.systems.reservoirs import as_baths, extent
from redfield.systems.system import System

CHECKED = 17
"""Times at which H is looked at before an evolution."""


class DrivenSystem(Solvable[Result, Any]):
    r"""A driven system.

    .. math:: H(t) + \sum_j A_j(t) \otimes B_j

    with independent baths (Albash, Boixo, Lidar & Zanardi, doi:10.1088/1367-2630/14/12/123016).

    Parameters
    ----------
    hamiltonian : ``[h0, (h1, f1), …]``: matrices (N, N), and functions f of time that multiply them, each a function
        t → number, a `Spline` or a QuTiP coefficient; or a function t → (N, N), a Spline of matrices, a QobjEvo.
    couplings : SiteProjectors, or a list of operators, each an (N, N) matrix or any of what H may be.
    baths : one for all couplings, or one each; functions γ(ω) and environments as of `System`.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit; H(t) is not Hermitian at some t, which the message names.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])
    >>> bath = rf.OhmicBath(strength=0.01, cutoff=10.0, beta=1.0)
    >>> sweep = rf.DrivenSystem([0.5 * x, (z, lambda t: 0.1 * t - 1.0)], [z], bath)
    >>> sweep
    DrivenSystem(hamiltonian=TimeOperator(name='hamiltonian', constant=<2×2 float64 #1f7d1f023b>,
                                           terms=[(<2×2 float64 #f4398c42fd>, <lambda #...>)]),
                  couplings=(TimeOperator(name='couplings[0]', constant=<2×2 float64 #f4398c42fd>),),
                  baths=(OhmicBath(strength=0.01, cutoff=10.0, beta=1.0),))
    >>> sweep.at(10.0).energies
    array([-0.5,  0.5])
    """

    problem = "driven"

    def __init__(
        self,
        hamiltonian: Operator,
        couplings: Couplings,
        baths: GivenBath | Sequence[GivenBath],
    ) -> None:
        self.hamiltonian = TimeOperator("hamiltonian", hamiltonian)
        self.dimension = self.hamiltonian.dimension
        if isinstance(couplings, SiteProjectors):
            self.couplings: Any = as_couplings(couplings, self.dimension)
        else:
            if not isinstance(couplings, list | tuple):
                raise TypeError(
                    f"couplings must be SiteProjectors or a list of operators, got {type(couplings).__name__}"
                )
            self.couplings = tuple(
                TimeOperator(f"couplings[{j}]", a, self.dimension) for j, a in enumerate(couplings)
            )
        self.baths = tuple(as_baths(baths, len(self.couplings), self._extent))

    def _extent(self) -> float:
        """Return the size of the energies of H, at its first time, or of its terms with factors of 1."""
        h = self.hamiltonian
        if h.function is None:
            return extent(h.constant, *(x for x, _ in h.terms))
        return extent(h.at(float(h.function.times[0]) if isinstance(h.function, Spline) else 0.0))

    @classmethod
    def held(cls, system: System) -> DrivenSystem:
        """Return a constant system as a driven one whose H and couplings stay what they are."""
        system.require_independent("DrivenSystem")
        couplings = system.couplings
        if not isinstance(couplings, SiteProjectors):
            couplings = [a if isinstance(a, np.ndarray) else a.toarray() for a in couplings]
        return cls(
            system.hamiltonian, couplings, [system.coupling_bath(j) for j in range(len(couplings))]
        )

    def with_terms(self, terms: Sequence[tuple[Any, Any]]) -> DrivenSystem:
        """Add Σ_k f_k(t)X_k, [(X_k, f_k)], to H. A function may tell its jumps as ``f.jumps``."""
        return self._replaced(hamiltonian=self.hamiltonian.with_terms(terms))

    def at(self, t: Finite) -> System:
        """Return the system as it is at one time, constant."""
        t = as_moment("t", t)
        h = self._hermitian_at(t)
        couplings = self.couplings
        if not isinstance(couplings, SiteProjectors):
            couplings = [a.at(t) for a in couplings]
        return System(h, couplings, list(self.baths))

    def require_cover(self, first: float, last: float) -> None:
        """ValueError where a Spline has no value."""
        operators = () if isinstance(self.couplings, SiteProjectors) else self.couplings
        for x in (self.hamiltonian, *operators):
            x.require_cover(first, last)

    def require_hermitian(self, times: RealArray) -> None:
        """ValueError with a time between the first and the last at which H is not."""
        times = as_times("times", times)
        checked = np.linspace(times[0], times[-1], CHECKED)
        if self.hamiltonian.is_real_sum(checked):
            return
        for t in checked:
            self._hermitian_at(float(t))

    def _hermitian_at(self, t: float) -> Any:
        return as_hermitian(f"hamiltonian({t:g})", self.hamiltonian.at(t))

    def core(self, window: Window, lamb_shift: bool) -> tuple[_core.DrivenSystem, list[float]]:
        """Return the system in the core, and where it jumps."""
        h = self.hamiltonian.core(window)
        if isinstance(self.couplings, SiteProjectors):
            return self._core_system(h.operator, None, h.width, lamb_shift), h.jumps.tolist()
        each = [a.core(window) for a in self.couplings]
        made = self._core_system(h.operator, [a.operator for a in each], h.width, lamb_shift)
        return made, np.unique(np.concatenate([h.jumps, *(a.jumps for a in each)])).tolist()

    def operators(self, window: Window) -> tuple[Made, list[Made]]:
        """H and each coupling in the core."""
        couplings: Any = self.couplings
        if isinstance(couplings, SiteProjectors):
            couplings = [TimeOperator("projector", a) for a in couplings.matrices()]
        return self.hamiltonian.core(window), [a.core(window) for a in couplings]

    def controlled(self, window: Window, lamb_shift: bool) -> tuple[_core.DrivenSystem, Control] | None:
        """Return the system against the one control that it depends on, if it does."""
        fixed = isinstance(self.couplings, SiteProjectors)
        if not (fixed or all(a.is_constant for a in self.couplings)):
            return None
        control = self.hamiltonian.control(window)
        if control is None:
            return None
        operators = None if fixed else [a.core(window).operator for a in self.couplings]
        return self._core_system(control.operator, operators, control.width, lamb_shift), control

    def _core_system(
        self,
        hamiltonian: _core.TimeOperator,
        operators: list[_core.TimeOperator] | None,
        width: float,
        lamb_shift: bool,
    ) -> _core.DrivenSystem:
        spectra, of_coupling = self.spectra(width, lamb_shift)
        if operators is None:
            return _core.DrivenSystem.site_projectors(
                hamiltonian, self.couplings.sites, self.couplings.weights, spectra, of_coupling
            )
        return _core.DrivenSystem(hamiltonian, operators, spectra, of_coupling)

    def spectra(
        self, width: NotNegative, lamb_shift: bool
    ) -> tuple[list[tuple[_core.PiecewisePolynomial, float, float]], list[int]]:
        """γ/2 and η of each distinct bath at frequencies up to `width`, and which of them each coupling has."""
        baths = list(dict.fromkeys(self.baths))
        # A little beyond: what rounding adds to a Bohr frequency; in octaves, so that they are made rarely.
        reach = float(2.0 ** np.ceil(np.log2(1.01 * width if width > 0.0 else 1e-12)))
        spectra = [tabulated(bath, reach, lamb_shift) for bath in baths]
        return spectra, [baths.index(bath) for bath in self.baths]
