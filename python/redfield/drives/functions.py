"""Functions of one variable as Chebyshev series on adaptive pieces, which the core evaluates without Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from redfield import _core
from redfield.validation import RealArray

TERMS = 16
TAIL = 3
"""The last terms of a piece, whose size tells what was left out."""
NARROWEST = 2.0**-44
"""Of the whole range: what is not resolved on such a piece jumps there."""
JUMP = 1e-6
"""Of the largest value: less is noise, or a kink."""
MOST_JUMPS = 200
_ANGLES = (np.arange(TERMS) + 0.5) * np.pi / TERMS
NODES = np.cos(_ANGLES)
TO_SERIES = 2.0 / TERMS * np.cos(np.arange(TERMS)[:, None] * _ANGLES)
TO_SERIES[0] *= 0.5
SIGNS = (-1.0) ** np.arange(TERMS)
CHECKS = np.array([-0.83, -0.41, 0.07, 0.36, 0.92])
"""Between the nodes: what turns faster than these tell is taken for something slow."""
AT_CHECKS = np.cos(np.arange(TERMS) * np.arccos(CHECKS)[:, None])


class NotResolvedError(ValueError):
    """A function jumps too often, or needs too many pieces."""


@dataclass(frozen=True)
class Expansion:
    """Pieces of f: [first, last] → R^m, and where f jumps."""

    breaks: RealArray
    series: RealArray
    jumps: RealArray

    def core(self) -> _core.Pieces:
        return _core.Pieces(self.breaks, self.series)


def expand(
    f: Callable[[RealArray], RealArray],
    first: float,
    last: float,
    tol: float,
    cuts: Sequence[float] = (),
    *,
    share: int = 1,
    integrated: bool = False,
    pieces: int = 32,
    most: int = 20_000,
) -> Expansion:
    """f, of an array (P,) to values (P, m), to `tol` of the largest value of each component.

    Parameters
    ----------
    share : so many components in a row are compared with the largest value of any of them.
    integrated : whether it is the integral of f that has to be right to tol times the range: kinks and noise then need
        no pieces as narrow as they are.
    cuts : where f may jump or have a kink; others are found by bisection.
    pieces : to begin with: a feature narrower than a hundredth of one may be missed.
    most : pieces at most.

    Raises
    ------
    NotResolvedError
        f jumps at too many places, or needs more pieces; the message says where.
    """
    inside = sorted({c for c in cuts if first < c < last})
    corners = np.array([first, *inside, last])
    grid = np.unique(np.concatenate([np.linspace(first, last, pieces + 1), corners]))
    left, right = grid[:-1], grid[1:]
    done: list[tuple[RealArray, RealArray, RealArray]] = []
    jumps: list[float] = []
    scale = None
    count = 0
    while left.size:
        values = _sampled(f, left, right, NODES)
        between = _sampled(f, left, right, CHECKS)
        largest = np.maximum(np.abs(values).max(axis=(0, 1)), np.abs(between).max(axis=(0, 1)))
        largest = np.repeat(largest.reshape(-1, share).max(axis=1), share)
        scale = largest if scale is None else np.maximum(scale, largest)
        series = TO_SERIES @ values
        missed = np.abs(AT_CHECKS @ series - between).max(axis=1)
        error = np.maximum(np.abs(series[:, -TAIL:]).max(axis=1), missed)
        width = (right - left) / (last - first)
        allowed = (
            np.maximum(scale, 1e-300)
            * (tol / width if integrated else np.full(width.shape, tol))[:, None]
        )
        good = (error <= allowed).all(axis=1)
        narrow = width <= NARROWEST
        jumping = (good | narrow) & (error > JUMP * np.maximum(scale, 1e-300)).any(axis=1)
        for at in (0.5 * (left + right))[jumping]:
            if not jumps or abs(at - jumps[-1]) > 4.0 * max(NARROWEST, tol) * (last - first):
                jumps.append(float(at))
        stop = good | narrow
        done.append((left[stop], right[stop], series[stop]))
        count += int(stop.sum())
        a, b = left[~stop], right[~stop]
        if len(jumps) > MOST_JUMPS or count + 2 * len(a) > most:
            near = jumps[0] if len(jumps) > MOST_JUMPS else float(a[0])
            raise NotResolvedError(
                f"is not resolved to {tol:g} near {near:.6g}: it jumps too often or turns too fast"
            )
        middle = 0.5 * (a + b)
        left = np.stack([a, middle], axis=1).ravel()
        right = np.stack([middle, b], axis=1).ravel()
    starts = np.concatenate([x[0] for x in done])
    order = np.argsort(starts, kind="stable")
    coefficients = np.concatenate([x[2] for x in done])[order]
    breaks = np.append(starts[order], last)
    # A jump may lie just where two pieces meet.
    ends = coefficients.sum(axis=1)[:-1]
    begins = (SIGNS @ coefficients)[1:]
    largest = np.abs(coefficients).sum(axis=1).max(axis=0)
    largest = np.repeat(largest.reshape(-1, share).max(axis=1), share)
    apart = (np.abs(ends - begins) > JUMP * np.maximum(largest, 1e-300)).any(axis=1)
    apart &= np.diff(breaks)[:-1] > 4.0 * NARROWEST * (last - first)
    apart &= np.diff(breaks)[1:] > 4.0 * NARROWEST * (last - first)
    known = np.array([*jumps, *inside])
    near = 4.0 * max(NARROWEST, tol) * (last - first)
    met = [b for b in breaks[1:-1][apart] if not len(known) or np.abs(known - b).min() > 8.0 * near]
    return Expansion(breaks, np.ascontiguousarray(coefficients), np.array(sorted([*known, *met])))


def _sampled(
    f: Callable[[RealArray], RealArray], left: RealArray, right: RealArray, nodes: RealArray
) -> RealArray:
    """(pieces, nodes, m)."""
    x = 0.5 * (left + right)[:, None] + 0.5 * (right - left)[:, None] * nodes
    values = f(x.ravel())
    if not np.isfinite(values).all():
        bad = int(np.argmax(~np.isfinite(values).all(axis=1)))
        raise ValueError(f"is not finite at {x.ravel()[bad]:.6g}")
    return values.reshape(*x.shape, -1)
