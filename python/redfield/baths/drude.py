"""The overdamped bath, in closed form at every temperature."""

from __future__ import annotations

import math
from typing import ClassVar, Self

import numpy as np

from redfield._base.checks import RealArray
from redfield._base.checks.types import Beta, NotNegative, Points, PositiveNumber, Strength
from redfield._base.records import record
from redfield.baths.by_times import ByTimes
from redfield.baths.closed_form import ClosedForm
from redfield.baths.temperature import UNGIVEN, beta_of
from redfield.baths.thermal import ThermalBath


@record
class DrudeBath(ClosedForm, ByTimes, ThermalBath):
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
    beta : inverse temperature; inf for zero. Or ``temperature=`` by name, 1/β.

    Examples
    --------
    >>> bath = DrudeBath(strength=0.1, cutoff=3.0, beta=2.0)
    >>> bath.one_sided([0.0, 1.0]).round(6)
    array([0.025   -0.075j   , 0.052043-0.072296j])
    """

    strength: Strength
    cutoff: PositiveNumber
    beta: Beta = UNGIVEN

    @classmethod
    def from_reorganisation(
        cls,
        reorganisation: Strength,
        cutoff: PositiveNumber,
        temperature: NotNegative | None = None,
        *,
        beta: Beta | None = None,
    ) -> Self:
        r"""Make the bath of a reorganisation energy Λ and a relaxation rate ω_c, as chemists write it.

        .. math:: J_{\mathrm{chem}}(\omega) = \frac{2\Lambda\omega_c\,\omega}{\omega^2 + \omega_c^2}, \quad
                  J = 2J_{\mathrm{chem}}, \quad \lambda = \frac{4\Lambda}{\omega_c}, \qquad
                  \Lambda = \int_0^\infty\frac{d\omega}{\pi}\frac{J_{\mathrm{chem}}}{\omega} = -\eta(0)

        QuTiP's DrudeLorentzEnvironment(T, lam, gamma) is the same with Λ = lam and ω_c = gamma.

        Parameters
        ----------
        reorganisation : Λ ≥ 0, an energy.
        cutoff : ω_c > 0, an energy: one over the time in which the bath forgets.
        temperature, beta : T, an energy (k_B T), or 1/T; one of them.

        Examples
        --------
        Λ = 35 cm⁻¹ and 1/ω_c = 50 fs at 300 K, in cm⁻¹.

        >>> import redfield as rf
        >>> u = rf.units.Units("cm^-1")
        >>> bath = DrudeBath.from_reorganisation(35.0, 1.0 / u.time(50.0, "fs"), u.energy(300.0, "K"))
        >>> round(bath.cutoff, 2), round(-float(bath.lamb_shift(0.0)), 10)
        (106.18, 35.0)
        """
        return cls(4.0 * reorganisation / cutoff, cutoff, beta_of(beta, temperature))

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
