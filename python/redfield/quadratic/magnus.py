"""Ġ = −(M(t)G + GM(t)†) + Q(t) by Magnus's expansion to sixth order, with a controlled error.

Affine flows (M, Q) are a linear space with the commutator [(M₁, Q₁), (M₂, Q₂)] = (−[M₁, M₂], −(M₁Q₂ + Q₂M₁†) +
(M₂Q₁ + Q₁M₂†)), so that Magnus's series of the flow at Gauss's three points is one affine flow, and `exact_step` is
its exponential (S. Blanes, F. Casas and J. Ros, BIT 40, 434 (2000)). The error of a step is estimated from the
differences of the series of orders 2, 4 and 6, plus what Gauss's rule misses of ∫h dt by Kronrod's, and is held below
tol·dt/(whole time), so that tol is about the error at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._core import ConvergenceError
from redfield.quadratic.step import Step, exact_step

ROOT15 = 15.0**0.5
GAUSS = (0.5 - ROOT15 / 10.0, 0.5, 0.5 + ROOT15 / 10.0)
KRONROD = np.array([0.960491268708020283, 0.774596669241483377, 0.434243749346802559, 0.0])
KRONROD = 0.5 + 0.5 * np.concatenate([-KRONROD, KRONROD[-2::-1]])
"""Gauss's three points and Kronrod's four on [0, 1]."""
DIFFERENCE = np.array(
    [0.104656226026467265, 0.268488089868333441, 0.401397414775962222, 0.450916538658474342]
)
DIFFERENCE = 0.5 * (
    np.concatenate([DIFFERENCE, DIFFERENCE[-2::-1]]) - np.array([0, 5, 0, 8, 0, 5, 0]) / 9.0
)
"""Weights of Kronrod's rule less those of Gauss's."""
SAFETY, SHRINK, GROW = 0.8, 0.2, 3.0
SMALLEST = 1e-10
"""Shortest step, as a part of the whole time."""
ULPS = 16.0
"""Shortest step, in spacings of the numbers that times are."""


Hamiltonian = Callable[[float], RealArray | ComplexArray]


@dataclass(frozen=True)
class Affine:
    """The generator G ↦ −(MG + GM†) + Q."""

    m: ComplexArray
    q: ComplexArray

    def __add__(self, other: Affine) -> Affine:
        return Affine(self.m + other.m, self.q + other.q)

    def __rmul__(self, factor: float) -> Affine:
        return Affine(factor * self.m, factor * self.q)

    def commutator(self, other: Affine) -> Affine:
        a, b = self.m @ other.q, other.m @ self.q
        return Affine(other.m @ self.m - self.m @ other.m, b + b.conj().T - a - a.conj().T)

    def step(self) -> Step:
        return exact_step(self.m, self.q, 1.0)


@dataclass
class Count:
    """Steps taken and refused."""

    steps: int = 0
    rejected: int = 0


def magnus_steps(flow: Callable[[float], Affine], t: float, dt: float) -> tuple[Step, Step, Step]:
    """Return the step from t to t + dt with local errors dt³, dt⁵ and dt⁷."""
    first, middle, last = (flow(t + c * dt) for c in GAUSS)
    a1 = dt * middle
    a2 = dt * ROOT15 / 3.0 * (last + -1.0 * first)
    a3 = dt * 10.0 / 3.0 * (last + -2.0 * middle + first)
    c1 = a1.commutator(a2)
    c2 = -1.0 / 60.0 * a1.commutator(2.0 * a3 + c1)
    fourth = a1 + 1.0 / 12.0 * a3 + -1.0 / 12.0 * c1
    inner = -20.0 * a1 + -1.0 * a3 + c1
    sixth = a1 + 1.0 / 12.0 * a3 + 1.0 / 240.0 * inner.commutator(a2 + c2)
    return a1.step(), fourth.step(), sixth.step()


def estimated_error(low: ComplexArray, middle: ComplexArray, high: ComplexArray) -> float:
    """Return the error of the highest order, if the differences between orders fall geometrically."""
    second, fourth = float(np.abs(low - high).max()), float(np.abs(middle - high).max())
    return fourth * fourth / max(second, fourth, 1e-300)


def quadrature_error(h: Hamiltonian, t: float, dt: float, g: ComplexArray) -> float:
    """Return the largest entry of [δ, G], δ the error of Gauss's three points in ∫h dt over the step.

    Where h commutes with itself the orders of Magnus's expansion differ by their quadrature alone, and not even by
    that from the fourth on.
    """
    missed = dt * sum(
        w * h(t + c * dt) for c, w in zip(KRONROD.tolist(), DIFFERENCE.tolist(), strict=True)
    )
    return float(np.abs(missed @ g - g @ missed).max())


def integrate(
    flow: Callable[[float], Affine],
    g0: ComplexArray,
    times: RealArray,
    tol: float,
    longest: Callable[[float], float],
    count: Count,
    hamiltonian: Hamiltonian,
    jumps: Sequence[float] = (),
) -> Iterator[ComplexArray]:
    """G at each of times.

    Parameters
    ----------
    longest : the longest step from a time on.
    hamiltonian : h, the part of −iM that is not small.
    jumps : where M or Q jumps; no step goes over one.

    Raises
    ------
    ConvergenceError
        The step would fall below 1e-10 of the whole time.
    """
    g = g0
    t, whole = float(times[0]), float(times[-1] - times[0])
    # Rounding makes nothing of shorter steps.
    shortest = ULPS * float(np.spacing(np.abs(times[[0, -1]]).max()))
    dt = whole
    yield g
    goals = np.unique(np.concatenate([times[1:], [x for x in jumps if times[0] < x < times[-1]]]))
    outputs = iter(times[1:].tolist())
    output = next(outputs, None)
    while output is not None and output <= t:
        yield g
        output = next(outputs, None)
    for goal in goals.tolist():
        while t < goal:
            dt = max(min(dt, longest(t)), shortest)
            remaining = float(goal) - t
            # Two steps to the goal rather than one and a sliver.
            trial = (
                remaining if dt >= remaining else min(dt, 0.5 * remaining) if 2.0 * dt > remaining else dt
            )
            low, middle, high = (step(g) for step in magnus_steps(flow, t, trial))
            error = estimated_error(low, middle, high) + quadrature_error(hamiltonian, t, trial, g)
            # Rounding is no reason for a shorter step.
            allowed = max(tol * trial / whole, 4e-16 * max(1.0, float(np.abs(g).max())))
            factor = SAFETY * (allowed / max(error, 1e-300)) ** (1.0 / 6.0)
            if error <= allowed:
                g, t = high, float(goal) if trial == remaining else t + trial
                count.steps += 1
                wanted = trial * min(GROW, factor)
                # A step cut short by a goal says nothing against longer ones.
                dt = wanted if trial == dt else max(dt, wanted)
            else:
                count.rejected += 1
                dt = trial * (max(SHRINK, min(factor, 0.9)) if np.isfinite(error) else SHRINK)
                if dt < max(SMALLEST * whole, shortest):
                    raise ConvergenceError(
                        f"at t = {t:.6g} steps of {dt:.2g} do not meet tol = {tol:g}; "
                        "h(t) jumps there, or tol is below rounding. Split tlist at the jump"
                    )
        while output is not None and output <= goal:
            yield g
            output = next(outputs, None)
