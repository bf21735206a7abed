"""Baths that are not independent of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, as_hermitian, as_numeric, as_square, checked
from redfield.baths import Bath
from redfield.systems.couplings import Couplings, SiteProjectors

NEGATIVE = 1e-12
"""Part of the largest eigenvalue within which others are zero."""


class Independent(NamedTuple):
    """Couplings to baths that are independent: `rf.System(h, *independent)`."""

    couplings: list[ComplexArray]
    baths: Bath


@checked
def correlated(couplings: Couplings, bath: Bath, matrix: npt.ArrayLike) -> Independent:
    r"""Couplings Σ_j A_j ⊗ B_j to baths with ⟨B_j(s)B_k†⟩ = c_jk C(s), as ones to independent baths.

    .. math:: \gamma_{jk}(\omega) = c_{jk}\,\gamma(\omega), \quad c = V \mathrm{diag}(\lambda) V^\dagger, \quad
              A'_m = \sqrt{\lambda_m} \sum_k V^*_{km} A_k

    so that every kind of equation has them, Σ_jk c_jk([Λ_kρ, A_j†] + h.c.) = Σ_m([Λ'_mρ, A'_m†] + h.c.), each A'_m with
    a bath of its own. c = 1 are independent baths, c_jk = 1 one bath that all couplings share, e^{−|x_j − x_k|/ξ} one
    whose correlations decay with distance.

    Parameters
    ----------
    couplings : K operators (N, N), or SiteProjectors.
    bath : of C.
    matrix : c, (K, K), Hermitian and positive semidefinite, without a unit. A complex one has no temperature: its baths
        tell (j, k) from (k, j).

    Returns
    -------
    Independent : .couplings, as many as c has rank, and .baths, the bath: ``rf.System(h, *rf.correlated(…))``.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit; c is not Hermitian or has a negative eigenvalue, which the message tells.

    Examples
    --------
    Two atoms in one field: the symmetric state decays twice as fast as one atom, the antisymmetric one not at all
    (Dicke, doi:10.1103/PhysRev.93.99).

    >>> import numpy as np, redfield as rf
    >>> lower, one = np.array([[0, 1], [0, 0]]), np.eye(2)
    >>> atoms = [np.kron(lower, one), np.kron(one, lower)]
    >>> field = correlated(atoms, rf.FlatBath(0.3), np.ones((2, 2)))
    >>> h = sum(a.T @ a for a in atoms)
    >>> dicke = rf.Lindblad(h, [np.sqrt(0.3) * a for a in field.couplings])
    >>> bright, dark = np.array([0, 1, 1, 0]) / np.sqrt(2), np.array([0, 1, -1, 0]) / np.sqrt(2)
    >>> [round(float(dicke.evolve(psi, [0.0, 1.0], h).expect[0][-1]), 6) for psi in (bright, dark)]
    [0.548812, 1.0]
    """
    if not isinstance(bath, Bath):
        raise TypeError(f"bath must be a Bath, got {type(bath).__name__}")
    operators = _operators(couplings)
    c = as_numeric("matrix", matrix)
    if c.shape != (len(operators), len(operators)):
        raise ValueError(
            f"matrix must be ({len(operators)}, {len(operators)}), one row for each coupling, got {c.shape}"
        )
    c = as_hermitian("matrix", c)
    values, vectors = np.linalg.eigh(c)
    largest = float(np.abs(values).max())
    if values[0] < -NEGATIVE * largest * len(c):
        raise ValueError(
            f"matrix must be positive semidefinite, its least eigenvalue is {values[0]:.6g}: no baths have such "
            "correlations"
        )
    stack = np.stack(operators)
    kept = values > NEGATIVE * largest * len(c)
    if not kept.any():
        raise ValueError("matrix is zero: nothing couples to the bath")
    mixed = [
        np.sqrt(value) * np.tensordot(v.conj(), stack, axes=1)
        for value, v in zip(values[kept][::-1], vectors[:, kept].T[::-1], strict=True)
    ]
    return Independent(mixed, bath)


def _operators(couplings: SiteProjectors | Sequence[Any]) -> list[Any]:
    if isinstance(couplings, SiteProjectors):
        return couplings.matrices()
    if not isinstance(couplings, list | tuple) or not couplings:
        raise TypeError(
            f"couplings must be SiteProjectors or a list of operators, got {type(couplings).__name__}"
        )
    first = as_square("couplings[0]", couplings[0], None)
    return [as_square(f"couplings[{j}]", a, len(first)) for j, a in enumerate(couplings)]
