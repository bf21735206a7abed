"""Bosons at a temperature: the transforms of J[1 + n] and J n."""

from __future__ import annotations

import abc
import functools
import math
from collections.abc import Callable, Sequence

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Points
from redfield.baths.edges import FOURIER_OCTAVES, OCTAVES, Feature, between, graded, outward
from redfield.baths.expansion import missed_at, verified
from redfield.baths.numeric import NumericBath
from redfield.baths.panels import Panels
from redfield.baths.tails import Tail

DEEPEST = 600
"""Octaves towards ω = 0 in which a power law is looked for."""


class ThermalBath(NumericBath):
    r"""Bosons at inverse temperature β with a spectral density J(ω > 0).

    .. math:: \gamma(\omega) = \begin{cases} J(\omega)\,[1 + n(\omega)] & \omega > 0 \\
              J(|\omega|)\, n(|\omega|) & \omega < 0 \end{cases}, \quad
              n(\omega) = \frac{1}{e^{\beta(\omega - \mu)} - 1}

    Subclasses give J, and β and μ ≤ 0 as attributes. The transforms are taken of J θ(ω) and of J n, which is even, on
    panels that double from far below 1/β to far beyond the cutoff, with power laws at either end: the singularity of
    sub-Ohmic spectra at ω = 0 and the tail of slow cutoffs are integrated in closed form.
    """

    beta: float

    @abc.abstractmethod
    def spectral_density(self, w: RealArray) -> RealArray:
        """J at ω ≥ 0, a rate."""

    @abc.abstractmethod
    def zero_frequency_rate(self) -> float:
        """γ(0), the limit of J(ω) n(ω)."""

    @property
    def finite_at_zero(self) -> bool:
        return math.isfinite(self.zero_frequency_rate())

    @property
    def breakpoints(self) -> Sequence[float]:
        return (0.0,)

    @property
    @abc.abstractmethod
    def cutoff_scale(self) -> float:
        """Over which J varies."""

    @property
    def scale(self) -> float:
        return min(self.cutoff_scale, self.thermal_scale)

    @property
    def thermal_scale(self) -> float:
        """4/β, over which n varies; the cutoff's at zero temperature, where n vanishes."""
        return self.cutoff_scale if math.isinf(self.beta) else 4.0 / self.beta

    @property
    def features(self) -> Sequence[Feature]:
        return [(x, self.scale if x == 0.0 else self.cutoff_scale) for x in self.breakpoints]

    def power_spectrum(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        size = np.abs(w)
        j = np.asarray(self.spectral_density(size), dtype=np.float64)
        if math.isinf(self.beta):
            return np.where(w > 0.0, j, 0.0)
        with np.errstate(over="ignore", under="ignore"):
            x = self.beta * (size - self.mu)
        zero = (x < 1e-300) | (size == 0.0)
        with np.errstate(over="ignore", divide="ignore", under="ignore"):
            up = j / np.where(zero, 1.0, -np.expm1(-x))
            down = up * np.exp(-x)
        values: RealArray = np.where(w > 0.0, up, down)
        return np.where(zero, self.zero_frequency_rate(), values) if zero.any() else values

    def _thermal(self, w: RealArray) -> RealArray:
        """J n at ω > 0."""
        if math.isinf(self.beta):
            return np.zeros(np.shape(w))
        j = np.asarray(self.spectral_density(w), dtype=np.float64)
        with np.errstate(over="ignore", under="ignore"):
            thermal: RealArray = j / np.maximum(np.expm1(self.beta * (w - self.mu)), 1e-300)
        return np.where(j == 0.0, 0.0, thermal)

    def _positive_edges(self) -> tuple[list[float], bool]:
        """Edges on ω > 0 between the lowest octave and the last breakpoint, and whether J ends there."""
        above = sorted(f for f in self.features if f[0] > 0.0)
        fine = min(self.scale, *(f[0] for f in above)) if above else self.scale
        start = math.ldexp(fine, -3)
        edges = [start]
        if above:
            edges += [x for x in [*between((0.0, fine), above[0]), *graded(above)] if x > start]
        return edges, bool(above) and self.support_ends[1]

    def _half(
        self,
        f: Callable[[RealArray], RealArray],
        reach: float,
        extra: Sequence[float] | RealArray = (),
        *,
        fourier: bool = False,
    ) -> Panels:
        """f(ω > 0), J or J n, on panels, its power laws towards 0 and infinity beside them."""
        what = "correlation" if fourier else "lamb_shift"
        edges, ends = self._positive_edges()
        lowest, inner = _downward(f, min(edges), fourier)
        if inner is not None and inner.power <= -1.0:
            raise ValueError(
                f"{self!r}: the power spectrum diverges as |ω|^{inner.power:.3g} at ω = 0, so that the integral of "
                f"{what} diverges there; the spectral density must vanish at 0"
            )
        beyond = [] if inner is None else [inner]
        edges = [*lowest, *edges]
        if not ends:
            last = max(edges)
            # From 0 as the origin, so that a power law is one.
            weight, octaves = (np.abs, FOURIER_OCTAVES) if fourier else (np.ones_like, OCTAVES)
            start = max(last, self.cutoff_scale)
            found = outward(f, 0.0, start, 1.0, weight, reach, tails=not fourier, octaves=octaves)
            self._require_end(found, what)
            edges += [x for x in found.edges if x > last]
            if found.tail is not None:
                self._require_falling([found.tail])
                beyond.append(found.tail)
        try:
            probes = np.concatenate([self._half_probes(), np.asarray(extra, dtype=np.float64)])
            return verified(f, edges, probes, tuple(beyond), integral=True, peak=False)
        except ValueError as error:
            raise ValueError(f"{self!r}: {error}") from None

    def _half_probes(self) -> RealArray:
        probes = np.abs(self.probes())
        kept: RealArray = probes[probes > 0.0]
        return kept

    @functools.cached_property
    def _halves(self) -> tuple[Panels, Panels | None]:
        return self._halves_to(0.0)

    def _halves_to(
        self, reach: float, extra: Sequence[float] | RealArray = ()
    ) -> tuple[Panels, Panels | None]:
        density = self._half(self.spectral_density, reach, extra)
        thermal = None if math.isinf(self.beta) else self._half(self._thermal, reach, extra)
        return density, thermal

    @functools.cached_property
    def _fourier_halves(self) -> tuple[Panels, Panels | None]:
        thermal = None if math.isinf(self.beta) else self._half(self._thermal, 0.0, fourier=True)
        return self._half(self.spectral_density, 0.0, fourier=True), thermal

    def _halves_for(self, w: RealArray) -> tuple[Panels, Panels | None]:
        size, density = np.abs(w), self._halves[0]
        largest = float(size.max(initial=0.0))
        far = any(not t.inner and largest > 0.4 * t.reach for t in density.beyond)
        halves = self._halves_to(8.0 * largest) if far else self._halves
        missed = missed_at(
            halves[0],
            self.spectral_density,
            size[(size > halves[0].left[0]) & (size < halves[0].right[-1])],
        )
        return self._halves_to(8.0 * largest if far else 0.0, missed) if len(missed) else halves

    def _shift(self, w: RealArray) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        halves = density, thermal = self._halves_for(np.ravel(w))
        total = density.hilbert(w)
        if thermal is not None:
            # The two halves cancel at small ω, before anything else is added, and at ω = 0 by symmetry.
            with np.errstate(invalid="ignore"):
                odd = thermal.hilbert(w) - thermal.hilbert(-w)
            total = total + np.where(w == 0.0, 0.0, odd)
        shift: RealArray = total / (2.0 * np.pi)
        uncancelled = density.hilbert_size(w)
        if thermal is not None:
            uncancelled = uncancelled + thermal.hilbert_size(w) + thermal.hilbert_size(-w)
        error = self._error_at(halves, w)
        self._require_accuracy(w, shift, error, uncancelled / (2.0 * np.pi))
        return shift

    @staticmethod
    def _error_at(halves: tuple[Panels, Panels | None], w: RealArray) -> RealArray:
        density, thermal = halves
        error = density.hilbert_error(w)
        if thermal is not None:
            error = error + np.where(
                np.ravel(w) == 0.0, 0.0, thermal.hilbert_error(w) + thermal.hilbert_error(-w)
            )
        return error / (2.0 * np.pi)

    def _expansion_error(self) -> float:
        halves = self._halves
        w = np.concatenate([p.centre for p in halves if p is not None])
        w = w[w >= 1e-6 * self.scale]
        return float(self._error_at(halves, np.concatenate([w, -w])).max())

    @property
    def _largest(self) -> float:
        # A sub-Ohmic rate has no largest; away from ω = 0 it has.
        size = 0.0
        for panels in self._halves:
            if panels is not None:
                away = panels.centre > 1e-3 * self.scale
                size = max(size, float(np.abs(panels.series[away, 0]).max(initial=0.0)))
        return size

    def correlation(self, t: Points) -> ComplexArray:
        t = np.asarray(t, dtype=np.float64)
        density, thermal = self._fourier_halves
        total = density.fourier(t)
        if thermal is not None:
            total = total + 2.0 * thermal.fourier(t).real
        correlation: ComplexArray = total / (2.0 * np.pi)
        return correlation


def _downward(
    f: Callable[[RealArray], RealArray], start: float, fourier: bool
) -> tuple[list[float], Tail | None]:
    """Edges that halve towards 0 from `start`, until ∫f/ω (∫f for Fourier's transform) of what is left is negligible
    or f is a power law."""
    edges, largest = [], 0.0
    for k in range(1, DEEPEST):
        x = math.ldexp(start, -k)
        edges.append(x)
        values = np.asarray(f(x * np.array([1.0, 0.5, 0.25, 0.125])))
        size = float(values.max()) * (x if fourier else 1.0)
        largest = max(largest, size)
        if not fourier and k >= 24 and largest > 0.0 and (values > 0.0).all():
            powers = np.log2(values[:-1] / values[1:])
            if np.ptp(powers) < 1e-12 * max(1.0, abs(powers[0])) or k > 70:
                return edges, Tail(0.0, 1.0, x, float(values[0]), float(powers.mean()), inner=True)
        if (k >= 60 or fourier) and size <= 1e-18 * largest:
            break
    return edges, None
