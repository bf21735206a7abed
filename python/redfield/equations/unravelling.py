"""Unravellings: the effective Hamiltonian and jump operators that move kets, and the basis they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, as_choice, as_positive
from redfield._base.progress import Progress
from redfield.systems.couplings import Matrix, as_core_operator
from redfield.systems.system import System

SPARSE = 0.2
"""The part of an operator's entries up to which it is multiplied as a sparse one."""

Solver = Any
"""A QuantumJumps, EigenstateJumps, Diffusion or LowRank of the core."""


@dataclass(frozen=True)
class Unravelling:
    """A solver of the core, and the basis that its kets are in.

    Attributes
    ----------
    basis : U of an eigenbasis, or None.
    moving : (T, N, N) of a basis that moves, at each output; or None.
    """

    solver: Solver
    basis: ComplexArray | None
    moving: ComplexArray | None = None

    @property
    def frame(self) -> str:
        if self.moving is not None:
            return "modes"
        return "given" if self.basis is None else "eigenbasis"

    def kets(self, kets: ComplexArray) -> ComplexArray:
        """Return kets (N, M) of the basis H was given in at the first output, in the solver's."""
        basis = self.basis if self.moving is None else self.moving[0]
        return kets if basis is None else basis.conj().T @ kets

    def given(self, kets: ComplexArray) -> ComplexArray:
        """Return kets (S, T, N) of the solver's basis, in the basis H was given in."""
        if self.moving is not None:
            moved: ComplexArray = np.einsum("tab,stb->sta", self.moving, kets, optimize=True)
            return moved
        return kets if self.basis is None else kets @ self.basis.T

    def operator(self, operator: Matrix) -> Any:
        """Return an observable as the core takes it."""
        if self.basis is None:
            return as_core_operator(_cheaper(operator))
        rotated = self.basis.conj().T @ (operator @ self.basis)
        return as_core_operator(_cheaper(rotated))


@dataclass(frozen=True)
class TrajectoryOptions:
    """How many trajectories are averaged and how; `Equation.trajectories` says what each option means."""

    samples: int = 100
    seed: int = 0
    rtol: float = 1e-6
    error: float | None = None
    store: str | Path | None = None
    store_states: bool = False
    keep_runs: bool = False
    threads: int | None = None
    progress: Progress = False
    stop: _core.StopFlag | None = None
    dtype: Any = "float64"


@dataclass(frozen=True)
class LowRankOptions:
    """How a state of low rank is evolved; `Equation.evolve_low_rank` says what each option means."""

    rtol: float = 1e-4
    max_rank: int | None = None
    store_factors: bool = False
    threads: int | None = None
    progress: Progress = False
    stop: _core.StopFlag | None = None


METHODS = ("jumps", "diffusion")


@dataclass(frozen=True)
class Maker:
    """Which solver is made of an effective Hamiltonian and jumps."""

    method: str
    step: float | None = None

    @classmethod
    def of(cls, method: str, step: float | None) -> Maker:
        """Return the maker of trajectories by a method, in steps of a diffusion."""
        return cls(
            as_choice("method", method, METHODS), None if step is None else as_positive("step", step)
        )

    def __call__(self, dimension: int, drift: object, jumps: list[Any]) -> Solver:
        if self.method == "jumps":
            return _core.QuantumJumps(dimension, drift, jumps)
        if self.method == "low rank":
            return _core.LowRank(dimension, drift, jumps)
        return _core.Diffusion(dimension, drift, jumps, self.step or 0.0)


def in_given_basis(make: Maker, hamiltonian: Matrix, jumps: Sequence[Matrix]) -> Unravelling:
    """Return the unravelling of Lindblad's equation: sparse operators stay so, and nothing is diagonalised."""
    drift = -1j * hamiltonian
    for j, given in enumerate(jumps):
        jump = given.tocsr() if hasattr(given, "tocsr") else given
        with np.errstate(over="ignore", invalid="ignore"):
            rates = jump.conj().T @ jump
        if not np.isfinite(rates.data if hasattr(rates, "tocsr") else rates).all():
            raise ValueError(f"jumps[{j}] is so large that its rates overflow; choose another unit")
        drift = drift - 0.5 * rates
    operators = [as_core_operator(_cheaper(jump)) for jump in jumps]
    return Unravelling(make(hamiltonian.shape[0], as_core_operator(_cheaper(drift)), operators), None)


def in_eigenbasis(
    make: Maker, system: System, decay: ComplexArray, jumps: Sequence[Matrix]
) -> Unravelling:
    """Return the unravelling of jump operators in the eigenbasis, where −Kρ − ρK† is the loss term."""
    drift = -1j * np.diag(system.energies) - decay
    operators = [as_core_operator(_cheaper(jump)) for jump in jumps]
    solver = make(system.dimension, as_core_operator(_cheaper(drift)), operators)
    return Unravelling(solver, np.asarray(system.eigenvectors, dtype=np.complex128))


def in_moving_basis(
    make: Maker, frames: ComplexArray, hamiltonian: ComplexArray, jumps: Sequence[Matrix]
) -> Unravelling:
    """Return the unravelling of a Hamiltonian and jumps that are constant in a moving basis, (T, N, N) at outputs."""
    made = in_given_basis(make, hamiltonian, jumps)
    return Unravelling(made.solver, None, frames)


def _cheaper(operator: Matrix) -> Matrix:
    """Return an operator as an array, or as scipy.sparse in coordinates where it is mostly empty."""
    size = float(operator.shape[0]) ** 2
    if hasattr(operator, "tocoo"):
        coordinates = operator.tocoo()
        return (
            coordinates
            if coordinates.nnz <= SPARSE * size
            else coordinates.toarray().astype(np.complex128)
        )
    if np.count_nonzero(operator) <= SPARSE * size:
        return scipy.sparse.coo_array(operator)
    return np.asarray(operator, dtype=np.complex128)
