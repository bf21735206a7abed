"""QuTiP's cross terms of couplings to correlated baths."""

from __future__ import annotations

from typing import Any

import numpy as np
import qutip

from redfield import _core
from redfield._base.checks import as_real_number, checked, renamed
from redfield.qutip.arguments import QobjOperator, require_same_space
from redfield.qutip.spectra import couplings, probes


@checked
def brcrossterm(
    H: QobjOperator,
    a_op: QobjOperator,
    b_op: QobjOperator,
    spectra: object,
    sec_cutoff: float = 0.1,
    fock_basis: bool = False,
    sparse_eigensolver: bool = False,
    br_computation_method: str = "sparse",
) -> Any:
    r"""QuTiP's `brcrossterm`: what the correlation of the baths of two couplings adds to the Bloch–Redfield tensor.

    .. math:: \Lambda_a\rho B^\dagger + A\rho\Lambda_b^\dagger - B^\dagger\Lambda_a\rho - \rho\Lambda_b^\dagger A,
              \qquad \Lambda = \tfrac12\gamma \circ A

    Parameters
    ----------
    H, a_op, b_op, spectra, sec_cutoff, fock_basis : as in QuTiP; constant ones. The sum over all ordered pairs is the
        tensor of A + B; complex couplings are right. A system with many is `redfield.BathMatrix`.
    sparse_eigensolver, br_computation_method : accepted and ignored.

    Returns
    -------
    R in the basis of H if fock_basis, else (R in the eigenbasis, the eigenvectors).

    Examples
    --------
    >>> import numpy as np, qutip
    >>> H, a, b = 0.5 * qutip.sigmaz() + 0.1 * qutip.sigmax(), qutip.sigmax(), qutip.sigmaz()
    >>> R = brcrossterm(H, a, b, lambda w: 0.1 * (w > 0), sec_cutoff=-1, fock_basis=True)
    >>> R.shape
    (4, 4)
    """
    for name, operator in (("a_op", a_op), ("b_op", b_op)):
        require_same_space(name, operator, H.dims)
    if isinstance(spectra, qutip.core.environment.FermionicEnvironment):
        raise TypeError("spectra must be one function of w; a FermionicEnvironment has two")
    if isinstance(spectra, qutip.Qobj):
        raise TypeError("spectra must be a function of w, got a Qobj")
    with renamed("a_ops", "spectra"):
        (pair,) = couplings([(a_op, spectra)], {}, None)
    energies, u = np.linalg.eigh(H.full())
    a, b = (u.conj().T @ x.full() @ u for x in (a_op, b_op))
    w = _core.bohr_frequencies(energies)
    try:
        gamma = pair.gamma(0.0, w, probes(None))
    except ValueError as error:
        raise ValueError(f"spectra: {error}") from None
    lam_a, lam_b = 0.5 * gamma * a, 0.5 * gamma * b
    one = np.eye(len(a))
    # XρY in column stacking is (Yᵀ ⊗ X).
    tensor = np.kron(b.conj(), lam_a) + np.kron(lam_b.conj(), a)
    tensor -= np.kron(one, b.conj().T @ lam_a) + np.kron((lam_b.conj().T @ a).T, one)
    cutoff = as_real_number("sec_cutoff", sec_cutoff)
    gaps = np.diff(energies)
    gaps = gaps[gaps > _core.degeneracy_tol(energies)]
    if cutoff >= 0.0 and len(gaps):
        flat = w.ravel(order="F")
        tensor[np.abs(flat[:, None] - flat) >= cutoff * gaps.min()] = 0.0
    dims = [H.dims, H.dims]
    if fock_basis:
        turn = np.kron(u.conj(), u)
        tensor = turn @ tensor @ turn.conj().T
        return qutip.Qobj(tensor, dims=dims, superrep="super", copy=False)
    return (
        qutip.Qobj(tensor, dims=dims, superrep="super", copy=False),
        qutip.Qobj(u, dims=H.dims),
    )
