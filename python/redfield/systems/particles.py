"""The particle number of a system that exchanges particles with its baths."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield._base.checks import RealArray

CONSERVED_TOL = 1e-9
"""max|[N̂, H]| and max|[N̂, a] + a| over the largest entry, up to which N̂ counts as a particle number."""


def number_of(hamiltonian: npt.NDArray[Any], lowering: list[Any]) -> RealArray | None:
    """Return the particle number of each basis state, (N,), or None where the basis has none.

    H joins states of one number, and each of `lowering` takes a state to one with a particle less. Parts of the basis
    that no operator joins have numbers without a common origin, and then the answer is None too.
    """
    n = hamiltonian.shape[0]
    links = [(scipy.sparse.coo_array(hamiltonian), 0.0)]
    links += [(scipy.sparse.coo_array(a), 1.0) for a in lowering]
    rows, cols, steps = [], [], []
    for matrix, lowered in links:
        kept = np.abs(matrix.data) > 1e-14 * np.abs(matrix.data).max(initial=0.0)
        rows.append(matrix.row[kept])
        cols.append(matrix.col[kept])
        steps.append(np.full(int(kept.sum()), lowered))
    row, col, step = np.concatenate(rows), np.concatenate(cols), np.concatenate(steps)
    graph = scipy.sparse.csr_array((np.ones(len(row)), (row, col)), shape=(n, n))
    order, before = scipy.sparse.csgraph.breadth_first_order(graph, 0, directed=False)
    if len(order) != n:
        return None
    # N(col) − N(row) = step along every link of the tree.
    known = {}
    for r, c, s in zip(row.tolist(), col.tolist(), step.tolist(), strict=True):
        known[r, c], known[c, r] = s, -s
    number = np.zeros(n)
    for state in order[1:]:
        number[state] = number[before[state]] + known[before[state], state]
    if np.any(number[col] - number[row] != step):
        return None
    counted: RealArray = number - number.min()
    return counted


def number_at_moments(
    hamiltonians: npt.NDArray[Any], lowering: list[npt.NDArray[Any]]
) -> npt.NDArray[Any]:
    """Return the N̂ that H conserves at each of some moments, (M, N, N), as `number_of` does.

    A coupling that is switched off at some of them joins states at the others.

    Raises
    ------
    ValueError
        There is none.
    """
    summed = [np.abs(a).sum(axis=0) for a in lowering]
    found = number_of(np.abs(hamiltonians).sum(axis=0), summed) if lowering else None
    if found is None:
        raise ValueError(
            "the system has no particle number to count: no bath exchanges particles with it, or H(t) does not "
            "conserve their number at the times given"
        )
    return np.diag(found).astype(np.complex128)


def is_number(number: npt.NDArray[Any], hamiltonian: npt.NDArray[Any], lowering: list[Any]) -> bool:
    """Return whether [N̂, H] = 0 and [N̂, a] = −a."""

    def small(x: npt.NDArray[Any], scale: npt.NDArray[Any]) -> bool:
        return float(np.abs(x).max()) <= CONSERVED_TOL * max(float(np.abs(scale).max()), 1e-300)

    return small(number @ hamiltonian - hamiltonian @ number, hamiltonian) and all(
        small(number @ a - a @ number + a, a) for a in lowering
    )


def checked_number(
    given: npt.NDArray[Any] | None, hamiltonian: npt.NDArray[Any], lowering: list[Any]
) -> npt.NDArray[Any] | None:
    """Return a given N̂ if it is one, else that of the basis states, or None where there is none."""
    if given is None:
        found = number_of(hamiltonian, lowering)
        return None if found is None else np.diag(found)
    if not is_number(given, hamiltonian, lowering):
        raise ValueError(
            "number is no particle number: H does not conserve it, or a coupling changes it by more than 1"
        )
    return given


def of_definite_number(
    vectors: npt.NDArray[Any], energies: RealArray, number: npt.NDArray[Any], tolerance: float
) -> Any:
    """Eigenvectors of H and N̂ both: inside each energy, those of N̂."""
    vectors = np.array(vectors, dtype=np.result_type(vectors, number))
    breaks = np.flatnonzero(np.diff(energies) > tolerance) + 1
    for cluster in np.split(np.arange(len(energies)), breaks):
        if len(cluster) > 1:
            inside = vectors[:, cluster]
            vectors[:, cluster] = inside @ np.linalg.eigh(inside.conj().T @ (number @ inside))[1]
    return vectors
