"""The periodic state: the state ρ that one period leaves as it is.

With 𝒫 the map of a state over one period, ρ = 𝒫ρ and tr ρ = 1 are the one equation

    (1 − 𝒫)ρ/u + tr(ρ) 1/N = 1/N,

each matrix element in units u of the part of it that a period changes. GMRES solves it, preconditioned with the
inverse of the map that Davies' equation has for 1 − 𝒫: between the Floquet modes it multiplies each coherence by
1 − e^{(κ_kl − iε_k + iε_l)T} and populations by 1 − e^{RT}. A conserved quantity makes the left-hand side singular, and
then a random right-hand side, of which conserved quantities have a share of about 1/N, has no solution: that is tested.

`Period` holds 1 − 𝒫 between the modes at t = 0. It is either the equation evolved over a period or, where a period
forgets so little of a state that rounding would be more, e^{−iεT}(1 + Δ) with the change Δ to first order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.equations.options import Options
from redfield.systems.periodic import PeriodicSystem

RTOL, ATOL = 1e-11, 1e-13
"""Tolerances of an evolution over one period."""
SAFETY = 100.0
"""Residuals of so many times the noise of 1 − 𝒫 are accepted."""
FIRST_ORDER = 1e-6
"""Share of a state that a period forgets below which its action is taken to first order."""
CONSERVED = 1e-2
"""Relative residual of a random right-hand side, times N, that tells of a conserved quantity."""
RESTART = 40
CYCLES = 10


@dataclass(frozen=True, eq=False)
class Period:
    """1 − 𝒫 on Hermitian (N, N) matrices between the modes at t = 0, and Davies' inverse of it."""

    forget: Callable[[ComplexArray], ComplexArray]
    """(1 − 𝒫)ρ."""
    coherences: ComplexArray
    """(N, N), Davies' 1 − 𝒫 on each coherence."""
    populations: RealArray
    """(N, N), Davies' 1 − 𝒫 on populations."""
    units: RealArray
    """(N, N), the units u, symmetric."""
    noise: float
    """‖·‖_F of the error of `forget`."""

    def bordered(self, x: RealArray) -> RealArray:
        """Return (1 − 𝒫)ρ/u + tr(ρ) 1/N of a packed ρ."""
        rho = _unpacked(x)
        return _packed(self.forget(rho) / self.units + rho.trace().real * np.eye(len(rho)) / len(rho))

    def preconditioner(self) -> Callable[[RealArray], RealArray]:
        """Return Davies' inverse of `bordered`."""
        n = len(self.units)
        bordered = self.populations / self.units.diagonal()[:, None] + 1.0 / n
        try:
            inverse = np.linalg.inv(bordered)
        except np.linalg.LinAlgError:  # something is conserved, and GMRES tells
            inverse = np.linalg.pinv(bordered)

        def apply(x: RealArray) -> RealArray:
            rho = _unpacked(x)
            out = rho * self.units / self.coherences
            np.fill_diagonal(out, inverse @ rho.diagonal().real)
            return _packed(out)

        return apply

    def solve(self, tol: float) -> tuple[ComplexArray, float]:
        """Return the state of trace 1 that a period leaves as it is to ‖(1 − 𝒫)ρ/u‖_F ≤ tol, and ‖(1 − 𝒫)ρ‖_F."""
        n, inverse = len(self.units), self.preconditioner()

        def gmres(right: RealArray, rtol: float) -> tuple[RealArray, float]:
            return _core.gmres(self.bordered, inverse, right, rtol, RESTART, CYCLES)

        noise = np.sqrt(n) * self.noise / self.units.min()  # relative to ‖1/N‖ = 1/√N
        x, residual = gmres(_packed(np.eye(n, dtype=np.complex128) / n), max(0.01 * tol, noise))
        self._require_one(gmres)
        allowed = max(tol, SAFETY * noise)
        trace = _unpacked(x).trace().real
        if not (residual <= allowed and abs(trace) > 1e-6):
            raise _core.ConvergenceError(
                f"GMRES finds the periodic state to a relative residual of {residual:.2g} only, above {allowed:.2g}: a "
                "symmetry of H(t) and all couplings may conserve something; loosen tol, or evolve the state you have "
                "for a long time. Davies' equation is solved exactly"
            )
        rho = _unpacked(x / trace)
        return rho, float(np.linalg.norm(self.forget(rho)))

    def _require_one(self, gmres: Callable[[RealArray, float], tuple[RealArray, float]]) -> None:
        n = len(self.units)
        random = np.random.default_rng(12345).normal(size=(2, n, n)).T @ np.array([1.0, 1j])
        right = _packed(random)
        if not gmres(right / np.linalg.norm(right), 0.3 * CONSERVED / n)[1] <= CONSERVED / n:
            raise _core.ConvergenceError(
                "steady_state: there are several periodic states, or what tells them apart decays too slowly: a "
                "symmetry of H(t) and all couplings conserves something; evolve the rho0 you have for many periods. "
                "rf.Davies tells how many it has and what rho0 leads to"
            )


