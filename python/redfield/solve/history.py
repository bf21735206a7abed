"""Correlation functions against the polynomials of panels of time, which is all the core has to know of them."""

from __future__ import annotations

import functools
import itertools

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.baths import Bath, FlatBath
from redfield.baths.exponentials import ExponentialSum
from redfield.baths.memory import FORGOTTEN, memory_of

POINTS = _core.PANEL_POINTS
X = -np.cos(np.pi * np.arange(POINTS) / (POINTS - 1))
"""Chebyshev's points, ascending."""
BARYCENTRIC = np.where(np.arange(POINTS) % 2, -1.0, 1.0)
BARYCENTRIC[[0, -1]] *= 0.5


def history(
    bath: Bath, length: float, duration: float, fit: ExponentialSum | None
) -> _core.CorrelationWeights:
    """Return the memory integral over panels of a length, by a sum of exponentials or by C itself."""
    empty = np.zeros((0, 0), dtype=np.complex128)
    if isinstance(bath, FlatBath):
        half = 0.5 * bath.power_spectrum(np.zeros(1))[0] * np.eye(POINTS, dtype=np.complex128)
        return _core.CorrelationWeights(half, empty, empty, [])
    if fit is None:
        lags = lags_of(bath, length, duration)
        local, *before = _weights(memory_of(bath, min(duration, (lags + 1) * length)), length, lags)
        return _core.CorrelationWeights(local, empty, empty, before)
    return _of_sum(bath, length, fit)


@functools.lru_cache(maxsize=1024)
def _of_sum(bath: Bath, length: float, fit: ExponentialSum) -> _core.CorrelationWeights:
    """Return the memory integral by a sum of exponentials, which evolutions of one system share."""
    (local,) = _weights(memory_of(bath, length), length, 0)
    fade, gathered = np.zeros((2, 0, POINTS), dtype=np.complex128)
    if len(fit):
        fade = np.exp(-np.multiply.outer(fit.rates, 0.5 * length * (X + 1.0)))
        gathered = _gathered(fit, length)
    return _core.CorrelationWeights(local, fade, gathered, [])


def lags_of(bath: Bath, length: float, duration: float) -> int:
    """Return the number of panels before the present one that C reaches over."""
    t, weights, c = memory_of(bath, duration).nodes()
    rest = np.cumsum((weights * np.abs(c))[::-1])[::-1]
    remembered = float(t[rest > FORGOTTEN * rest[0]][-1]) if rest[0] > 0.0 else 0.0
    return int(min(np.ceil(remembered / length), np.ceil(duration / length) - 1))


def _weights(memory: _core.Expansion, length: float, lags: int) -> ComplexArray:
    """Return (lags + 1, i, n): ∫ C(t_i − s)ℓ_n(s)ds over the panel up to t_i, and over each before it."""
    after = 0.5 * length * (X + 1.0)  # t_i − a
    cuts = (after + length * np.arange(lags + 1)[:, None]).ravel()
    u, weights, c = memory.nodes(cuts[cuts < memory.ends[-1]])
    values = weights * c
    out = np.zeros((lags + 1, POINTS, POINTS), dtype=np.complex128)
    for i, tau in enumerate(after):
        # t_i − u lies in the panel before which ⌈(u − τ_i)/h⌉ others are.
        lag = np.maximum(np.ceil((u - tau) / length), 0.0).astype(np.intp)
        x = 2.0 * (tau - u + lag * length) / length - 1.0
        inside = lag <= lags
        np.add.at(out[:, i], lag[inside], values[inside, None] * lagrange(x[inside]))
    return out


def _gathered(fit: ExponentialSum, length: float) -> ComplexArray:
    """Return (K, n): c_k∫ e^{−ν_k(b − s)}ℓ_n(s)ds over a panel that ends at b."""
    # Halved towards the end of the panel, where fast exponentials live; none turns often in a part.
    fastest = float(np.abs(fit.rates).max())
    edges = [0.0, *np.ldexp(length, -np.arange(50)[::-1])]
    parts = np.unique(
        np.concatenate(
            [
                np.linspace(a, b, int(min(np.ceil((b - a) * min(fastest, 40.0 / b) / 6.0), 4000)) + 1)
                for a, b in itertools.pairwise(edges)
            ]
        )
    )
    half, (nodes, weights) = 0.5 * np.diff(parts), np.polynomial.legendre.leggauss(24)
    u = (parts[:-1, None] + half[:, None] * (nodes + 1.0)).ravel()
    weighted = lagrange(1.0 - 2.0 * u / length) * (half[:, None] * weights).ravel()[:, None]
    gathered: ComplexArray = (fit.coefficients[:, None] * np.exp(-np.outer(fit.rates, u))) @ weighted
    return gathered


def lagrange(x: RealArray) -> RealArray:
    """Return ℓ_n(x), (P, POINTS), by the barycentric formula."""
    distance = x[:, None] - X
    at = np.nonzero(distance == 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = BARYCENTRIC / distance
        values: RealArray = terms / terms.sum(axis=1, keepdims=True)
    values[at[0]] = 0.0
    values[at] = 1.0
    return values
