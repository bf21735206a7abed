"""The coherences between Floquet modes of a quadratic system that Davies' equation neglects."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.quadratic.floquet import FloquetBasis, Harmonic
from redfield.solve.secular import Gaps, warn_of_rates


class Secular:
    """The terms of Redfield's equation from occupations to coherences of modes, and how fast those turn.

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
        decay = 0.5 * (rates[:, None] + rates)
        self._gaps = Gaps.of(basis.energies, basis.frequency, basis.degeneracy, decay, 4.0 * bound)
        turns, near = self._gaps.turns, self._gaps.near
        self._m, self._x = np.zeros((2, *near.shape), dtype=np.complex128)
        wanted = {int(m): near & (turns == m) for m in np.unique(turns[near])}
        for i, harmonic in enumerate(harmonics if wanted else ()):
            for m, here in wanted.items():
                if 0 <= i + m < len(basis.series):
                    _core.poll()
                    bra = basis.series[i + m].conj().T
                    self._m += np.where(here, bra @ harmonic.damped, 0.0)
                    self._x += np.where(here, bra @ harmonic.gained, 0.0)

    def warn(self, occupations: RealArray, stacklevel: int) -> None:
        """Emit a SecularWarning where a rate is near its gap, or coherences that are neglected are not small."""
        near = self._gaps.near
        if not near.any():
            return
        source: ComplexArray = self._x - self._m * occupations
        coherences = np.abs(source + source.conj().T)[near] / self._gaps.denominators[near]
        warn_of_rates(
            "Davies of a QuadraticSystem with a period",
            np.abs(self._m)[near],
            self._gaps.gaps[near],
            float(coherences.max() / max(float(np.abs(occupations).max()), 1e-300)),
            "Redfield",
            stacklevel + 1,
        )
