"""The state that a period leaves as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.equations.solver import Options
from redfield.systems.periodic import PeriodicSystem

RTOL, ATOL = 1e-11, 1e-13
FIRST_ORDER = 1e-6
"""Where a period forgets less of a state, its action is taken to first order: rounding would be more."""
CONSERVED = 1e-2
"""A random operator of norm 1 has N times more of a conserved quantity."""
RESTART = 40
CYCLES = 10


def solve(
    equation: Any, davies: _core.FloquetDavies, tol: float, threads: int | None
) -> tuple[ComplexArray, float]:
    """ρ(0) and ‖ρ(T) − ρ(0)‖_F.

    (1 − 𝒫)ρ + w tr(ρ)1/N = w 1/N, 𝒫 one period of the equation, by GMRES, preconditioned with the same of what decays
    alone in Davies' equation.
    """
    system = equation.system
    n, times = system.dimension, np.array([0.0, system.period])
    settings = Options(rtol=RTOL, atol=ATOL, threads=threads).settings(("auto",))
    frame = system.core[0].frame(0.0)
    forgotten = forgotten_in_a_period(davies, system.period)
    if 0.0 < forgotten < FIRST_ORDER:
        return _solve_weak(equation, davies, tol, forgotten)
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
    inverse = _inverse(populations)

    def prepare(x: RealArray) -> RealArray:
        rho = frame.conj().T @ _unpacked(x, n) @ frame
        out = rho / factors
        np.fill_diagonal(out, inverse @ rho.diagonal().real)
        return _packed(frame @ out @ frame.conj().T)

    x = _gmres(bordered, prepare, weight * one, 0.1 * tol)
    _require_one(bordered, prepare, n)
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


def forgotten_in_a_period(davies: _core.FloquetDavies, period: float) -> float:
    """The part of a population that decays within a period, of the fastest."""
    return float(-np.expm1(float(davies.rates.diagonal().min()) * period))


def _solve_weak(
    equation: Any, davies: _core.FloquetDavies, tol: float, forgotten: float
) -> tuple[ComplexArray, float]:
    """The periodic state at weak coupling, between the modes at t = 0, where a period is e^{−iεT}(1 + Δ), Δ the integral over it of what the baths
    do in the interaction picture: (1 − 𝒫)ρ = (1 − e^{−iεT})ρ − e^{−iεT}Δρ has no rounding of ρ on the populations. Each
    element counts in units of what moves it.
    """
    system = equation.system
    n, length, e = system.dimension, system.period, system.energies
    frame = system.core[0].frame(0.0)
    change = equation.change_of_a_period()
    differences = e[:, None] - e
    phases = np.exp(-1j * length * differences)
    loss = -2j * np.exp(-0.5j * length * differences) * np.sin(-0.5 * length * differences)
    np.fill_diagonal(loss, 0.0)
    scale = np.hypot(np.abs(loss), forgotten)
    flat_scale = (0.5 * (scale + scale.T)).ravel()
    one = np.eye(n).ravel() / n

    def bordered(x: RealArray) -> RealArray:
        _core.poll()
        rho = _unpacked(x, n)
        moved = _packed(loss * rho - phases * change(rho)) / flat_scale
        out: RealArray = moved + x[:: n + 1].sum() * one
        return out

    factors = loss - phases * length * davies.coherence_rates
    small = np.abs(factors) < 1e-3 * forgotten
    factors[small] = forgotten
    inverse = _inverse(forgotten / n - length * davies.rates)

    def prepare(x: RealArray) -> RealArray:
        rho = _unpacked(x * flat_scale, n)
        out = rho / factors
        np.fill_diagonal(out, inverse @ rho.diagonal().real)
        return _packed(out)

    x = _gmres(bordered, prepare, one, 0.01 * tol)
    _require_one(bordered, prepare, n)
    trace = x[:: n + 1].sum()
    left = (
        float(np.linalg.norm(bordered(x) - one) / np.linalg.norm(one)) if np.isfinite(x).all() else np.inf
    )
    if not (left <= tol and abs(trace) > 1e-6):
        raise _core.ConvergenceError(
            f"GMRES finds the periodic state to a relative residual of {left:.2g} only: a symmetry of H(t) and all "
            "couplings may conserve something; Davies is solved exactly"
        )
    rho = _unpacked(x / trace, n)
    residual = float(np.linalg.norm(loss * rho - phases * change(rho)))
    return frame @ rho @ frame.conj().T, residual


def _inverse(populations: RealArray) -> RealArray:
    """The inverse for the preconditioner; of an exactly singular matrix, where something is conserved, the
    pseudo-inverse, and GMRES tells."""
    try:
        inverse = np.linalg.inv(populations)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(populations)
    return inverse.astype(np.float64, copy=False)


def _gmres(
    map: Callable[[RealArray], RealArray],
    inverse: Callable[[RealArray], RealArray],
    right: RealArray,
    rtol: float,
) -> RealArray:
    operator, precondition = (
        scipy.sparse.linalg.LinearOperator((len(right), len(right)), matvec=f, dtype=np.float64)
        for f in (map, inverse)
    )
    x: RealArray = scipy.sparse.linalg.gmres(
        operator, right, M=precondition, rtol=rtol, restart=RESTART, maxiter=CYCLES
    )[0]
    return x


def _require_one(
    bordered: Callable[[RealArray], RealArray], prepare: Callable[[RealArray], RealArray], n: int
) -> None:
    """Refuse a singular bordered map, in whose range a random operator, of which what is conserved has a share of about
    1/N, does not lie.
    """
    right = _packed(np.random.default_rng(12345).normal(size=(2, n, n)).T @ np.array([1.0, 1j]))
    right = right / np.linalg.norm(right)
    x = _gmres(bordered, prepare, right, 0.3 * CONSERVED / n)
    if not np.linalg.norm(bordered(x) - right) <= CONSERVED / n:
        raise _core.ConvergenceError(
            "steady_state: there are several periodic states, or what tells them apart decays too slowly: a symmetry "
            "of H(t) and all couplings conserves something; evolve the rho0 you have for many periods. Davies "
            "tells how many it has and what rho0 leads to"
        )


def _count_nodes(system: PeriodicSystem) -> int:
    """More times in a period than the products of couplings turn."""
    e = system.energies
    band = float(e.max() - e.min())
    return int(2.0 * np.pi * system.harmonics + band * system.period) + 30


def _nodes(system: PeriodicSystem, points: int) -> tuple[RealArray, RealArray]:
    """Gauss and Legendre's times in a period and their weights."""
    nodes, weights = scipy.special.roots_legendre(points)
    return 0.5 * system.period * (nodes + 1.0), 0.5 * system.period * weights


