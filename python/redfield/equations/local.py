"""Redfield's equation built around each coupling, without H's eigenvectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_items
from redfield._base.checks.types import Positive
from redfield._base.progress import Progress, Report, progress_callback
from redfield._base.records import record
from redfield.equations.base import Equation
from redfield.equations.lambdas import Function, one_sided
from redfield.equations.lightcone import (
    Memory,
    Sites,
    cluster_operators,
    memory_of,
    site_factors,
    sites_of_couplings,
)
from redfield.results.evolution import Result
from redfield.results.steady import SteadyState
from redfield.systems.couplings import SiteProjectors, as_coordinates, as_core_operator
from redfield.systems.system import System


@record
class LocalRedfield(Equation[Result, SteadyState]):
    r"""Redfield's equation with each Λ_j computed in a cluster around its coupling, in the basis H was given in.

    .. math:: \Lambda_j = \int_0^\infty ds\, C_j(s)\, e^{-iHs}A_je^{iHs} \;\to\; e^{-iH_cs}A_je^{iH_cs}

    with H_c the terms of H within the cluster. What flows over its edge while the bath remembers bounds the difference
    (Duhamel's formula; the light cone is that of Lieb & Robinson, doi:10.1007/BF01645779), and the cluster grows until
    that is small enough. H is neither diagonalised nor made dense: an application costs the non-zeros of the Λ_j, and
    N = 4096 is usual. Lattices of any shape and sites of any dimension: who is near whom is read off H.

    Parameters
    ----------
    system : its couplings are SiteProjectors (one particle on a lattice), or operators of one site each of a space
        with `dims` (many bodies).
    error : ‖𝓛 − 𝓛_local‖ in trace norm is to be at most this, a rate: after a time t the solution is at most t times
        it away, and what the equation amplifies it by.
    lamb_shift : whether the imaginary part of Γ acts.
    dims : the levels of each site, site 0 the slowest factor; of many bodies only.
    sites : the site of each coupling, default 0, 1, ….

    Attributes
    ----------
    dropped : (K,) bounds of ‖Λ_j − Λ_j,local‖.
    error_bound : what they bound ‖𝓛 − 𝓛_local‖ by, at most `error`.
    supports : the number of levels (of a lattice: sites) each Λ_j acts on.

    Raises
    ------
    ValueError
        A coupling acts on more than one site, H has terms of more than two, or `error` needs clusters that are too
        large.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> chain = rf.models.mixed_field_ising(6)
    >>> system = rf.System(chain.hamiltonian, chain.local("z"), rf.DrudeBath(0.05, 10.0, 0.2))
    >>> local = rf.LocalRedfield(system, error=0.02, dims=[2] * 6, lamb_shift=False)
    >>> rho = np.eye(64)[0]
    >>> near, exact = (e.evolve(rho, [0.0, 1.0]).final_state for e in (local, rf.Redfield(system, lamb_shift=False)))
    >>> bool(rf.trace_norm(near - exact) < local.error_bound)
    True
    """

    error: Positive
    lamb_shift: bool = True
    dims: Sequence[int] | None = field(default=None, kw_only=True)
    sites: Sequence[int] | None = field(default=None, kw_only=True)
    progress: Progress = field(default=False, kw_only=True, compare=False)

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("redfield1957", "lieb1972")}

    def _complete(self) -> None:
        system: Any = self.system
        system.require_independent("LocalRedfield")
        self.dims = None if self.dims is None else tuple(as_items("dims", self.dims))
        self.sites = None if self.sites is None else tuple(as_items("sites", self.sites))
        self._parts = self._built()
        self.progress = False
        super()._complete()

    def _built(self) -> _Parts:
        """Return the Λ_j of their clusters."""
        system: Any = self.system
        spectra = [one_sided(bath, self.lamb_shift) for bath in system.baths]
        memories = [memory_of(bath) for bath in system.baths]
        with progress_callback(self.progress, "light cones") as report:
            if isinstance(system.couplings, SiteProjectors):
                return _on_lattice(system, self.error, spectra, memories, report)
            return _of_bodies(system, self.error, self.dims, self.sites, spectra, memories)

    @property
    def dropped(self) -> RealArray:
        return self._parts.dropped

    @property
    def error_bound(self) -> float:
        return self._parts.bound

    @property
    def supports(self) -> Any:
        return self._parts.supports

    def _in_given_basis(self) -> _core.Generator:
        system, parts = self.system, self._parts
        h, k = as_core_operator(system.sparse_hamiltonian), as_core_operator(parts.decay)
        return _core.LambdaGenerator.sparse_form(
            system.dimension, h, k, list(parts.terms), list(parts.factors)
        )

    def _in_eigenbasis(self) -> _core.Generator:
        lambdas = [pair[0] for pair in self._parts.terms]
        system: Any = self.system
        if self._parts.factors:
            baths = [system.coupling_bath(j) for j in range(len(system.couplings))]
            system = System(system.given_hamiltonian, _sparse(system.couplings), baths, dims=system.dims)
            lambdas = [_dense_block(factor, system.dimension) for factor in self._parts.factors]
        return _core.LambdaGenerator.given_lambdas(system.core(False), lambdas)

    def with_system(self, system: object) -> LocalRedfield:
        raise TypeError("a LocalRedfield knows its couplings' surroundings; make one of the other system")

    def of_reservoir(self, reservoir: int) -> LocalRedfield:
        raise TypeError(
            "a LocalRedfield has all its reservoirs together; make one of system.of_reservoir(…)"
        )


CoreFactor = tuple[int, npt.NDArray[np.int32], ComplexArray, ComplexArray]
"""Site, support, and left and right of Λ_j = left right† on it."""


@dataclass(frozen=True, eq=False)
class _Parts:
    """The Λ_j as the core takes them, by terms or by factors, with their loss term and what they lack."""

    terms: tuple[Any, ...]
    factors: tuple[CoreFactor, ...]
    decay: Any
    dropped: RealArray
    bound: float
    supports: Any


def _sparse(projectors: SiteProjectors) -> list[Any]:
    shape = (projectors.dimension, projectors.dimension)
    return [
        scipy.sparse.coo_array(([w], ([s], [s])), shape=shape)
        for s, w in zip(projectors.sites, projectors.weights, strict=True)
    ]


def _on_lattice(
    system: System,
    error: float,
    spectra: list[Function],
    memories: list[Memory],
    report: Report,
) -> _Parts:
    """Return the Λ_j of site projectors.

    Σ_j δΛ_jρ|j⟩⟨j| has the columns δΛ_jρ|j⟩: its trace norm is at most 4 √Σ‖δΛ_j w_j‖², all terms together.
    """
    couplings: Any = system.couplings
    of = system.bath_of_coupling
    # Each w_j ≠ 0 is in Λ_j and once more in A_j.
    largest = float(np.abs(couplings.weights).max(initial=0.0))
    allowed = error / (4.0 * np.sqrt(max(len(couplings), 1)) * max(largest, 1e-300))
    factors = site_factors(
        system.sparse_hamiltonian, couplings.sites, couplings.weights, [spectra[b] for b in of],
        [memories[b] for b in of], allowed, report,
    )  # fmt: skip
    rows, columns, values = [], [], []
    cores = []
    for factor, weight in zip(factors, couplings.weights, strict=True):
        where = np.flatnonzero(factor.support == factor.site)
        left = factor.left * weight
        if where.size:
            rows.append(np.full(len(factor.support), factor.site))
            columns.append(factor.support)
            values.append(left[where[0]] @ factor.right.conj().T)
        cores.append((factor.site, factor.support, left, factor.right))
    shape = (system.dimension, system.dimension)
    decay = scipy.sparse.csr_array(shape, dtype=np.complex128)
    if rows:
        decay = scipy.sparse.csr_array(
            (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape
        )
    dropped = np.array([f.dropped for f in factors])
    bound = 4.0 * float(np.linalg.norm(dropped * np.abs(couplings.weights)))
    return _Parts((), tuple(cores), decay, dropped, bound, np.array([len(f.support) for f in factors]))


def _of_bodies(
    system: System,
    error: float,
    dims: Sequence[int] | None,
    where: Sequence[int] | None,
    spectra: list[Function],
    memories: list[Memory],
) -> _Parts:
    """Return the Λ_j of operators of one site each; four terms of each have the bound 4 Σ_j ‖A_j‖‖δΛ_j‖."""
    sites, small = local_couplings(system, dims, where)
    of, norms = system.bath_of_coupling, np.array([np.linalg.norm(a, 2) for a, _ in small])
    allowed = error / (4.0 * float(norms.sum())) if norms.sum() > 0.0 else np.inf
    parts = cluster_operators(sites, small, [spectra[b] for b in of], [memories[b] for b in of], allowed)
    decay = scipy.sparse.csr_array(system.sparse_hamiltonian.shape, dtype=np.complex128)
    terms = []
    couplings: Any = system.couplings
    for local, coupling in zip(parts, couplings, strict=True):
        a = as_coordinates(coupling)
        decay = decay + a.conj().T.tocsr() @ local.operator
        terms.append((as_core_operator(local.operator), as_core_operator(a)))
    dropped = np.array([local.dropped for local in parts])
    supports = np.array([sites.levels(local.cluster) for local in parts])
    return _Parts(tuple(terms), (), decay, dropped, 4.0 * float(norms @ dropped), supports)


def local_couplings(
    system: System, dims: Sequence[int] | None, where: Sequence[int] | None
) -> tuple[Sites, list[tuple[ComplexArray, int]]]:
    """Return the sites of a system, and each coupling as an operator of its site."""
    if dims is None:
        raise ValueError("dims is needed: the levels of each site, as [2] * n of a spin chain")
    sites = Sites(system.sparse_hamiltonian, dims)
    couplings: Any = system.couplings
    chosen = sites_of_couplings(where, len(couplings), len(sites.dims))
    return sites, [(sites.local_part(couplings[j], s), s) for j, s in enumerate(chosen)]


def _dense_block(factor: CoreFactor, n: int) -> Any:
    """Return left right† on the support as the core takes it."""
    _, support, left, right = factor
    block = left @ right.conj().T
    rows = np.repeat(support, len(support))
    columns = np.tile(support, len(support))
    return as_core_operator(scipy.sparse.coo_array((block.ravel(), (rows, columns)), shape=(n, n)))
