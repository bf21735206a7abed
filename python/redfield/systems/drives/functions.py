"""Functions of one variable as Chebyshev series on adaptive pieces, which the core evaluates without Python."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray

TERMS = 16
TAIL = 3
"""The last terms of a piece, whose size tells what was left out."""
NARROWEST = 2.0**-44
"""Part of the range below which a function that is not resolved jumps."""
JUMP = 1e-6
"""Part of the largest value above which a change is a jump; less is noise, or a kink."""
KINK = 1e-3
"""Part of the largest value, over the shorter of two pieces: a change of slope that no step shall go over."""
MOST_JUMPS = 200
_ANGLES = (np.arange(TERMS) + 0.5) * np.pi / TERMS
NODES = np.cos(_ANGLES)
TO_SERIES = 2.0 / TERMS * np.cos(np.arange(TERMS)[:, None] * _ANGLES)
TO_SERIES[0] *= 0.5
SIGNS = (-1.0) ** np.arange(TERMS)
CHECKS = np.array([-1.0 + 2.0**-26, -0.83, -0.41, 0.07, 0.36, 0.92, 1.0 - 2.0**-26])
"""Between the nodes: what turns faster than these tell is taken for something slow. Those near the ends meet a jump
that lies beyond the last node."""
AT_CHECKS = np.cos(np.arange(TERMS) * np.arccos(CHECKS)[:, None])


EVEN = 1e-13
"""Part of a piece by which places may be off even ones: their rounding, on a span that begins late."""
ROUNDING = 1e-14
"""Part of the largest value that is rounding."""
MANY = 20
"""Samples in a piece, or components, whose series is better multiplied piece by piece."""
AT_ONCE = 50_000
"""Samples whose series are gathered at once."""


class NotResolvedError(ValueError):
    """A function jumps too often, or needs too many pieces."""


@dataclass(frozen=True, eq=False)
class Expansion:
    """Pieces of f: [first, last] → R^m, and where f jumps."""

    breaks: RealArray
    series: RealArray
    jumps: RealArray

    def core(self) -> _core.PiecewisePolynomial:
        return _core.PiecewisePolynomial(self.breaks, self.series)


def expand(
    f: Callable[[RealArray], RealArray],
    first: float,
    last: float,
    tol: float,
    cuts: Sequence[float] = (),
    *,
    looks: RealArray | None = None,
    share: int = 1,
    integrated: bool = False,
    pieces: int | RealArray = 32,
    most: int = 20_000,
) -> Expansion:
    """f, of an array (P,) to values (P, m), to `tol` of the largest value of each component.

    Parameters
    ----------
    looks : ascending; pieces are halved until they agree with f at each of these places too. A feature with none of
        them in it, narrower than a tenth of a piece to begin with, may be missed.
    share : so many components in a row are compared with the largest value of any of them.
    integrated : whether it is the integral of f that has to be right, to tol of the integral of |f|: kinks and noise
        then need no pieces as narrow as they are, and pulses that are narrow are as exact as wide ones.
    cuts : where f may jump or have a kink; others are found by bisection.
    pieces : to begin with, or their ends.
    most : pieces at most.

    Raises
    ------
    NotResolvedError
        f jumps at too many places, or needs more pieces; the message says where.
    """
    inside = sorted({c for c in cuts if first < c < last})
    corners = np.array([first, *inside, last])
    ends = np.linspace(first, last, pieces + 1) if isinstance(pieces, int) else pieces
    if inside:
        # An end that differs from a cut by rounding is that cut.
        place = np.searchsorted(corners, ends).clip(1, len(corners) - 1)
        apart = np.minimum(np.abs(ends - corners[place - 1]), np.abs(corners[place] - ends))
        ends = ends[apart > NARROWEST * (last - first)]
    grid = np.unique(np.concatenate([ends, corners]))
    left, right = grid[:-1], grid[1:]
    done: list[tuple[RealArray, RealArray, RealArray]] = []
    jumps: list[float] = []
    at_looks = _values_at(f, np.zeros(0) if looks is None else looks)
    scale = np.zeros(1)
    integral = np.zeros(1)
    count = 0
    while left.size:
        values = _sampled(f, left, right, NODES)
        between = _sampled(f, left, right, CHECKS)
        width = (right - left) / (last - first)
        known = [np.abs(x) for x in (values, between)]
        largest = np.maximum(*(_largest(x) for x in known))
        if count == 0 and len(at_looks[0]):
            largest = np.maximum(largest, _largest(np.abs(at_looks[1])))
        scale = np.maximum(scale, _shared(largest, share))
        series = TO_SERIES @ values
        error = np.maximum(
            np.abs(series[:, -TAIL:]).max(axis=1), np.abs(AT_CHECKS @ series - between).max(axis=1)
        )
        at_looks = _missed_at(at_looks, left, right, series, error)
        allowed = np.full((len(width), 1), tol) * scale
        if integrated:
            mean = integral + (width[:, None] * known[0].mean(axis=1)).sum(axis=0)
            allowed = (tol / width)[:, None] * _shared(mean, share)
        allowed = np.maximum(allowed, np.maximum(ROUNDING * scale, 1e-300))
        good = (error <= allowed).all(axis=1)
        narrow = width <= NARROWEST
        stop = good | narrow
        jumping = stop & (error > np.maximum(JUMP * scale, 1e-300)).any(axis=1)
        for at in (0.5 * (left + right))[jumping]:
            if not jumps or abs(at - jumps[-1]) > 4.0 * max(NARROWEST, tol) * (last - first):
                jumps.append(float(at))
        done.append((left[stop], right[stop], series[stop]))
        integral = integral + (width[stop, None] * known[0][stop].mean(axis=1)).sum(axis=0)
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
    met = _jumps_between(breaks, coefficients, share, np.array(inside))
    found = np.array(jumps)
    near = 8.0 * 4.0 * max(NARROWEST, tol) * (last - first)
    met = [b for b in met if not len(found) or np.abs(found - b).min() > near]
    return Expansion(breaks, np.ascontiguousarray(coefficients), np.array(sorted([*jumps, *met])))


def _largest(sizes: RealArray) -> RealArray:
    """Return the largest of each component, (m,), of (…, m)."""
    rows = sizes.reshape(-1, sizes.shape[-1])
    if rows.shape[1] > MANY:
        out: RealArray = rows.max(axis=0)
        return out
    # NumPy's reduction over all but a short last axis takes ten times as long.
    return np.array([rows[:, k].max() for k in range(rows.shape[1])])


def _shared(largest: RealArray, share: int) -> RealArray:
    """Return the largest of `share` components in a row, for each of them."""
    out: RealArray = np.repeat(largest.reshape(-1, share).max(axis=1), share)
    return out


def _values_at(f: Callable[[RealArray], RealArray], looks: RealArray) -> tuple[RealArray, RealArray]:
    """Return the places, and the values there."""
    if not len(looks):
        return looks, np.zeros((0, 1))
    values = f(looks)
    _require_finite(values, looks)
    return looks, values


def _missed_at(
    looks: tuple[RealArray, RealArray],
    left: RealArray,
    right: RealArray,
    series: RealArray,
    error: RealArray,
) -> tuple[RealArray, RealArray]:
    """Raise `error` of each piece to what its series misses at the places within it; the places in some piece."""
    places, values = looks
    if _evenly_missed(looks, left, right, series, error):
        return looks
    piece = np.searchsorted(left, places, side="right") - 1
    within = (piece >= 0) & (places > left[np.maximum(piece, 0)]) & (places < right[piece])
    if not within.all():
        places, values, piece = places[within], values[within], piece[within]
    if not len(places):
        return places, values
    x = (2.0 * places - left[piece] - right[piece]) / (right[piece] - left[piece])
    # T_k, a row for each k.
    polynomials = np.moveaxis(np.polynomial.chebyshev.chebvander(x, TERMS - 1), -1, 0)
    begin = np.flatnonzero(np.diff(piece, prepend=-1))
    met = piece[begin]
    missed = np.empty_like(values)
    if len(met) * MANY < len(places) or series.shape[2] > MANY:
        ends = [*begin[1:].tolist(), len(places)]
        for p, a, b in zip(met.tolist(), begin.tolist(), ends, strict=True):
            missed[a:b] = (series[p].T @ polynomials[:, a:b]).T
    else:
        for k in range(0, len(places), AT_ONCE):
            part = slice(k, k + AT_ONCE)
            missed[part] = np.einsum("ks,skm->sm", polynomials[:, part], series[piece[part]])
    missed -= values
    worst = np.maximum.reduceat(np.abs(missed, out=missed), begin, axis=0)
    error[met] = np.maximum(error[met], worst)
    return places, values


def _evenly_missed(
    looks: tuple[RealArray, RealArray],
    left: RealArray,
    right: RealArray,
    series: RealArray,
    error: RealArray,
) -> bool:
    """Return whether the places are as many in each piece and evenly spaced there; then raise `error` as above.

    The polynomials at the places are then those of every piece, and known.
    """
    places, values = looks
    each, rest = divmod(len(places), len(left))
    if rest or not each:
        return False
    x = (2.0 * places.reshape(-1, each) - (left + right)[:, None]) / (right - left)[:, None]
    even, polynomials = _evenly(each)
    if np.abs(x - even).max() > EVEN:
        return False
    missed = series.transpose(0, 2, 1) @ polynomials
    missed -= values.reshape(len(left), each, -1).transpose(0, 2, 1)
    np.maximum(error, np.abs(missed, out=missed).max(axis=2), out=error)
    return True


@functools.lru_cache(maxsize=4)
def _evenly(count: int) -> tuple[RealArray, RealArray]:
    """Return the middles of equal parts of [−1, 1], and the polynomials there, (terms, count)."""
    x = (2.0 * np.arange(count) + 1.0) / count - 1.0
    return x, np.ascontiguousarray(np.polynomial.chebyshev.chebvander(x, TERMS - 1).T)


def _jumps_between(breaks: RealArray, series: RealArray, share: int, cuts: RealArray) -> list[float]:
    """Return ends of pieces where the values differ by more than errors, or at a cut the slopes as much as values."""
    ends, begins = series.sum(axis=1)[:-1], (SIGNS @ series)[1:]
    largest = np.maximum(_shared(np.abs(series).sum(axis=1).max(axis=0), share), 1e-300)
    apart = (np.abs(ends - begins) > JUMP * largest).any(axis=1)
    width = np.diff(breaks)
    wide = width > 4.0 * NARROWEST * (breaks[-1] - breaks[0])
    jumps = apart & wide[:-1] & wide[1:]
    if len(cuts):
        at_cut = np.isin(breaks[1:-1], cuts)
        squares = np.arange(TERMS) ** 2
        slope_after = (SIGNS * -squares) @ series[1:] / width[1:, None]
        slope_before = squares @ series[:-1] / width[:-1, None]
        shorter = np.minimum(width[1:], width[:-1])[:, None]
        kink = (np.abs(slope_after - slope_before) * shorter > KINK * largest).any(axis=1)
        jumps |= at_cut & (apart | kink)
    met: list[float] = breaks[1:-1][jumps].tolist()
    return met


def _sampled(
    f: Callable[[RealArray], RealArray], left: RealArray, right: RealArray, nodes: RealArray
) -> RealArray:
    """(pieces, nodes, m)."""
    x = 0.5 * (left + right)[:, None] + 0.5 * (right - left)[:, None] * nodes
    values = f(x.ravel())
    _require_finite(values, x.ravel())
    return values.reshape(*x.shape, -1)


def _require_finite(values: RealArray, places: RealArray) -> None:
    if not np.isfinite(values).all():
        bad = int(np.argmax(~np.isfinite(values).all(axis=1)))
        raise ValueError(f"is not finite at {places[bad]:.6g}")
