"""The part of an operator that does not decay: P X = lim e^{𝓛t}X, also where there are several steady states."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray
from redfield.results.steady import MultipleSteadyStates

Settle = Callable[[ComplexArray | None], npt.NDArray[np.inexact]]
"""The steady state that a density matrix leads to; of None the only one there is."""


class Late:
    """The projector P on what is stationary, from the steady states that density matrices lead to.

    A Hermitian X = t₊ρ₊ − t₋ρ₋ of density matrices ρ± leads to t₊Pρ₊ − t₋Pρ₋, and to tr(X)ρ where ρ is the only steady
    state.

    Parameters
    ----------
    settle : the steady states.
    several : whether there may be more than one; else MultipleSteadyStates is raised.

    Attributes
    ----------
    only : the only steady state, or None.
    count : how many steady states there are.
    """

    def __init__(self, settle: Settle, several: bool = True) -> None:
        self._settle = settle
        self.only: npt.NDArray[np.inexact] | None = None
        self.count = 1
        try:
            self.only = settle(None)
        except MultipleSteadyStates as error:
            if not several:
                raise
            self.count = error.count

    def of_hermitian(self, x: ComplexArray) -> npt.NDArray[np.inexact] | float:
        """Return P X of a Hermitian X as `settle` gives states, or 0 where X is 0."""
        if self.only is not None:
            return float(np.trace(x).real) * self.only
        values, vectors = np.linalg.eigh(x)
        late: npt.NDArray[np.inexact] | float = 0.0
        for sign in (1.0, -1.0):
            weights = np.clip(sign * values, 0.0, None)
            whole = float(weights.sum())
            if whole > 0.0:
                state = (vectors * (weights / whole)) @ vectors.conj().T
                late = late + sign * whole * self._settle(state)
        return late

    def __call__(self, x: ComplexArray) -> ComplexArray:
        """Return P X of any X, where `settle` gives density matrices (N, N)."""
        if self.only is not None:
            return np.asarray(np.trace(x) * self.only, dtype=np.complex128)
        parts = 0.5 * (x + x.conj().T), -0.5j * (x - x.conj().T)
        late = self.of_hermitian(parts[0]) + 1j * self.of_hermitian(parts[1])
        return np.zeros_like(x) + late
