"""The fourth order of the coupling at a frequency: a hierarchy of depth 2 whose tiers are eliminated.

In the eigenbasis, with U_k x = −i[A_k, x], D_k x = −i(c_kA_kx − c̃_kxA_k) and x_k = D_kx/(z + ν_k + iω),

    M(z)x = Σ_k U_k[D_kx/(z + ν_k + iω) + (Σ_l U_l (D_kx_l + D_lx_k)/(z + ν_k + ν_l + iω))/(z + ν_k + iω − K)],

so that (z + i[H, ·] − M(z))x = y is the Laplace transform of the hierarchy, ω_ab = E_a − E_b. The diagonal K_ab of
Redfield's dissipator, which the inner sum of the next orders would add, keeps a bath's slow part, of ν_k less than the
rates, from growing as 1/ν_k². Sums over the terms l of one coupling have a closed form, of p = z + ν_l + iω_mb and
q = ν_k + iω_am by 1/(p(p + q)) = (1/p − 1/(p + q))/q, and no operator of tier 2 is formed: K terms and J couplings take
about 10KJ products of matrices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.baths.remainders import Terms
from redfield.systems.system import System

DENSE = 10
"""Levels up to which 𝓛_R is a matrix of N²×N²."""
PRECISION = 1e-8
"""The relative residual to which its resolvent is applied to an operator of more levels."""
RESTART, RESTARTS = 100, 10
"""Iterations of GMRES until it begins anew, and how often."""


class MemoryOfBaths:
    """M(z) of sums of exponentials, closed under conjugation, and the resolvent of Redfield's equation of the same."""

    def __init__(self, system: System, sums: list[Terms]) -> None:
        e = system.energies
        self.w: RealArray = e[:, None] - e[None, :]
        self._couplings = [
            np.asarray(system.coupling_in_eigenbasis(j), dtype=np.complex128) for j in range(len(sums))
        ]
        # C* = Σ c̃ e^{−νt}, of which c̃ is c* of the rate ν*.
        self._terms = []
        for s in sums:
            partner = np.abs(s.rates[:, None] - s.rates.conj()).argmin(axis=1)
            self._terms.append((s.coefficients, s.coefficients[partner].conj(), s.rates))
        self._lambdas = [self._tables(j, 0.0)[0] * a for j, a in enumerate(self._couplings)]
        both = zip(self._couplings, self._lambdas, strict=True)
        rate = sum(float(np.linalg.norm(a) * np.linalg.norm(x)) for a, x in both)
        if rate == 0.0:
            raise _core.ConvergenceError("spectrum: error=True needs baths that dissipate")
        # A rank of one that moves the eigenvalue 0 of the steady state, and nothing of trace 0.
        self._share = rate / len(e)
        self._kept = self._coherences()
        self._matrix = self._superoperator() if len(e) <= DENSE else None

    def tiers(self, rho: ComplexArray) -> list[ComplexArray]:
        """Return ρ_k = D_kρ/(ν_k + iω − K) of each coupling, (K, N, N)."""
        return [
            self._down(j, a @ rho, rho @ a) * self._inverse(j, 0.0, self._kept)
            for j, a in enumerate(self._couplings)
        ]

    def from_tiers(self, z: complex, tiers: list[ComplexArray]) -> ComplexArray:
        """Return Σ_k U_k y_k/(z + ν_k + iω − K)."""
        total = np.zeros(self.w.shape, dtype=np.complex128)
        for j, (a, y) in enumerate(zip(self._couplings, tiers, strict=True)):
            total += _up(a, (y * self._inverse(j, z, self._kept)).sum(axis=0))
        return total

    def __call__(self, z: complex, x: ComplexArray) -> ComplexArray:
        """Return M(z)x."""
        left, right = [a @ x for a in self._couplings], [x @ a for a in self._couplings]
        first = []  # Σ_l x_l of each coupling
        for j, (p, q) in enumerate(zip(left, right, strict=True)):
            g, h = self._tables(j, z)
            first.append(-1j * (p * g - q * h))
        total = np.zeros(x.shape, dtype=np.complex128)
        for i, (a, (c, other, rates)) in enumerate(zip(self._couplings, self._terms, strict=True)):
            inverse, at_rest = self._inverse(i, z), a * self._inverse(i, 0.0)
            of_k = self._down(i, left[i], right[i]) * inverse
            b, d = c[:, None, None] * at_rest, other[:, None, None] * at_rest
            above = np.zeros_like(of_k)
            for j, coupling in enumerate(self._couplings):
                g, h = self._tables(j, z + rates)
                p, q = left[j], right[j]
                inner = b @ first[j] - first[j] @ d
                inner += (coupling @ of_k + 1j * (b @ p - p @ d)) * g
                inner -= (of_k @ coupling + 1j * (b @ q - q @ d)) * h
                above += _up(coupling, -1j * inner)
            total += _up(a, (of_k + above * self._inverse(i, z, self._kept)).sum(axis=0))
        return total

    def redfield(self, x: ComplexArray) -> ComplexArray:
        """Return 𝓛_R x."""
        change = np.asarray(-1j * self.w * x, dtype=np.complex128)
        for a, g in zip(self._couplings, self._lambdas, strict=True):
            y = g @ x - x @ g.conj().T
            change -= a @ y - y @ a
        return change

    def resolve(self, z: complex, y: ComplexArray) -> ComplexArray:
        """Return (z − 𝓛_R)⁻¹y, tr y = 0.

        Raises
        ------
        ConvergenceError
            There is a line without width at z, or GMRES stagnates.
        """
        n, one = len(y), np.eye(len(y))
        try:
            if self._matrix is not None:
                solved = np.linalg.solve(z * np.eye(n * n) - self._matrix, y.ravel())
                return np.asarray(solved, dtype=np.complex128).reshape(n, n)
            inverse = self._secular_inverse(z)
        except np.linalg.LinAlgError:
            raise _core.ConvergenceError(
                f"spectrum: error=True, but there is a line without width at ω = {-z.imag:.6g}"
            ) from None

        def apply(v: ComplexArray) -> ComplexArray:
            x = v.reshape(n, n)
            moved = z * x - self.redfield(x) + self._share * np.trace(x) * one
            return np.asarray(moved, dtype=np.complex128).ravel()

        size = n * n, n * n
        operator = scipy.sparse.linalg.LinearOperator(size, matvec=apply, dtype=np.complex128)
        nearly = scipy.sparse.linalg.LinearOperator(size, matvec=inverse, dtype=np.complex128)
        x, failed = scipy.sparse.linalg.gmres(
            operator, y.ravel(), rtol=PRECISION, restart=RESTART, maxiter=RESTARTS, M=nearly
        )
        if failed:
            raise _core.ConvergenceError(
                f"spectrum: error=True, but GMRES stagnates at ω = {-z.imag:.6g}, after {RESTART * RESTARTS} iterations"
            )
        return np.asarray(x, dtype=np.complex128).reshape(n, n)

    def _tables(
        self, j: int, z: complex | npt.NDArray[np.complexfloating]
    ) -> tuple[ComplexArray, ComplexArray]:
        """Return Σ_l c_l/(z + ν_l + iω) and the same of c̃, for each z."""
        z = np.asarray(z, dtype=np.complex128)[..., None, None]
        g, h = (np.zeros((*z.shape[:-2], *self.w.shape), dtype=np.complex128) for _ in range(2))
        for c, other, rate in zip(*self._terms[j], strict=True):
            fraction = 1.0 / (z + rate + 1j * self.w)
            g += c * fraction
            h += other * fraction
        return g, h

    def _inverse(self, j: int, z: complex, kept: npt.NDArray[Any] | None = None) -> ComplexArray:
        sums = z + self._terms[j][2][:, None, None] + (1j * self.w if kept is None else kept)
        return np.asarray(1.0 / sums, dtype=np.complex128)

    def _down(self, j: int, left: ComplexArray, right: ComplexArray) -> ComplexArray:
        """Return D_kx from A_jx and xA_j."""
        c, other, _ = self._terms[j]
        down: ComplexArray = -1j * (c[:, None, None] * left - other[:, None, None] * right)
        return down

    def _superoperator(self) -> ComplexArray:
        n = len(self.w)
        units = np.eye(n * n, dtype=np.complex128).reshape(n * n, n, n)
        columns = [(self.redfield(x) - self._share * np.trace(x) * np.eye(n)).ravel() for x in units]
        return np.array(columns).T

    def _coherences(self) -> ComplexArray:
        """Return iω − K, of the diagonal K_ab of Redfield's dissipator."""
        kept = np.asarray(1j * self.w, dtype=np.complex128)
        for a, g in zip(self._couplings, self._lambdas, strict=True):
            lost = np.einsum("ab,ba->a", a, g)
            kept += lost[:, None] + lost.conj() - np.outer(np.diag(a), np.diag(g).conj())
            kept -= np.outer(np.diag(g), np.diag(a))
        return kept

    def _secular_inverse(self, z: complex) -> Callable[[ComplexArray], ComplexArray]:
        """Invert what keeps each coherence, and the rates between populations."""
        n, kept = len(self.w), z + self._kept
        rates = np.zeros((n, n), dtype=np.complex128)
        for a, g in zip(self._couplings, self._lambdas, strict=True):
            rates += 2.0 * (a * g.conj()).real
        np.fill_diagonal(rates, 0.0)
        populations = np.linalg.inv(np.diag(np.diag(kept)) - rates + self._share)

        def inverse(v: ComplexArray) -> ComplexArray:
            x = v.reshape(n, n)
            out: ComplexArray = x / kept
            np.fill_diagonal(out, populations @ np.diag(x))
            return out.ravel()

        return inverse


def _up(a: ComplexArray, x: ComplexArray) -> ComplexArray:
    """Return −i[A, x]."""
    return -1j * (a @ x - x @ a)
