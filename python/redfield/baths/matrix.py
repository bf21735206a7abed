"""Baths that are not independent, whatever their correlations."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_numeric,
)
from redfield._base.checks.types import (
    Beta,
    Breakpoints,
    FunctionOfFrequency,
    NotNegative,
    Points,
    PositiveNumber,
    Vector,
)
from redfield._base.records import Record, record
from redfield.baths.base import Bath
from redfield.baths.spectrum import SpectrumBath
from redfield.baths.temperature import beta_of

NEGATIVE = 1e-10
"""Part of the largest eigenvalue: one further below zero is no rounding."""
ASYMMETRY = 1e-10


class BathMatrix(Record):
    r"""Baths whose correlations differ from pair to pair.

    .. math:: \gamma_{jk}(\omega) = \int ds\, e^{i\omega s} \langle B_j(s) B_k^\dagger \rangle \succeq 0, \qquad
              \Lambda_j = \sum_k \Gamma_{jk}(\omega) \circ A_k

    in the place of γ_j(ω)δ_jk: ``rf.System(h, couplings, BathMatrix(…))``. Where γ_jk = c_jk γ(ω), `rf.correlated` is
    simpler and serves every equation. Redfield, GeometricArithmetic, Davies and, without a Lamb shift,
    UniversalLindblad take it; the others say that they do not.

    Parameters
    ----------
    power_spectrum : ω (F,) → (F, K, K), Hermitian and positive semidefinite, a rate.
    breakpoints, scale : where γ is not smooth, and over which energy it varies, as of `SpectrumBath`, for the Lamb
        shift η_jk(ω) = (1/2π)P∫dν γ_jk(ν)/(ω − ν).
    beta, temperature : β it is meant to have, or 1/β.

    Raises
    ------
    ValueError, TypeError
        The matrix has another shape; where it is used, it is not Hermitian or has a negative eigenvalue: the message
        tells at which ω.

    Examples
    --------
    A squeezed vacuum in the frame that turns with it: the couplings are σ₋ and σ₊, ⟨BB⟩ stands off the diagonal, and
    one quadrature decays slower than in a vacuum (Gardiner, doi:10.1103/PhysRevLett.56.1917).

    >>> import numpy as np, redfield as rf
    >>> lower, n = np.array([[0.0, 1.0], [0.0, 0.0]]), 0.5
    >>> m = np.sqrt(n * (n + 1))
    >>> squeezed = BathMatrix(lambda w: np.broadcast_to([[n + 1, -m], [-m, n]], (len(w), 2, 2)))
    >>> atom = rf.Redfield(rf.System(np.zeros((2, 2)), [lower, lower.T], squeezed), lamb_shift=False)
    >>> x, y = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]])
    >>> up = [atom.evolve((np.eye(2) + s) / 2, [0.0, 1.0], s).expect[0][-1] for s in (x, y)]
    >>> np.allclose(-np.log(up), [n + 0.5 + m, n + 0.5 - m])
    True
    """

    _hints: ClassVar[frozenset[str]] = frozenset(("scale", "beta"))
    """Fields that γ does not depend on."""

    def __init__(
        self,
        power_spectrum: FunctionOfFrequency,
        *,
        breakpoints: Breakpoints = (0.0,),
        scale: PositiveNumber = 1.0,
        beta: Beta | None = None,
        temperature: NotNegative | None = None,
    ) -> None:
        self.function, self.breakpoints, self.scale = power_spectrum, breakpoints, scale
        self.beta = beta_of(beta, temperature)
        probe = as_numeric("power_spectrum(w)", power_spectrum(np.array([0.5, 1.0])))
        if probe.ndim != 3 or probe.shape[0] != 2 or probe.shape[1] != probe.shape[2]:
            raise ValueError(
                f"power_spectrum of (2,) frequencies must return (2, K, K), got {probe.shape}"
            )
        self.size = int(probe.shape[1])

    @property
    def mu(self) -> float:
        return 0.0

    def power_spectrum(self, w: Vector) -> ComplexArray:
        """γ(ω) of frequencies (F,), (F, K, K), checked."""
        w = np.asarray(w, dtype=np.float64)
        gamma = as_numeric("power_spectrum(w)", self.function(w)).astype(np.complex128, copy=False)
        if gamma.shape != (len(w), self.size, self.size):
            raise ValueError(
                f"power_spectrum of ({len(w)},) frequencies must return ({len(w)}, {self.size}, {self.size}), got "
                f"{gamma.shape}"
            )
        size = max(float(np.abs(gamma).max(initial=0.0)), 1e-300)
        adjoint = gamma.conj().transpose(0, 2, 1)
        with np.errstate(invalid="ignore"):  # of infinite rates, which the next lines refuse
            wrong = ~(np.abs(gamma - adjoint).max(axis=(1, 2)) <= ASYMMETRY * size)
        if wrong.any():
            raise ValueError(f"power_spectrum({w[wrong][0]:g}) is not Hermitian, or not finite")
        gamma = 0.5 * (gamma + adjoint)
        smallest = np.linalg.eigvalsh(gamma)[:, 0]
        if (smallest < -NEGATIVE * size).any():
            at = int(np.argmin(smallest))
            raise ValueError(
                f"power_spectrum({w[at]:g}) has the negative eigenvalue {smallest[at]:.6g}: no baths have such "
                "correlations"
            )
        return gamma

    def lamb_shift(self, w: Vector) -> ComplexArray:
        """η(ω), (F, K, K): of each pair from the spectra of B_j, B_j + B_k and B_j + iB_k, which are positive."""
        w = np.asarray(w, dtype=np.float64)
        k = self.size
        eta = np.zeros((len(w), k, k), dtype=np.complex128)
        unit = np.eye(k, dtype=np.complex128)
        for j in range(k):
            eta[:, j, j] = self._shift_of(unit[j], w)
        for j in range(k):
            for i in range(j):
                both = eta[:, i, i] + eta[:, j, j]
                real = 0.5 * (self._shift_of(unit[i] + unit[j], w) - both)
                imaginary = 0.5 * (self._shift_of(unit[i] + 1j * unit[j], w) - both)
                eta[:, i, j] = real - 1j * imaginary
                eta[:, j, i] = real + 1j * imaginary
        return eta

    def _shift_of(self, mix: ComplexArray, w: RealArray) -> RealArray:
        bath = SpectrumBath(
            functools.partial(self._mixed, mix), breakpoints=self.breakpoints, scale=self.scale
        )
        return bath.lamb_shift(w)

    def _mixed(self, mix: ComplexArray, w: Points) -> RealArray:
        """v†γ(ω)v."""
        w = np.asarray(w, dtype=np.float64)
        gamma = np.asarray(self.function(w.ravel()), dtype=np.complex128)
        values: RealArray = np.einsum("j,fjk,k->f", mix.conj(), gamma, mix).real
        return np.maximum(values, 0.0).reshape(w.shape)

    def elements(self) -> list[Bath]:
        """Return the bath of each coupling by itself."""
        return [MatrixElement(self, j) for j in range(self.size)]


@record
class MatrixElement(Bath):
    """γ_jj of a BathMatrix: what `System` has for one of its couplings."""

    matrix: BathMatrix
    index: int

    @property
    def beta(self) -> float | None:  # type: ignore[override]
        return self.matrix.beta

    @property
    def reservoir(self) -> Any:
        return self.matrix

    @property
    def breakpoints(self) -> Sequence[float]:
        return self.matrix.breakpoints

    @property
    def scale(self) -> float:
        return self.matrix.scale

    def power_spectrum(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        values = self.matrix.power_spectrum(w.ravel())[:, self.index, self.index]
        gamma: RealArray = np.maximum(values.real, 0.0).reshape(w.shape)
        return gamma

    def lamb_shift(self, w: Points) -> RealArray:
        w = np.asarray(w, dtype=np.float64)
        unit = np.eye(self.matrix.size, dtype=np.complex128)[self.index]
        return self.matrix._shift_of(unit, w.ravel()).reshape(w.shape)


class Mixed:
    """The couplings of a system to a BathMatrix, in the eigenbasis, column by column of frequencies."""

    def __init__(self, system: Any) -> None:
        self._system = system
        first: Any = system.coupling_bath(0)
        self._matrix: BathMatrix = first.matrix
        count = len(system.couplings)
        chosen = [system.coupling_bath(j).index for j in range(count)]
        self._chosen = np.ix_(range(system.dimension), chosen, chosen)
        self._a = np.array([system.coupling_in_eigenbasis(j) for j in range(count)])
        self._w = system.bohr_frequencies()

    def lambdas(self, lamb_shift: bool) -> ComplexArray:
        """Λ_j = Σ_k Γ_jk∘A_k, (K, N, N)."""

        def one_sided(w: RealArray) -> ComplexArray:
            gamma = 0.5 * self._matrix.power_spectrum(w)
            return gamma + 1j * self._matrix.lamb_shift(w) if lamb_shift else gamma

        return self._combined(one_sided)

    def jumps(self) -> ComplexArray:
        """L_m = Σ_k (√γ)_mk∘A_k, (K, N, N)."""

        def root(w: RealArray) -> ComplexArray:
            values, vectors = np.linalg.eigh(self._matrix.power_spectrum(w)[self._chosen])
            weighted = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
            product: ComplexArray = weighted @ vectors.conj().transpose(0, 2, 1)
            return product

        return self._combined(root, chosen=True)

    def secular_shift(self) -> ComplexArray:
        """H_LS = Σ_jk Σ_ω η_jk(ω)A_j†(ω)A_k(ω) of Davies' equation, (N, N)."""
        shifted = self._combined(self._matrix.lamb_shift)
        shift = np.einsum("jab,jac->bc", self._a.conj(), shifted)
        e = self._system.energies
        same = np.abs(e[:, None] - e) <= self._system.degeneracy_tol
        hermitian: ComplexArray = np.where(same, 0.5 * (shift + shift.conj().T), 0.0)
        return hermitian

    def shift(self, lambdas: ComplexArray) -> ComplexArray:
        """H_LS = (S − S†)/2i, S = Σ_j A_j†Λ_j."""
        s = np.einsum("jab,jac->bc", self._a.conj(), lambdas)
        hermitian: ComplexArray = (s - s.conj().T) / 2j
        return hermitian

    def _combined(self, of: Callable[[RealArray], ComplexArray], *, chosen: bool = False) -> ComplexArray:
        out = np.empty_like(self._a, dtype=np.complex128)
        for column in range(self._a.shape[2]):
            table = of(self._w[:, column])
            table = table if chosen else table[self._chosen]
            out[:, :, column] = np.einsum("fjk,kf->jf", table, self._a[:, :, column])
        return out
