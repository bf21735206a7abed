"""A Hamiltonian, its couplings and their baths."""

from __future__ import annotations

import copy
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield.baths import Bath
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_count,
    as_hermitian,
    as_numeric,
    as_positive,
    as_square,
    require_finite,
)

ENERGY_OF_OVERFLOW = 1e150
ROUNDING = 1e-13
"""Bohr frequencies below this part of the bandwidth are zero."""


class SiteProjectors:
    """The couplings A_j = w_j |s_j⟩⟨s_j|, projectors on sites of the basis H is given in.

    A set of them costs four N×N products to apply, however many there are (arXiv:2507.10080, Figure 1
    has one on each site).

    Parameters
    ----------
    n : number of levels of the system.
    sites : the sites s_j, default all n.
    weights : the real w_j, one each, default 1.

    Raises
    ------
    ValueError
        A site is outside the system, or a weight is missing or not finite.

    Examples
    --------
    >>> SiteProjectors(4)
    SiteProjectors(4)
    >>> len(SiteProjectors(4, sites=[0, 3], weights=[1.0, 2.0]))
    2
    """

    def __init__(
        self,
        n: int,
        sites: Sequence[int] | None = None,
        weights: npt.ArrayLike | None = None,
    ) -> None:
        self.dimension = as_count("n", n)
        self.sites = (
            list(range(self.dimension))
            if sites is None
            else [as_count("sites", int(s), least=0) for s in sites]
        )
        for site in self.sites:
            if site >= self.dimension:
                raise ValueError(f"site {site} is outside a system of {self.dimension} levels")
        if not self.sites:
            raise ValueError("sites is empty: a system needs at least one coupling")
        raw = np.ones(len(self.sites)) if weights is None else as_numeric("weights", weights)
        if raw.dtype != np.float64:
            raise TypeError("weights must be real")
        if raw.shape != (len(self.sites),):
            raise ValueError(f"{len(self.sites)} sites need as many weights, got shape {raw.shape}")
        require_finite("weights", raw)
        self.weights: RealArray = np.ascontiguousarray(raw)

    def __len__(self) -> int:
        return len(self.sites)

    def __repr__(self) -> str:
        all_sites = len(self.sites) == self.dimension
        return f"SiteProjectors({self.dimension}" + ("" if all_sites else f", sites={self.sites}") + ")"


