"""The coherences between Floquet modes of a quadratic system that Davies' equation neglects."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._base.errors import NEGLECTED, warn_of_secular
from redfield.quadratic.floquet import FloquetBasis, Harmonic


class Secular:
    """What Redfield's equation gives from occupations to the coherences of modes, and how fast those turn.

    In the frame of the modes Ġ_kl = Y_kl − (iΔ_kl + κ_kl)G_kl, Y = −(Mg + gM†) + Q of the occupations g, with Δ_kl =
    ε_k − ε_l modulo Ω. Davies' equation drops Y where Δ ≠ 0. Where some |M_kl| is not small against |Δ_kl| nothing
    justifies that; else the coherences that it neglects are Y/(iΔ + κ).

    Parameters
    ----------
    harmonics : the action of the baths, as of FloquetBasis.by_harmonic.
    rates : (N,) relaxation rates of the modes.
    bound : no |M_kl| or |Q_kl| is larger.
    """

    def __init__(
        self, basis: FloquetBasis, harmonics: Iterable[Harmonic], rates: RealArray, bound: float
    ) -> None:
        e, omega, series = basis.energies, basis.frequency, basis.series
        turns = np.rint((e[:, None] - e) / omega).astype(int)
        gaps = np.abs(e[:, None] - e - turns * omega)
        apart = gaps > basis.degeneracy
        self._gaps = np.where(apart, gaps, np.inf)
        self._denominators = np.hypot(self._gaps, 0.5 * (rates[:, None] + rates))
        self._m, self._x = np.zeros((2, len(e), len(e)), dtype=np.complex128)
        near = apart & (NEGLECTED * gaps < 4.0 * bound)
        wanted = {int(m): near & (turns == m) for m in np.unique(turns[near])}
        self.empty = not wanted
        if self.empty:
            return
        for i, harmonic in enumerate(harmonics):
            for m, here in wanted.items():
                if 0 <= i + m < len(series):
                    _core.poll()
                    bra = series[i + m].conj().T
                    self._m += np.where(here, bra @ harmonic.damped, 0.0)
                    self._x += np.where(here, bra @ harmonic.gained, 0.0)

    def warn(self, occupations: RealArray, stacklevel: int) -> None:
        """A SecularWarning where a rate is near its gap, or occupations have coherences that the equation neglects."""
        if self.empty:
            return
        ratios = np.abs(self._m) / self._gaps
        at = np.unravel_index(int(np.argmax(ratios)), ratios.shape)
        source: ComplexArray = self._x - self._m * occupations
        source = source + source.conj().T
        neglected = np.abs(source) / self._denominators
        warn_of_secular(
            "Davies of a QuadraticSystem with a period",
            float(abs(self._m[at])),
            float(self._gaps[at]),
            float(neglected.max() / max(float(np.abs(occupations).max()), 1e-300)),
            "Redfield",
            stacklevel + 1,
        )
