r"""The principal values of the universal Lindblad equation's Lamb shift, of any bath.

.. math:: h(\omega, \omega') = \frac{1}{2\pi} \int_0^\infty \frac{dx}{x}
          [g(\omega' - x) g(\omega - x) - g(\omega' + x) g(\omega + x)], \qquad g = \sqrt\gamma
"""

from __future__ import annotations

import functools

import numpy as np

from redfield.baths.base import Bath
from redfield.baths.edges import graded, outward
from redfield.validation import RealArray, require_memory

ACCURATE = 1e-8
"""Of the largest h: what halving all panels may change."""
CHECKED = 8
"""Frequencies whose integrals are done twice."""
ROUNDS = 5
SAME = 1e-13
"""Of the range: corners nearer to each other are one."""
ORDERS = (10, 24)
"""Nodes of a panel that is short against what γ varies over, and of any other."""
SHORT = 0.2


class PrincipalValues:
    """h for the frequencies w_a − e and all e, as tables of one product each; nodes shared by all levels.

    Raises
    ------
    ValueError
        The integrals do not reach 1e-8 of the largest.
    """

    def __init__(self, bath: Bath, energies: RealArray) -> None:
        self.bath, self.energies = bath, energies
        self.panels = 1

    def level(self, e: float) -> RealArray:
        """h(E_c − e, E_a − e) for all pairs, (N, N)."""
        w = self.energies - e
        edges = self._edges(w)
        # The error is that of some of the frequencies, the outermost, those about zero and others between.
        some = w
        if len(w) > CHECKED:
            about_zero = np.argsort(np.abs(w), kind="stable")[: CHECKED // 2]
            some = w[np.unique([*about_zero, *np.linspace(0, len(w) - 1, CHECKED // 2).astype(np.intp)])]
        values = self._integrate(some, edges, self.panels)
        for _ in range(ROUNDS):
            finer = self._integrate(some, edges, 2 * self.panels)
            error, largest = float(np.abs(finer - values).max()), float(np.abs(finer).max())
            if error <= ACCURATE * max(largest, 1e-3 * self._rate(w)):
                return finer if len(w) <= CHECKED else self._integrate(w, edges, self.panels)
            self.panels, values = 2 * self.panels, finer
        raise ValueError(
            f"{self.bath!r}: the Lamb shift of the universal Lindblad equation is known to {error / largest:.1g} only; "
            "the bath must say where its spectrum varies and how fast (breakpoints, scale)"
        )

    def _rate(self, w: RealArray) -> float:
        return float(self.bath.power_spectrum(w[w != 0.0]).max(initial=0.0))

    def _edges(self, w: RealArray) -> RealArray:
        features = self.bath.features
        finest = min(fine for _, fine in features)
        corners = {0.0: finest}
        for x, fine in features:
            for distance in np.abs(w - x).tolist():
                corners[distance] = min(fine, corners.get(distance, np.inf))
        reach = max(*corners, finest)
        ordered: list[tuple[float, float]] = []
        for x in sorted(corners):
            if ordered and x - ordered[-1][0] <= SAME * reach:
                ordered[-1] = (ordered[-1][0], min(ordered[-1][1], corners[x]))
            else:
                ordered.append((x, corners[x]))
        last, fine = ordered[-1]
        probe = np.array([w.min(), 0.5 * (w.min() + w.max()), w.max()])

        def size(x: RealArray) -> RealArray:
            shifted = self._root(probe[:, None] - x) + self._root(probe[:, None] + x)
            largest: RealArray = shifted.max(axis=0) ** 2
            return largest

        far, _ = outward(size, last, max(fine, 1e-3 * reach), 1.0, np.ones_like, tol=1e-16)
        return np.unique([*graded(ordered), *far])

    def _root(self, w: RealArray) -> RealArray:
        with np.errstate(under="ignore"):
            values = self.bath.power_spectrum(w)
        root: RealArray = np.sqrt(np.where(np.isfinite(values), values, 0.0))
        return root

    def _integrate(self, w: RealArray, edges: RealArray, parts: int) -> RealArray:
        x, weights = self._nodes(edges, parts)
        require_memory(
            "the nodes of the universal Lindblad equation's Lamb shift",
            5 * 8.0 * len(w) * min(len(x), 20_000),
        )
        total = np.zeros((len(w), len(w)))
        for first in range(0, len(x), 20_000):
            part = slice(first, first + 20_000)
            scaled = weights[part] / (2.0 * np.pi * x[part])
            below, above = self._root(w[:, None] - x[part]), self._root(w[:, None] + x[part])
            total += (below * scaled) @ below.T - (above * scaled) @ above.T
        return total

    def _nodes(self, edges: RealArray, parts: int) -> tuple[RealArray, RealArray]:
        finest = min(fine for _, fine in self.bath.features)
        length = np.diff(edges)
        nodes, weights = [], []
        for order, chosen in zip(
            ORDERS, (length <= SHORT * finest, length > SHORT * finest), strict=True
        ):
            left = (edges[:-1][chosen, None] + length[chosen, None] * np.arange(parts) / parts).ravel()
            size = np.repeat(length[chosen] / parts, parts)
            t, v = gauss(order)
            # u²(3 − 2u) flattens what is not smooth at a panel's ends.
            u = 0.5 * (t + 1.0)
            nodes.append((left[:, None] + size[:, None] * u**2 * (3.0 - 2.0 * u)).ravel())
            weights.append((size[:, None] * 3.0 * u * (1.0 - u) * v).ravel())
        return np.concatenate(nodes), np.concatenate(weights)


@functools.cache
def gauss(order: int) -> tuple[RealArray, RealArray]:
    """Nodes and weights on [−1, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return nodes, weights
