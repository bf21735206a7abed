"""Operators on Fock spaces, as scipy.sparse matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from redfield._base.checks import as_count, as_items, as_matrix, checked, is_sparse
from redfield._base.checks.types import Count, Operator

MOST_MODES = 20


@checked
def fermions(modes: Count) -> list[scipy.sparse.csr_array]:
    r"""Return the annihilation operators of fermions, by Jordan and Wigner.

    .. math:: a_j = \sigma^z \otimes \dots \otimes \sigma^z \otimes a \otimes 1 \otimes \dots \otimes 1,
              \qquad \{a_j, a_k^\dagger\} = \delta_{jk}

    Mode 0 is the leftmost (slowest) factor; basis states are occupation numbers, 0 before 1.

    Parameters
    ----------
    modes : how many, 1 to 20; the space has 2^modes levels.

    Returns
    -------
    list of (2^modes, 2^modes) csr_array of float64.

    Examples
    --------
    >>> a, b = fermions(2)
    >>> (a @ b.T + b.T @ a).nnz, (a @ a.T + a.T @ a).toarray().diagonal()
    (0, array([1., 1., 1., 1.]))
    """
    return _ladder(modes, np.array([[0.0, 1.0], [0.0, 0.0]]), np.diag([1.0, -1.0]))


@checked
def bosons(modes: Count, levels: int) -> list[scipy.sparse.csr_array]:
    r"""Return the annihilation operators of bosons, each mode cut off at `levels` − 1 quanta.

    .. math:: a_j|n_j\rangle = \sqrt{n_j}\,|n_j - 1\rangle, \qquad n_j < \text{levels}

    Parameters
    ----------
    modes : how many; the space has levels^modes levels, at most 2^20.
    levels : of one mode, at least 2. [a, a†] = 1 fails in the highest.

    Returns
    -------
    list of csr_array of float64.

    Examples
    --------
    >>> (a,) = bosons(1, levels=4)
    >>> (a.T @ a).toarray().diagonal().round(12)
    array([0., 1., 2., 3.])
    """
    levels = as_count("levels", levels, least=2)
    return _ladder(modes, np.diag(np.sqrt(np.arange(1.0, levels)), 1), np.eye(levels))


def _ladder(
    modes: int,
    lowering: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    string: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> list[scipy.sparse.csr_array]:
    size = len(lowering)
    if size**modes > 2**MOST_MODES:
        raise ValueError(
            f"{modes} modes of {size} levels have {size}^{modes} states; at most 2^{MOST_MODES}"
        )
    operators = []
    for j in range(modes):
        a = scipy.sparse.csr_array(np.eye(1))
        for k in range(modes):
            factor = string if k < j else lowering if k == j else np.eye(size)
            a = scipy.sparse.kron(a, scipy.sparse.csr_array(factor), format="csr")
        a.eliminate_zeros()
        operators.append(scipy.sparse.csr_array(a))
    return operators


@checked
def local(operator: Operator, site: int | Sequence[int], dims: Sequence[int]) -> scipy.sparse.csr_array:
    r"""Return an operator of one site, or of several, on the space of all of them.

    .. math:: 1 \otimes \dots \otimes O \otimes \dots \otimes 1

    Parameters
    ----------
    operator : (d, d) with d the product of the dims of its sites; array, Qobj or scipy.sparse.
    site : the site, or the sites in the order of the operator's factors.
    dims : the levels of each site, site 0 the slowest factor.

    Returns
    -------
    (D, D) csr_array.

    Raises
    ------
    ValueError
        A site is named twice or does not exist; the operator has other dimensions.

    Examples
    --------
    >>> z = [[1, 0], [0, -1]]
    >>> local(z, 1, [2, 2]).diagonal()
    array([ 1., -1.,  1., -1.])
    >>> swap = [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]
    >>> import numpy as np
    >>> np.flatnonzero(local(swap, (2, 0), [2, 2, 2])[4].toarray())     # |100⟩ → |001⟩
    array([1])
    """
    levels = [as_count(f"dims[{k}]", d) for k, d in enumerate(as_items("dims", dims))]
    several = [site] if isinstance(site, int | np.integer) else as_items("site", site)
    sites = [as_count("site", s, 0) for s in several]
    if not sites or len(set(sites)) != len(sites) or max(sites) >= len(levels):
        raise ValueError(f"site must name different ones of the {len(levels)} sites, got {site}")
    size = math.prod(levels[s] for s in sites)
    small = as_matrix("operator", operator)
    if small.shape[0] != size:
        raise ValueError(
            f"operator has {small.shape[0]} levels, but site {site} of dims {list(dims)} has {size}"
        )
    rows, columns, values = _non_zeros_by_rows(small)
    rest = [k for k in range(len(levels)) if k not in sites]
    whole = math.prod(levels)
    integer = np.int32 if rows.size * (whole // size) < 2**31 else np.int64
    place = np.arange(whole, dtype=integer).reshape(levels).transpose(sites + rest).reshape(size, -1)
    # Row place[i, o] of the whole has what row i of the operator has, at columns place[j, o].
    of_row = np.bincount(rows, minlength=size)
    start = np.zeros(whole + 1, dtype=integer)
    start[1:][place] = of_row[:, None]
    start.cumsum(out=start)
    within = np.arange(rows.size) - (of_row.cumsum() - of_row)[rows]
    at = start[place[rows]] + within[:, None]
    index, data = np.empty(at.size, dtype=integer), np.empty(at.size, dtype=values.dtype)
    index[at] = place[columns]
    data[at] = values[:, None]
    made = scipy.sparse.csr_array((data, index, start), shape=(whole, whole))
    made.sort_indices()
    return made


def _non_zeros_by_rows(matrix: Any) -> tuple[Any, Any, Any]:
    """Return rows, columns and values of the entries that are not zero."""
    if is_sparse(matrix):
        rows, columns, values = scipy.sparse.find(matrix)
        by_rows = np.lexsort((columns, rows))
        return rows[by_rows], columns[by_rows], values[by_rows]
    rows, columns = np.nonzero(matrix)
    return rows, columns, matrix[rows, columns]
