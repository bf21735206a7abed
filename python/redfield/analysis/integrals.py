"""Integrals over time of what an evolution tells, by Gauss's rule on panels that are halved until they resolve it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray

POINTS = 12
NODES, WEIGHTS = np.polynomial.legendre.leggauss(POINTS)
COEFFICIENTS = (
    (np.arange(POINTS) + 0.5)[:, None] * np.polynomial.legendre.legvander(NODES, POINTS - 1).T * WEIGHTS
)
"""The matrix that takes values at the nodes to coefficients of Legendre polynomials."""
HALVINGS = 30
MOST_NODES = 4_000_000

Sample = Callable[[RealArray], RealArray]
"""The values (T, G, B) of an integrand at ascending times (T,): G quantities of B reservoirs."""


def integrated(
    sample: Sample, edges: RealArray, rtol: float, floor: Callable[[RealArray], RealArray]
) -> tuple[RealArray, RealArray]:
    """Return the integral over each interval between `edges`, (E − 1, G, B), and an error of their sum, (G,).

    The error is the sum of what the last two Legendre polynomials of each panel contribute to ∫|f|dt, more than what
    the rule misses of the integral.

    Parameters
    ----------
    rtol : on the error, relative to the integral of the absolute value.
    floor : of the values of the first pass: the mean error per time, (G,), below which nothing is resolved.

    Raises
    ------
    ConvergenceError
        The panels become too short, or too many.
    """
    left, right, of = edges[:-1], edges[1:], np.arange(len(edges) - 1)
    span = float(edges[-1] - edges[0])
    totals = errors = absolute = rough = np.zeros(0)
    for _ in range(HALVINGS):
        half = 0.5 * (right - left)
        if len(left) * POINTS > MOST_NODES:
            break
        nodes = (0.5 * (left + right))[:, None] + half[:, None] * NODES
        values = sample(nodes.ravel())
        values = values.reshape(len(left), POINTS, *values.shape[1:])
        if not len(totals):
            totals = np.zeros((len(edges) - 1, *values.shape[2:]))
            errors, absolute = np.zeros((2, values.shape[2]))
            rough = floor(values.reshape(-1, *values.shape[2:]))
        series = np.einsum("kn,pngb->pkgb", COEFFICIENTS, values)
        # Per time: what the last two polynomials are at most, summed over reservoirs.
        tails = np.abs(series[:, -2:]).sum(axis=(1, 3))
        size = np.einsum("n,pngb->pg", WEIGHTS, np.abs(values)) * half[:, None]
        allowed = np.maximum(rtol * (absolute + size.sum(axis=0)) / span, rough)
        good = (tails <= allowed).all(axis=1)
        parts = np.einsum("n,pngb->pgb", WEIGHTS, values) * half[:, None, None]
        np.add.at(totals, of[good], parts[good])
        errors += (tails * 2.0 * half[:, None])[good].sum(axis=0)
        absolute += size[good].sum(axis=0)
        if good.all():
            return totals, errors
        left, right, of = left[~good], right[~good], of[~good]
        middle = 0.5 * (left + right)
        left, right = np.stack([left, middle], 1).ravel(), np.stack([middle, right], 1).ravel()
        of = np.repeat(of, 2)
    raise _core.ConvergenceError(
        f"currents vary within less than {float((right - left).min()):.2g} at t = {float(left[0]):g}, which is not "
        "resolved: loosen rtol or atol"
    )
