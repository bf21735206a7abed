r"""One step of Ġ = −(MG + GM†) + Q with constant M and Q.

.. math:: G(t + dt) = EG(t)E^\dagger + F, \qquad E = e^{-M dt}, \qquad
          F = \int_0^{dt} ds\, e^{-Ms} Q e^{-M^\dagger s}

with F by Taylor's series over dt/2ᵏ and k doublings F ← F + EFE†, E ← E². No inverse and no eigenvector is taken, so M
may be defective or have undamped modes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from redfield._base.checks import ComplexArray
from redfield._core import ConvergenceError
from redfield.quadratic.covariance import hermitian

TAYLOR_NORM = 0.5
TAYLOR_TERMS = 16
"""‖M‖dt up to which Taylor's series is summed, and its terms: 0.5¹⁷/17! is below rounding."""


@dataclass(frozen=True)
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
    norm = dt * float(np.linalg.norm(m, 1))
    if not math.isfinite(norm):
        raise ConvergenceError(
            f"evolve: ‖M‖dt = {norm:g} is not finite; check the units of the times and of h"
        )
    doublings = extra + (max(0, math.ceil(math.log2(norm / TAYLOR_NORM))) if norm > 0.0 else 0)
    tau = math.ldexp(dt, -doublings)
    e = scipy.linalg.expm(-tau * m)
    # The n-th derivative of F at 0 is 𝓛ⁿ⁻¹Q with 𝓛X = −(MX + XM†).
    term = f = tau * q.astype(np.complex128)
    if q.any():
        for n in range(2, TAYLOR_TERMS + 1):
            product = -tau / n * (m @ term)
            term = product + product.conj().T
            f = f + term
    step = Step(e, hermitian(f))
    for _ in range(doublings):
        step = step.after(step)
    return step
