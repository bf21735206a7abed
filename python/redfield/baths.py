"""Bath spectra: what a system's baths do to it, as functions of the energy they receive."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from redfield.validation import RealArray, as_not_negative, as_positive


class Bath(abc.ABC):
    r"""A bath with correlation function C(s) = tr[B(s) B ρ_B].

    .. math:: \Gamma(\omega) = \int_0^\infty ds\, e^{i\omega s} C(s)
              = \tfrac12\gamma(\omega) + i\eta(\omega)

    where ω is the energy the system releases to the bath (arXiv:2507.10080, Eq. 6). A bath of your own
    defines `power_spectrum` and, if the Lamb shift is wanted, `lamb_shift`; both take and return arrays
    of any one shape.

    Examples
    --------
    >>> class White(Bath):
    ...     def power_spectrum(self, w):
    ...         return np.full(np.shape(w), 0.1)
    ...     def lamb_shift(self, w):
    ...         return np.zeros(np.shape(w))
    >>> White().one_sided(np.array([-1.0, 0.0, 1.0]))
    array([0.05+0.j, 0.05+0.j, 0.05+0.j])
    """

    @abc.abstractmethod
    def power_spectrum(self, w: npt.ArrayLike) -> RealArray:
        """γ(ω) = ∫ ds e^{iωs} C(s) ≥ 0, a rate."""

    def lamb_shift(self, w: npt.ArrayLike) -> RealArray:
        """η(ω) = (1/2π) P∫ dω' γ(ω')/(ω − ω'), the imaginary part of Γ, a rate."""
        raise NotImplementedError(
            f"{type(self).__name__} does not define lamb_shift(w); pass lamb_shift=False to the "
            "equation, or use a bath that defines it"
        )

    def one_sided(self, w: npt.ArrayLike) -> npt.NDArray[np.complex128]:
        """Γ(ω) = ½γ(ω) + iη(ω)."""
        return 0.5 * self.power_spectrum(w) + 1j * self.lamb_shift(w)


@dataclass(frozen=True)
class OhmicBath(Bath):
    r"""Bosons with an Ohmic density of states and an exponential cutoff.

    .. math:: \gamma(\omega) = \lambda\,\frac{\omega\, e^{-|\omega|/\omega_c}}{1 - e^{-\beta\omega}},
              \qquad \gamma(0) = \lambda/\beta

    (arXiv:2507.10080, Eq. 16, with the form that is positive for both signs of ω.) It obeys the KMS
    condition γ(−ω) = e^{−βω} γ(ω). η(ω) is not available in this version: use it with
    ``lamb_shift=False``.

    Parameters
    ----------
    strength : λ = J_int² ≥ 0, dimensionless.
    cutoff : ω_c > 0, an energy; inf for none.
    beta : inverse temperature > 0; inf for zero temperature, where γ(ω ≤ 0) = 0.

    Raises
    ------
    ValueError, TypeError
        A parameter is out of its range or not a number.

    Examples
    --------
    >>> bath = OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> bath.power_spectrum(np.array([-1.0, 0.0, 1.0])).round(8)
    array([0.00024552, 0.008     , 0.03643902])
    """

    strength: float
    cutoff: float
    beta: float

    def __post_init__(self) -> None:
        set_field = object.__setattr__  # the dataclass is frozen; this stores what was validated
        set_field(self, "strength", as_not_negative("strength", self.strength))
        set_field(self, "cutoff", as_positive("cutoff", self.cutoff, infinite=True))
        set_field(self, "beta", as_positive("beta", self.beta, infinite=True))

    def power_spectrum(self, w: npt.ArrayLike) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        size = np.abs(w)
        if math.isinf(self.beta):
            occupied = np.where(w > 0.0, w, 0.0)
        else:
            # |ω|/(1 − e^{−β|ω|}), times e^{−β|ω|} where the bath gives energy: nothing overflows.
            x = self.beta * size
            tiny = x < 1e-300
            ratio = np.where(tiny, 1.0, x) / np.where(tiny, 1.0, -np.expm1(-x))
            occupied = ratio / self.beta * np.exp(np.minimum(self.beta * w, 0.0))
        spectrum: RealArray = self.strength * occupied * np.exp(-size / self.cutoff)
        return spectrum
