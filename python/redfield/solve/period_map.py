"""Dissipators of periodic equations and their map of a period, between the Floquet modes, on row-stacked X."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.solve import fixed_point

RTOL, ATOL = 1e-11, 1e-13
"""Tolerances of the map of a period."""
ERROR = 1e-10
"""The error of its entries that is counted with, ten times that of a step."""
LEAST_STEPS = 16
EPSILON = float(np.finfo(np.float64).eps)


def matrix_of(action: Callable[[ComplexArray], ComplexArray], n: int) -> ComplexArray:
    """Return the (N², N²) matrix of a linear map from its action on Hermitian matrices."""
    columns = np.empty((n * n, n, n), dtype=np.complex128)
    for k in range(n):
        _core.poll()
        for l in range(k, n):  # noqa: E741
            images = []
            for phase in (1.0,) if k == l else (1.0, 1j):
                x = np.zeros((n, n), dtype=np.complex128)
                x[k, l] += 0.5 * phase
                x[l, k] += 0.5 * np.conj(phase)
                images.append(action(x))
            # |k⟩⟨l| = S − iA of S = (|k⟩⟨l| + |l⟩⟨k|)/2 and A = i(|k⟩⟨l| − |l⟩⟨k|)/2.
            columns[k * n + l] = images[0] - (1j * images[1] if k != l else 0.0)
            columns[l * n + k] = images[0] + (1j * images[1] if k != l else 0.0)
    matrix: ComplexArray = columns.reshape(n * n, n * n).T
    return matrix


def require_dissipators(count: int, n: int) -> None:
    """Refuse dissipators at so many times that need more memory than there is."""
    require_memory("the dissipators over a period", 48.0 * count * float(n) ** 4)


def by_action(solver: Any, times: RealArray) -> ComplexArray:
    """Return 𝒟(t) of a solver at times, (T, N², N²), from what it does to matrices."""
    modes, n = solver.system.aligned_modes_at(times), solver.system.dimension

    def at(phi: ComplexArray, t: float) -> ComplexArray:
        return matrix_of(lambda x: phi.conj().T @ solver.dissipate(phi @ x @ phi.conj().T, t) @ phi, n)

    return np.array([at(phi, t) for phi, t in zip(modes, times.tolist(), strict=True)])


def of_couplings(pairs: list[tuple[ComplexArray, ComplexArray]], times: int, n: int) -> ComplexArray:
    """Return Σ_j ΛXA† − A†ΛX + h.c. of couplings (A, Λ), (T, N, N) each, as (T, N², N²)."""
    whole, one = np.zeros((times, n, n, n, n), dtype=np.complex128), np.eye(n)
    for a, moved in pairs:
        loss = a.conj().transpose(0, 2, 1) @ moved
        whole += np.einsum("tkm,tln->tklmn", moved, a.conj())
        whole += np.einsum("tkm,tln->tklmn", a, moved.conj())
        whole -= np.einsum("tkm,ln->tklmn", loss, one)
        whole -= np.einsum("km,tln->tklmn", one, loss.conj())
    return whole.reshape(times, n * n, n * n)


def of_davies(core: _core.FloquetDavies, energies: RealArray, times: RealArray) -> ComplexArray:
    """Return 𝒟(t) of Davies' equation, constant in the frame that turns with e^{−iεt}."""
    phases = turning(energies, -times)
    constant = matrix_of(core.apply, len(energies))
    matrices: ComplexArray = phases.conj()[:, :, None] * constant * phases[:, None, :]
    return matrices


def turning(energies: RealArray, times: RealArray) -> ComplexArray:
    """Return e^{−i(ε_k − ε_l)t}, (T, N²)."""
    differences = (energies[:, None] - energies).ravel()
    phases: ComplexArray = np.exp(-1j * np.multiply.outer(times, differences))
    return phases


def map_of_period(solver: Any) -> tuple[ComplexArray, float]:
    """Return the map ρ(0) → ρ(T), and the error of its entries.

    Where a period forgets less than `fixed_point.FIRST_ORDER` of a state, what the baths do is taken to first order.
    """
    system = solver.system
    n, period = system.dimension, system.period
    require_dissipators(1, n)
    phases = turning(system.energies, np.array([period]))[0]
    forgotten = fixed_point.forgotten_in_a_period(solver.davies, period)
    if 0.0 < forgotten < fixed_point.FIRST_ORDER:
        change = solver.change_of_a_period()
        one = phases[:, None] * (np.eye(n * n) + matrix_of(change, n))
        return one, forgotten**2 + EPSILON

    def slope(t: float, flat: ComplexArray) -> ComplexArray:
        _core.poll()
        turned = turning(system.energies, np.array([t]))[0][:, None]
        given = solver.dissipators(np.array([t]))[0] @ (turned * flat.reshape(n * n, n * n))
        changed: ComplexArray = (turned.conj() * given).ravel()
        return changed

    start = np.eye(n * n, dtype=np.complex128).ravel()
    found = scipy.integrate.solve_ivp(
        slope, (0.0, period), start, "DOP853", rtol=RTOL, atol=ATOL, max_step=period / LEAST_STEPS
    )
    if not found.success:
        raise _core.ConvergenceError(f"the map of a period is not found: {found.message}")
    return phases[:, None] * found.y[:, -1].reshape(n * n, n * n), ERROR


def slowest_of_map(matrix: ComplexArray, error: float, period: float) -> tuple[float, float]:
    """Return −ln|μ|/T of the slowest mode of the map of a period but the one that stays, and its error."""
    sizes = np.abs(_others(np.linalg.eigvals(matrix), 1.0))
    slowest = max(float(sizes.max()), 1e-300)
    return -float(np.log(slowest)) / period, len(matrix) * error / slowest / period


def slowest_of_generator(matrix: ComplexArray) -> tuple[float, float]:
    """Return the slowest decay rate of a constant generator but the 0 of what stays, and its error."""
    rates = -_others(np.linalg.eigvals(matrix), 0.0).real
    return float(rates.min()), len(matrix) * EPSILON * float(np.linalg.norm(matrix, 2))


def _others(values: npt.NDArray[Any], stays: float) -> npt.NDArray[Any]:
    """Return all eigenvalues but the one that is nearest to a value."""
    return np.delete(values, np.argmin(np.abs(values - stays)))
