"""The questions of this package asked of equations of a QuadraticSystem, answered on N×N matrices."""

from __future__ import annotations

import numpy as np

from redfield.analysis.detailed_balance import APART, DetailedBalance, balance_of_solver
from redfield.analysis.distances import Parts, difference_parts
from redfield.analysis.kossakowski import Kossakowski, of_solver
from redfield.analysis.locality import profile_of_solver
from redfield.analysis.positivity import choi_of_solver
from redfield.baths.particle import occupation
from redfield.quadratic import LocalityProfile, locality_profile
from redfield.quadratic.constant import Quadratic
from redfield.quadratic.step import exact_step


@of_solver.register
def _kossakowski(solver: Quadratic, method: str, max_bytes: float | None) -> Kossakowski:
    """Return the spectra of the loss and gain matrices."""
    loss, gain, _, _ = solver.generator.parts()
    values = np.concatenate([np.linalg.eigvalsh(loss), np.linalg.eigvalsh(gain)])
    return Kossakowski(float(values.min()), float(values.max()), "dense")


@choi_of_solver.register
def _choi(solver: Quadratic, t: float, max_bytes: float | None) -> float:
    """Return the least eigenvalue of F and 1 − EE† + ζF of the map G ↦ EGE† + F."""
    flow, zeta = solver.generator.flow, solver.system.contacts.zeta
    step = exact_step(flow.m, flow.q, t)
    rest = np.eye(len(flow.m)) - step.e @ step.e.conj().T + zeta * step.f
    return float(min(np.linalg.eigvalsh(step.f)[0], np.linalg.eigvalsh(rest)[0]))


@difference_parts.register
def _difference(one: Quadratic, two: Quadratic, samples: int) -> tuple[Parts, Parts, Parts]:
    (m, q), (m2, q2) = ((f.out_of(f.m), f.out_of(f.q)) for f in (one.generator.flow, two.generator.flow))
    return [m, q], [m2, q2], [m2 - 1j * two.system.hamiltonian, q2]


@profile_of_solver.register
def _locality(solver: Quadratic, distance: object, local_dimension: int) -> LocalityProfile:
    return locality_profile(solver.system, distance=distance, lamb_shift=solver.equation.lamb_shift)


@balance_of_solver.register
def _balance(solver: Quadratic, beta: float, mu: float, samples: int) -> DetailedBalance:
    """Return the defects of loss = e^{β(h−μ)/2} gain e^{β(h−μ)/2}, both matrices diagonal in h's modes."""
    system = solver.system
    loss, gain, shift, e = solver.generator.parts()
    occupied = occupation(e, beta, mu, system.statistics)
    scale = np.linalg.norm(shift) * np.linalg.norm(occupied)
    commutator = np.linalg.norm(shift * (occupied[None, :] - occupied[:, None]))
    apart = np.abs(e[:, None] - e[None, :]) > APART * system.degeneracy_tol
    whole = np.hypot(np.linalg.norm(loss), np.linalg.norm(gain))
    off = np.hypot(np.linalg.norm(loss[apart]), np.linalg.norm(gain[apart]))
    # e^{−x/2} on the loss where x > 0, e^{x/2} on the gain where x < 0: neither overflows.
    x = 0.5 * beta * ((e - mu)[:, None] + (e - mu)[None, :])
    left, right = loss * np.exp(-np.maximum(x, 0.0)), gain * np.exp(np.minimum(x, 0.0))
    size = np.hypot(np.linalg.norm(left), np.linalg.norm(right))
    return DetailedBalance(
        float(commutator / scale) if scale > 0.0 else 0.0,
        float(off / max(whole, 1e-300)),
        float(np.linalg.norm(left - right) / max(size, 1e-300)),
    )
