"""The base of baths: a bath as a system meets it."""

from __future__ import annotations

import abc
import functools
import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_points, as_vector
from redfield._base.checks.types import Points, Positive, PositiveOrInfinite, Vector
from redfield.baths.array_bath import ArrayBath
from redfield.baths.batch import BathBatch
from redfield.baths.checks import balance_defect, boltzmann_exponent, guard, naming
from redfield.baths.derivatives import BathDerivatives, Slopes, derivatives_of
from redfield.baths.drawn import Drawn
from redfield.baths.exponentials import ExponentialSum, exponential_sum
from redfield.baths.memory import memory_of, memory_time
from redfield.baths.temperature import with_beta

NO_STRENGTH = (
    "{!r} has no strength that {} could choose; multiply its power spectrum by a number, or take a bath that has "
    "one, as OhmicBath, DrudeBath, UnderdampedBath, LorentzianBath and FlatBath"
)
"""The answer of a bath whose γ is no number times a shape."""


class Bath(Drawn):
    r"""A bath with correlation function C(s) = tr[B(s) B ρ_B].

    .. math:: \Gamma(\omega) = \int_0^\infty ds\, e^{i\omega s} C(s)
              = \tfrac12\gamma(\omega) + i\eta(\omega)

    where ω is the energy the system releases to the bath (arXiv:2507.10080, Eq. 6). A bath of your own
    defines `power_spectrum` and, if the Lamb shift is wanted, `lamb_shift`; both take and return arrays
    of any one shape. Where integrals over γ are taken of it (UniversalLindblad's Lamb shift) it must say where γ varies
    and how fast: `breakpoints` and `scale`, whose defaults are 0 and 1. Baths do not change once they are made.

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

    @classmethod
    def batch(cls, *args: Any, **kwargs: Any) -> BathBatch:
        """One bath for each member of a SystemBatch, from the constructor's arguments with arrays (B,) for numbers.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> baths = rf.OhmicBath.batch(0.04, 10.0, beta=np.array([0.5, 1.0, 2.0]))
        >>> len(baths), baths[2].beta
        (3, 2.0)
        """
        return ArrayBath(cls, with_beta(inspect.signature(cls).bind(*args, **kwargs).arguments))

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        guard(cls)

    beta: float | None = None
    """Inverse temperature, or None where the bath has none."""
    mu: float = 0.0
    """Chemical potential, an energy."""
    exchange: int = 0
    """Particles that a coupling to this bath takes from the system, −1, 0 or 1."""

    @property
    def reservoir(self) -> Any:
        """The reservoir that currents are counted of: the bath itself, or the ParticleBath it is half of."""
        return self

    correlation_noise: float = 0.0
    """The rounding of `correlation` as a part of the largest |C|, where it is not relative to C(t) itself."""

    @property
    def known_rates(self) -> Sequence[complex]:
        """ν_k of the exponentials e^{−ν_k t} that C(t) is a sum of, where they are few; else none."""
        return ()

    @property
    def finite_at_zero(self) -> bool:
        """Whether γ(0) is finite; that of a sub-Ohmic bath at finite temperature is not."""
        return True

    @abc.abstractmethod
    def power_spectrum(self, w: Points) -> RealArray:
        """γ(ω) = ∫ ds e^{iωs} C(s) ≥ 0, a rate."""

    def lamb_shift(self, w: Points) -> RealArray:
        """η(ω) = (1/2π) P∫ dω' γ(ω')/(ω − ω'), the imaginary part of Γ, a rate."""
        raise NotImplementedError(
            f"{type(self).__name__} does not define lamb_shift(w); pass lamb_shift=False to the "
            "equation, or use a bath that defines it"
        )

    def correlation(self, t: Points) -> ComplexArray:
        """C(t) = tr[B(t) B ρ_B] = ∫ dω/2π γ(ω) e^{−iωt}, an energy squared."""
        raise NotImplementedError(f"{type(self).__name__} does not define correlation(t)")

    def one_sided(self, w: Points) -> ComplexArray:
        """Γ(ω) = ½γ(ω) + iη(ω)."""
        gamma, eta = self.power_spectrum(w), self.lamb_shift(w)
        value = np.empty(np.shape(gamma), dtype=np.complex128)
        # Apart, since either may be infinite.
        value.real, value.imag = 0.5 * gamma, eta
        return value

    def derivatives(self, w: Points, lamb_shift: bool = True) -> BathDerivatives:
        r"""Return the derivatives of Γ(ω) in ω and every number of the bath, of ½γ(ω) alone without the Lamb shift.

        .. math:: \frac{d\Gamma}{d\omega}, \quad \frac{\partial\Gamma}{\partial p}, \qquad
                  \Gamma = \tfrac12\gamma + i\eta

        Closed forms have them in closed form, to about 1e-11 of the largest; others by differences at steps that are
        halved and extrapolated (Ridders, doi:10.1016/S0141-1195(82)80057-0), whose error is estimated. Where γ is not
        smooth, at a breakpoint, the derivative is the mean of both sides, as of e^{−|ω|/ω_c} at 0; a jump there is not
        counted. It is infinite where Γ is steep without bound, as η ∝ ω ln|ω| of a γ with a kink at ω = 0. A number at
        the end of its range, such as a strength of 0, has the derivative of the inner side, and one that is infinite,
        such as β = ∞, 0.

        Parameters
        ----------
        w : frequencies, of any shape.
        lamb_shift : whether of η too; without it η is not asked for and imaginary parts are 0.

        Returns
        -------
        BathDerivatives : .frequency dΓ/dω, .numbers[p] ∂Γ/∂p by the name of each field p that is a float, complex
            arrays of the shape of w, and .error, the largest estimated error as a part of the largest value. Numbers
            of baths inside the bath are among them. A bath of your own may define `derivatives` itself.

        Raises
        ------
        ConvergenceError
            Differences know a derivative no better than 1e-7 of the largest.

        Examples
        --------
        >>> import redfield as rf
        >>> found = rf.DrudeBath(strength=0.1, cutoff=3.0, beta=2.0).derivatives([0.0, 1.0])
        >>> found.frequency.round(6)
        array([0.025   -0.007113j, 0.025343+0.012622j])
        >>> found.numbers["cutoff"].round(6)
        array([0.     -0.025j   , 0.00347-0.032846j])
        """
        return derivatives_of(self, np.asarray(w, dtype=np.float64), lamb_shift)

    def _table(self, w: RealArray, lamb_shift: bool) -> tuple[RealArray, RealArray | None] | None:
        """Return γ and η at finite w where the core has both at once, or None."""
        return None

    def _slopes(self, w: RealArray, lamb_shift: bool) -> Slopes | None:
        """Return dΓ/dω and those ∂Γ/∂p that the class knows, at w (M,), or None."""
        return None

    def _slope(self, name: str, w: RealArray, lamb_shift: bool) -> ComplexArray | None:
        """Return ∂Γ/∂p, which the class knows but which is asked for more rarely, at w (M,), or None."""
        return None

    @classmethod
    def _slopes_of_many(
        cls, parameters: Mapping[str, Any], w: RealArray, lamb_shift: bool, threads: int
    ) -> Slopes | None:
        """Return them, (B, M), of B baths of this class at w (B, M), from parameters that are arrays (B,), or None."""
        return None

    @classmethod
    def spectra_of_many(
        cls, parameters: Mapping[str, Any], w: RealArray, lamb_shift: bool, threads: int
    ) -> tuple[RealArray, RealArray | None] | None:
        """Return γ and η, (B, M), of B baths of this class at w (B, M), from parameters that are arrays (B,).

        None stands for classes without such a form, whose baths are evaluated one by one.
        """
        return None

    def kms_defect(self, w: Points) -> float:
        """max |γ(−ω) − e^{−β(ω−μ)} γ(ω)| / max γ over the frequencies w: 0 for a thermal bath.

        Raises
        ------
        ValueError
            The bath has no temperature.
        """
        if self.beta is None:
            raise ValueError(f"{self!r} has no temperature to check detailed balance with")
        w = np.abs(as_vector("w", np.ravel(as_points("w", w))))
        exponent = boltzmann_exponent(self.beta, w - self.mu)
        return balance_defect(self.power_spectrum(w), self.power_spectrum(-w), exponent)

    @functools.cached_property
    def memory(self) -> _core.Expansion:
        """C on panels that resolve it, as far as it is not negligible."""
        return memory_of(self, np.inf)

    @property
    def memory_time(self) -> float:
        """τ_B: the time by which ∫|C| has reached 1 − 1/e of its value; τ for C ∝ e^{−t/τ}."""
        return memory_time(self.memory)

    def exponentials(self, duration: PositiveOrInfinite, tol: Positive = 1e-7) -> ExponentialSum:
        """C(t) as a sum of exponentials Σ_k c_k e^{−ν_k t} on [0, duration], whose error is known.

        Parameters
        ----------
        duration : a time, after which C is left to the sum; infinite for all times.
        tol : ∫|C − Σ|dt up to then at most, of ∫|C|dt; the larger, the fewer terms.

        Returns
        -------
        ExponentialSum : .coefficients, .rates (K,) complex, .error ∫|C − Σ|dt by quadrature, .relative_error.

        Raises
        ------
        ValueError
            No such sum was found; the message says what the best one misses.
        NotImplementedError
            The bath does not define `correlation`.

        Examples
        --------
        >>> import redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
        >>> c = bath.exponentials(duration=50.0)
        >>> c.relative_error < 1e-7
        True
        >>> bool(abs(c(2.0) - bath.correlation(2.0)) < 1e-8)
        True
        """
        return exponential_sum(self, duration, tol)

    def windowed(self, w: Vector, window: PositiveOrInfinite) -> tuple[ComplexArray, ComplexArray]:
        """Γ_T(ω) = ∫₀ᵀ ds C(s) e^{iωs} and dΓ_T/dω at frequencies w (M,), to 1e-10 of ∫|C|.

        Raises
        ------
        ValueError
            C is too rough to be integrated.
        """
        with naming(self):
            return _core.windowed(self.correlation, self.time_scale, self.correlation_noise, w, window)

    def with_t1(self, t1: Positive, frequency: Positive, *, element: Positive = 1.0) -> Self:
        """Refuse a relaxation time: a bath of this kind has no strength that could give it, see `OhmicBath.with_t1`."""
        raise TypeError(NO_STRENGTH.format(self, "with_t1"))

    def with_tphi(self, tphi: Positive, *, difference: Positive = 2.0) -> Self:
        """Refuse a dephasing time: a bath of this kind has no strength, see `OhmicBath.with_tphi`."""
        raise TypeError(NO_STRENGTH.format(self, "with_tphi"))

    @property
    def breakpoints(self) -> Sequence[float]:
        """Frequencies where γ is not smooth."""
        return (0.0,)

    @property
    def scale(self) -> float:
        """The frequency scale of γ beside its breakpoints."""
        return 1.0

    @property
    def features(self) -> Sequence[tuple[float, float]]:
        """Each place where γ is not smooth or varies fast, and the distance over which it does."""
        return [(x, self.scale) for x in self.breakpoints]

    @property
    def fastest(self) -> float:
        """The highest frequency of γ where it ends abruptly, with which C then turns for ever; else 0."""
        return 0.0

    @property
    def time_scale(self) -> float:
        """Over which C varies first."""
        return 1.0 / max(max(abs(x) + fine for x, fine in self.features), self.scale)


guard(Bath)
