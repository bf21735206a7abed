"""Densities and currents inside the system, of one-body operators in a covariance matrix."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import RealArray, as_hermitian, as_square, checked
from redfield._base.checks.types import Operator, State


@checked
def densities(covariance: State) -> RealArray:
    """n_j = ⟨a_j† a_j⟩ = G_jj, (N,)."""
    g = as_square("covariance", covariance)
    return np.diagonal(g).real.copy()


@checked
def bond_currents(h: Operator, covariance: State) -> RealArray:
    r"""Particles that flow from site j to site k per time.

    .. math:: I_{jk} = 2\,\mathrm{Im}(h_{kj} G_{jk}), \qquad
              \dot n_k = \sum_j I_{jk} + \text{baths}

    Parameters
    ----------
    h, covariance : (N, N).

    Returns
    -------
    (N, N) antisymmetric.

    Examples
    --------
    A particle in the state (|0⟩ − i|1⟩)/√2 of a bond with h_01 = −1 flows to the right or left at rate 1.

    >>> import numpy as np
    >>> psi = np.array([1.0, -1.0j]) / np.sqrt(2.0)
    >>> bond_currents([[0, -1], [-1, 0]], np.outer(psi, psi.conj()))
    array([[ 0., -1.],
           [ 1.,  0.]])
    """
    h = as_hermitian("h", h)
    g = as_square("covariance", covariance, len(h))
    currents: RealArray = 2.0 * (h.T * g).imag
    return currents


@checked
def bond_energy_currents(h: Operator, covariance: State) -> RealArray:
    r"""Energy that flows from site j to site k per time.

    .. math:: J_{jk} = \langle i[H_j, H_k]\rangle, \qquad
              H_j = \tfrac12\sum_l (h_{jl} a_j^\dagger a_l + \text{h.c.})

    each bond's energy belongs half to either end, so energy may also flow between second neighbours.
    Σ_j J_jk = d⟨H_k⟩/dt without baths.

    Returns
    -------
    (N, N) antisymmetric.

    Examples
    --------
    >>> import numpy as np
    >>> psi = np.array([1.0, 1.0j, -1.0, -1.0j]) / 2.0
    >>> ring = np.roll(np.eye(4), 1, axis=0) + np.roll(np.eye(4), -1, axis=0) + np.eye(4)
    >>> flow = bond_energy_currents(ring, np.outer(psi, psi.conj()))
    >>> bool(np.allclose(flow, -flow.T)), bool(np.allclose(flow.sum(axis=0), 0.0))
    (True, True)
    """
    h = as_hermitian("h", h)
    g = as_square("covariance", covariance, len(h))
    # tr(G i[H_j, H_k]) with H_j = ½(p_j h + h p_j), p_j the projector on site j.
    z = h.T * (h @ g + g @ h) + (h @ h).T * g
    currents: RealArray = 0.5 * z.imag
    np.fill_diagonal(currents, 0.0)
    return currents
