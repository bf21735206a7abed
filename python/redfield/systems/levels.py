"""The levels of a system and the rates between them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_count, checked
from redfield.draw import pictured
from redfield.draw.levels import draw_levels


class _Coupled(Protocol):
    """What is asked of a system."""

    dimension: int
    couplings: Any
    baths: Any
    bath_of_coupling: Any

    @property
    def energies(self) -> RealArray: ...
    def require_independent(self, what: str) -> None: ...
    def bohr_frequencies(self) -> RealArray: ...
    def coupling_in_eigenbasis(self, j: int) -> ComplexArray: ...
    def transition_rates(self) -> RealArray: ...


class Levels:
    """Golden-rule rates and level diagrams, of a System."""

    def transition_rates(self: _Coupled) -> RealArray:
        """(N, N), entry (l, k): Σ_j γ_j(E_k − E_l)|(A_j)_lk|², at which the baths take level k to l.

        Fermi's golden rule, the rates of Davies' equation (arXiv:2507.10080, Eq. 11); on the diagonal, of dephasing.

        Examples
        --------
        >>> import numpy as np, redfield as rf
        >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
        >>> w = rf.System(np.diag([0.0, 1.0]), [np.array([[0, 1], [1, 0]])], bath).transition_rates()
        >>> bool(np.isclose(w[1, 0] / w[0, 1], np.exp(-1.0)))
        True
        """
        self.require_independent("transition_rates")
        released = self.bohr_frequencies()
        gamma = [bath.power_spectrum(released) for bath in self.baths]
        total = np.zeros((self.dimension, self.dimension))
        for j in range(len(self.couplings)):
            total += gamma[self.bath_of_coupling[j]] * np.abs(self.coupling_in_eigenbasis(j)) ** 2
        return total

    @checked()
    @pictured(5.0, 5.0)
    def plot(self: _Coupled, axes: Any, *, most: int = 40) -> None:
        """The levels, and the `most` fastest transitions between them as arrows, as wide as the root of their rates, on
        `axes` or in a new figure; returns the matplotlib Axes."""
        draw_levels(axes, self.energies, self.transition_rates(), as_count("most", most))
