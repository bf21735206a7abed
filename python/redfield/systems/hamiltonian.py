"""A Hamiltonian as it was given, dense or sparse, and its eigenvectors, found where they are asked for."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import (
    RealArray,
    as_hermitian,
    as_max_bytes,
    as_sparse,
    require_hermitian_sparse,
)
from redfield._base.checks.resources import ALWAYS_THERE
from redfield.systems.drives.parts import depends_on_time
from redfield.systems.particles import of_definite_number


class Hamiltonian:
    """H, (N, N), which nothing changes; each form is made of the other at its first use."""

    def __init__(self, value: object) -> None:
        _require_constant(value)
        sparse = as_sparse("hamiltonian", value)
        if sparse is None:
            self.given: Any = as_hermitian("hamiltonian", value)
        else:
            self.given = require_hermitian_sparse("hamiltonian", sparse)
        for array in (
            (self.given.data, self.given.indices, self.given.indptr)
            if self.given_sparse
            else (self.given,)
        ):
            array.setflags(write=False)
        self.dimension = int(self.given.shape[0])

    def __reduce__(self) -> tuple[Any, ...]:
        return Hamiltonian, (self.given,)

    @property
    def given_sparse(self) -> bool:
        return not isinstance(self.given, np.ndarray)

    @functools.cached_property
    def dense(self) -> Any:
        """As a contiguous array, real where the imaginary part vanishes."""
        if not self.given_sparse:
            return self.given
        self._require_memory(16.0, "as a dense matrix")
        array = np.ascontiguousarray(self.given.toarray())
        array.flags.writeable = False
        return array

    @functools.cached_property
    def sparse(self) -> Any:
        """As a scipy.sparse array by rows."""
        return self.given if self.given_sparse else scipy.sparse.csr_array(self.given)

    def diagonalised(self) -> tuple[RealArray, Any]:
        self._require_memory(48.0, "diagonalised")
        energies, vectors = np.linalg.eigh(self.dense)
        return energies, vectors

    def _require_memory(self, bytes_each: float, what: str) -> None:
        needed = bytes_each * self.dimension**2
        if needed > ALWAYS_THERE and needed > (free := as_max_bytes(None)):
            raise MemoryError(
                f"a Hamiltonian of {self.dimension} levels {what} needs {needed:.3g} bytes, there are {free:.3g} "
                "free. In the basis it was given in less is needed: equation.trajectories(…) moves kets, "
                "LocalRedfield and Lindblad(…, frame='given') density matrices"
            )


def _require_constant(value: Any) -> None:
    """Refuse what is no constant operator, with the name of the class that takes it."""
    several = list(value) if isinstance(value, list | tuple) else []
    terms = any(isinstance(x, list | tuple) and len(x) == 2 and _is_matrix(x[0]) for x in several)
    if terms or depends_on_time(value):
        raise TypeError(
            f"hamiltonian depends on time, it is a {type(value).__name__}: rf.DrivenSystem(hamiltonian, couplings, "
            "baths) takes a function t → (N, N), a list [H0, (H1, f1), …] or a QobjEvo, and rf.PeriodicSystem what "
            "repeats"
        )
    if getattr(value, "issuper", False):
        raise TypeError(
            f"hamiltonian is a superoperator of shape {value.shape}: give the operator H, and jump operators to "
            "rf.Lindblad(H, jumps)"
        )
    if getattr(value, "ndim", 2) == 3 or (several and all(map(_is_matrix, several))):
        raise ValueError(
            "hamiltonian must be a square matrix, got several: rf.SystemBatch(hamiltonians, couplings, baths) takes "
            "(B, N, N)"
        )


def _is_matrix(value: Any) -> bool:
    return len(getattr(value, "shape", ())) == 2


class Eigensystem:
    """E and U of H = U diag(E) U†, found at their first use; systems of one H share it."""

    def __init__(self, hamiltonian: Hamiltonian, number: npt.NDArray[Any] | None = None) -> None:
        self._hamiltonian, self._number = hamiltonian, number
        self._found: tuple[RealArray, Any] | None = None

    @classmethod
    def known(cls, energies: RealArray, vectors: npt.NDArray[Any]) -> Eigensystem:
        made = cls.__new__(cls)
        made._found = _locked(energies, vectors)
        return made

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self._found is not None:  # a pickle forgets what may not be written to
            _locked(*self._found)

    @property
    def found(self) -> tuple[RealArray, Any]:
        if self._found is None:
            energies, vectors = self._hamiltonian.diagonalised()
            if self._number is not None:
                tol = _core.degeneracy_tol(energies)
                vectors = of_definite_number(vectors, energies, self._number, tol)
            self._found = _locked(energies, vectors)
        return self._found


def _locked(energies: RealArray, vectors: npt.NDArray[Any]) -> tuple[RealArray, Any]:
    energies.setflags(write=False)
    vectors.setflags(write=False)
    return energies, vectors
