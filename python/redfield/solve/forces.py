"""What the baths of a hierarchy do to a state, by the forces S_j: 𝒟_b(ρ) = −i Σ_j [A_j†, S_j]."""

from __future__ import annotations

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_choice
from redfield._base.checks.types import State
from redfield.equations.solver import NO_FLOWS, Remembering
from redfield.solve.judged import DensityMatrices

DIFFERENTIABLE = (
    "HEOM of a System of bosonic baths has steady_state().gradient(O) and evolve(…).gradient(W), without a "
    "terminator"
)
WITHOUT = frozenset(
    (
        "tangent_steady",
        "tangent_evolution",
        "current_gradient",
        "eigenvalue_gradient",
        "gradients",
        "steady_gradient",
        "evolution_gradient",
    )
)
"""Derivatives that not every hierarchy has."""


class Forced(DensityMatrices, Remembering):
    """Base of the hierarchies of a System: its currents and what changes its entropy."""

    def _instead(self, what: str) -> list[str]:
        return [DIFFERENTIABLE] if what in WITHOUT else []

    def flows(self, states: State, what: str, times: RealArray | None = None) -> RealArray:
        raise TypeError(NO_FLOWS)

    def flows_of(self, forces: ComplexArray, what: str, times: RealArray | None) -> RealArray:
        """Return tr(M 𝒟_b), 𝒟_b = −i Σ_j [A_j†, S_j] over the couplings of reservoir b."""
        kind = as_choice("what", what, ("energy", "particle", "heat"))
        flows = np.zeros((len(forces), len(self.system.reservoirs)))
        for j, b in enumerate(self.system.reservoir_of_coupling):
            coupling = self._adjoint(j)
            measured = self.system.flowing(b, kind)
            # tr(M [A†, S]) = tr([M, A†] S).
            turned = measured @ coupling - coupling @ measured
            flows[:, b] += np.einsum("ab,tba->t", turned, forces[:, j]).imag
        return flows

    def changes_of(self, forces: ComplexArray, times: RealArray | None) -> ComplexArray:
        changes = np.zeros((len(forces), *forces.shape[2:]), dtype=np.complex128)
        for j in range(forces.shape[1]):
            a, s = self._adjoint(j), forces[:, j]
            changes -= 1j * (a @ s - s @ a)
        return changes

    def _adjoint(self, j: int) -> ComplexArray:
        """Return A_j† in the basis H was given in: A_j but where fermions are exchanged."""
        u = self.system.eigenvectors
        a: ComplexArray = (u @ self.system.coupling_in_eigenbasis(j) @ u.conj().T).conj().T
        return a
