r"""One step of Ġ = −(MG + GM†) + Q with constant M and Q.

.. math:: G(t + dt) = EG(t)E^\dagger + F, \qquad E = e^{-M dt}, \qquad
          F = \int_0^{dt} ds\, e^{-Ms} Q e^{-M^\dagger s}

by Taylor's series over dt/2ᵏ and k doublings F ← F + EFE†, E ← E². No inverse and no eigenvector is taken, so M may be
defective or have undamped modes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from redfield._base.checks import ComplexArray
from redfield._core import ConvergenceError

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
        """This step after another."""
        return Step(self.e @ first.e, self(first.f))


def hermitian(a: ComplexArray) -> ComplexArray:
    """½(A + A†)."""
    part: ComplexArray = 0.5 * (a + a.conj().T)
    return part


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
    a = -tau * m
    e = np.eye(len(m), dtype=np.complex128)
    term = e
    # The n-th derivative of F at 0 is 𝓛ⁿ⁻¹Q with 𝓛X = −(MX + XM†).
    f = tau * q.astype(np.complex128)
    derivative = f
    for n in range(1, TAYLOR_TERMS):
        term = a @ term / n
        e = e + term
        if q.any():
            product = a @ derivative
            derivative = (product + product.conj().T) / (n + 1)
            f = f + derivative
    step = Step(e, hermitian(f))
    for _ in range(doublings):
        step = step.after(step)
    return step
