"""A damped mode between the system and a thermal bath, in closed form at finite temperature."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from redfield import _core
from redfield._base.checks import RealArray
from redfield._base.checks.types import Beta, NotNegative, Points, PositiveNumber, Strength
from redfield._base.records import record
from redfield.baths.by_times import ByTimes
from redfield.baths.derivatives import Slopes
from redfield.baths.temperature import UNGIVEN, beta_of
from redfield.baths.thermal import ThermalBath


@record
class UnderdampedBath(ByTimes, ThermalBath):
    r"""A damped harmonic mode between the system and a thermal bath.

    .. math:: J(\omega) = \lambda\,\frac{\Gamma\,\Omega^2\,\omega}{(\Omega^2 - \omega^2)^2 + \Gamma^2\omega^2}
              = \sum_k r_k\Big[\frac{1}{\omega - p_k} + \frac{1}{\omega + p_k}\Big]

    .. math:: \Gamma(\omega) = \sum_k \frac{r_k}{2}\frac{1 + \coth(\beta p_k/2)}{\omega - p_k}
              + \sum_k\sum_\pm \frac{r_k\beta}{4\pi^2}
              \frac{\psi(1 \mp i\beta p_k/2\pi) - \psi(1 - i\beta\omega/2\pi)}{\mp ip_k\beta/2\pi + i\omega\beta/2\pi}

    over the poles p_k in the lower half plane; at β = ∞ and at critical damping by quadrature.

    Parameters
    ----------
    strength : λ ≥ 0, an energy.
    frequency : Ω > 0 of the mode.
    damping : Γ > 0 of the mode; overdamped where it exceeds 2Ω.
    beta : inverse temperature; inf for zero. Or ``temperature=`` by name, 1/β.

    Examples
    --------
    >>> bath = UnderdampedBath(strength=0.1, frequency=1.0, damping=0.2, beta=2.0)
    >>> bath.one_sided([0.0, 1.0]).round(6)
    array([0.005   -0.025j   , 0.289129+0.025439j])
    """

    strength: Strength
    frequency: PositiveNumber
    damping: PositiveNumber
    beta: Beta = UNGIVEN

    @classmethod
    def from_huang_rhys(
        cls,
        huang_rhys: NotNegative,
        frequency: PositiveNumber,
        damping: PositiveNumber,
        temperature: NotNegative | None = None,
        *,
        beta: Beta | None = None,
    ) -> Self:
        r"""Make the bath of a vibration with Huang-Rhys factor S, whose reorganisation energy is SΩ.

        .. math:: \lambda = 4S\Omega, \qquad S\Omega = \int_0^\infty\frac{d\omega}{2\pi}\frac{J(\omega)}{\omega}
                  = -\eta(0)

        For Γ → 0 it is the mode H = Ωa†a + √S Ω A(a + a†). QuTiP's UnderDampedEnvironment(T, lam, gamma, w0) has
        lam² = 2SΩ³.

        Parameters
        ----------
        huang_rhys : S ≥ 0, without a unit.
        frequency, damping : Ω > 0 and Γ > 0 of the mode, energies.
        temperature, beta : T, an energy (k_B T), or 1/T; one of them.

        Examples
        --------
        >>> bath = UnderdampedBath.from_huang_rhys(0.05, frequency=180.0, damping=10.0, temperature=208.5)
        >>> round(-float(bath.lamb_shift(0.0)), 10)
        9.0
        """
        return cls.from_reorganisation(huang_rhys * frequency, frequency, damping, temperature, beta=beta)

    @classmethod
    def from_reorganisation(
        cls,
        reorganisation: Strength,
        frequency: PositiveNumber,
        damping: PositiveNumber,
        temperature: NotNegative | None = None,
        *,
        beta: Beta | None = None,
    ) -> Self:
        r"""Make the bath of a reorganisation energy Λ.

        .. math:: \lambda = 4\Lambda, \qquad \Lambda = \int_0^\infty\frac{d\omega}{2\pi}\frac{J(\omega)}{\omega}

        Arguments but for `reorganisation` are those of `from_huang_rhys`.
        """
        return cls(4.0 * reorganisation, frequency, damping, beta_of(beta, temperature))

    @property
    def cutoff_scale(self) -> float:
        return min(self.frequency, self.frequency * (self.frequency / self.damping))

    @property
    def breakpoints(self) -> Sequence[float]:
        return (-self.frequency, 0.0, self.frequency)

    @property
    def features(self) -> Sequence[tuple[float, float]]:
        """The step at 0 and the resonances."""
        narrow = min(self.damping, self.frequency)
        return [(-self.frequency, narrow), (0.0, self.scale), (self.frequency, narrow)]

    def spectral_density(self, w: Points) -> RealArray:
        # λ gx/h², h² = (1 − x²)² + (gx)², in units of Ω, without overflow.
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            x = np.asarray(w, dtype=np.float64) / self.frequency
            damped = self.damping / self.frequency * x
            size = np.hypot((1.0 - x) * (1.0 + x), damped)
            density: RealArray = self.strength * np.where(np.isfinite(size), damped / size / size, 0.0)
        return density

    def zero_frequency_rate(self) -> float:
        return (
            0.0
            if math.isinf(self.beta)
            else self.strength * (self.damping / self.frequency) / self.frequency / self.beta
        )

    @functools.cached_property
    def _numeric(self) -> Any:
        return _core.UnderdampedBath(self.strength, self.frequency, self.damping, self.beta)

    def _slopes(self, w: RealArray, lamb_shift: bool) -> Slopes | None:
        found = self._numeric.derivatives(w, lamb_shift)[:, 0]
        return found[0], dict(zip(("strength", "frequency", "damping", "beta"), found[1:], strict=True))
