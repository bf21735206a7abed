"""The Ohmic family of baths.

With exponent 1 and an exponential cutoff, the bath of arXiv:2507.10080, the Lamb shift and the correlation function are
closed forms. There, for ω > 0 the spectrum is Σ_{k≥0} λ ω e^{−a_k ω} with a_k = 1/ω_c + kβ, for ω < 0 the same sum
of |ω| from k = 1. Each term has an elementary Hilbert transform and Fourier transform, which the core sums over k
(cpp/src/bath/).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from redfield import _core
from redfield._base.checks import (
    LARGEST,
    ComplexArray,
    RealArray,
    as_choice,
)
from redfield._base.checks.types import Beta, NotNegative, Points, Positive, PositiveNumber, Strength
from redfield._base.records import record
from redfield.baths.by_times import ByTimes
from redfield.baths.closed_form import ClosedForm
from redfield.baths.derivatives import Slopes
from redfield.baths.drude import DrudeBath
from redfield.baths.temperature import UNGIVEN, beta_of
from redfield.baths.thermal import ThermalBath

CUTOFFS: dict[str, Callable[[RealArray], RealArray]] = {
    "exponential": lambda x: np.exp(-x),
    "gaussian": lambda x: np.exp(-(x**2)),
    "drude": lambda x: 1.0 / (1.0 + x**2),
    "hard": lambda x: np.where(x <= 1.0, 1.0, 0.0),
}
LOG_CUTOFFS: dict[str, Callable[[RealArray, RealArray], RealArray]] = {
    "exponential": lambda x, log: -x,
    "gaussian": lambda x, log: -(x**2),
    "drude": lambda x, log: -2.0 * log,
    "hard": lambda x, log: np.where(x <= 1.0, 0.0, -np.inf),
}
"""ln f(x) where x**s or x² overflows, from x and ln x."""


@record
class OhmicBath(ClosedForm, ByTimes, ThermalBath):
    r"""Bosons with J(ω) = λ ω_c (ω/ω_c)^s f(ω/ω_c).

    .. math:: \gamma(\omega) = \lambda\,\frac{\omega\, e^{-|\omega|/\omega_c}}{1 - e^{-\beta\omega}},
              \qquad \gamma(0) = \lambda/\beta

    for s = 1 and the exponential cutoff (arXiv:2507.10080, Eq. 16, with the form that is positive for both
    signs of ω). It obeys the KMS condition γ(−ω) = e^{−βω} γ(ω). With a_k = 1/ω_c + kβ and
    g(z) = z e^{−z} Ei(z),

    .. math:: \eta(\omega) = \frac{\lambda}{2\pi}\Big[\frac{g(a_0\omega) - 1}{a_0}
              + \sum_{k\ge1} \frac{g(a_k\omega) - g(-a_k\omega)}{a_k}\Big], \qquad
              C(t) = \frac{\lambda}{2\pi}\Big[\frac{1}{(a_0+it)^2}
              + 2\,\mathrm{Re}\sum_{k\ge1}\frac{1}{(a_k+it)^2}\Big].

    Both are accurate to about 1e-12 of their largest value; those of other members of the family are
    integrated, see `lamb_shift_error` (the Drude cutoff with s = 1 has digamma functions, `DrudeBath`).

    Parameters
    ----------
    strength : λ = J_int² ≥ 0, dimensionless.
    cutoff : ω_c > 0, an energy; inf (s = 1, exponential) for none, where η and C diverge.
    beta : inverse temperature > 0; inf for zero temperature, where γ(ω ≤ 0) = 0. Or ``temperature=`` by name, 1/β.
    exponent : s > 0: 1 Ohmic, less sub-Ohmic (γ(0) = ∞ at finite temperature), more super-Ohmic.
    cutoff_function : f(x): "exponential" e^{−x}, "gaussian" e^{−x²}, "drude" 1/(1 + x²) (s < 2) or "hard"
        θ(1 − x).

    Raises
    ------
    ValueError, TypeError
        A parameter is out of its range or not a number; η or C is asked without a cutoff.

    Examples
    --------
    >>> bath = OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> bath.power_spectrum(np.array([-1.0, 0.0, 1.0])).round(8)
    array([0.00024552, 0.008     , 0.03643902])
    >>> bath.lamb_shift(np.array([-1.0, 0.0, 1.0])).round(8)
    array([-0.0517862 , -0.06366198, -0.07206015])
    >>> cubic = OhmicBath(strength=0.04, cutoff=10.0, beta=5.0, exponent=3.0, cutoff_function="gaussian")
    >>> cubic.lamb_shift(0.0).round(6)
    np.float64(-0.028209)
    """

    strength: Strength
    cutoff: Beta
    beta: Beta = UNGIVEN
    exponent: PositiveNumber = 1.0
    cutoff_function: str = "exponential"

    def __post_init__(self) -> None:
        super().__post_init__()
        as_choice("cutoff_function", self.cutoff_function, tuple(CUTOFFS))
        if self.cutoff_function == "drude" and self.exponent >= 2.0:
            raise ValueError(f"a Drude cutoff needs an exponent below 2, got {self.exponent}")
        self._require_peak()
        if math.isinf(self.cutoff) and not self._closed_form:
            raise ValueError(
                "cutoff=inf is for exponent 1 and the exponential cutoff only, got exponent="
                f"{self.exponent} and cutoff_function={self.cutoff_function!r}"
            )

    @classmethod
    def from_t1(
        cls,
        t1: Positive,
        frequency: Positive,
        cutoff: Beta,
        temperature: NotNegative | None = None,
        *,
        beta: Beta | None = None,
        element: Positive = 1.0,
        exponent: PositiveNumber = 1.0,
        cutoff_function: str = "exponential",
    ) -> Self:
        """Make the bath under which a qubit of splitting `frequency` relaxes in T₁, see `with_t1`.

        Parameters
        ----------
        t1 : T₁, a time.
        frequency : Ω > 0, an energy (an angular frequency: 2π · 5 rad/ns for 5 GHz).
        cutoff : ω_c > Ω, an energy.
        temperature, beta : T, an energy (k_B T), or 1/T; one of them.
        element : |⟨0|A|1⟩| of the coupling, 1 of σ_x.
        exponent, cutoff_function : the bath's own.

        Examples
        --------
        A transmon of 5 GHz at 20 mK with T₁ = 50 µs, in rad/ns and ns.

        >>> import redfield as rf
        >>> u = rf.units.Units("rad/ns")
        >>> qubit = u.energy(5.0, "GHz")
        >>> bath = OhmicBath.from_t1(u.time(50.0, "us"), qubit, 10 * qubit, u.energy(20.0, "mK"))
        >>> round(1.0 / float(bath.power_spectrum([qubit, -qubit]).sum()), 6)
        50000.0
        """
        shape = cls(
            1.0, cutoff, beta_of(beta, temperature), exponent=exponent, cutoff_function=cutoff_function
        )
        return shape.with_t1(t1, frequency, element=element)

    @property
    def _closed_form(self) -> bool:
        return self.exponent == 1.0 and self.cutoff_function == "exponential"

    @property
    def _is_drude(self) -> bool:
        return self.exponent == 1.0 and self.cutoff_function == "drude"

    @property
    def breakpoints(self) -> Sequence[float]:
        hard = self.cutoff_function == "hard"
        return (-self.cutoff, 0.0, self.cutoff) if hard else (0.0,)

    @property
    def support_ends(self) -> tuple[bool, bool]:
        hard = self.cutoff_function == "hard"
        return hard, hard

    @property
    def cutoff_scale(self) -> float:
        return (
            self.cutoff
            if math.isfinite(self.cutoff)
            else 4.0 / self.beta
            if math.isfinite(self.beta)
            else 1.0
        )

    @property
    def features(self) -> Sequence[tuple[float, float]]:
        return [(x, self.scale if x == 0.0 else self.cutoff) for x in self.breakpoints]

    def spectral_density(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        if math.isinf(self.cutoff):
            return self.strength * w
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            x = w / self.cutoff
            power = x**self.exponent
            j: RealArray = power * CUTOFFS[self.cutoff_function](x)
            if (beyond := np.isinf(power) | (x > LARGEST)).any():
                log = np.log(np.where(beyond, w, self.cutoff)) - math.log(self.cutoff)
                fall = LOG_CUTOFFS[self.cutoff_function](x, log)
                j = np.where(beyond, np.exp(self.exponent * log + fall), j)
        return self.strength * self.cutoff * j

    def _require_peak(self) -> None:
        """Refuses an exponent for which the largest (ω/ω_c)^s f(ω/ω_c) overflows."""
        turns = {"exponential": self.exponent, "gaussian": 0.5 * self.exponent}.get(
            self.cutoff_function, 0.0
        )
        # At x = s and at x² = s/2.
        if turns > 1.0 and turns * (math.log(turns) - 1.0) > math.log(LARGEST):
            raise ValueError(
                f"exponent = {self.exponent:g}: with the {self.cutoff_function} cutoff J(ω) is above {LARGEST:g} "
                "strength·cutoff at its maximum"
            )

    def zero_frequency_rate(self) -> float:
        if math.isinf(self.beta) or self.exponent > 1.0:
            return 0.0
        return self.strength / self.beta if self.exponent == 1.0 else math.inf

    _core_name: ClassVar[str] = "ohmic"
    _numbers: ClassVar[tuple[str, str, str]] = ("strength", "cutoff", "beta")

    def lamb_shift(self, w: Points) -> RealArray:
        if self._is_drude:
            return DrudeBath(self.strength, self.cutoff, self.beta).lamb_shift(w)
        if not self._closed_form:
            return ThermalBath.lamb_shift(self, w)
        self._require_cutoff("lamb_shift")
        return self._of_core(_core.lamb_shift, w)

    def power_spectrum(self, w: Points) -> RealArray:
        if self._closed_form:
            return self._of_core(_core.power_spectrum, w)
        return ThermalBath.power_spectrum(self, w)

    def _table(self, w: RealArray, lamb_shift: bool) -> tuple[RealArray, RealArray | None] | None:
        if not self._closed_form:
            return None
        if lamb_shift:
            self._require_cutoff("lamb_shift")
        return super()._table(w, lamb_shift)

    @property
    def _hints(self) -> frozenset[str]:
        """Without a cutoff the exponent is no number that may change."""
        return frozenset({"exponent"} if math.isinf(self.cutoff) else ())

    def _slopes(self, w: RealArray, lamb_shift: bool) -> Slopes | None:
        if self._is_drude:
            return DrudeBath(self.strength, self.cutoff, self.beta)._slopes(w, lamb_shift)
        if not self._closed_form:
            return None
        if lamb_shift:
            self._require_cutoff("lamb_shift")
        return super()._slopes(w, lamb_shift)

    def _slope(self, name: str, w: RealArray, lamb_shift: bool) -> ComplexArray | None:
        if name != "exponent" or not self._closed_form:
            return None
        strength, cutoff, beta = self._arrays
        return _core.ohmic_exponent_derivative(strength, cutoff, beta, w.reshape(1, -1), lamb_shift)[0]

    @classmethod
    def _slopes_of_many(
        cls, parameters: Mapping[str, Any], w: RealArray, lamb_shift: bool, threads: int
    ) -> Slopes | None:
        if np.any(parameters["exponent"] != 1.0) or parameters["cutoff_function"] != "exponential":
            return None
        return super()._slopes_of_many(parameters, w, lamb_shift, threads)

    @classmethod
    def spectra_of_many(
        cls, parameters: Mapping[str, Any], w: RealArray, lamb_shift: bool, threads: int
    ) -> tuple[RealArray, RealArray | None] | None:
        if np.any(parameters["exponent"] != 1.0) or parameters["cutoff_function"] != "exponential":
            return None
        return super().spectra_of_many(parameters, w, lamb_shift, threads)

    def correlation(self, t: Points) -> ComplexArray:
        if self._is_drude:
            return DrudeBath(self.strength, self.cutoff, self.beta).correlation(t)
        if not self._closed_form:
            return ThermalBath.correlation(self, t)
        self._require_cutoff("correlation")
        return super().correlation(t)

    def _require_cutoff(self, what: str) -> None:
        if math.isinf(self.cutoff):
            advice = ", or pass lamb_shift=False to the equation" if what == "lamb_shift" else ""
            raise ValueError(
                f"{what} of an OhmicBath diverges without a cutoff, got cutoff=inf; give it a finite one{advice}"
            )
