"""The overdamped bath, in closed form at every temperature."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from redfield._base.checks import RealArray, as_not_negative, as_positive
from redfield._base.checks.types import Number, Points
from redfield._base.records import record
from redfield.baths.closed_form import ClosedForm
from redfield.baths.thermal import ThermalBath


@record
class DrudeBath(ClosedForm, ThermalBath):
    r"""An Ohmic bath with a Drude cutoff, the overdamped (Drude-Lorentz) bath.

    .. math:: J(\omega) = \lambda\,\frac{\omega\,\omega_c^2}{\omega^2 + \omega_c^2}, \quad
              \eta(\omega) = \frac{\lambda\omega_c^2}{\omega^2 + \omega_c^2}\Big\{-\frac{\omega_c}{4}
              + \frac{\omega}{2\pi}\Big[\frac{\pi}{\beta\omega_c}
              + \mathrm{Re}\,\psi\Big(1 + \frac{i\beta\omega}{2\pi}\Big)
              - \psi\Big(1 + \frac{\beta\omega_c}{2\pi}\Big)\Big]\Big\}

    with ψ the digamma function; at β = ∞ the bracket is ln|ω/ω_c|. For t > 0, with ν_k = 2πk/β,

    .. math:: C(t) = \frac{\lambda\omega_c^2}{4}\Big[\cot\frac{\beta\omega_c}{2} - i\Big] e^{-\omega_c t}
              + \frac{\lambda\omega_c^2}{\beta} \sum_{k\ge1} \frac{\nu_k\, e^{-\nu_k t}}{\nu_k^2 - \omega_c^2},

    summed in closed form; it diverges as −ln t at 0.

    Parameters
    ----------
    strength : λ ≥ 0, dimensionless.
    cutoff : ω_c > 0, an energy.
    beta : inverse temperature; inf for zero.

    Examples
    --------
    >>> bath = DrudeBath(strength=0.1, cutoff=3.0, beta=2.0)
    >>> bath.one_sided([0.0, 1.0]).round(6)
    array([0.025   -0.075j   , 0.052043-0.072296j])
    """

    strength: Number
    cutoff: Number
    beta: Number

    def __post_init__(self) -> None:
        self._set(
            strength=as_not_negative("strength", self.strength),
            cutoff=as_positive("cutoff", self.cutoff),
            beta=as_positive("beta", self.beta, infinite=True),
        )

    @property
    def cutoff_scale(self) -> float:
        return self.cutoff

    def spectral_density(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        with np.errstate(over="ignore"):
            density: RealArray = self.strength * w / (1.0 + (w / self.cutoff) ** 2)
        return density

    def zero_frequency_rate(self) -> float:
        return 0.0 if math.isinf(self.beta) else self.strength / self.beta

    _core_name: ClassVar[str] = "drude"
    _numbers: ClassVar[tuple[str, str, str]] = ("strength", "cutoff", "beta")

    @property
    def lamb_shift_error(self) -> float:
        """Rounding of the closed form."""
        return 1e-14 * self.strength * self.cutoff
