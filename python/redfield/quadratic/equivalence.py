"""The theorem of arXiv:2507.10080, that Redfield's equation is Davies' for identical baths, checked on a system."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_positive, as_square, checked
from redfield._base.checks.types import Operator
from redfield._base.records import Record, record
from redfield.equations import Davies, Redfield
from redfield.quadratic.system import QuadraticSystem

UNITARITY_TOL = 1e-8


@record
class Equivalence(Record, answer=True):
    """The comparison of Redfield's with Davies' equation of one system.

    Attributes
    ----------
    residual : √(‖M_R − M_D‖² + ‖Q_R − Q_D‖²) over the same norm of Davies' dissipator (M_D without ih, and Q_D):
        the coherence that the baths' contributions do not cancel, weighted with its rates.
    equal : residual ≤ tol.
    weights : (N, N) of each pair of modes (m, n): the larger of |(M_R − M_D)_mn| and |(Q_R − Q_D)_mn| over the largest
        modulus in Davies' dissipator.
    surviving : (S, 2) the pairs with weights > tol, m ≠ n, strongest first.
    energies : (N,) of the modes.
    """

    residual: float
    equal: bool
    weights: RealArray
    surviving: np.ndarray[Any, np.dtype[np.intp]]
    energies: RealArray


@checked
def equivalence(
    system: QuadraticSystem,
    *,
    lamb_shift: bool = True,
    tol: float = 1e-12,
    degeneracy_tol: float | None = None,
    modes: Operator | None = None,
) -> Equivalence:
    r"""Compare Redfield's and Davies' equations term by term.

    .. math:: (M_R - M_D)_{mn} = \sum_j J_j^2 U_{jm}^* \Lambda_j(\omega_n) U_{jn} \quad (\omega_m \ne \omega_n)

    Identical baths with J_j = J on every site make Σ_j U*_jm U_jn = δ_mn: no term remains, whatever the level
    spacings (arXiv:2507.10080, Eq. 12). In general it vanishes where [diag(J²), h] = 0 for identical baths. On a
    ring with J_j on every p-th site the pairs with m − n ≡ 0 mod N/p survive, with the same strength as the
    diagonal (the paper claims that they vanish); a ring's ±k modes have one energy, so see them with a flux or
    by giving plane waves as `modes`.

    Parameters
    ----------
    system : QuadraticSystem.
    lamb_shift : as of the equations.
    tol : on `residual` and `weights`.
    degeneracy_tol : as of Davies.
    modes : (N, N) unitary whose columns are eigenvectors of h to express the pairs in, instead of the
        system's own; a choice in degenerate levels. The residual does not depend on it.

    Raises
    ------
    ValueError
        `modes` is not unitary or does not diagonalise h.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(0.2, beta=1.0, mu=0.5, band=(-50.0, 50.0))
    >>> h = rf.models.dirac_syk2(12, seed=1)
    >>> equivalence(rf.QuadraticSystem(h, 0.3, bath)).equal
    True
    >>> ring = rf.models.chain(12, hopping=-np.exp(0.1j), periodic=True)
    >>> every_third = rf.QuadraticSystem(ring, np.where(np.arange(12) % 3 == 0, 0.3, 0.0), bath)
    >>> equivalence(every_third)
    Equivalence(residual=1.358..., equal=False, weights=<12×12 float64 #...>,
                          surviving=<24×2 int64 #...>, energies=<12 float64 #...>)
    """
    tol = as_positive("tol", tol)
    davies = Davies(system, lamb_shift, degeneracy_tol=degeneracy_tol).generator.flow
    redfield = Redfield(system, lamb_shift).generator.flow
    n = system.dimension
    drift = 1j * np.diag(system.energies)
    change_m, change_q = redfield.m - davies.m, redfield.q - davies.q
    scale = float(np.hypot(np.linalg.norm(davies.m - drift), np.linalg.norm(davies.q)))
    largest = max(float(np.abs(davies.m - drift).max()), float(np.abs(davies.q).max()))
    residual = float(np.hypot(np.linalg.norm(change_m), np.linalg.norm(change_q))) / max(scale, 1e-300)
    energies = system.energies
    if modes is not None:
        rotation, energies = _rotation(system, modes)
        change_m, change_q = (rotation.conj().T @ x @ rotation for x in (change_m, change_q))
    weights = np.maximum(np.abs(change_m), np.abs(change_q)) / max(largest, 1e-300)
    pairs = np.argwhere((weights > tol) & ~np.eye(n, dtype=np.bool_))
    strongest = np.argsort(-weights[pairs[:, 0], pairs[:, 1]], kind="stable")
    return Equivalence(residual, residual <= tol, weights, pairs[strongest], energies)


def _rotation(system: QuadraticSystem, modes: Operator) -> tuple[ComplexArray, RealArray]:
    """Return the unitary from the system's modes to the given ones, and their energies."""
    v = as_square("modes", modes, system.dimension).astype(np.complex128)
    defect = float(np.abs(v.conj().T @ v - np.eye(len(v))).max())
    inner = v.conj().T @ system.hamiltonian @ v
    energies: RealArray = np.diagonal(inner).real.copy()
    rest = float(np.abs(inner - np.diag(energies)).max())
    if defect > UNITARITY_TOL or rest > UNITARITY_TOL * float(np.abs(inner).max()):
        raise ValueError(
            f"modes must be orthonormal eigenvectors of h: max|V†V − 1| = {defect:.2g}, largest off-diagonal "
            f"element of V†hV = {rest:.2g}"
        )
    return system.eigenvectors.conj().T @ v, energies
