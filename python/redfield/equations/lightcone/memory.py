"""How long a bath remembers: |C(s)| as nodes and weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from redfield._base.checks import RealArray
from redfield.baths import Bath

POINTS = 96
"""Points of the time grid, half of them for the short times."""
SAFETY = 1.1
"""Factor by which the bounds allow for the errors of quadratures."""
REMAINDER = 1e-7
"""Part of ∫|C| beyond the last time."""
INNER = 9
"""Points of the quadrature within each interval."""
NEAREST = 1e-9
"""Part of the shortest time below which |C| is not asked, since it may diverge at 0 as a logarithm does."""
LONGEST = 1e7
"""Times longer than this part of the shortest are not looked at."""


@dataclass(frozen=True, eq=False)
class Memory:
    """∫₀^∞ |C(s)| f(s) ds ≲ weights @ f(times) + tail sup f."""

    times: RealArray
    weights: RealArray
    tail: float

    def bound(self, slopes: RealArray, largest: float) -> float:
        """∫|C(s)| min(∫₀^s slope, largest) ds for slopes (T,) at the times."""
        steps = np.diff(self.times) * 0.5 * (slopes[1:] + slopes[:-1])
        reached = np.minimum(SAFETY * np.concatenate([[0.0], np.cumsum(steps)]), largest)
        return float(self.weights @ reached + self.tail * largest)


def memory_of(bath: Bath) -> Memory:
    """Return the memory of Γ's kernel, the bath's correlation function."""
    return _memory(lambda s: np.abs(bath.correlation(s)), bath)


def jump_memory(bath: Bath, width: float) -> Memory:
    """Return the memory of √γ's kernel g(s) = ∫dω/2π √γ(ω)e^{−iωs} on both signs of s.

    It is the kernel of √γ∘A = ∫ds g(s) e^{−iHs}Ae^{iHs}.
    What √γ is beyond the largest Bohr frequency does not matter: it is faded out smoothly between `width`, which is
    to be above that, and twice it.
    """
    size = 1 << 17
    w = np.linspace(-4.0 * width, 4.0 * width, size, endpoint=False)
    x = np.clip((np.abs(w) - width) / width, 1e-3, 1.0)
    inside = x < 1.0
    fade = np.zeros(size)
    with np.errstate(over="ignore"):
        fade[inside] = 1.0 / (1.0 + np.exp(1.0 / (1.0 - x[inside]) - 1.0 / x[inside]))
    root = np.zeros(size)
    root[inside] = np.sqrt(bath.power_spectrum(w[inside])) * fade[inside]
    g = np.abs(np.fft.fft(root)) * (w[1] - w[0]) / (2.0 * np.pi)
    s = np.fft.fftfreq(size, (w[1] - w[0]) / (2.0 * np.pi))
    order = np.argsort(s)
    s, g = s[order], g[order]
    if not np.isfinite(g).all():
        raise ValueError(f"{bath!r} has a spectrum that is not finite everywhere, and no jump operators")
    return _memory(lambda t: np.interp(t, s, g, right=0.0) + np.interp(-t, s, g, left=0.0), bath)


def _memory(kernel: Callable[[RealArray], RealArray], bath: Bath) -> Memory:
    try:
        short = 1.0 / float(bath.scale)
    except (AttributeError, TypeError, ZeroDivisionError):
        short = 1.0

    def beyond_zero(s: RealArray) -> RealArray:
        return kernel(np.maximum(s, NEAREST * short))

    # Beyond the last time the remainder is negligible, a power law's tail included.
    last = short
    while last < LONGEST * short:
        s = np.concatenate([np.linspace(0.0, last / 32, 24), np.geomspace(last / 32, last, 40)[1:]])
        c = beyond_zero(s)
        if not np.isfinite(c).all():
            raise ValueError(f"{bath!r} has a correlation function that is not finite at short times")
        if float(c[-1]) * last <= REMAINDER * float(np.trapezoid(c, s)):
            break
        last *= 2.0
    tail = 2.0 * float(c[-1]) * last
    half = POINTS // 2
    near = min(short, last / 4.0)
    times = np.concatenate([np.linspace(0.0, near, half, endpoint=False), np.geomspace(near, last, half)])
    # The weight of an interval goes to its end, where f, which never falls, is largest.
    inner = np.linspace(times[:-1], times[1:], INNER)
    weights = np.concatenate(
        [[0.0], np.trapezoid(beyond_zero(inner.ravel()).reshape(inner.shape), inner, axis=0)]
    )
    return Memory(times, weights, tail)
