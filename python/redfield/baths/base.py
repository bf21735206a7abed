"""What a bath is to a system."""

from __future__ import annotations

import abc
import functools
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from redfield.baths.checks import balance_defect, boltzmann_exponent
from redfield.baths.panels import NODES, WEIGHTS
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

    beta: float | None = None
    """Inverse temperature, or None where the bath has none."""
    mu: float = 0.0
    """Chemical potential, an energy."""

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

    def kms_defect(self, w: npt.ArrayLike) -> float:
        """max |γ(−ω) − e^{−β(ω−μ)} γ(ω)| / max γ over the frequencies w: 0 for a thermal bath.

        Raises
        ------
        ValueError
            The bath has no temperature.
        """
        if self.beta is None:
            raise ValueError(f"{self!r} has no temperature to check detailed balance with")
        w = np.abs(np.asarray(w, dtype=np.float64))
        exponent = boltzmann_exponent(self.beta, w - self.mu)
        return balance_defect(self.power_spectrum(w), self.power_spectrum(-w), exponent)

    @functools.cached_property
    def memory_time(self) -> float:
        """τ_B: the time by which ∫|C| has reached 1 − 1/e of its value; τ for C ∝ e^{−t/τ}."""
        t, weights, values = self._correlation_nodes
        parts = weights * np.abs(values)
        total = np.concatenate([[0.0], np.cumsum(parts) - 0.5 * parts])
        return float(np.interp((1.0 - 1.0 / np.e) * total[-1], total, np.concatenate([[0.0], t])))

    def windowed(self, w: RealArray, window: float) -> tuple[ComplexArray, ComplexArray]:
        """Γ_T(ω) = ∫₀ᵀ ds C(s) e^{iωs} and dΓ_T/dω at frequencies w (M,)."""
        fastest = float(np.abs(w).max()) if len(w) else 0.0
        t, weights, values = time_nodes(self.correlation, self._time_scale, fastest, window)
        value = np.zeros(len(w), dtype=np.complex128)
        slope = np.zeros(len(w), dtype=np.complex128)
        chunk = max(1, 2_000_000 // max(1, len(w)))
        for first in range(0, len(t), chunk):
            part = slice(first, first + chunk)
            phases = np.exp(1j * np.outer(w, t[part])) * (weights[part] * values[part])
            value += phases.sum(axis=1)
            slope += phases @ (1j * t[part])
        return value, slope

    def principal_value_nodes(self, w: RealArray) -> tuple[RealArray, RealArray]:
        """Nodes x > 0 and weights for ∫₀^∞ dx of functions of γ(ω ± x), ω in w (M,)."""
        corners = np.abs(np.subtract.outer(np.asarray(w, dtype=np.float64), np.asarray(self.breakpoints)))
        scale = self.scale
        step = scale * np.arange(1, 13)
        reach = float(corners.max(initial=0.0)) + step[-1]
        tail = reach + scale * np.ldexp(1.0, np.arange(1, 50))
        edges = np.concatenate([[0.0], corners.ravel(), step, np.arange(scale, reach, 4.0 * scale), tail])
        edges = np.unique(edges.round(13))
        # u²(3 − 2u) flattens what is not smooth at a panel's ends.
        u = 0.5 * (NODES + 1.0)
        left, length = edges[:-1, None], np.diff(edges)[:, None]
        x = left + length * u**2 * (3.0 - 2.0 * u)
        weights = length * 3.0 * u * (1.0 - u) * WEIGHTS
        x, weights = x.ravel(), weights.ravel()
        alive = x < self._negligible_beyond(reach)
        return x[alive], weights[alive]

    def _negligible_beyond(self, reach: float) -> float:
        """A distance beyond which γ contributes nothing to the integral of γ(x)/x."""
        x = reach * np.ldexp(1.0, np.arange(0, 50))
        size = np.maximum(self.power_spectrum(x), self.power_spectrum(-x))
        near = np.linspace(0.0, reach, 200)
        top = max(float(self.power_spectrum(near).max()), float(self.power_spectrum(-near).max()))
        small = np.flatnonzero(size <= 1e-15 * top)
        return float(x[small[0]]) if len(small) else np.inf

    @property
    def breakpoints(self) -> Sequence[float]:
        """Frequencies where γ is not smooth."""
        return (0.0,)

    @property
    def scale(self) -> float:
        """The frequency scale of γ beside its breakpoints."""
        return 1.0

    @property
    def _time_scale(self) -> float:
        return 1.0 / self.scale

    @functools.cached_property
    def _correlation_nodes(self) -> tuple[RealArray, RealArray, ComplexArray]:
        return time_nodes(self.correlation, self._time_scale, 0.0, np.inf)


def time_nodes(
    correlation: Callable[[RealArray], ComplexArray],
    tau: float,
    fastest: float,
    window: float,
    negligible: float = 1e-13,
    most_panels: int = 20_000,
) -> tuple[RealArray, RealArray, ComplexArray]:
    """Nodes, weights and C for ∫₀ᵀ dt, T the window: panels that double from 10⁻⁶ τ on and resolve e^{iωt}
    up to `fastest`, until t|C| is at most `negligible` of ∫|C|."""
    nodes: list[RealArray] = []
    weights: list[RealArray] = []
    values: list[ComplexArray] = []
    left, total = 0.0, 0.0
    longest = 12.0 / fastest if fastest > 0.0 else np.inf
    length = 1e-6 * tau
    while left < window and len(nodes) < most_panels:
        right = min(left + min(length, longest, 4.0 * tau if left < 40.0 * tau else np.inf), window)
        t = 0.5 * (left + right) + 0.5 * (right - left) * NODES
        c = np.asarray(correlation(t), dtype=np.complex128)
        w = 0.5 * (right - left) * WEIGHTS
        nodes.append(t)
        weights.append(w)
        values.append(c)
        total += float(w @ np.abs(c))
        if left > 40.0 * tau and float(np.abs(c).max()) * right <= negligible * total:
            break
        if not np.isfinite(total) or left > 1e8 * tau:
            break
        left, length = right, 2.0 * length
    return np.concatenate(nodes), np.concatenate(weights), np.concatenate(values)
