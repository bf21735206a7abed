"""In which basis an equation with sparse operators moves states at the least cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from redfield._base.checks import SPARSE_LEVELS
from redfield.systems.couplings import Matrix

FRAMES = ("auto", "given", "eigenbasis")

IN_CACHE = 400
"""Levels up to which a state stays in the second level of cache."""


def cheapest_frame(hamiltonian: Matrix, jumps: Sequence[Matrix]) -> str:
    """Return the frame of the cheaper application of Lindblad's equation; both need as many of them.

    Costs are nanoseconds a matrix element of the state, measured on one core at N = 16 … 512 with 2 … N non-zeros
    of H and 1 … N of a jump operator a row (`pytest bench/test_frames.py` measures them again). Their ratios are
    flops and cache lines, and hardly differ between machines.
    """
    n = hamiltonian.shape[0]
    if n < SPARSE_LEVELS:  # the dense exponential, made in the eigenbasis, is what evolves a state
        return "eigenbasis"
    fill, jump_fills = _fill(hamiltonian), [_fill(jump) for jump in jumps]
    return "given" if in_given_basis(n, fill, jump_fills) < in_eigenbasis(n, jump_fills) else "eigenbasis"


def in_given_basis(n: int, fill: float, jumps: Sequence[float]) -> float:
    """Return the cost of an application by the non-zeros a row, one vector operation each.

    Those of jumps are gathered from ρ's columns, or where they are many multiplied with ρ and with the product, which
    is written and read meanwhile.
    """
    far = n > IN_CACHE
    cost = 2.5 + 0.14 * fill
    for p in jumps:
        gathered = 1.6 * p if p <= 1.0 or not far else 3.7 * p
        multiplied = (6.0 if far else 2.2) + (0.2 if p >= 0.9 * n else 1.05 if far else 0.7) * p
        cost += min(gathered, multiplied)
    return cost


def in_eigenbasis(n: int, jumps: Sequence[float]) -> float:
    """Return the cost of an application by dense products, K and two a jump.

    More than four sparse jumps cost K, two changes of basis and their columns, as generator/forms.cpp decides.
    """
    dense = 6.0 + 0.09 * n + 0.17 * n * len(jumps)
    changing = 0.26 * n + sum(4.5 + 0.02 * n + 1.8 * p for p in jumps)
    return changing if len(jumps) > 4 and max(jumps) < 0.5 * n else dense


def _fill(matrix: Matrix) -> float:
    """Return the number of non-zeros a row, complex ones counted twice."""
    values = matrix.data if hasattr(matrix, "tocoo") else np.asarray(matrix)
    return float((1 + np.iscomplexobj(values)) * np.count_nonzero(values)) / float(matrix.shape[0])
