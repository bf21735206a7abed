"""Baths known by their power spectrum alone: Lamb shift and correlation function by quadrature."""

from __future__ import annotations

import abc
import functools
from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from redfield.baths.base import Bath
from redfield.baths.checks import require_shape
from redfield.baths.panels import Panels, expand, outward_edges
from redfield.validation import ComplexArray, RealArray, as_positive, as_real_number

FEW = 4000
"""Up to so many frequencies the Lamb shift is computed at each; beyond, from its own panels."""


class NumericBath(Bath):
    r"""A bath whose transforms are taken of its power spectrum.

    .. math:: \eta(\omega) = \frac{1}{2\pi} P\!\!\int d\nu \frac{\gamma(\nu)}{\omega - \nu}, \qquad
              C(t) = \int\frac{d\nu}{2\pi}\gamma(\nu) e^{-i\nu t}

    γ is expanded once in Legendre polynomials on adaptive panels, of which both transforms are known;
    `lamb_shift_error` bounds what the expansion leaves. Subclasses give `breakpoints`, where γ is not
    smooth, and `scale`, over which it varies.
    """

    @property
    @abc.abstractmethod
    def breakpoints(self) -> Sequence[float]:
        """Frequencies where γ is not smooth; the first and last may be the ends of its support."""

    @property
    @abc.abstractmethod
    def scale(self) -> float:
        """The frequency scale of γ beside its breakpoints."""

    @property
    def support_ends(self) -> tuple[bool, bool]:
        """Whether γ vanishes below the first and above the last breakpoint."""
        return False, False

    @functools.cached_property
    def _panels(self) -> Panels:
        below, above = self.support_ends
        edges = outward_edges(
            self.power_spectrum, self.breakpoints, self.scale, sides=(not below, not above)
        )
        return expand(self.power_spectrum, edges)

    @functools.cached_property
    def lamb_shift_error(self) -> float:
        """An upper estimate of the absolute error of `lamb_shift`, interpolation for many ω included."""
        largest = float(np.abs(self._panels.series).sum(axis=1).max())
        return self._panels.hilbert_error() / (2.0 * np.pi) + self._shift_tol * largest

    _shift_tol: ClassVar[float] = 1e-11
    """Relative error of interpolating η at many frequencies."""

    def lamb_shift(self, w: npt.ArrayLike) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        if w.size <= FEW:
            return self._shift(w)
        low, high = float(w.min()), float(w.max())
        # One entry, written at once: another thread may ask for another range meanwhile.
        known = self.__dict__.get("_shift_panels")
        if known is None or known[0] != (low, high):
            inner = [b for b in self.breakpoints if low < b < high]
            edges = [low, *inner, *np.linspace(low, high, 9)[1:]]
            known = (low, high), expand(self._shift, edges, tol=self._shift_tol)
            self.__dict__["_shift_panels"] = known
        shift: RealArray = known[1](w).real
        return shift

    def _shift(self, w: RealArray) -> RealArray:
        return self._panels.hilbert(w) / (2.0 * np.pi)

    def correlation(self, t: npt.ArrayLike) -> ComplexArray:
        return self._panels.fourier(np.asarray(t, dtype=np.float64)) / (2.0 * np.pi)


class SpectrumBath(NumericBath):
    r"""A bath with a given power spectrum γ(ω) ≥ 0, a vectorised function of ω.

    Parameters
    ----------
    power_spectrum : γ, arrays to arrays of one shape, a rate.
    breakpoints : frequencies where γ is not smooth.
    scale : over which it varies, an energy.
    support : (lowest, highest) frequency where it is not zero, default everywhere.
    beta : inverse temperature it is meant to have, for `kms_defect` and `System.gibbs_state`.

    Raises
    ------
    ValueError, TypeError
        A parameter is out of range; γ is not finite somewhere, or too rough.

    Examples
    --------
    A spectrum γ(ω) = e^{−ω²} has η(ω) = D(ω)/√π, D Dawson's function.

    >>> import numpy as np, scipy.special
    >>> bath = SpectrumBath(lambda w: np.exp(-w**2))
    >>> w = np.linspace(-3, 3, 7)
    >>> bool(np.allclose(bath.lamb_shift(w), scipy.special.dawsn(w) / np.sqrt(np.pi), atol=1e-13))
    True
    """

    def __init__(
        self,
        power_spectrum: Callable[[RealArray], npt.ArrayLike],
        breakpoints: Sequence[float] = (0.0,),
        scale: float = 1.0,
        support: tuple[float, float] | None = None,
        beta: float | None = None,
    ) -> None:
        if not callable(power_spectrum):
            raise TypeError(f"power_spectrum must be a function of ω, got {power_spectrum!r}")
        self._function = power_spectrum
        points = [as_real_number("breakpoints", b) for b in breakpoints]
        self._scale = as_positive("scale", scale)
        low, high = support if support is not None else (-np.inf, np.inf)
        if not low < high:
            raise ValueError(f"support must be (lowest, highest), got {support}")
        self._support = (float(low), float(high))
        self._breakpoints = sorted(
            {p for p in points if low < p < high} | {x for x in self._support if np.isfinite(x)}
        )
        if not self._breakpoints:
            raise ValueError("breakpoints must name at least one frequency inside the support")
        self.beta = None if beta is None else as_positive("beta", beta, infinite=True)

    def __repr__(self) -> str:
        return f"SpectrumBath({self._function!r})"

    @property
    def breakpoints(self) -> Sequence[float]:
        return self._breakpoints

    @property
    def scale(self) -> float:
        return self._scale

    @property
    def support_ends(self) -> tuple[bool, bool]:
        return bool(np.isfinite(self._support[0])), bool(np.isfinite(self._support[1]))

    def power_spectrum(self, w: npt.ArrayLike) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        inside = (w >= self._support[0]) & (w <= self._support[1])
        values = np.asarray(self._function(np.where(inside, w, self._breakpoints[0])), dtype=np.float64)
        require_shape(self, "power_spectrum(w)", values, w)
        spectrum: RealArray = np.where(inside, values, 0.0)
        return spectrum
