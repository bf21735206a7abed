"""Predictions of spectra: fluctuations of the steady state by frequency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, RealArray, as_square, as_vector
from redfield._base.checks.types import Numbers, Operator
from redfield._base.records import record
from redfield._core import ConvergenceError
from redfield.equations.base import AnyEquation
from redfield.fitting.arrays import Arrays, as_differentiable
from redfield.fitting.changes import Change, Numeric
from redfield.fitting.predictions.base import Prediction
from redfield.fitting.tangents import bordered, steady


@record
class Spectrum(Prediction):
    r"""The spectrum of fluctuations in the steady state, as `redfield.spectrum` has it.

    .. math:: S(\omega) = \int_{-\infty}^{\infty} d\tau\, e^{i\omega\tau}
              \big(\langle a(\tau)b(0)\rangle - \langle a\rangle\langle b\rangle\big)
              = \mathrm{tr}[a\,R(-i\omega)\,b\rho] + \mathrm{tr}[b\,R(i\omega)\,\rho a]

    with R(z) = (z − 𝓛)⁻¹ and dR = R(d𝓛)R, by Schur's form of 𝓛 as an N² × N² matrix: for N of a few tens at most.

    Parameters
    ----------
    equation : of a System with one steady state.
    a, b : (N, N) operators.
    frequencies : (F,) energies ω.

    The numbers are (F,), real where a = b†, else complex; of complex numbers a fit compares both parts.

    Raises
    ------
    MemoryError
        𝓛 as a matrix is too large.
    ConvergenceError
        A frequency is that of a mode that does not decay.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * lower])
    >>> found = rf.fitting.Spectrum(decay, lower, lower.T, [2.0, 2.15]).values()
    >>> bool(np.allclose(found, [2 / 0.15, 1 / 0.15]))
    True
    """

    equation: AnyEquation
    a: Operator
    b: Operator
    frequencies: Numbers

    axes: ClassVar[tuple[str, ...]] = ("frequencies",)

    def __post_init__(self) -> None:
        as_differentiable("equation", self.equation)
        n = self.equation.system.dimension
        self._set(
            a=as_square("a", self.a, n).astype(np.complex128),
            b=as_square("b", self.b, n).astype(np.complex128),
            frequencies=as_vector("frequencies", self.frequencies),
        )

    def _own_arrays(self) -> Arrays:
        return {
            "a": np.asarray(self.a),
            "b": np.asarray(self.b),
            "frequencies": np.asarray(self.frequencies),
        }

    def _abscissa(self) -> tuple[str, RealArray]:
        return "ω  (energy)", np.asarray(self.frequencies)

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        equation, a, b = self.equation, np.asarray(self.a), np.asarray(self.b)
        w = np.asarray(self.frequencies)
        rho, d_rhos = steady(equation, changes)
        later, earlier = [], []
        for change, d_rho in zip(changes, d_rhos, strict=True):
            da, db, dw = (change.of(name, x) for name, x in (("a", a), ("b", b), ("frequencies", w)))
            later.append(_Moved(da, db @ rho + b @ d_rho, d_rho, -1j * dw, change))
            earlier.append(_Moved(db, rho @ da + d_rho @ a, d_rho, 1j * dw, change))
        resolvent = _Resolvent(equation)
        one, d_one = resolvent.traces(a, b @ rho, rho, -1j * w, later)
        other, d_other = resolvent.traces(b, rho @ a, rho, 1j * w, earlier)
        values, out = one + other, [x + y for x, y in zip(d_one, d_other, strict=True)]
        if np.array_equal(a, b.conj().T):
            return values.real, [x.real for x in out]
        return values, out


@dataclass(frozen=True)
class _Moved:
    """The changes of a, y, ρ and z in tr[a R(z) y], and that of the equation."""

    a: ComplexArray
    y: ComplexArray
    rho: ComplexArray
    z: ComplexArray
    change: Change


class _Resolvent:
    """tr[a R(z) y] of the part of y that decays, with derivatives."""

    def __init__(self, equation: AnyEquation) -> None:
        self.n = equation.system.dimension
        self.triangle, self.vectors = scipy.linalg.schur(bordered(equation), output="complex")

    def traces(
        self,
        a: ComplexArray,
        y: ComplexArray,
        rho: ComplexArray,
        z: ComplexArray,
        changes: Sequence[_Moved],
    ) -> tuple[ComplexArray, list[ComplexArray]]:
        """Return the traces at each z, and their derivatives along changes."""
        n = self.n
        source, bra = self._column(y - np.trace(y) * rho), self._bra(a)
        bras = [self._bra(c.a) for c in changes]
        sources = [self._column(c.y - np.trace(c.y) * rho - np.trace(y) * c.rho) for c in changes]
        values = np.empty(len(z), dtype=np.complex128)
        out = [np.zeros(len(z), dtype=np.complex128) for _ in changes]
        for k, at in enumerate(z):
            x = self._solve(source, at, "N")
            values[k] = np.vdot(bra, x)
            if not changes:
                continue
            solved = self._solve(bra, at, "C")
            state = (self.vectors @ x).reshape(n, n, order="F")
            for p, moved in enumerate(changes):
                right = sources[p] - moved.z[k] * x
                if moved.change.moves:
                    right = right + self.vectors.conj().T @ moved.change.column(state)
                out[p][k] = np.vdot(solved, right) + np.vdot(bras[p], x)
        return values, out

    def _bra(self, a: ComplexArray) -> ComplexArray:
        """Return the vector v with tr[a x] = v†x."""
        return self._column(a.conj().T)

    def _column(self, x: ComplexArray) -> ComplexArray:
        """Return a matrix as a vector in Schur's basis."""
        column: ComplexArray = self.vectors.conj().T @ np.asarray(x).ravel(order="F")
        return column

    def _solve(self, right: ComplexArray, z: complex, form: str) -> ComplexArray:
        """Return (z − T)⁻¹ of a vector ("N"), or that of the adjoint ("C")."""
        shifted = -self.triangle
        np.fill_diagonal(shifted, z - np.diag(self.triangle))
        try:
            solved: ComplexArray = scipy.linalg.solve_triangular(
                shifted, right, trans=form, check_finite=False
            )
        except np.linalg.LinAlgError:
            raise ConvergenceError(
                f"there is a line without width at |ω| = {abs(z):.6g}, of a mode that does not decay"
            ) from None
        return solved
