"""Lamb shifts and correlation functions of power spectra, by quadrature."""

from __future__ import annotations

import abc
import functools
from collections.abc import Sequence

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Duration, Points, Vector
from redfield.baths.base import Bath
from redfield.baths.checks import naming, weakly


class NumericBath(Bath):
    r"""A bath whose transforms are taken of its power spectrum.

    .. math:: \eta(\omega) = \frac{1}{2\pi} P\!\!\int d\nu \frac{\gamma(\nu)}{\omega - \nu}, \qquad
              C(t) = \int\frac{d\nu}{2\pi}\gamma(\nu) e^{-i\nu t}

    γ is expanded once in Legendre polynomials on adaptive panels, of which both transforms are known, and in a power
    law beyond them; `lamb_shift_error` bounds what the expansion leaves. Subclasses give `breakpoints`, where γ is not
    smooth, and `scale`, over which it varies; an expansion that misses γ at a probe or at a frequency that is asked for
    is refined there, and one that can not reach 1e-8 of the largest rate is refused with the bath's name.
    """

    correlation_noise: float = 1e-14

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

    @property
    def fastest(self) -> float:
        return max(abs(x) for x in self.breakpoints) if any(self.support_ends) else 0.0

    @functools.cached_property
    def _numeric(self) -> _core.NumericBath:
        """The quadrature of the core (cpp/src/bath/quadrature.hpp)."""
        return _core.NumericBath(weakly(self.power_spectrum), list(self.features), *self.support_ends)

    @functools.cached_property
    def lamb_shift_error(self) -> float:
        """An upper estimate of the absolute error of `lamb_shift`, interpolation for many ω included."""
        with naming(self):
            return self._numeric.lamb_shift_error()

    def lamb_shift(self, w: Points) -> RealArray:
        with naming(self):
            return self._numeric.lamb_shift(w)

    def correlation(self, t: Points) -> ComplexArray:
        with naming(self):
            return self._numeric.correlation(t)

    def windowed(self, w: Vector, window: Duration) -> tuple[ComplexArray, ComplexArray]:
        # C of a γ that ends abruptly turns with the ends' frequency for ever.
        if not all(self.support_ends):
            found: tuple[ComplexArray, ComplexArray] = super().windowed(w, window)
            return found
        with naming(self):
            return self._numeric.windowed(w, window)
