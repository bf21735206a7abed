"""Legendre series on an interval: Gauss's nodes, and the functions their transforms are made of."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import RealArray

ORDER = 24
"""Nodes, and terms, of a panel."""
TAIL = 3
"""The last terms, whose size estimates what was left out."""
NODES, WEIGHTS = np.polynomial.legendre.leggauss(ORDER)
TO_SERIES = (
    (np.arange(ORDER)[:, None] + 0.5) * np.polynomial.legendre.legvander(NODES, ORDER - 1).T * WEIGHTS
)


FEW_TURNS = 5.0
"""Phase over half a panel up to which ORDER nodes integrate a series of ORDER terms to rounding."""


def spherical_bessel(z: RealArray) -> RealArray:
    """j_n(z), n < ORDER, (ORDER, size), of z ≥ FEW_TURNS: upwards where that is stable, else downwards (Miller)."""
    out = np.empty((ORDER, len(z)))
    sine = np.sin(z)
    zeroth, first = sine / z, (sine / z - np.cos(z)) / z
    far = z > ORDER
    x = z[far]
    upward = np.empty((ORDER, len(x)))
    upward[0], upward[1] = zeroth[far], first[far]
    for n in range(1, ORDER - 1):
        upward[n + 1] = (2 * n + 1) / x * upward[n] - upward[n - 1]
    out[:, far] = upward
    inverse = 1.0 / z[~far]
    downward = np.empty((ORDER, len(inverse)))
    above, here = np.zeros(len(inverse)), np.full(len(inverse), 1e-290)
    for n in range(ORDER + 39, -1, -1):
        above, here = here, (2 * n + 3) * inverse * here - above
        if n < ORDER:
            downward[n] = here
    # j_0 and j_1 do not vanish together.
    larger = np.abs(zeroth[~far]) > np.abs(first[~far])
    scale = np.where(larger, zeroth[~far], first[~far]) / np.where(larger, downward[0], downward[1])
    out[:, ~far] = downward * scale
    return out


def second_kind(x: RealArray, q0: RealArray) -> RealArray:
    """Q_n(x), n < ORDER, (ORDER, size), from Q_0; on the cut |x| < 1 the mean of both sides."""
    q = np.empty((ORDER, len(x)))
    q[0] = q0
    q[1] = x * q[0] - 1.0
    # Forward the recurrence is stable on the cut and hardly unstable right beside it.
    for n in range(1, ORDER - 1):
        q[n + 1] = ((2 * n + 1) * x * q[n] - n * q[n - 1]) / (n + 1)
    far = np.abs(x) > 1.004
    if far.any():
        z = x[far]
        lower, upper = np.full(len(z), 1e-290), np.zeros(len(z))
        kept = np.empty((ORDER, len(z)))
        for n in range(ORDER + 220, 0, -1):
            lower, upper = ((2 * n + 1) * z * lower - (n + 1) * upper) / n, lower
            if n - 1 < ORDER:
                kept[n - 1] = lower
            big = np.abs(lower) > 1e200
            if big.any():
                scale = np.where(big, 1e-200, 1.0)
                lower, upper = lower * scale, upper * scale
                kept[max(n - 1, 0) :] *= scale
        q[:, far] = kept * (q[0, far] / kept[0])
    return q
