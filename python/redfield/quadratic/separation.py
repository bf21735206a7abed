"""Eigenvectors of M = i diag(e) + W whose W is weak against the distances between some energies e."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray

APART = 1e3
"""Energies farther from their neighbours than this many ‖W‖ belong to another block."""
EQUAL = 4.0 * float(np.finfo(float).eps)
"""Energies nearer to each other than this part of the largest |e| for each level are one: rounding."""
ITERATIONS = 40


@dataclass(frozen=True, eq=False)
class Eigen:
    """M = X diag(i·turn + decay) X⁻¹.

    Attributes
    ----------
    turn : (N,) middle energy of the block of each mode, the same number in one block.
    decay : (N,) eigenvalues less i·turn, which keep the digits of rates however much larger the energies are.
    vectors, inverse : X and X⁻¹; X⁻¹ is infinite at an exceptional point.
    """

    turn: RealArray
    decay: ComplexArray
    vectors: ComplexArray
    inverse: ComplexArray

    @property
    def values(self) -> ComplexArray:
        """(N,) eigenvalues."""
        return self.decay + 1j * self.turn

    @property
    def sums(self) -> ComplexArray:
        """λ_k + λ_l*, (N, N)."""
        out: ComplexArray = np.add.outer(self.decay, self.decay.conj())
        return out + 1j * np.subtract.outer(self.turn, self.turn)

    @property
    def transposed(self) -> Eigen:
        """The same of M†."""
        bra, ket = self.vectors.conj().T, self.inverse.conj().T
        return Eigen(-self.turn, self.decay.conj(), ket, bra)


def eigen(m: ComplexArray) -> Eigen:
    """Return the eigenvectors of any M, as one block."""
    values, vectors = scipy.linalg.eig(m)
    return Eigen(np.zeros(len(m)), values, vectors, _inverse(vectors))


def _inverse(vectors: ComplexArray) -> ComplexArray:
    """Return X⁻¹, infinite where X is exactly singular."""
    try:
        return np.linalg.inv(vectors).astype(np.complex128)
    except np.linalg.LinAlgError:
        return np.full_like(vectors, np.inf)


def merged(energies: RealArray) -> RealArray:
    """Ascending energies, those that only rounding tells apart replaced by their mean."""
    near = EQUAL * len(energies) * float(np.abs(energies).max(initial=0.0))
    out = energies.copy()
    for part in np.split(np.arange(len(out)), np.flatnonzero(np.diff(out) > near) + 1):
        out[part] = out[part].mean()
    return out


def separated(energies: RealArray, w: ComplexArray) -> Eigen | None:
    r"""Return the eigenvectors of i diag(e) + W, block by block, or None where no energies are apart.

    .. math:: M(1 + X) = (1 + X)K, \qquad X_{rc} = i\,\frac{[W(1 + X)]_{rc} - [X K_W]_{rc}}{e_r - e_c}

    between different blocks by iteration, K = i diag(e) + K_W, K_W = W(1 + X) within them.

    Parameters
    ----------
    energies : (N,) ascending.
    """
    n = len(energies)
    apart = APART * max(float(np.linalg.norm(w, 1)), float(np.linalg.norm(w, np.inf)))
    if not math.isfinite(apart):
        return None
    ends = [0, *(np.flatnonzero(np.diff(energies) > apart) + 1).tolist(), n]
    if len(ends) <= 2:
        return None
    blocks = [slice(a, b) for a, b in itertools.pairwise(ends)]
    same = np.zeros((n, n), dtype=np.bool_)
    for block in blocks:
        same[block, block] = True
    distance = np.where(same, 1.0, np.subtract.outer(energies, energies))
    x = np.zeros((n, n), dtype=np.complex128)
    change = math.inf
    for _ in range(ITERATIONS):
        image = w + w @ x
        following = np.where(same, 0.0, 1j * (image - x @ np.where(same, image, 0.0)) / distance)
        before, change = change, float(np.abs(following - x).max())
        x = following
        if change <= 1e-15 * float(np.abs(x).max()) or not change < 0.5 * before:
            break
    image = w + w @ x
    turn, decay = np.empty(n), np.zeros(n, dtype=np.complex128)
    inner = np.zeros((n, n), dtype=np.complex128)
    for block in blocks:
        turn[block] = 0.5 * (energies[block][0] + energies[block][-1])
        k = image[block, block] + 1j * np.diag(energies[block] - turn[block])
        values, inner[block, block] = scipy.linalg.eig(k)
        decay[block] = values
    vectors: ComplexArray = inner + x @ inner
    return Eigen(turn, decay, vectors, _inverse(vectors))
