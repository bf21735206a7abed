"""Matrix elements of the couplings between eigenstates, summed over the baths."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import ComplexArray, RealArray

MIDDLE = 240
"""Levels around the middle of the spectrum, at most half of it, whose matrix elements are compared."""
QUADRUPLES = 40_000


def matrix_element_sums(
    energies: RealArray,
    eigenvectors: RealArray | ComplexArray,
    diagonals: RealArray,
    window: float,
    rng: np.random.Generator,
) -> tuple[float, float]:
    r"""Means of secular and of nearly resonant non-secular sums over sites, times the dimension D.

    .. math:: D\,\overline{\sum_j |A^j_{kl}|^2}, \qquad
              D\,\overline{\Big|\sum_j A^j_{kl} A^{j*}_{mn}\Big|} \quad (\omega_{kl} \approx \omega_{mn})

    over transitions k ≠ l in the middle of the spectrum with |ω| ≤ window (arXiv:2507.10080, Eq. 18); an element of
    σᶻ between random vectors has |A|² ≈ 1/D.

    Parameters
    ----------
    diagonals : (N, D) of the diagonal couplings.
    """
    dimension = len(energies)
    count = min(MIDDLE, dimension // 2)
    first = (dimension - count) // 2
    e, v = energies[first : first + count], eigenvectors[:, first : first + count]
    elements = np.array([v.conj().T @ (d[:, None] * v) for d in diagonals])  # (N, K, K)
    upper, lower = np.triu_indices(count, 1)
    frequency = e[lower] - e[upper]
    near = frequency <= window
    order = np.argsort(frequency[near], kind="stable")
    transitions = elements[:, upper[near][order], lower[near][order]].T  # (P, N) by frequency
    pairs = len(transitions)
    if pairs < 2:
        return float("nan"), float("nan")
    secular = float((np.abs(transitions) ** 2).sum(axis=1).mean())
    one = rng.integers(0, pairs, QUADRUPLES)
    # The partner is one of the transitions nearest in frequency.
    other = one + rng.integers(1, min(9, pairs), QUADRUPLES) * rng.choice([-1, 1], QUADRUPLES)
    inside = (other >= 0) & (other < pairs)
    sums = np.einsum("pj,pj->p", transitions[one[inside]], transitions[other[inside]].conj())
    return dimension * secular, dimension * float(np.abs(sums).mean())
