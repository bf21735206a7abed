"""How many steady states there are, at any size."""

from __future__ import annotations

import numpy as np

from redfield import _core
from redfield.steady.linear import Counted, fastest, gmres, preconditioner
from redfield.validation import RealArray

STARTS = 2
"""Random operators in a row that must add nothing before the null space counts as whole."""
DAMPING = 1e-2
"""Of the fastest decay: the shift of the preconditioner, whose own null space must not be amplified."""
SOLVED = 1e-8
"""Relative residual of 𝓛Z = 𝓛X."""
NEW = 1e-5
"""What of X − Z, of norm 1, lies outside the null space known so far, and counts as a new steady state."""


def rounding(n: int) -> float:
    """What is below this part of the fastest rate is zero."""
    return 1e-13 * n


def null_space(counted: Counted, davies: _core.Davies, known: RealArray) -> list[RealArray]:
    """An orthonormal basis of 𝓛's null space, from one vector of it.

    𝓛Z = 𝓛X is solved by GMRES for random X: X − Z is the part of X that does not decay. As zero is a semisimple
    eigenvalue of a master equation, GMRES finds Z in 𝓛's range. Random operators meet every symmetry, so that two that
    leave nothing new end the search.
    """
    n = counted.generator.dimension
    basis = [known / np.linalg.norm(known)]
    rate = max(counted.generator.bounds[1], rounding(n) * fastest(counted.generator))
    inverse = preconditioner(davies, DAMPING * rate, 0.0)
    rng = np.random.default_rng(12345)
    nothing_new = 0
    while nothing_new < STARTS and len(basis) < counted.size:
        x = rng.standard_normal(counted.size)
        x -= sum((v @ x) * v for v in basis)
        x /= np.linalg.norm(x)
        right = counted(x)
        size = float(np.linalg.norm(right))
        left = x
        if size > rounding(n) * fastest(counted.generator):
            z, reached = gmres(counted, inverse, right, SOLVED, lambda fraction: None)
            left = x - z
            # What remains must be stationary before it may count.
            if reached > np.sqrt(SOLVED):
                nothing_new += 1
                continue
        for _ in range(2):
            left = left - sum((v @ left) * v for v in basis)
        norm = float(np.linalg.norm(left))
        stationary = norm > NEW and float(np.linalg.norm(counted(left))) <= NEW * norm * rate
        if stationary:
            basis.append(left / norm)
            nothing_new = 0
        else:
            nothing_new += 1
    return basis
