"""Baths without a temperature of their own: flat and Lorentzian spectra, in closed form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
)
from redfield._base.checks.types import (
    Number,
    Points,
    PositiveNumber,
    PositiveOrInfinite,
    Strength,
    Vector,
)
from redfield._base.records import record
from redfield.baths.by_times import ByTimes
from redfield.baths.closed_form import ClosedForm
from redfield.baths.derivatives import Slopes


@record
class FlatBath(ByTimes):
    r"""White noise: γ(ω) = rate at every frequency, C(t) = rate δ(t), and η = 0.

    η is the principal value with equal limits on both sides, in which γ at ω + x and at ω − x cancels.

    Parameters
    ----------
    rate : γ ≥ 0, a rate.

    Examples
    --------
    >>> FlatBath(0.3).one_sided([-1.0, 5.0])
    array([0.15+0.j, 0.15+0.j])
    """

    rate: Strength

    _linear: ClassVar[str] = "rate"

    def power_spectrum(self, w: Points) -> RealArray:
        return np.full(np.shape(w), self.rate)

    def lamb_shift(self, w: Points) -> RealArray:
        return np.zeros(np.shape(w))

    def _table(self, w: RealArray, lamb_shift: bool) -> tuple[RealArray, RealArray | None]:
        return np.full(w.shape, self.rate), np.zeros(w.shape) if lamb_shift else None

    @classmethod
    def spectra_of_many(
        cls, parameters: Mapping[str, Any], w: RealArray, lamb_shift: bool, threads: int
    ) -> tuple[RealArray, RealArray | None] | None:
        return np.broadcast_to(parameters["rate"][:, None], w.shape), None

    def _slopes(self, w: RealArray, lamb_shift: bool) -> Slopes | None:
        return self._slopes_of_many({}, w, lamb_shift, 0)

    @classmethod
    def _slopes_of_many(
        cls, parameters: Mapping[str, Any], w: RealArray, lamb_shift: bool, threads: int
    ) -> Slopes | None:
        return np.zeros(w.shape, dtype=np.complex128), {"rate": np.full(w.shape, 0.5 + 0.0j)}

    @property
    def lamb_shift_error(self) -> float:
        """0: η vanishes."""
        return 0.0

    def correlation(self, t: Points) -> ComplexArray:
        raise ValueError("the correlation function of a FlatBath is rate δ(t), not a function")

    @property
    def memory_time(self) -> float:
        """0: white noise has no memory."""
        return 0.0

    def windowed(self, w: Vector, window: PositiveOrInfinite) -> tuple[ComplexArray, ComplexArray]:
        """½γ whatever the window: half of the δ lies in it."""
        half = np.full(len(w), 0.5 * self.rate, dtype=np.complex128)
        return half, np.zeros(len(w), dtype=np.complex128)


@record
class LorentzianBath(ClosedForm, ByTimes):
    r"""A damped mode at zero temperature of the mode's own making.

    .. math:: \gamma(\omega) = \lambda \frac{W^2}{(\omega - \omega_0)^2 + W^2}, \quad
              \eta(\omega) = \frac{\lambda}{2} \frac{W(\omega - \omega_0)}{(\omega - \omega_0)^2 + W^2}, \quad
              C(t) = \tfrac12\lambda W e^{-i\omega_0 t - W|t|}

    Parameters
    ----------
    strength : λ ≥ 0, the largest rate.
    width : W > 0, an energy; 1/W is the memory time.
    centre : ω_0, an energy.

    Examples
    --------
    >>> bath = LorentzianBath(strength=0.2, width=0.5, centre=1.0)
    >>> bath.one_sided([1.0, 1.5])
    array([0.1 +0.j  , 0.05+0.05j])
    >>> round(bath.memory_time, 6)
    2.0
    """

    strength: Strength
    width: PositiveNumber
    centre: Number = 0.0

    _core_name: ClassVar[str] = "lorentzian"
    _numbers: ClassVar[tuple[str, str, str]] = ("strength", "width", "centre")

    @property
    def lamb_shift_error(self) -> float:
        """Rounding of the closed form."""
        return 1e-15 * self.strength

    @property
    def memory_time(self) -> float:
        """1/W."""
        return 1.0 / self.width

    def windowed(self, w: Vector, window: PositiveOrInfinite) -> tuple[ComplexArray, ComplexArray]:
        """∫₀ᵀ of an exponential."""
        rate = (self.width - 1j * (w - self.centre)).astype(np.complex128)
        half = 0.5 * self.strength * self.width
        if np.isinf(window):
            return half / rate, 1j * half / rate**2
        remaining = np.exp(-rate * window)
        value = half * (1.0 - remaining) / rate
        return value, 1j * half * (1.0 - remaining * (1.0 + rate * window)) / rate**2

    @property
    def breakpoints(self) -> Sequence[float]:
        return (self.centre,)

    @property
    def known_rates(self) -> Sequence[complex]:
        return (complex(self.width, self.centre),)

    @property
    def scale(self) -> float:
        return self.width
