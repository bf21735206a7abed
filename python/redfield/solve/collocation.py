"""Gauss' collocation of ρ̇ = 𝓛(t)ρ on panels of time, forwards and of the adjoint equation at the same points.

Of q points it is of order 2q, and its adjoint is itself: with stages ρ_i forwards and y_i backwards the derivative of
the end in 𝓛(t_i) is h b_i tr[y_i (d𝓛) ρ_i] exactly, of the numbers that it gives and not only of the equation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray

ITERATIONS = 60
"""Iterations of the stages of a panel after which it is given up."""
SETTLED = 1e-14
"""Part of the largest stage by which the last iteration may change one."""
BYTES = 6e7
"""Bytes of the matrices of stages that are factored at once."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A Gauss rule on [0, 1].

    Attributes
    ----------
    nodes, weights : (q,) c_i and b_i.
    matrix : (q, q) a_ij = ∫₀^{c_i} of the polynomial that is 1 at c_j and 0 at the other nodes.
    series : (q, q), Legendre coefficients of the polynomial through values at the nodes.
    """

    nodes: RealArray
    weights: RealArray
    matrix: RealArray
    series: RealArray

    @classmethod
    def of(cls, points: int) -> Rule:
        x, w = np.polynomial.legendre.leggauss(points)
        values = np.polynomial.legendre.legvander(x, points)
        series = (np.arange(points) + 0.5)[:, None] * values[:, :points].T * w
        # ∫P_n = (P_{n+1} − P_{n−1})/(2n + 1), from −1; of P_0 it is 1 + x.
        below = np.concatenate([-np.ones((points, 1)), values[:, : points - 1]], axis=1)
        integrals = (values[:, 1:] - below) / (2.0 * np.arange(points) + 1.0)
        return cls(0.5 * (1.0 + x), 0.5 * w, 0.5 * integrals @ series, series)

    def times(self, ends: RealArray) -> RealArray:
        """(P, q) points of the panels between ends (P + 1,)."""
        out: RealArray = ends[:-1, None] + np.diff(ends)[:, None] * self.nodes
        return out


def maps(rule: Rule, lengths: RealArray, matrices: RealArray) -> tuple[RealArray, RealArray]:
    """Return the maps from the state where a panel begins to its stages (P, q, m, m), and to its end (P, m, m).

    `matrices` are 𝓛 at the points, (P, q, m, m).
    """
    panels, q, m, _ = matrices.shape
    inside = np.empty_like(matrices)
    size = q * m
    starts = np.tile(np.eye(m), (q, 1))
    at_once = max(1, int(BYTES / (8.0 * size * size)))
    for p in range(0, panels, at_once):
        _core.poll()
        part = slice(p, p + at_once)
        h = lengths[part, None, None, None, None]
        system = -h * rule.matrix[:, None, :, None] * matrices[part].transpose(0, 2, 1, 3)[:, None]
        system = system.reshape(-1, size, size)
        system[:, np.arange(size), np.arange(size)] += 1.0
        inside[part] = np.linalg.solve(system, starts[None]).reshape(-1, q, m, m)
    changes = np.einsum("j,pjab,pjbc->pac", rule.weights, matrices, inside, optimize=True)
    return inside, np.eye(m) + lengths[:, None, None] * changes


Apply = Callable[[int, ComplexArray], ComplexArray]
"""𝓛 at point i of a panel, applied to a matrix."""


def stages(
    rule: Rule, length: float, apply: Apply, frequencies: RealArray, start: ComplexArray
) -> tuple[ComplexArray, ComplexArray] | None:
    """Return the stages (q, N, N) and the end of one panel, or None where the iteration does not settle.

    The states turn as e^{iωs}, ω = `frequencies` (N, N), beside what changes them slowly: ρ = e^{iωs}∘r, and r is
    iterated. `apply` is that of the whole 𝓛, in the same basis.
    """
    turns = np.exp(1j * length * rule.nodes[:, None, None] * frequencies)
    back = turns.conj()
    slow = np.broadcast_to(start, turns.shape)
    for _ in range(ITERATIONS):
        _core.poll()
        now = turns * slow
        changes = np.stack([apply(i, now[i]) for i in range(len(now))]) - 1j * frequencies * now
        changes *= length * back
        last, slow = slow, start + np.einsum("ij,jkl->ikl", rule.matrix, changes)
        moved = float(np.abs(slow - last).max())
        scale = float(np.abs(slow).max())
        if not np.isfinite(moved):
            return None
        if moved <= SETTLED * scale:
            end = np.exp(1j * length * frequencies) * (
                start + np.einsum("j,jkl->kl", rule.weights, changes)
            )
            return turns * slow, end
    return None
