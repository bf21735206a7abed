"""The state that a period leaves as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from redfield import _core
from redfield.evolve import Options
from redfield.validation import ComplexArray, RealArray

if TYPE_CHECKING:
    from redfield.floquet.kinds import Davies, Redfield

RTOL, ATOL = 1e-11, 1e-13
RESTART = 40
CYCLES = 10


def solve(
    equation: Redfield, davies: Davies, tol: float, threads: int | None
) -> tuple[ComplexArray, float]:
    """ρ(0) and ‖ρ(T) − ρ(0)‖_F.

    (1 − 𝒫)ρ + w tr(ρ)1/N = w 1/N, 𝒫 one period of the equation, by GMRES, preconditioned with the same of what decays
    alone in Davies' equation.
    """
    import scipy.linalg
    import scipy.sparse.linalg  # at its use, as everything of scipy: half of the time of an import

    system = equation.system
    n, times = system.dimension, np.array([0.0, system.period])
    settings = Options("auto", RTOL, ATOL, threads).settings()
    frame = system.core[0].frame(0.0)
    forgotten = -np.expm1(float(davies.rates.diagonal().min()) * system.period)
    weight = max(forgotten, 1e-12)
    one = _packed(np.eye(n, dtype=np.complex128)) / n

    def period(x: RealArray) -> RealArray:
        final = equation.core.evolve(
            np.inf, list(system.core[2]), _unpacked(x, n), times, settings, [], False
        )[1]
        return _packed(final)

    def bordered(x: RealArray) -> RealArray:
        moved: RealArray = x - period(x) + weight * x[:: n + 1].sum() * one
        return moved

    e, length = system.quasienergies, system.period
    factors = 1.0 - np.exp(length * (davies.coherence_rates - 1j * (e[:, None] - e)))
    smallest = 1e-13 * max(np.abs(factors).max(), 1e-290)
    factors[np.abs(factors) < smallest] = smallest
    populations = np.eye(n) - scipy.linalg.expm(length * davies.rates) + weight / n
    inverse = np.linalg.inv(populations)

    def prepare(x: RealArray) -> RealArray:
        rho = frame.conj().T @ _unpacked(x, n) @ frame
        out = rho / factors
        np.fill_diagonal(out, inverse @ rho.diagonal().real)
        return _packed(frame @ out @ frame.conj().T)

    shape = (n * n, n * n)
    x, _ = scipy.sparse.linalg.gmres(
        scipy.sparse.linalg.LinearOperator(shape, matvec=bordered, dtype=np.float64),
        weight * one,
        M=scipy.sparse.linalg.LinearOperator(shape, matvec=prepare, dtype=np.float64),
        rtol=0.1 * tol,
        restart=RESTART,
        maxiter=CYCLES,
    )
    trace = x[:: n + 1].sum()
    if not (np.isfinite(x).all() and abs(trace) > 1e-6):
        raise _core.ConvergenceError(
            "GMRES finds no periodic state of trace 1: a symmetry of H(t) and all couplings may conserve something; "
            "evolve the state you have"
        )
    x = x / trace
    residual = float(np.linalg.norm(x - period(x)))
    if residual > max(tol * weight, 100.0 * RTOL):
        raise _core.ConvergenceError(
            f"the periodic state is found to ‖ρ(T) − ρ(0)‖ = {residual:.2g} only, above tol = {tol:g} of what a "
            f"period forgets, {weight:.2g}; loosen tol, or evolve for a long time"
        )
    return _unpacked(x, n), residual


def _packed(x: ComplexArray) -> RealArray:
    """Re X + Im X of the Hermitian part, row after row."""
    h = 0.5 * (x + x.conj().T)
    packed: RealArray = (h.real + h.imag).ravel()
    return packed


def _unpacked(x: RealArray, n: int) -> ComplexArray:
    r = x.reshape(n, n)
    rho: ComplexArray = 0.5 * (r + r.T) + 0.5j * (r - r.T)
    return rho
