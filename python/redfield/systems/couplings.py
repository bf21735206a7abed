"""The operators through which a system meets its baths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy

from redfield._base.checks import (
    HERMITICITY_TOL,
    SPARSE_LEVELS,
    RealArray,
    as_count,
    as_index,
    as_items,
    as_matrix,
    as_numeric,
    is_plainly_hermitian,
    require_finite,
    require_memory,
)
from redfield._base.checks.operands import as_operand
from redfield._base.checks.types import Operator
from redfield._base.records import Record

Matrix: TypeAlias = "npt.NDArray[Any] | scipy.sparse.sparray"
"""An operator, dense or sparse."""

FULLNESS = 8
"""Operators of SPARSE_LEVELS levels of which one entry in so many or fewer is not zero are sparse to the core."""


class SiteProjectors(Record):
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
    SiteProjectors(n=4, sites=None, weights=None)
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
        if sites is None:
            require_memory(f"a projector of each of n = {n} sites", 64.0 * self.dimension)
        self.sites: tuple[int, ...] = (
            tuple(range(self.dimension))
            if sites is None
            else tuple(
                as_count(f"sites[{j}]", s, least=0) for j, s in enumerate(as_items("sites", sites))
            )
        )
        for j, site in enumerate(() if sites is None else self.sites):
            if site >= self.dimension:
                raise ValueError(f"sites[{j}] = {site} is outside a system of {self.dimension} levels")
        self.weights: RealArray = (
            np.ones(len(self.sites)) if weights is None else _as_weights(weights, len(self.sites))
        )

    def _parameters(self) -> dict[str, Any]:
        every = self.sites == tuple(range(self.dimension))
        return {
            "n": self.dimension,
            "sites": None if every else self.sites,
            "weights": None if (self.weights == 1.0).all() else self.weights,
        }

    def __len__(self) -> int:
        return len(self.sites)

    def matrices(self) -> list[RealArray]:
        """Each as a matrix, (N, N)."""
        unit = np.eye(self.dimension)
        return [w * np.diag(unit[s]) for s, w in zip(self.sites, self.weights, strict=True)]

    def chosen(self, which: Sequence[int]) -> SiteProjectors:
        """Return some of the projectors alone."""
        indices = [as_index("which", j, len(self)) for j in as_items("which", which)]
        return SiteProjectors(self.dimension, [self.sites[j] for j in indices], self.weights[indices])


def _as_weights(weights: npt.ArrayLike, count: int) -> RealArray:
    """Return real weights of so many sites, a copy."""
    raw = as_numeric("weights", weights)
    if raw.dtype != np.float64:
        raise TypeError("weights must be real")
    if raw.shape != (count,):
        raise ValueError(f"{count} sites need as many weights, got weights of shape {raw.shape}")
    require_finite("weights", raw)
    return np.array(raw)


Couplings = Annotated[SiteProjectors | Sequence[Operator], as_operand]
"""The couplings of a system: site projectors, or a list of operators."""


def as_couplings(
    couplings: object, dimension: int, name: str = "couplings"
) -> SiteProjectors | tuple[Any, ...]:
    """SiteProjectors, or operators: each a copy, a matrix or scipy.sparse in coordinates."""
    if isinstance(couplings, SiteProjectors):
        if couplings.dimension != dimension:
            raise ValueError(
                f"{name} are for {couplings.dimension} levels, but the system has {dimension}"
            )
        return couplings
    one_array = isinstance(couplings, np.ndarray) and couplings.ndim == 2
    if one_array or hasattr(couplings, "full") or hasattr(couplings, "tocoo"):
        couplings = [couplings]
    if isinstance(couplings, str) or not isinstance(couplings, Sequence | np.ndarray):
        raise TypeError(
            f"{name} must be SiteProjectors or a list of operators, got {type(couplings).__name__}"
        )
    return tuple(_as_operator(f"{name}[{j}]", a, dimension) for j, a in enumerate(couplings))


def _as_operator(name: str, value: object, dimension: int) -> Any:
    matrix = as_matrix(name, value, dimension)
    return np.array(matrix) if isinstance(matrix, np.ndarray) else matrix.tocoo()


def as_core_operator(operator: object) -> Any:
    """Return an operator as the core takes it: a matrix, or (rows, columns, values) where few entries are not zero."""
    if isinstance(operator, np.ndarray):
        few = len(operator) >= SPARSE_LEVELS and FULLNESS * np.count_nonzero(operator) <= operator.size
        return as_core_entries(operator) if few else operator
    return as_core_entries(operator) if hasattr(operator, "tocoo") else operator


def as_core_entries(operator: Any) -> Any:
    """Return the non-zeros of an operator as the core takes them: rows, columns, values."""
    if isinstance(operator, np.ndarray):
        rows, columns = np.nonzero(operator)
        return rows, columns, operator[rows, columns].astype(np.complex128)
    entries = operator.tocoo()
    return entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data.astype(np.complex128)


def as_coordinates(operator: Operator) -> Any:
    """As a scipy.sparse array in coordinates."""
    return operator.tocoo() if hasattr(operator, "tocoo") else scipy.sparse.coo_array(operator)


def is_hermitian(operator: Any) -> bool:
    """Return whether an operator is Hermitian to rounding."""
    return is_plainly_hermitian(operator) or same(operator, operator.conj().T)


def require_hermitian(couplings: SiteProjectors | Sequence[npt.NDArray[Any]], what: str) -> None:
    """TypeError where a coupling is not Hermitian, as those on sites are."""
    if isinstance(couplings, SiteProjectors):
        return
    for j, a in enumerate(couplings):
        if not is_hermitian(a):
            raise TypeError(f"couplings[{j}] is not Hermitian: {what} is of Hermitian couplings")


def same(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> bool:
    """Return whether two operators agree to rounding."""
    difference, size = np.abs(a - b), np.abs(a)
    return float(difference.max()) <= HERMITICITY_TOL * float(size.max())
