"""Bosonic baths from a spectral density J(ω)."""

from __future__ import annotations

import abc
import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redfield.baths.batch import Number
from redfield.baths.checks import require_shape
from redfield.baths.edges import FOURIER_OCTAVES, OCTAVES, Feature, between, graded, outward
from redfield.baths.expansion import missed_at, verified
from redfield.baths.numeric import NumericBath
from redfield.baths.panels import Panels, Tail
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_finite,
    as_items,
    as_positive,
    as_real_number,
    as_real_values,
)

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

    def power_spectrum(self, w: npt.ArrayLike) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        size = np.abs(w)
        j = np.asarray(self.spectral_density(size), dtype=np.float64)
        if math.isinf(self.beta):
            return np.where(w > 0.0, j, 0.0)
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
        edges, ends = self._positive_edges()
        lowest, inner = _downward(f, min(edges), fourier)
        beyond = [] if inner is None else [inner]
        edges = [*lowest, *edges]
        if not ends:
            last = max(edges)
            # From 0 as the origin, so that a power law is one.
            weight, octaves = (np.abs, FOURIER_OCTAVES) if fourier else (np.ones_like, OCTAVES)
            start = max(last, self.cutoff_scale)
            found, tail = outward(f, 0.0, start, 1.0, weight, reach, tails=not fourier, octaves=octaves)
            edges += [x for x in found if x > last]
            beyond += [tail] if tail is not None else []
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
        thermal = None if math.isinf(self.beta) else self._half(self._thermal, reach, extra)
        return self._half(self.spectral_density, reach, extra), thermal

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
        self._require_accuracy()
        w = np.asarray(w, dtype=np.float64)
        density, thermal = self._halves_for(np.ravel(w))
        total = density.hilbert(w)
        if thermal is not None:
            # The two halves cancel at small ω, before anything else is added.
            total = total + (thermal.hilbert(w) - thermal.hilbert(-w))
        return total / (2.0 * np.pi)

    def _expansion_error(self) -> float:
        density, thermal = self._halves
        low = 1e-6 * self.scale
        error = density.hilbert_error(low)
        if thermal is not None:
            error += 2.0 * thermal.hilbert_error(low)
        return error / (2.0 * np.pi)

    @property
    def _largest(self) -> float:
        # A sub-Ohmic rate has no largest; away from ω = 0 it has.
        size = 0.0
        for panels in self._halves:
            if panels is not None:
                away = panels.centre > 1e-3 * self.scale
                size = max(size, float(np.abs(panels.series[away, 0]).max(initial=0.0)))
        return size

    def correlation(self, t: npt.ArrayLike) -> ComplexArray:
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


@dataclass(frozen=True, eq=False, repr=False)
class SpectralDensityBath(ThermalBath):
    r"""A bosonic bath γ(ω) = J(ω)[1 + n(ω)] for ω > 0, J(|ω|) n(|ω|) for ω < 0.

    Parameters
    ----------
    function : J(ω ≥ 0) ≥ 0, a vectorised function, a rate. No factor π or 2π is added to it.
    beta : inverse temperature; inf for zero.
    mu : chemical potential ≤ 0.
    breakpoints : frequencies > 0 where J is not smooth, such as a hard cutoff.
    cutoff_scale : over which J varies, an energy.

    Raises
    ------
    ValueError, TypeError
        A parameter is out of its range; J is negative, not finite or of the wrong shape somewhere; its Lamb shift can
        not be known to 1e-8.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = SpectralDensityBath(lambda w: 0.04 * w * np.exp(-w / 10), beta=5.0)
    >>> same = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> w = np.linspace(-3, 3, 7)
    >>> bool(np.allclose(bath.one_sided(w), same.one_sided(w), atol=1e-9))
    True
    """

    function: Callable[[RealArray], npt.ArrayLike]
    beta: Number
    mu: Number = 0.0
    breakpoints: Sequence[float] = ()
    cutoff_scale: Number = 1.0

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(f"function must be a function of ω, got {self.function!r}")
        mu = as_real_number("mu", self.mu)
        if mu > 0.0:
            raise ValueError(f"mu of bosons must not be above their lowest energy 0, got {mu}")
        positive = [
            as_positive("breakpoints", b)
            for b in (as_finite("breakpoints", x) for x in as_items("breakpoints", self.breakpoints))
            if b != 0.0
        ]
        self.__dict__.update(
            beta=as_positive("beta", self.beta, infinite=True),
            mu=mu,
            breakpoints=tuple(sorted({0.0, *positive, *(-b for b in positive)})),
            cutoff_scale=as_positive("cutoff_scale", self.cutoff_scale),
        )

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", self.function)
        return f"SpectralDensityBath({name}, beta={self.beta})"

    def spectral_density(self, w: RealArray) -> RealArray:
        values = as_real_values(f"{self!r}: spectral_density(w)", self.function(w))
        require_shape(self, "spectral_density(w)", values, np.asarray(w))
        if (values < 0.0).any():
            where = np.unravel_index(int(np.argmin(values)), values.shape)
            raise ValueError(f"{self!r}: spectral_density({w[where]:g}) = {values[where]:g} is negative")
        return values

    def zero_frequency_rate(self) -> float:
        if math.isinf(self.beta) or self.mu < 0.0:
            return 0.0
        # J(ω)/(βω) for ω → 0, infinite where J falls more slowly than ω.
        small = 1e-9 * self.scale * np.array([1.0, 0.5])
        ratio = self.spectral_density(small) / (self.beta * small)
        return math.inf if ratio[1] > 1.01 * ratio[0] else float(ratio[0])
