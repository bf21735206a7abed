"""A master equation given as the matrix of its generator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import as_matrix
from redfield._base.checks.types import Operator
from redfield.equations.base import Equation
from redfield.results.evolution import Result
from redfield.results.steady import SteadyState
from redfield.systems.couplings import as_coordinates, as_core_operator
from redfield.systems.system import System

TOL = 1e-6
"""Part of the largest entry up to which a generator keeps traces and adjoints, as one in single precision does."""
ROUNDING = 1e-14
"""Part of the largest entry up to which that is rounding in double precision."""
NEGLIGIBLE = 1e-15
"""Part of the largest entry below which one is none."""


class Superoperator(Equation[Result, SteadyState]):
    r"""A master equation ρ̇ = 𝓛ρ given as a matrix on column-stacked ρ.

    .. math:: \frac{d}{dt} \rho_{ab} = \sum_{cd} \mathcal L_{a + Nb,\, c + Nd}\, \rho_{cd}
              = -i[H, \rho]_{ab} + \dots

    such as QuTiP's ``liouvillian`` and PIQS's ``Dicke.liouvillian()`` are. H, which ``equation.system`` has, is that of
    G = −iH − K in 𝓛ρ = Gρ + ρG† + Σ_k ΛρB† with traceless Λ and B (Hall, Cresser, Li & Andersson,
    doi:10.1103/PhysRevA.89.042120). Evolutions, steady states and eigenvalues are those of SciPy's sparse solvers,
    on the elements of ρ that are ever reached from its start.

    Parameters
    ----------
    matrix : (N², N²) array, scipy.sparse matrix or Qobj of type super; column-stacked as `liouvillian` returns it.

    Attributes
    ----------
    matrix : as a scipy.sparse array. One in single precision, such as PIQS's, that keeps traces and adjoints to 1e-6 of
        its largest entry alone is corrected to keep them.
    defect : by how much it did not, of the largest entry.

    Raises
    ------
    ValueError
        The matrix has no square number of rows, or 𝓛 does not keep traces or adjoints.

    Examples
    --------
    Six spins that decay together, in the basis of their total spin (R. H. Dicke, Phys. Rev. 93, 99 (1954)):

    >>> import numpy as np, redfield as rf
    >>> j, m = 3.0, np.arange(3.0, -4.0, -1.0)
    >>> lower = np.diag(np.sqrt((j + m[:-1]) * (j - m[:-1] + 1)), -1)
    >>> superradiant = rf.Superoperator(rf.Lindblad(np.diag(m), [lower]).liouvillian())
    >>> bool(np.allclose(superradiant.system.hamiltonian, np.diag(m)))
    True
    >>> light = superradiant.evolve(np.eye(7)[0], np.linspace(0, 1, 21), lower.T @ lower).expect[0]
    >>> round(float(light[0]), 1), round(float(light.max()), 1)  # 2jJ₀ of excited spins, then more than that
    (6.0, 9.3)
    """

    _described: ClassVar[str] = "a master equation as a matrix"
    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("hall2014",)}
    _has_baths: ClassVar[bool] = False

    def __init__(self, matrix: Operator) -> None:
        given = as_matrix("matrix", matrix)
        whole = scipy.sparse.csr_array(given, dtype=np.complex128)
        n = round(whole.shape[0] ** 0.5)
        if n * n != whole.shape[0]:
            raise ValueError(f"matrix must have N² rows, got {whole.shape[0]}, which is no square")
        self.matrix, self.defect = _kept_whole(whole, n)
        self._drift = _drift(self.matrix, n)
        h = 0.5j * (self._drift - self._drift.conj().T)
        self.system = System(_real(h), [], [])
        self.__post_init__()

    def _parameters(self) -> dict[str, Any]:
        return {"matrix": self.matrix}

    def with_system(self, system: object) -> Superoperator:
        raise TypeError("a Superoperator is a matrix and of no other system; make one of another matrix")

    def _in_given_basis(self) -> _core.Generator:
        n = self.system.dimension
        h = as_core_operator(self.system.sparse_hamiltonian)
        loss = -0.5 * (self._drift + self._drift.conj().T)
        rest = self.matrix - _two_sided(self._drift, n)
        return _core.LambdaGenerator.sparse_form(
            n, h, as_core_operator(as_coordinates(loss)), _terms(rest, n), []
        )

    def _in_eigenbasis(self) -> _core.Generator:
        return self._in_given_basis()


def _kept_whole(matrix: scipy.sparse.csr_array, n: int) -> tuple[scipy.sparse.csr_array, float]:
    """Return a generator that keeps traces and adjoints, and by how much it did not, of the largest entry.

    Raises
    ------
    ValueError
        That is more than single precision explains.
    """
    if not matrix.nnz:
        return matrix, 0.0
    largest = float(np.abs(matrix.data).max())
    traces = np.eye(n).ravel() @ matrix
    column = int(np.abs(traces).argmax())
    lost = float(np.abs(traces[column])) / largest
    if lost > TOL * n:
        raise ValueError(
            f"matrix does not keep traces: column {column} changes them by {abs(traces[column]):.3g}; is it stacked "
            "by columns, and a generator rather than a map?"
        )
    swap = np.arange(n * n).reshape(n, n).T.ravel()
    turned = matrix[swap][:, swap].conj()
    differs = np.abs(matrix - turned)
    twisted = float(differs.max() if differs.nnz else 0.0) / largest
    if twisted > TOL:
        raise ValueError(
            f"matrix does not keep adjoints, (𝓛ρ)† = 𝓛ρ†: entries differ by {twisted * largest:.3g}"
        )
    if max(lost, twisted) > ROUNDING * n:
        matrix = _corrected(0.5 * (matrix + turned), n)
    return matrix, max(lost, twisted)


def _corrected(matrix: scipy.sparse.csr_array, n: int) -> scipy.sparse.csr_array:
    """Return the matrix with what each column lacks of a kept trace spread over its populations."""
    whole = scipy.sparse.csr_array(matrix)
    populations = np.arange(n) * (n + 1)
    of_populations = whole[populations].tocoo()
    columns, sizes = of_populations.col, np.abs(of_populations.data)
    total = np.bincount(columns, sizes, minlength=n * n)
    traces = np.asarray(np.eye(n).ravel() @ whole)
    share = -traces[columns] * sizes / np.maximum(total[columns], 1e-300)
    change = scipy.sparse.coo_array(
        (share, (populations[of_populations.row], columns)), shape=whole.shape
    )
    return scipy.sparse.csr_array(whole + change)


def _drift(matrix: scipy.sparse.csr_array, n: int) -> scipy.sparse.csr_array:
    """Return G of 𝓛ρ = Gρ + ρG† + Σ_k ΛρB† with traceless B: the mean of 𝓛_ab,cb over b, less half its trace."""
    entries = matrix.tocoo()
    a, b, c, d = (*_split(entries.row, n), *_split(entries.col, n))
    same = b == d
    mean = scipy.sparse.csr_array((entries.data[same] / n, (a[same], c[same])), shape=(n, n))
    drift = mean - 0.5 * mean.trace() / n * scipy.sparse.eye_array(n)
    return scipy.sparse.csr_array(drift)


def _two_sided(drift: scipy.sparse.csr_array, n: int) -> scipy.sparse.csr_array:
    """Return the matrix of Gρ + ρG†."""
    one = scipy.sparse.eye_array(n)
    return scipy.sparse.csr_array(scipy.sparse.kron(one, drift) + scipy.sparse.kron(drift.conj(), one))


def _terms(matrix: scipy.sparse.csr_array, n: int) -> list[tuple[Any, Any]]:
    """Return (Λ, B) of ΛρB† + h.c., B = |b⟩⟨d| for each pair of columns: half of 𝓛ρ, with its adjoint the whole."""
    entries = matrix.tocoo()
    kept = np.abs(entries.data) > NEGLIGIBLE * np.abs(entries.data).max(initial=0.0)
    (a, b), (c, d) = _split(entries.row[kept], n), _split(entries.col[kept], n)
    values = 0.5 * entries.data[kept]
    pair = b.astype(np.int64) * n + d
    order = np.argsort(pair, kind="stable")
    starts = np.flatnonzero(np.diff(pair[order], prepend=-1))
    one = np.ones(1, dtype=np.complex128)
    return [
        (
            (a[some].astype(np.int64), c[some].astype(np.int64), values[some]),
            (b[some[:1]].astype(np.int64), d[some[:1]].astype(np.int64), one),
        )
        for some in np.split(order, starts[1:])
        if len(some)
    ]


def _split(index: Any, n: int) -> tuple[Any, Any]:
    """Return row and column of ρ of an element of column-stacked ρ."""
    return index % n, index // n


def _real(matrix: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    hermitian = scipy.sparse.csr_array(0.5 * (matrix + matrix.conj().T))
    return hermitian.real if not hermitian.data.imag.any() else hermitian
