"""Lindblad's equation with given jump operators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from redfield import _core
from redfield.batch import SystemBatch
from redfield.baths import FlatBath
from redfield.equations.base import Equation
from redfield.systems import System


class Lindblad(Equation):
    r"""Lindblad's equation.

    .. math:: \dot\rho = -i[H, \rho] + \sum_j \big( L_j\rho L_j^\dagger
              - \tfrac12\{L_j^\dagger L_j, \rho\} \big)

    (Gorini, Kossakowski & Sudarshan 1976; Lindblad 1976.) It is Redfield's equation with a bath whose
    spectrum is 1 at every frequency, and runs on the same kernels; sparse jump operators stay sparse.

    Parameters
    ----------
    hamiltonian : (N, N) Hermitian array, Qobj or scipy.sparse matrix; (B, N, N) of a batch.
    jumps : (N, N) operators L_j, each with its rate in it (√rate L); (B, N, N) where it differs between members.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> decay = np.sqrt(0.3) * np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> result = rf.Lindblad(np.diag([0.0, 1.0]), [decay]).evolve([0.0, 1.0], [0.0, 2.0])
    >>> bool(np.isclose(result.final_state[1, 1].real, np.exp(-0.3 * 2.0)))
    True
    """

    _form: ClassVar[str] = "couplings"

    def __init__(self, hamiltonian: Any, jumps: Sequence[Any]) -> None:
        given = jumps if isinstance(jumps, Sequence) else [jumps]
        if any(getattr(x, "ndim", 2) == 3 for x in (hamiltonian, *given)):
            super().__init__(SystemBatch(hamiltonian, jumps, FlatBath(1.0)), False)
        else:
            super().__init__(System(hamiltonian, jumps, FlatBath(1.0)), False)

    def _kind(self, members: Iterable[System]) -> _core.Kind:
        return _core.Kind.redfield(False)

    def __repr__(self) -> str:
        return f"Lindblad(N = {self.system.dimension}, {len(self.system.couplings)} jump operators)"