class System:
    """H coupled through H_SB = Σ_j A_j ⊗ B_j to independent baths.

    Parameters
    ----------
    hamiltonian : (N, N) Hermitian array, Qobj or scipy.sparse matrix.
    couplings : SiteProjectors, or a list of (N, N) operators (arrays, Qobj, scipy.sparse), Hermitian or
        not; sparse ones are used as such where that is cheaper.
    baths : one Bath for all couplings (identical, independent baths) or a list of one each.

    Attributes
    ----------
    energies : (N,) ascending eigenvalues of H.
    eigenvectors : (N, N), column k belongs to energies[k].

    Raises
    ------
    ValueError
        H is not square, not Hermitian or not finite; a coupling has another size; baths and couplings
        differ in number; a spectrum is negative or not finite at a Bohr frequency.
    TypeError
        An argument is of the wrong kind.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> rf.System([[1, 0.5], [0.5, -1]], rf.SiteProjectors(2), bath)
    System(N = 2, 2 couplings, 1 bath)
    """

    def __init__(
        self,
        hamiltonian: Any,
        couplings: SiteProjectors | Sequence[Any],
        baths: Bath | Sequence[Bath],
    ) -> None:
        self.hamiltonian = as_hermitian("hamiltonian", hamiltonian)
        if np.abs(self.hamiltonian).max() > ENERGY_OF_OVERFLOW:
            raise ValueError("hamiltonian has entries beyond 1e150; choose another unit of energy")
        self.dimension = int(self.hamiltonian.shape[0])
        self.couplings = _as_couplings(couplings, self.dimension)
        self.baths, self.bath_of_coupling = _as_baths(baths, len(self.couplings))
        self.energies, self.eigenvectors = np.linalg.eigh(self.hamiltonian)
        self._cores: dict[bool, _core.System] = {}

    def __repr__(self) -> str:
        n, k, b = self.dimension, len(self.couplings), len(self.baths)
        return f"System(N = {n}, {k} coupling{'s' * (k != 1)}, {b} bath{'s' * (b != 1)})"

    def bohr_frequencies(self) -> RealArray:
        """(N, N), entry (k, l) = E_l − E_k: what |k⟩⟨l| releases to a bath."""
        frequencies: RealArray = self.energies[None, :] - self.energies[:, None]
        return frequencies

    def gibbs_state(self, beta: float | None = None) -> ComplexArray:
        """e^{−βH}/tr e^{−βH}, (N, N) in the basis H was given in; β = inf is the ground state's projector.

        Parameters
        ----------
        beta : inverse temperature, default the baths' own.

        Raises
        ------
        ValueError
            The baths have different temperatures or none, and beta is not given.
        """
        if beta is None:
            betas = {getattr(bath, "beta", None) for bath in self.baths}
            if len(betas) != 1 or None in betas:
                raise ValueError(f"the baths do not have one temperature (beta: {betas}); give beta")
            beta = betas.pop()
        beta = as_positive("beta", beta, infinite=True)
        excess = self.energies - self.energies[0]
        with np.errstate(invalid="ignore"):
            weights = np.where(excess == 0.0, 1.0, np.exp(-beta * np.where(excess == 0.0, 1.0, excess)))
        p = weights / weights.sum()
        state: ComplexArray = ((self.eigenvectors * p) @ self.eigenvectors.conj().T).astype(np.complex128)
        return state

    def restricted(self, couplings: Sequence[int]) -> System:
        """The same H with some of the couplings, and their baths, alone."""
        chosen = [as_count("couplings", int(j), 0) for j in couplings]
        if not chosen or max(chosen) >= len(self.couplings):
            raise ValueError(
                f"couplings must name some of the {len(self.couplings)}, got {list(couplings)}"
            )
        other = copy.copy(self)
        if isinstance(self.couplings, SiteProjectors):
            sites = [self.couplings.sites[j] for j in chosen]
            other.couplings = SiteProjectors(self.dimension, sites, self.couplings.weights[chosen])
        else:
            other.couplings = [self.couplings[j] for j in chosen]
        other.baths, other.bath_of_coupling = _as_baths(
            [self.baths[self.bath_of_coupling[j]] for j in chosen], len(chosen)
        )
        other._cores = {}
        return other

    def coupling_in_eigenbasis(self, j: int) -> ComplexArray:
        """U†A_jU, (N, N)."""
        u = self.eigenvectors
        if isinstance(self.couplings, SiteProjectors):
            v = u[self.couplings.sites[j]].conj()
            a = self.couplings.weights[j] * np.outer(v, v.conj())
        else:
            a = u.conj().T @ (self.couplings[j] @ u)
        operator: ComplexArray = a.astype(np.complex128)
        return operator

    def core(self, lamb_shift: bool) -> _core.System:
        """The compiled system, with η tabulated only if it is asked for."""
        if lamb_shift not in self._cores:
            w = self.bohr_frequencies()
            # Degenerate levels differ by rounding; a spectrum may jump at ω = 0.
            w[np.abs(w) <= ROUNDING * np.ptp(self.energies)] = 0.0
            tables = [_tabulate(bath, w, lamb_shift) for bath in self.baths]
            if isinstance(self.couplings, SiteProjectors):
                core = _core.System.site_projectors(
                    self.energies,
                    self.eigenvectors,
                    self.couplings.sites,
                    self.couplings.weights,
                    tables,
                    self.bath_of_coupling,
                )
            else:
                core = _core.System.operators(
                    self.energies,
                    self.eigenvectors,
                    [_as_core_operator(a) for a in self.couplings],
                    tables,
                    self.bath_of_coupling,
                )
            self._cores[lamb_shift] = core
        return self._cores[lamb_shift]