def change_of_dissipator(
    system: PeriodicSystem, dissipate: Callable[[ComplexArray, float], ComplexArray]
) -> Callable[[ComplexArray], ComplexArray]:
    """Δ of 𝒟(t)ρ in the basis H is given in."""
    times, weights = _nodes(system, _count_nodes(system))
    frames = [system.core[0].frame(float(t)) for t in times]

    def change(rho: ComplexArray) -> ComplexArray:
        out = np.zeros_like(rho)
        for t, weight, u in zip(times.tolist(), weights, frames, strict=True):
            _core.poll()
            out += weight * (u.conj().T @ dissipate(u @ rho @ u.conj().T, t) @ u)
        return out

    return change


def change_of_series(equation: Any) -> Callable[[ComplexArray], ComplexArray]:
    """Δ of Redfield's equation from the harmonics of its couplings."""
    system = equation.system
    e = system.energies
    points = _count_nodes(system)
    couplings = range(len(system.driven.couplings))
    n = system.dimension
    require_memory("the couplings over a period", 64.0 * points * len(couplings) * n * n)
    times, weights = _nodes(system, points)
    turned = np.exp(1j * np.multiply.outer(times, e[:, None] - e))
    turns = system.turns(times)
    pairs = [
        tuple(
            turned * np.tensordot(turns, x, 1) for x in (system.of_coupling(j), equation.core.series(j))
        )
        for j in couplings
    ]

    def change(rho: ComplexArray) -> ComplexArray:
        out = np.zeros((n, n), dtype=np.complex128)
        for a, b in pairs:
            adjoint = a.conj().transpose(0, 2, 1)
            one = b @ rho @ adjoint - adjoint @ b @ rho
            out += np.tensordot(weights, one, 1)
        whole: ComplexArray = out + out.conj().T  # ρ is Hermitian
        return whole

    return change


def kept(
    apply: Callable[[ComplexArray], ComplexArray], basis: list[ComplexArray], rho: ComplexArray
) -> ComplexArray:
    """The part of ρ in the null space of a map of matrices, of which `basis` is a basis, along what decays: that of
    its conserved quantities tr(Q†ρ).
    """
    n = len(rho)
    require_memory("the matrix of Davies' equation", 48.0 * n**4)
    unit = np.zeros((n, n), dtype=np.complex128)
    matrix = np.empty((n * n, n * n), dtype=np.complex128)
    for i in range(n * n):
        unit.flat[i] = 1.0
        matrix[:, i] = apply(unit).ravel()
        unit.flat[i] = 0.0
        _core.poll()
    # As many left null vectors as there are right ones: the smallest singular values are theirs.
    left = np.linalg.svd(matrix)[0][:, -len(basis) :]
    right = np.array([x.ravel() for x in basis]).T
    shares = np.linalg.solve(left.conj().T @ right, left.conj().T @ rho.ravel())
    late: ComplexArray = (right @ shares).reshape(n, n)
    return 0.5 * (late + late.conj().T)


def _packed(x: ComplexArray) -> RealArray:
    """Re X + Im X of the Hermitian part, row after row."""
    h = 0.5 * (x + x.conj().T)
    packed: RealArray = (h.real + h.imag).ravel()
    return packed


def _unpacked(x: RealArray, n: int) -> ComplexArray:
    r = x.reshape(n, n)
    rho: ComplexArray = 0.5 * (r + r.T) + 0.5j * (r - r.T)
    return rho
