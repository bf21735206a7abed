"""A Hamiltonian, its couplings and their baths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_count,
    as_hermitian,
    as_index,
    as_items,
    as_square,
)
from redfield._base.checks.types import Operand, Operator
from redfield._base.qobj import dims_of, require_factors
from redfield.baths import Bath
from redfield.baths.given import GivenBath
from redfield.baths.matrix import BathMatrix, MatrixElement
from redfield.results.evolution import Result
from redfield.results.steady import SteadyState
from redfield.systems.couplings import Couplings, SiteProjectors, as_core_operator, as_couplings
from redfield.systems.hamiltonian import Eigensystem, Hamiltonian
from redfield.systems.levels import Levels
from redfield.systems.particles import checked_number
from redfield.systems.reservoirs import (
    bath_of_each,
    distinct,
    paired,
    warn_of_lone_couplings,
)
from redfield.systems.tables import Table, tables_of


class System(Levels[Result, SteadyState]):
    """H coupled through H_SB = Σ_j A_j ⊗ B_j to independent baths.

    Parameters
    ----------
    hamiltonian : (N, N) Hermitian array, Qobj or scipy.sparse matrix, which stays sparse until eigenvectors are asked;
        operators of fewer than 16 levels are always stored whole.
    couplings : SiteProjectors, or a list of (N, N) operators (arrays, Qobj, scipy.sparse), Hermitian or
        not; sparse ones are used as such where that is cheaper. None at all make a closed system.
    baths : one Bath for all couplings (identical, independent baths), a list of one each, or a BathMatrix. A function
        γ(ω) stands for a `SpectrumBath` of it, ω > 0 being what the bath receives, and a bosonic environment of QuTiP
        for the bath with γ = S, its power spectrum (a spectral density of QuTiP's is half of J here).
    pair : a coupling that is not Hermitian is A ⊗ B† + A† ⊗ B: each such A with a bath that has a temperature gets a
        partner A† with the same bath. Without it a warning names the coupling: alone it does not thermalise.
    dims : of the factors of a tensor product, such as [2, 2], which `to_qutip` gives states; default a Qobj's.
    number : the particle number operator N̂, (N, N), of a system whose baths have chemical potentials; default found
        from H and the operators of `particle_exchange` where the basis is one of occupation numbers.

    Attributes
    ----------
    energies : (N,) ascending eigenvalues of H, found at their first use.
    eigenvectors : (N, N), column k belongs to energies[k]; of one particle number too where N̂ is known.
    baths, bath_of_coupling : the Bath objects given, each once, and the index of each coupling's.
    reservoirs, reservoir_of_coupling : the same of what carries currents: the objects given, equal or not, the two
        halves of a ParticleBath being one.
    number : N̂ as an array, or None.

    Raises
    ------
    ValueError
        H is not square, not Hermitian or not finite; a coupling has another size; baths and couplings
        differ in number; a spectrum is negative or not finite at a Bohr frequency; N̂ is not conserved by H.
    TypeError
        An argument is of the wrong kind.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> rf.System([[1, 0.5], [0.5, -1]], rf.SiteProjectors(2), bath)
    System(hamiltonian=<2×2 float64 #2604dcc2fe>, couplings=SiteProjectors(n=2),
           baths=OhmicBath(strength=0.04, cutoff=10.0, beta=5.0), pair=False, number=None)
    """

    problem = "constant"

    def __init__(
        self,
        hamiltonian: Operator,
        couplings: Couplings,
        baths: GivenBath | Sequence[GivenBath] | BathMatrix,
        *,
        pair: bool = False,
        number: Operator | None = None,
        dims: Sequence[int] | None = None,
    ) -> None:
        self._h = Hamiltonian(hamiltonian)
        self.dimension = self._h.dimension
        self.dims = dims_of("dims", dims, hamiltonian, self.dimension)
        require_factors(self.dims, couplings=couplings)
        operators = as_couplings(couplings, self.dimension)
        if isinstance(baths, BathMatrix) and isinstance(operators, SiteProjectors):
            operators = as_couplings(operators.matrices(), self.dimension)
        given = bath_of_each(baths, len(operators), self._h.given)
        if pair and not isinstance(operators, SiteProjectors):
            operators, given = paired(operators, given)
        self.couplings = operators
        self.baths, self.bath_of_coupling = distinct(given)
        self.reservoirs, self.reservoir_of_coupling = distinct([b.reservoir for b in given])
        self.number = self._number(number)
        self._asked_number, self._pair = None if number is None else self.number, pair
        self._eigensystem = Eigensystem(self._h, self.number)
        self._cached_cores: dict[bool, _core.System] = {}
        self._cached_family: dict[str, _core.System] = {}
        warn_of_lone_couplings(operators, given)

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        super().__setstate__({**state, "_cached_cores": {}, "_cached_family": {}})

    def _parameters(self) -> dict[str, Any]:
        # One bath stands for those of all couplings where it is the same object.
        baths: Any = [self.coupling_bath(j) for j in range(len(self.couplings))]
        if len(self.reservoirs) == 1 and (self.has_matrix or len(self.baths) == 1):
            baths = self.reservoirs[0] if self.has_matrix else self.baths[0]
        return {
            "hamiltonian": self._h.given,
            "couplings": self.couplings,
            "baths": baths,
            "pair": self._pair,
            "number": self._asked_number,
            **({} if self.dims is None else {"dims": self.dims}),
        }

    @property
    def hamiltonian(self) -> Any:
        """H, (N, N), real where its imaginary part vanishes."""
        return self._h.dense

    @property
    def sparse_hamiltonian(self) -> Any:
        """H as a scipy.sparse array; one that was given sparse is not made dense."""
        return self._h.sparse

    @property
    def given_hamiltonian(self) -> Any:
        """H as an array or, of 16 levels or more and given so, a scipy.sparse one."""
        return self._h.given

    @property
    def energies(self) -> RealArray:
        return self._eigensystem.found[0]

    @property
    def eigenvectors(self) -> Any:
        return self._eigensystem.found[1]

    def _number(self, given: object) -> Any:
        takers = [bath.exchange > 0 for bath in self.baths]
        lowering = (
            [self.couplings[j] for j, b in enumerate(self.bath_of_coupling) if takers[b]]
            if any(takers) and not isinstance(self.couplings, SiteProjectors)
            else []
        )
        if given is None and not lowering:  # a sparse H stays so
            return None
        if given is not None:
            given = as_hermitian("number", as_square("number", given, self.dimension))
        return checked_number(given, self.hamiltonian, lowering)

    @property
    def has_matrix(self) -> bool:
        """Whether the baths are those of a BathMatrix, which depend on each other."""
        return any(isinstance(bath, MatrixElement) for bath in self.baths)

    def require_independent(self, what: str) -> None:
        """TypeError where they do."""
        if self.has_matrix:
            raise TypeError(f"{what} is of independent baths, not of a BathMatrix")

    def coupling_bath(self, coupling: int) -> Bath:
        """Return the bath of a coupling."""
        bath: Bath = self.baths[
            self.bath_of_coupling[as_index("coupling", coupling, len(self.couplings))]
        ]
        return bath

    @property
    def degeneracy_tol(self) -> float:
        """The difference up to which energies or frequencies are one: max(1e-13 (E_max − E_min), (16 + N) ε max|E|)."""
        return _core.degeneracy_tol(self.energies)

    def bohr_frequencies(self) -> RealArray:
        """(N, N), entry (k, l) = E_l − E_k: what |k⟩⟨l| releases to a bath; 0 within degeneracy_tol."""
        return _core.bohr_frequencies(self.energies)

    def restricted(self, couplings: Sequence[int]) -> System:
        """Make the system with some of the couplings, and their baths, alone."""
        chosen = [as_count("couplings", j, 0) for j in as_items("couplings", couplings)]
        count = len(self.couplings)
        if chosen and max(chosen) >= count:
            raise ValueError(f"couplings must name some of the {count}, got {list(couplings)}")
        return self._coupled(
            self.couplings.chosen(chosen)
            if isinstance(self.couplings, SiteProjectors)
            else tuple(self.couplings[j] for j in chosen),
            [self.coupling_bath(j) for j in chosen],
        )

    def with_baths(self, baths: GivenBath | Sequence[GivenBath] | BathMatrix) -> System:
        """Make the system with other baths, one for all or one each; H is not diagonalised again.

        Examples
        --------
        >>> import redfield as rf
        >>> cold = System([[1, 0.5], [0.5, -1]], rf.SiteProjectors(2), rf.OhmicBath(0.04, 10.0, beta=5.0))
        >>> hot = cold.with_baths(rf.OhmicBath(0.04, 10.0, beta=0.5))
        >>> hot.energies is cold.energies
        True
        """
        given = bath_of_each(baths, len(self.couplings), self._h.given)
        if self.number is None and any(bath.exchange for bath in given):  # N̂ is to be found
            return System(self._h.given, self.couplings, given, dims=self.dims)
        warn_of_lone_couplings(self.couplings, given)
        return self._coupled(self.couplings, given, self._cached_family)

    def with_eigensystem(self, energies: RealArray, eigenvectors: ComplexArray) -> System:
        """Make the system with eigenvectors found elsewhere."""
        return self._replaced(
            _eigensystem=Eigensystem.known(energies, eigenvectors), _cached_cores={}, _cached_family={}
        )

    def _coupled(
        self, couplings: Operand, given: Sequence[Bath], family: dict[str, _core.System] | None = None
    ) -> System:
        """`family` holds a core of these couplings in this eigenbasis, once there is one."""
        baths, of_coupling = distinct(given)
        reservoirs, of_reservoir = distinct([b.reservoir for b in given])
        return self._replaced(
            couplings=couplings,
            baths=baths,
            bath_of_coupling=of_coupling,
            reservoirs=reservoirs,
            reservoir_of_coupling=of_reservoir,
            _cached_cores={},
            _cached_family={} if family is None else family,
        )

    def of_reservoir(self, reservoir: int) -> System:
        """Make the system with the couplings of one reservoir alone."""
        reservoir = as_index("reservoir", reservoir, len(self.reservoirs))
        return self.restricted([j for j, r in enumerate(self.reservoir_of_coupling) if r == reservoir])

    def flowing(self, reservoir: int, what: str) -> Any:
        """Return the operator of a reservoir's current: H ("energy"), N̂ ("particle") or H − μN̂ ("heat")."""
        mu = self.reservoirs[as_index("reservoir", reservoir, len(self.reservoirs))].mu
        as_choice("what", what, ("energy", "particle", "heat"))
        if what == "energy" or (what == "heat" and mu == 0.0):
            return self.hamiltonian
        if self.number is None:
            raise ValueError(
                "the system has no particle number to count; give System(…, number=N̂), N̂ = Σ a†a of all modes"
            )
        return self.number if what == "particle" else self.hamiltonian - mu * self.number

    def coupling_in_eigenbasis(self, j: int) -> ComplexArray:
        """U†A_jU, (N, N)."""
        u, j = self.eigenvectors, as_index("j", j, len(self.couplings))
        if isinstance(self.couplings, SiteProjectors):
            v = u[self.couplings.sites[j]].conj()
            a = self.couplings.weights[j] * np.outer(v, v.conj())
        else:
            a = u.conj().T @ (self.couplings[j] @ u)
        operator: ComplexArray = a.astype(np.complex128)
        return operator

    def core(self, lamb_shift: bool) -> _core.System:
        """Return the compiled system, with η tabulated only if it is asked for."""
        if lamb_shift not in self._cached_cores:
            tables, of_coupling = tables_of(self, lamb_shift)
            known = self._cached_family.get("core")
            make = self._new_core if known is None else known.with_baths
            self._cached_family["core"] = self._cached_cores[lamb_shift] = make(tables, of_coupling)
        return self._cached_cores[lamb_shift]

    def _new_core(self, tables: Sequence[Table], of_coupling: list[int]) -> _core.System:
        if isinstance(self.couplings, SiteProjectors):
            return _core.System.site_projectors(
                self.energies,
                self.eigenvectors,
                self.couplings.sites,
                self.couplings.weights,
                tables,
                of_coupling,
            )
        operators = [as_core_operator(a) for a in self.couplings]
        return _core.System.operators(self.energies, self.eigenvectors, operators, tables, of_coupling)

    def baths_of_tables(self) -> list[Bath]:
        """Return the baths of the core's tables: of equal ones the first."""
        return list(dict.fromkeys(self.baths))
