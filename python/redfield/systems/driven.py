"""Systems whose Hamiltonian or couplings depend on time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_hermitian,
    as_index,
    as_moment,
    as_real_array,
    as_times,
)
from redfield._base.checks.types import Finite, NotNegative, Numbers, Operator, Positive
from redfield._base.qobj import dims_of, require_factors
from redfield.baths.given import GivenBath
from redfield.results.evolution import Result
from redfield.systems.base import Solvable
from redfield.systems.conserved import commuting_with
from redfield.systems.couplings import Couplings, SiteProjectors, as_couplings
from redfield.systems.drives.kicks import as_kicks
from redfield.systems.drives.made import Control, Made
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.spectra import tabulated
from redfield.systems.drives.spline import Spline
from redfield.systems.drives.window import Window
from redfield.systems.particles import number_at_moments
from redfield.systems.reservoirs import as_baths, distinct, extent
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
    dims : dimensions of the factors of the tensor product that the levels are of, such as [2, 2], which states given as
        Qobj have; default those of a Qobj among the terms of H.
    kicks : [(t, V)], instantaneous pulses ρ → VρV† of unitary matrices at times, such as those of an echo; equations
        with memory, and HEOM, remember across them. Outputs at the time of a kick are those after it; what is at or
        before the start of an evolution is in its rho0 already.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit; a kick is not unitary; H(t) is not Hermitian at some t, which the message names.

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

    An echo: slow noise dephases a qubit, and a π pulse in the middle brings it back.

    >>> slow, plus = rf.OneOverFBath(strength=1e-3, low=1e-6, high=1e-3), np.ones(2) / np.sqrt(2)
    >>> for kicks in ([], [(10.0, x)]):
    ...     qubit = rf.DrivenSystem(0.5 * z, [z], slow, kicks=kicks)
    ...     rho = rf.Redfield(qubit, history="memory").evolve(plus, [0.0, 20.0]).final_state
    ...     print(f"{2 * abs(rho[0, 1]):.3f}")
    0.004
    0.997
    """

    problem = "driven"

    def __init__(
        self,
        hamiltonian: Operator,
        couplings: Couplings,
        baths: GivenBath | Sequence[GivenBath],
        *,
        dims: Sequence[int] | None = None,
        kicks: Sequence[tuple[float, Any]] = (),
    ) -> None:
        self.hamiltonian = TimeOperator("hamiltonian", hamiltonian)
        self.dimension = self.hamiltonian.dimension
        self.dims = dims_of("dims", dims, hamiltonian, self.dimension)
        require_factors(self.dims, couplings=couplings)
        self.kicks = as_kicks(kicks, self.dimension)
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
        self.reservoirs, self.reservoir_of_coupling = distinct([b.reservoir for b in self.baths])

    def _extent(self) -> float:
        """Return the size of the energies of H, at its first time, or of its terms with factors of 1."""
        h = self.hamiltonian
        if h.function is None:
            return extent(h.constant, *(x for x, _ in h.terms))
        return extent(h.at(float(h.function.times[0]) if isinstance(h.function, Spline) else 0.0))

    def _parameters(self) -> Mapping[str, Any]:
        known = super()._parameters()
        told = {"dims": self.dims is not None, "kicks": bool(self.kicks)}
        return {name: value for name, value in known.items() if told.get(name, True)}

    def without_kicks(self) -> DrivenSystem:
        """Make the system without its instantaneous pulses."""
        return self._replaced(kicks=()) if self.kicks else self

    def _require_smooth(self) -> None:
        """TypeError where there are kicks, for which operators alone are no answer."""
        if self.kicks:
            raise TypeError(
                "kicks: only evolve answers for instantaneous pulses; system.without_kicks() has none"
            )

    def coupling_operators(self) -> list[TimeOperator]:
        """A_j(t), those of SiteProjectors as matrices."""
        couplings: Any = self.couplings
        if isinstance(couplings, SiteProjectors):
            return [TimeOperator("projector", a) for a in couplings.matrices()]
        return list(couplings)

    @classmethod
    def held(cls, system: System) -> DrivenSystem:
        """Return a constant system as a driven one whose H and couplings stay what they are."""
        system.require_independent("DrivenSystem")
        couplings = system.couplings
        if not isinstance(couplings, SiteProjectors):
            couplings = [a if isinstance(a, np.ndarray) else a.toarray() for a in couplings]
        baths = [system.coupling_bath(j) for j in range(len(couplings))]
        return cls(system.hamiltonian, couplings, baths, dims=system.dims)

    def with_terms(self, terms: Sequence[tuple[Any, Any]]) -> DrivenSystem:
        """Add Σ_k f_k(t)X_k, [(X_k, f_k)], to H. A function may tell its jumps as ``f.jumps``."""
        return self._replaced(hamiltonian=self.hamiltonian.with_terms(terms))

    def of_reservoir(self, reservoir: int) -> DrivenSystem:
        """Make the system with the couplings of one reservoir alone."""
        reservoir = as_index("reservoir", reservoir, len(self.reservoirs))
        chosen = [j for j, r in enumerate(self.reservoir_of_coupling) if r == reservoir]
        given: Any = self.couplings
        couplings = (
            given.chosen(chosen) if isinstance(given, SiteProjectors) else tuple(given[j] for j in chosen)
        )
        return self._replaced(
            couplings=couplings,
            baths=tuple(self.baths[j] for j in chosen),
            reservoirs=(self.reservoirs[reservoir],),
            reservoir_of_coupling=(0,) * len(chosen),
        )

    def flowing(self, reservoir: int, what: str, times: Numbers) -> ComplexArray:
        """Return the operators of a reservoir's current at times, (T, N, N).

        They are H(t) ("energy"), N̂ ("particle") or H(t) − μN̂ ("heat").
        """
        moments = np.atleast_1d(as_real_array("times", times))
        mu = self.reservoirs[as_index("reservoir", reservoir, len(self.reservoirs))].mu
        as_choice("what", what, ("energy", "particle", "heat"))
        h = self.hamiltonian.stack(moments)
        if what == "energy" or (what == "heat" and mu == 0.0):
            return h
        number = self._number(moments)
        return np.broadcast_to(number, h.shape) if what == "particle" else h - mu * number

    def _number(self, moments: RealArray) -> ComplexArray:
        """Return the particle number that H conserves and couplings to ParticleBaths change by 1, (N, N)."""
        some = moments[np.unique(np.linspace(0, len(moments) - 1, CHECKED).astype(np.intp))]
        lowering = (
            []
            if isinstance(self.couplings, SiteProjectors)
            else [
                a.stack(some) for a, b in zip(self.couplings, self.baths, strict=True) if b.exchange > 0
            ]
        )
        return number_at_moments(self.hamiltonian.stack(some), lowering)

    def at(self, t: Finite) -> System:
        """Return the system as it is at one time, constant."""
        t = as_moment("t", t)
        h = self._hermitian_at(t)
        couplings = self.couplings
        if not isinstance(couplings, SiteProjectors):
            couplings = [a.at(t) for a in couplings]
        return System(h, couplings, list(self.baths), dims=self.dims)

    def conserved_quantities(self, *, tol: Positive = 1e-9) -> ComplexArray:
        """Return a basis of the operators that commute with H, every coupling and every kick at all times, (K, N, N).

        They commute with every term of a sum ``[h0, (h1, f1), …]``; a function of time has none, and is refused with a
        TypeError. See System.conserved_quantities.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> z, x = np.diag([1.0, -1.0]), np.array([[0, 1], [1, 0]])
        >>> dephasing = rf.DrivenSystem([z, (z, np.cos)], [z], rf.OhmicBath(0.1, 5.0, beta=1.0))
        >>> len(dephasing.conserved_quantities())
        2
        """
        operators: list[Any] = [v for _, v in self.kicks]
        for x in (self.hamiltonian, *self.coupling_operators()):
            operators += x.matrices()
        return commuting_with(operators, self.dimension, tol)

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
        self._require_smooth()
        h = self.hamiltonian.core(window)
        if isinstance(self.couplings, SiteProjectors):
            return self._core_system(h.operator, None, h.width, lamb_shift), h.jumps.tolist()
        each = [a.core(window) for a in self.couplings]
        made = self._core_system(h.operator, [a.operator for a in each], h.width, lamb_shift)
        return made, np.unique(np.concatenate([h.jumps, *(a.jumps for a in each)])).tolist()

    def operators(self, window: Window) -> tuple[Made, list[Made]]:
        """H and each coupling in the core."""
        self._require_smooth()
        return self.hamiltonian.core(window), [a.core(window) for a in self.coupling_operators()]

    def controlled(self, window: Window, lamb_shift: bool) -> tuple[_core.DrivenSystem, Control] | None:
        """Return the system against the one control that it depends on, if it does."""
        self._require_smooth()
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
