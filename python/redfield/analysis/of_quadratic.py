"""The same questions asked of quadratic equations, answered on N×N matrices."""

from __future__ import annotations

import numpy as np

from redfield import quadratic
from redfield.analysis.detailed_balance import APART, DetailedBalance, balance_of_equation
from redfield.analysis.distances import Parts, difference_parts
from redfield.analysis.kossakowski import Kossakowski, of_equation
from redfield.analysis.locality import profile_of_equation
from redfield.analysis.positivity import choi_of_equation
from redfield.analysis.usual import Makers, Usual, usual_equations
from redfield.baths.particle import occupation
from redfield.quadratic.flow import exact_step
from redfield.quadratic.locality import LocalityProfile


@of_equation.register
def _kossakowski(equation: quadratic.Equation, method: str, max_bytes: float | None) -> Kossakowski:
    """The spectra of the loss and gain matrices."""
    loss, gain, _, _ = equation.parts()
    values = np.concatenate([np.linalg.eigvalsh(loss), np.linalg.eigvalsh(gain)])
    return Kossakowski(float(values.min()), float(values.max()), "dense")


@choi_of_equation.register
def _choi(equation: quadratic.Equation, t: float, max_bytes: float | None) -> float:
    """Of G ↦ EGE† + F: F and 1 − EE† + ζF."""
    flow = equation.flow
    step = exact_step(flow.m, flow.q, t)
    rest = np.eye(len(flow.m)) - step.e @ step.e.conj().T + equation.system.contacts.zeta * step.f
    return float(min(np.linalg.eigvalsh(step.f)[0], np.linalg.eigvalsh(rest)[0]))


@difference_parts.register
def _difference(a: quadratic.Equation, b: quadratic.Equation, samples: int) -> tuple[Parts, Parts, Parts]:
    one, two = ((f.out_of(f.m), f.out_of(f.q)) for f in (a.flow, b.flow))
    return list(one), list(two), [two[0] - 1j * b.system.hamiltonian, two[1]]


@profile_of_equation.register
def _locality(equation: quadratic.Equation, distance: object, local_dimension: int) -> LocalityProfile:
    return quadratic.locality_profile(
        equation.system,
        distance=distance,
        lamb_shift=equation.lamb_shift,
    )


@balance_of_equation.register
def _balance(equation: quadratic.Equation, beta: float, mu: float, samples: int) -> DetailedBalance:
    """The same of the loss and gain matrices: loss = e^{β(h−μ)/2} gain e^{β(h−μ)/2}, both diagonal in h's modes."""
    loss, gain, shift, e = equation.parts()
    occupied = occupation(e, beta, mu, equation.system.statistics)
    scale = np.linalg.norm(shift) * np.linalg.norm(occupied)
    commutator = np.linalg.norm(shift * (occupied[None, :] - occupied[:, None]))
    apart = np.abs(e[:, None] - e[None, :]) > APART * equation.system.degeneracy_tol
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


@usual_equations.register
def _usual(system: quadratic.System) -> Usual:
    def made(lamb_shift: bool, rate: float) -> Makers:
        return {
            "Redfield": lambda: quadratic.Redfield(system, lamb_shift),
            "PartialSecular": lambda: quadratic.PartialSecular(system, 10.0 * rate, lamb_shift),
            "Davies": lambda: quadratic.Davies(system, lamb_shift),
            "LocalLindblad": lambda: quadratic.LocalLindblad(system, lamb_shift),
        }

    return Usual(quadratic.Redfield, made, np.inf, True)
