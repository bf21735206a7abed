"""Lindblad's equation with given jump operators."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from redfield import _core
from redfield.batch import SystemBatch
from redfield.baths import FlatBath
from redfield.couplings import as_coordinates, as_core_operator
from redfield.equations.base import Equation
from redfield.equations.frames import FRAMES, cheapest_frame
from redfield.systems import System
from redfield.trajectories.unravelling import Maker, Unravelling, in_given_basis
from redfield.validation import as_choice, renamed


class Lindblad(Equation):
    r"""Lindblad's equation.

    .. math:: \dot\rho = -i[H, \rho] + \sum_j \big( L_j\rho L_j^\dagger
              - \tfrac12\{L_j^\dagger L_j, \rho\} \big)

    (Gorini, Kossakowski & Sudarshan 1976; Lindblad 1976.) Sparse operators stay sparse: the equation moves states in
    the basis H was given in where that is cheaper than products of dense matrices in H's eigenbasis.

    Parameters
    ----------
    hamiltonian : (N, N) Hermitian array, Qobj or scipy.sparse matrix; (B, N, N) of a batch.
    jumps : (N, N) operators L_j, each with its rate in it (√rate L); (B, N, N) where it differs between members.
    frame : "given", where H is not diagonalised until something needs its eigenvectors (steady states, spectra,
        diagnostics), "eigenbasis", or "auto", which compares what an application costs; `.frame` and a result's
        stats["frame"] tell which it is.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> decay = np.sqrt(0.3) * np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> result = rf.Lindblad(np.diag([0.0, 1.0]), [decay]).evolve([0.0, 1.0], [0.0, 2.0])
    >>> bool(np.isclose(result.final_state[1, 1].real, np.exp(-0.3 * 2.0)))
    True
    """

    _form: ClassVar[str] = "couplings"

    def __init__(self, hamiltonian: Any, jumps: Sequence[Any], *, frame: str = "auto") -> None:
        self._frame = as_choice("frame", frame, FRAMES)
        given = jumps if isinstance(jumps, Sequence) else [jumps]
        many = any(getattr(x, "ndim", 2) == 3 for x in (hamiltonian, *given))
        with renamed("couplings", "jumps"), renamed("hamiltonians", "hamiltonian"):
            system = (SystemBatch if many else System)(hamiltonian, jumps, FlatBath(1.0))
        super().__init__(system, False)

    @property
    def _given_hamiltonian(self) -> Any:
        system = self.system
        return system.hamiltonians if isinstance(system, SystemBatch) else system.given_hamiltonian

    @property
    def _given_frame(self) -> str:
        return self._frame

    @property
    def _given_jumps(self) -> Any:
        return self.system.couplings

    def _kind(self, members: Iterable[System]) -> _core.Kind:
        return _core.Kind.redfield(False)

    @functools.cached_property
    def frame(self) -> str:
        """The basis in which states move, "given" or "eigenbasis"."""
        if isinstance(self.system, SystemBatch):
            return "eigenbasis"
        if self._frame != "auto":
            return self._frame
        return cheapest_frame(self.system.given_hamiltonian, self.system.couplings)

    @functools.cached_property
    def cheapest(self) -> _core.Generator:
        if self.frame == "eigenbasis":
            return self.generator
        jumps = [as_core_operator(as_coordinates(a)) for a in self.system.couplings]
        hamiltonian = as_core_operator(self.system.sparse_hamiltonian)
        return _core.LambdaGenerator.lindblad(self.system.dimension, hamiltonian, jumps)

    def _unravelling(self, make: Maker) -> Unravelling:
        return in_given_basis(make, self.system.given_hamiltonian, self.system.couplings)
