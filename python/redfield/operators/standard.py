"""Pauli matrices, ladder operators, kets and products as NumPy arrays, under the names that QuTiP has for them."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_finite_array,
    as_items,
    checked,
    require_memory,
)
from redfield._base.checks.scalars import as_index
from redfield._base.checks.types import Count, CountFromZero, Operand


def sigmax() -> RealArray:
    """σ_x = |0⟩⟨1| + |1⟩⟨0|, (2, 2).

    Examples
    --------
    >>> sigmax()
    array([[0., 1.],
           [1., 0.]])
    """
    return np.array([[0.0, 1.0], [1.0, 0.0]])


def sigmay() -> ComplexArray:
    """σ_y = −i|0⟩⟨1| + i|1⟩⟨0|, (2, 2)."""
    return np.array([[0.0, -1.0j], [1.0j, 0.0]])


def sigmaz() -> RealArray:
    """σ_z = |0⟩⟨0| − |1⟩⟨1|, (2, 2): level 0 is the upper one of H = ½Ωσ_z."""
    return np.array([[1.0, 0.0], [0.0, -1.0]])


def sigmap() -> RealArray:
    """σ₊ = |0⟩⟨1|, (2, 2): from level 1, the lower one of σ_z, to level 0, as in QuTiP."""
    return np.array([[0.0, 1.0], [0.0, 0.0]])


def sigmam() -> RealArray:
    """σ₋ = |1⟩⟨0|, (2, 2): from level 0, the upper one of σ_z, to level 1, as in QuTiP."""
    return np.array([[0.0, 0.0], [1.0, 0.0]])


@checked
def qeye(n: Count) -> RealArray:
    """Return the identity, (N, N)."""
    _require(n)
    return np.eye(n)


@checked
def destroy(n: Count) -> RealArray:
    r"""Return the annihilation operator of a boson with N levels.

    .. math:: a|k\rangle = \sqrt k\,|k - 1\rangle, \qquad k < N

    Parameters
    ----------
    n : N, the levels kept; [a, a†] = 1 fails in the highest.

    Returns
    -------
    (N, N) float64. `bosons` has several modes, as sparse matrices.

    Examples
    --------
    >>> a = destroy(3)
    >>> (a.T @ a).diagonal().round(12)
    array([0., 1., 2.])
    """
    _require(n)
    return np.diag(np.sqrt(np.arange(1.0, n)), 1)


@checked
def create(n: Count) -> RealArray:
    """Return the creation operator a†, (N, N), of `destroy`."""
    return np.ascontiguousarray(destroy(n).T)


@checked
def num(n: Count) -> RealArray:
    """Return the number operator a†a, (N, N), diagonal 0 … N − 1."""
    _require(n)
    return np.diag(np.arange(float(n)))


@checked
def basis(n: Count, level: CountFromZero = 0) -> RealArray:
    """Return the ket |level⟩, (N,).

    Parameters
    ----------
    n : N, the number of levels.
    level : from 0 to N − 1.

    Examples
    --------
    >>> basis(3, 1)
    array([0., 1., 0.])
    """
    ket = np.zeros(n)
    ket[as_index("level", level, n)] = 1.0
    return ket


@checked
def projection(n: Count, row: CountFromZero, column: CountFromZero | None = None) -> RealArray:
    """Return |row⟩⟨column|, (N, N); without a column the projector |row⟩⟨row|.

    Examples
    --------
    >>> projection(2, 0, 1)
    array([[0., 1.],
           [0., 0.]])
    """
    _require(n)
    return np.outer(basis(n, row), basis(n, row if column is None else column))


@checked
def ket2dm(ket: Operand) -> Any:
    """Return the density matrix |ψ⟩⟨ψ|, (N, N), of a ket (N,) or (N, 1), an array or a Qobj; it is not normalised.

    Raises
    ------
    ValueError
        `ket` is not one ket.

    Examples
    --------
    >>> ket2dm([0.6, 0.8j])
    array([[0.36+0.j  , 0.  -0.48j],
           [0.  +0.48j, 0.64+0.j  ]])
    """
    psi = as_finite_array("ket", ket)
    if psi.ndim == 2 and psi.shape[1] == 1:
        psi = psi[:, 0]
    if psi.ndim != 1 or not psi.size:
        raise ValueError(f"ket must be a ket, (N,) or (N, 1), got shape {psi.shape}")
    _require(psi.size)
    return np.outer(psi, psi.conj())


@checked
def tensor(*factors: Operand) -> Any:
    """Return the tensor product of operators (N, N), or of kets (N,) or (N, 1), the first factor being the slowest.

    Parameters
    ----------
    factors : arrays, Qobj or scipy.sparse matrices, or one list of them.

    Returns
    -------
    A dense array; `local` makes sparse operators of large spaces.

    Raises
    ------
    ValueError
        There are none, or operators and kets are mixed.

    Examples
    --------
    >>> up, down = basis(2, 0), basis(2, 1)
    >>> tensor(up, down)
    array([0., 1., 0., 0.])
    >>> tensor(sigmaz(), qeye(2)).diagonal()
    array([ 1.,  1., -1., -1.])
    """
    given: Sequence[Any] = factors
    if len(factors) == 1 and isinstance(factors[0], list | tuple):
        given = as_items("factors", factors[0])
    arrays = [as_finite_array(f"factors[{k}]", x) for k, x in enumerate(given)]
    shapes = [x.shape for x in arrays]
    if not (shapes and any(all(map(fits, shapes)) for fits in (_is_ket, _is_column, _is_operator))):
        raise ValueError(
            f"factors must be operators (N, N), or kets (N,) or (N, 1), all of one kind, got shapes {shapes}"
        )
    size = math.prod(math.prod(shape) for shape in shapes)
    require_memory(f"a tensor product of shapes {shapes}", 16.0 * size)
    return functools.reduce(np.kron, arrays)


def _is_ket(shape: tuple[int, ...]) -> bool:
    return len(shape) == 1


def _is_column(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[1] == 1


def _is_operator(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[0] == shape[1]


def _require(n: int) -> None:
    require_memory(f"an operator of {n} levels", 8.0 * float(n) ** 2)
