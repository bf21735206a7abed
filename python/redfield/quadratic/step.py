r"""One step of Ġ = −(MG + GM†) + Q with constant M and Q.

.. math:: G(t + dt) = EG(t)E^\dagger + F, \qquad E = e^{-M dt}, \qquad
          F = \int_0^{dt} ds\, e^{-Ms} Q e^{-M^\dagger s}

by one exponential of a matrix of twice the size (C. Van Loan, IEEE Trans. Autom. Control 23, 395 (1978))

.. math:: \exp\begin{pmatrix} -M & Q \\ 0 & M^\dagger \end{pmatrix}\tau =
          \begin{pmatrix} E & FE^{-\dagger} \\ 0 & E^{-\dagger} \end{pmatrix}

over τ = dt/2ᵏ and k doublings F ← F + EFE†, E ← E². No eigenvector is taken, so M may be defective or have undamped
modes, and ‖M‖τ ≤ 1 bounds the inverse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from redfield._base.checks import ComplexArray
from redfield._core import ConvergenceError
from redfield.quadratic.covariance import hermitian


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
    doublings = extra + (max(0, math.ceil(math.log2(norm))) if norm > 0.0 else 0)
    n = len(m)
    block = np.zeros((2 * n, 2 * n), dtype=np.complex128)
    block[:n, :n], block[:n, n:], block[n:, n:] = -m, q, m.conj().T
    whole = scipy.linalg.expm(math.ldexp(dt, -doublings) * block)
    e = whole[:n, :n]
    step = Step(e, hermitian(whole[:n, n:] @ e.conj().T))
    for _ in range(doublings):
        step = step.after(step)
    return step