class Dynamics(Protocol):
    """An equation of a PeriodicSystem as its solver has it."""

    system: PeriodicSystem

    @property
    def core(self) -> _core.FloquetRedfield | _core.FloquetPartialSecular: ...

    def change_of_a_period(self) -> Callable[[ComplexArray], ComplexArray]:
        """Return the action of the baths over a period to first order, in the interaction picture of H(t)."""


def solve(
    dynamics: Dynamics, davies: _core.FloquetDavies, tol: float, threads: int | None
) -> tuple[ComplexArray, float]:
    """Return ρ(0) in the basis H is given in, and ‖ρ(T) − ρ(0)‖_F."""
    if dynamics.system.dimension == 1:
        return np.ones((1, 1), dtype=np.complex128), 0.0
    forgotten = forgotten_in_a_period(davies, dynamics.system.period)
    if 0.0 < forgotten < FIRST_ORDER:
        period = _first_order(dynamics, davies, forgotten)
    else:
        period = _evolved(dynamics, davies, forgotten, threads)
    rho, residual = period.solve(tol)
    frame = dynamics.system.core[0].frame(0.0)
    return frame @ rho @ frame.conj().T, residual


def forgotten_in_a_period(davies: _core.FloquetDavies, period: float) -> float:
    """Return the part of a population that decays within a period, of the fastest."""
    return float(-np.expm1(float(davies.rates.diagonal().min()) * period))


def _evolved(
    dynamics: Dynamics, davies: _core.FloquetDavies, forgotten: float, threads: int | None
) -> Period:
    """Return a period of the equation itself."""
    system, length = dynamics.system, dynamics.system.period
    frame, e, n = system.core[0].frame(0.0), system.quasienergies, system.dimension
    times, breaks = np.array([0.0, length]), list(system.core[2])
    settings = Options(rtol=RTOL, atol=ATOL, threads=threads).settings(("auto",))

    def forget(rho: ComplexArray) -> ComplexArray:
        start = frame @ rho @ frame.conj().T
        final = dynamics.core.evolve(np.inf, breaks, start, times, settings, [], False)[1]
        out: ComplexArray = rho - frame.conj().T @ final @ frame
        return out

    exponents = length * (davies.coherence_rates - 1j * (e[:, None] - e))
    coherences = (1.0 - np.exp(exponents)).astype(np.complex128, copy=False)
    smallest = 1e-13 * max(np.abs(coherences).max(), 1e-290)
    coherences[np.abs(coherences) < smallest] = smallest
    populations = np.eye(n) - scipy.linalg.expm(length * davies.rates)
    return Period(forget, coherences, populations, np.full((n, n), max(forgotten, 1e-12)), RTOL)


def _first_order(dynamics: Dynamics, davies: _core.FloquetDavies, forgotten: float) -> Period:
    """Return 1 − 𝒫 = (1 − e^{−iεT}) − e^{−iεT}Δ, which has no rounding of ρ on the populations."""
    system, length = dynamics.system, dynamics.system.period
    e = system.energies
    differences = e[:, None] - e
    phases = np.exp(-1j * length * differences)
    turned = 2j * np.exp(-0.5j * length * differences) * np.sin(0.5 * length * differences)  # 1 − phases
    np.fill_diagonal(turned, 0.0)
    change = dynamics.change_of_a_period()
    coherences = turned - phases * length * davies.coherence_rates
    coherences[np.abs(coherences) < 1e-3 * forgotten] = forgotten
    units = np.hypot(np.abs(turned), forgotten)
    return Period(
        lambda rho: turned * rho - phases * change(rho),
        coherences,
        -length * davies.rates,
        0.5 * (units + units.T),
        0.0,
    )


def late_part(
    apply: Callable[[ComplexArray], ComplexArray], basis: list[ComplexArray], rho: ComplexArray
) -> ComplexArray:
    """Return the part of ρ in the null space of a map of matrices, of which `basis` is a basis.

    It is the part that has ρ's values of the conserved quantities tr(Q†ρ).
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
    # As many conserved quantities as there are null vectors: the smallest singular values are theirs.
    conserved = np.linalg.svd(matrix)[0][:, -len(basis) :].conj().T
    right = np.array([x.ravel() for x in basis]).T
    shares = np.linalg.solve(conserved @ right, conserved @ rho.ravel())
    late: ComplexArray = (right @ shares).reshape(n, n)
    return 0.5 * (late + late.conj().T)


def _packed(x: ComplexArray) -> RealArray:
    """Return Re X + Im X of the Hermitian part, row after row."""
    h = 0.5 * (x + x.conj().T)
    packed: RealArray = (h.real + h.imag).ravel()
    return packed


def _unpacked(x: RealArray) -> ComplexArray:
    n = round(len(x) ** 0.5)
    r = x.reshape(n, n)
    rho: ComplexArray = 0.5 * (r + r.T) + 0.5j * (r - r.T)
    return rho
