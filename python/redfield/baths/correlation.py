"""A bath known by its correlation function."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_function_of
from redfield._base.checks.types import Beta, Points, PositiveNumber
from redfield._base.records import record
from redfield.baths.base import Bath
from redfield.baths.checks import complex_values, naming, weakly
from redfield.baths.derivatives import Slopes
from redfield.baths.temperature import AtTemperature

NEGATIVE = 1e-9
"""Part of the largest rate; γ this far below zero is rounding."""


@record
class CorrelationBath(Bath, AtTemperature):
    r"""A bath with a given correlation function C(t ≥ 0), C(−t) = C(t)*.

    .. math:: \Gamma(\omega) = \int_0^\infty dt\, C(t)\, e^{i\omega t}, \qquad \gamma = 2\,\mathrm{Re}\,\Gamma

    Parameters
    ----------
    function : C, a vectorised function of t ≥ 0, an energy squared; it must decay.
    time_scale : over which C varies.
    beta : inverse temperature it is meant to have, for `kms_defect` and `System.gibbs_state`. Or
        ``temperature=`` by name, 1/β.

    Raises
    ------
    ValueError
        C is not finite, of the wrong shape, or too rough; a System whose Bohr frequencies meet a negative γ
        names the bath and the frequency.

    Examples
    --------
    >>> import numpy as np
    >>> bath = CorrelationBath(lambda t: 0.05 * np.exp(-0.5 * t - 1j * t))
    >>> bath.one_sided(np.array([1.0, 1.5])).round(10)
    array([0.1 +0.j  , 0.05+0.05j])

    >>> import redfield as rf
    >>> ohmic = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> bath = CorrelationBath(ohmic.correlation, time_scale=0.1)
    >>> w = np.linspace(-2, 2, 5)
    >>> bool(np.allclose(bath.one_sided(w), ohmic.one_sided(w), atol=1e-10))
    True
    """

    function: Callable[[RealArray], npt.ArrayLike]
    time_scale: PositiveNumber = 1.0
    beta: Beta | None = None

    _needs_temperature: ClassVar[bool] = False
    _hints: ClassVar[frozenset[str]] = frozenset(("time_scale", "beta"))
    """Fields that γ and η do not depend on."""

    def __post_init__(self) -> None:
        as_function_of("function", self.function, "t")

    @property
    def scale(self) -> float:
        return 1.0 / self.time_scale

    def correlation(self, t: Points) -> ComplexArray:
        """C(t), with C(−t) = C(t)*."""
        t = np.asarray(t, dtype=np.float64)
        values = complex_values(self, "correlation(t)", self.function(np.abs(t)), t)
        both: ComplexArray = np.where(t < 0.0, values.conj(), values)
        return both

    @functools.cached_property
    def _expanded(self) -> _core.CorrelationBath:
        return _core.CorrelationBath(weakly(self.correlation), self.time_scale)

    def one_sided(self, w: Points) -> ComplexArray:
        with naming(self):
            return self._expanded.one_sided(w)

    def _slopes(self, w: RealArray, lamb_shift: bool) -> Slopes | None:
        """Return dΓ/dω = i∫₀^∞ dt t C(t) e^{iωt}."""
        if not w.size:
            return np.zeros(0, dtype=np.complex128), {}
        slope = self.windowed(w, np.inf)[1]
        return (slope if lamb_shift else slope.real.astype(np.complex128)), {}

    def power_spectrum(self, w: Points) -> RealArray:
        gamma = 2.0 * self.one_sided(w).real
        rounding = (gamma < 0.0) & (gamma > -NEGATIVE * np.abs(gamma).max(initial=0.0))
        spectrum: RealArray = np.where(rounding, 0.0, gamma)
        return spectrum

    @functools.cached_property
    def lamb_shift_error(self) -> float:
        """An upper estimate of the absolute error of `lamb_shift` (and of γ/2)."""
        with naming(self):
            return self._expanded.lamb_shift_error()

    def lamb_shift(self, w: Points) -> RealArray:
        shift: RealArray = self.one_sided(w).imag
        return shift