def _as_couplings(couplings: Any, dimension: int) -> SiteProjectors | list[Any]:
    if isinstance(couplings, SiteProjectors):
        if couplings.dimension != dimension:
            raise ValueError(
                f"couplings are for {couplings.dimension} levels, but the system has {dimension}"
            )
        return couplings
    one_array = isinstance(couplings, np.ndarray) and couplings.ndim == 2
    if one_array or hasattr(couplings, "full") or hasattr(couplings, "tocoo"):
        couplings = [couplings]
    if not isinstance(couplings, Sequence | np.ndarray):
        raise TypeError(
            f"couplings must be SiteProjectors or a list of operators, got {type(couplings).__name__}"
        )
    if len(couplings) == 0:
        raise ValueError("couplings is empty: a system needs at least one coupling")
    return [_as_operator(f"couplings[{j}]", a, dimension) for j, a in enumerate(couplings)]


def _as_operator(name: str, value: Any, dimension: int) -> Any:
    if hasattr(value, "tocoo"):
        if value.shape != (dimension, dimension):
            raise ValueError(f"{name} has shape {value.shape}, but the system has {dimension} levels")
        sparse = value.tocoo()
        if sparse.data.dtype.kind not in "biufc":
            raise TypeError(f"{name} must be numeric, got dtype {sparse.data.dtype}")
        require_finite(f"{name}.data", sparse.data)
        return sparse
    return as_square(name, value, dimension)


def _as_core_operator(operator: Any) -> Any:
    if hasattr(operator, "tocoo"):
        return (
            np.asarray(operator.row, dtype=np.int64),
            np.asarray(operator.col, dtype=np.int64),
            np.asarray(operator.data, dtype=np.complex128),
        )
    return operator


def _as_baths(baths: Any, count: int) -> tuple[list[Bath], list[int]]:
    """The distinct baths, and the index of each coupling's bath: equal baths share one table."""
    given = [baths] if isinstance(baths, Bath) else baths
    if not isinstance(given, Sequence) or not all(isinstance(b, Bath) for b in given):
        raise TypeError(f"baths must be a Bath or a list of them, got {baths!r}")
    if len(given) not in (1, count):
        raise ValueError(f"{len(given)} baths for {count} couplings; give one bath for all or one each")
    distinct: dict[Hashable, int] = {}
    kept: list[Bath] = []
    of_coupling: list[int] = []
    for bath in given:
        key: Hashable = bath if isinstance(bath, Hashable) else id(bath)
        if key not in distinct:
            distinct[key] = len(kept)
            kept.append(bath)
        of_coupling.append(distinct[key])
    return kept, of_coupling * count if len(given) == 1 else of_coupling


def _tabulate(bath: Bath, w: RealArray, lamb_shift: bool) -> tuple[RealArray, RealArray | None]:
    gamma = _check_spectrum(bath, "power_spectrum", bath.power_spectrum(w), w)
    if gamma.min() < 0.0:
        where = np.unravel_index(int(np.argmin(gamma)), gamma.shape)
        raise ValueError(f"{bath!r}: power_spectrum({w[where]:g}) = {gamma[where]:g} is negative")
    eta = _check_spectrum(bath, "lamb_shift", bath.lamb_shift(w), w) if lamb_shift else None
    return 0.5 * gamma, eta


def _check_spectrum(bath: Bath, name: str, values: Any, w: RealArray) -> RealArray:
    array = np.asarray(values)
    if array.shape != w.shape or array.dtype.kind not in "iuf":
        raise ValueError(
            f"{bath!r}: {name}(w) must return real numbers of the shape of w, {w.shape}; got "
            f"dtype {array.dtype} and shape {array.shape}"
        )
    if not np.isfinite(array).all():
        where = tuple(np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{bath!r}: {name}({w[where]:g}) = {array[where]} is not finite")
    return array.astype(np.float64, copy=False)
