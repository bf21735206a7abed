"""Distances and velocities on the bonds of a Hamiltonian."""

from __future__ import annotations

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray, as_numeric, as_square, checked, require_finite
from redfield._base.checks.types import Operand, Operator


@checked
def hopping_distance(h: Operator) -> RealArray:
    """(N, N) number of bonds of h between two sites, inf where there is no way.

    Examples
    --------
    >>> import redfield as rf
    >>> hopping_distance(rf.models.chain(4, periodic=True))[0]
    array([0., 1., 2., 1.])
    """
    bonds = np.abs(as_square("h", h)) > 0.0
    np.fill_diagonal(bonds, False)
    distance: RealArray = scipy.sparse.csgraph.shortest_path(
        scipy.sparse.csr_array(bonds), unweighted=True, directed=False
    )
    return distance


@checked
def group_velocity(h: Operator, distance: Operand | None = None) -> float:
    """max_j Σ_k |h_jk| d_jk, which no wave packet exceeds: 2|J| on a chain, where the fastest reaches it.

    Examples
    --------
    >>> import redfield as rf
    >>> group_velocity(rf.models.chain(10, hopping=-0.7))
    1.4
    """
    h = as_square("h", h)
    d = hopping_distance(h) if distance is None else distance_matrix(h, distance)
    return float((np.abs(h) * np.where(np.abs(h) > 0.0, d, 0.0)).sum(axis=1).max())


def distance_matrix(h: RealArray | ComplexArray, distance: Operand | None) -> RealArray:
    """Return the given distances, checked, or those by the bonds of h."""
    if distance is None:
        return hopping_distance(h)
    d = as_numeric("distance", distance)
    if d.shape != np.shape(h) or d.dtype != np.float64:
        raise ValueError(f"distance must be real and {np.shape(h)}, got {d.dtype} and {d.shape}")
    require_finite("distance", np.where(np.isposinf(d), 0.0, d))
    if (d < 0.0).any() or np.diagonal(d).any():
        raise ValueError("distance must be zero on its diagonal and nowhere negative")
    return d
