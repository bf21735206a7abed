"""What a bath is to a system."""

from __future__ import annotations

import abc

import numpy.typing as npt

from redfield.validation import ComplexArray, RealArray


class Bath(abc.ABC):
    r"""A bath with correlation function C(s) = tr[B(s) B ρ_B].

    .. math:: \Gamma(\omega) = \int_0^\infty ds\, e^{i\omega s} C(s)
              = \tfrac12\gamma(\omega) + i\eta(\omega)

    where ω is the energy the system releases to the bath (arXiv:2507.10080, Eq. 6). A bath of your own
    defines `power_spectrum` and, if the Lamb shift is wanted, `lamb_shift`; both take and return arrays
    of any one shape.

    Examples
    --------
    >>> import numpy as np
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

    def correlation(self, t: npt.ArrayLike) -> ComplexArray:
        """C(t) = tr[B(t) B ρ_B] = ∫ dω/2π γ(ω) e^{−iωt}, an energy squared."""
        raise NotImplementedError(f"{type(self).__name__} does not define correlation(t)")

    def one_sided(self, w: npt.ArrayLike) -> ComplexArray:
        """Γ(ω) = ½γ(ω) + iη(ω)."""
        return 0.5 * self.power_spectrum(w) + 1j * self.lamb_shift(w)
