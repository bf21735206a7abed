"""Predictions of relaxation: the slowest decay rates of a generator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, require_memory
from redfield._base.checks.types import Count
from redfield._base.records import record
from redfield._core import ConvergenceError
from redfield.equations.base import AnyEquation
from redfield.fitting.arrays import as_differentiable
from redfield.fitting.changes import Change, Numeric
from redfield.fitting.predictions.base import Prediction

ROUNDING = 1e-12
"""Eigenvalues of 𝓛 below this part of its norm are zero, and those nearer each other are one."""


@record
class Rates(Prediction):
    r"""The slowest relaxation rates, of the modes of 𝓛.

    .. math:: \Gamma_j = -\mathrm{Re}\,\lambda_j, \quad \mathcal L r_j = \lambda_j r_j, \qquad
              d\lambda_j = \frac{\langle l_j|d\mathcal L|r_j\rangle}{\langle l_j|r_j\rangle}

    The first are 1/T_1 of populations, those of pairs λ, λ* are 1/T_2 of coherences. All N² eigenvalues are
    computed, of a dense matrix.

    Parameters
    ----------
    equation : of a System.
    k : how many rates; each is counted as often as it occurs, and the two of a pair λ, λ* as one.
    modes : "all", "populations" (λ real) or "coherences" (λ complex).

    The numbers are (k,), ascending.

    Raises
    ------
    MemoryError
        𝓛 as a matrix is too large.
    ValueError
        There are fewer than k such rates.
    ConvergenceError
        Eigenvalues of 𝓛 coincide, so that their modes and derivatives are not defined.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * np.array([[0.0, 1.0], [0.0, 0.0]])])
    >>> rf.fitting.Rates(decay, 2).values()
    array([0.15, 0.3 ])
    """

    equation: AnyEquation
    k: Count = 1
    modes: str = "all"

    axes: ClassVar[tuple[str, ...]] = ("rates",)

    def __post_init__(self) -> None:
        as_differentiable("equation", self.equation)
        if self.modes not in ("all", "populations", "coherences"):
            raise ValueError(f"modes must be 'all', 'populations' or 'coherences', got {self.modes!r}")

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        equation: Any = self.equation
        n = equation.system.dimension
        require_memory(f"the eigenvalues of {equation!r}", 16.0 * 4 * n**4)
        matrix = equation.liouvillian(threshold=0.0).toarray()
        eigenvalues, left, right = scipy.linalg.eig(matrix, left=True, right=True)
        chosen = self._chosen(eigenvalues, float(np.linalg.norm(matrix, 2)))
        moving = [(p, change) for p, change in enumerate(changes) if change.moves]
        moved = np.zeros((len(changes), self.k))
        for j, m in enumerate(chosen if moving else []):
            self._require_simple(eigenvalues, m, left, right)
            x = right[:, m].reshape(n, n, order="F")
            overlap = np.vdot(left[:, m], right[:, m])
            for p, change in moving:
                flow = change.generator(x).ravel(order="F")
                moved[p, j] = -(np.vdot(left[:, m], flow) / overlap).real
        return -eigenvalues[chosen].real, list(moved)

    def _chosen(self, eigenvalues: ComplexArray, size: float) -> list[int]:
        """Return the places of the modes that are asked for, the slowest first, one of each pair."""
        zero = ROUNDING * size
        turning = np.abs(eigenvalues.imag) > zero
        wanted = (np.abs(eigenvalues) > zero) & ~(turning & (eigenvalues.imag < 0.0))
        if self.modes != "all":
            wanted &= turning == (self.modes == "coherences")
        places = np.flatnonzero(wanted)
        if len(places) < self.k:
            raise ValueError(f"k = {self.k} of {len(places)} rates ({self.modes}) of {self.equation!r}")
        return [int(m) for m in places[np.argsort(-eigenvalues[places].real, kind="stable")][: self.k]]

    def _require_simple(
        self, eigenvalues: ComplexArray, m: int, left: ComplexArray, right: ComplexArray
    ) -> None:
        """Raise a ConvergenceError for a mode that its eigenvalue does not determine."""
        condition = abs(np.vdot(left[:, m], right[:, m]))
        distance = np.abs(np.delete(eigenvalues, m) - eigenvalues[m]).min()
        size = float(np.abs(eigenvalues).max())
        if distance <= ROUNDING * size or condition < ROUNDING:
            raise ConvergenceError(
                f"the rate {-eigenvalues[m].real:.6g} belongs to several modes of {self.equation!r}, so that it has no "
                "derivative; lift the symmetry, or ask for fewer rates"
            )
