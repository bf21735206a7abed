r"""One step of Ġ = −(MG + GM†) + Q with constant M and Q.

.. math:: G(t + dt) = EG(t)E^\dagger + F, \qquad E = e^{-M dt}, \qquad
          F = \int_0^{dt} ds\, e^{-Ms} Q e^{-M^\dagger s}

with F by Taylor's series over dt/2ᵏ and k doublings F ← F + EFE†, E ← E². No inverse and no eigenvector is taken, so M
may be defective or have undamped modes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import scipy

from redfield._base.checks import ComplexArray
from redfield._core import ConvergenceError
from redfield.quadratic.covariance import hermitian

TAYLOR_NORM = 0.5
TAYLOR_TERMS = 16
"""‖M‖dt up to which Taylor's series is summed, and its terms: 0.5¹⁷/17! is below rounding."""


@dataclass(frozen=True, eq=False)
class Step:
    """G(t + dt) = E G(t) E† + F."""

    e: ComplexArray
    f: ComplexArray

    def __call__(self, g: ComplexArray) -> ComplexArray:
        return hermitian(self.e @ g @ self.e.conj().T + self.f)

    def after(self, first: Step) -> Step:
        """Return the step that follows another."""
        return Step(self.e @ first.e, self(first.f))


def exact_step(m: ComplexArray, q: ComplexArray, dt: float, extra: int = 0) -> Step:
    """Return the step over dt; `extra` doublings more than needed round differently.

    Raises
    ------
    ConvergenceError
        ‖M‖dt is not finite.
    """
    doublings = extra + _doublings(m, dt)
    tau = math.ldexp(dt, -doublings)
    step = _first(m, _terms(m, q, tau) if q.any() else (), tau)
    for _ in range(doublings):
        step = step.after(step)
    return step


def _doublings(m: ComplexArray, dt: float) -> int:
    norm = dt * float(np.linalg.norm(m, 1))
    if not math.isfinite(norm):
        raise ConvergenceError(
            f"evolve: ‖M‖dt = {norm:g} is not finite; check the units of the times and of h"
        )
    return max(0, math.ceil(math.log2(norm / TAYLOR_NORM))) if norm > 0.0 else 0


def _terms(m: ComplexArray, q: ComplexArray, tau: float) -> Iterator[ComplexArray]:
    """Yield Taylor's series of F, whose n-th derivative at 0 is 𝓛ⁿ⁻¹Q with 𝓛X = −(MX + XM†)."""
    term: ComplexArray = tau * q.astype(np.complex128)
    yield term
    for n in range(2, TAYLOR_TERMS + 1):
        product = -tau / n * (m @ term)
        term = product + product.conj().T
        yield term


def _first(m: ComplexArray, terms: Iterable[ComplexArray], tau: float) -> Step:
    f = np.zeros(m.shape, dtype=np.complex128)
    for term in terms:
        f += term
    return Step(scipy.linalg.expm(-tau * m), hermitian(f))


def step_gradient(
    m: ComplexArray, q: ComplexArray, dt: float, of_e: ComplexArray, of_f: ComplexArray
) -> tuple[ComplexArray, ComplexArray]:
    """Return a and b, Hermitian, of Re tr(V dE) + tr(W dF) = Re tr(a dM) + tr(b dQ), for the step over dt.

    The doublings and the series of `exact_step` are gone through backwards.

    Parameters
    ----------
    of_e, of_f : V and W, Hermitian.
    """
    doublings = _doublings(m, dt)
    tau = math.ldexp(dt, -doublings)
    terms = list(_terms(m, q, tau))
    steps = [_first(m, terms, tau)]
    for _ in range(doublings - 1):
        steps.append(steps[-1].after(steps[-1]))
    v, w = of_e, of_f
    for step in reversed(steps[:doublings]):
        e, f = step.e, step.f
        back = e.conj().T @ w
        v, w = e @ v + v @ e + 2.0 * (f @ back), w + hermitian(back @ e)
    # Of expm(−τM), whose derivative along V in the trace is the one along dM.
    a = -tau * scipy.linalg.expm_frechet(-tau * m, v, compute_expm=False)
    of_term = w
    for n in range(len(terms), 1, -1):
        a = a - 2.0 * tau / n * (terms[n - 2] @ of_term)
        product = -tau / n * (m.conj().T @ of_term)
        of_term = w + product + product.conj().T
    return a, tau * of_term
