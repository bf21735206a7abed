"""𝓛 on packed states as a linear system, and the exact inverse of Davies' generator that preconditions it.

A packed Hermitian state is one real N×N matrix, so 𝓛 is a real N²×N² matrix here, half as large as a complex one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse
import scipy.sparse.linalg

from redfield import _core
from redfield.matrices import liouvillian
from redfield.validation import RealArray

METHODS = ("auto", "direct", "iterative")

RESTART = 60
GMRES_ROUNDS = 10


class Counted:
    """𝓛 on packed vectors, and how often it was applied."""

    def __init__(self, generator: _core.Generator, threads: int) -> None:
        self.generator, self.threads, self.count = generator, threads, 0
        self.size = generator.dimension**2

    def __call__(self, x: Any) -> RealArray:
        self.count += 1
        return self.generator.apply_packed(np.ascontiguousarray(x, dtype=np.float64), self.threads)

    def matrix(self) -> RealArray:
        dense = np.empty((self.size, self.size))
        unit = np.zeros(self.size)
        for i in range(self.size):
            unit[i] = 1.0
            dense[:, i] = self(unit)
            unit[i] = 0.0
        return dense


def trace(packed: RealArray, n: int) -> float:
    return float(packed[:: n + 1].sum())


def fastest(generator: _core.Generator) -> float:
    half_height, decay = generator.bounds
    return max(half_height, decay, 1e-300)


def preconditioner(davies: _core.Davies, shift: float, weight: float) -> Callable[[RealArray], RealArray]:
    if not davies.degenerate:
        # Populations that no rate joins have no inverse; a touch of damping gives them one.
        return _core.SecularInverse(davies, shift + 1e-12 * fastest(davies), weight).apply
    return sparse_inverse(davies, shift, weight)


def sparse_inverse(
    generator: _core.Generator, shift: float, weight: float
) -> Callable[[RealArray], RealArray]:
    """A sparse LU in the eigenbasis; for Davies' generator it fills only inside the clusters' blocks."""
    n = generator.dimension
    matrix = liouvillian(generator, eigenbasis=True).tocsc()
    diagonal = np.arange(n) * (n + 1)
    if weight:
        rows, cols = np.meshgrid(diagonal, diagonal, indexing="ij")
        ones = np.full(n * n, weight / n)
        matrix = (
            matrix
            + scipy.sparse.coo_array((ones, (rows.ravel(), cols.ravel())), shape=matrix.shape).tocsc()
        )
    # A combination of coherences that nothing damps has no inverse; a touch of damping gives it one.
    touch = shift + 1e-12 * fastest(generator)
    factor = scipy.sparse.linalg.splu((matrix - touch * scipy.sparse.eye_array(n * n)).tocsc())

    def apply(x: RealArray) -> RealArray:
        r = x.reshape(n, n, order="F")
        rho = 0.5 * (r + r.T) + 0.5j * (r - r.T)
        solved = factor.solve(rho.ravel(order="F")).reshape(n, n, order="F")
        solved = 0.5 * (solved + solved.conj().T)
        return np.ascontiguousarray((solved.real + solved.imag).ravel(order="F"))

    return apply


def gmres(
    matvec: Callable[[RealArray], RealArray],
    precondition: Callable[[RealArray], RealArray],
    right: RealArray,
    rtol: float,
    report: Callable[[float], object],
) -> tuple[RealArray, float]:
    """Right-preconditioned, so that the residual it watches is the true one. Returns its last."""
    size = len(right)
    operator = scipy.sparse.linalg.LinearOperator(
        (size, size), matvec=lambda y: matvec(precondition(y)), dtype=np.float64
    )
    scale = float(np.linalg.norm(right))
    residual, solution, reached = right, np.zeros(size), 1.0

    def watch(norm: float) -> None:
        report(min(1.0, np.log(max(norm * reached, 1e-300)) / np.log(rtol)))

    for _ in range(GMRES_ROUNDS):
        if reached <= rtol:
            break
        y, _ = scipy.sparse.linalg.gmres(
            operator,
            residual,
            rtol=max(0.5 * rtol / reached, 1e-15),
            restart=min(RESTART, size),
            maxiter=1,
            callback=watch,
            callback_type="pr_norm",
        )
        solution = solution + precondition(y)
        residual = right - matvec(solution)
        before, reached = reached, float(np.linalg.norm(residual)) / scale
        if not reached < 0.9 * before:
            break
    return solution, reached
