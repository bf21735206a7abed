"""Ġ = −(M(t)G + GM(t)†) + Q(t) by Magnus's expansion to sixth order, with a controlled error.

Affine flows (M, Q) are a linear space with the commutator [(M₁, Q₁), (M₂, Q₂)] = (−[M₁, M₂], −(M₁Q₂ + Q₂M₁†) +
(M₂Q₁ + Q₁M₂†)), so that Magnus's series of the flow at Gauss's three points is one affine flow, and `exact_step` is
its exponential (S. Blanes, F. Casas and J. Ros, BIT 40, 434 (2000)). The error of a step is estimated from the
differences of the series of orders 2, 4 and 6, plus what Gauss's rule misses of ∫h dt by Kronrod's, and is held below
tol·dt/(whole time), so that tol is about the error at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._core import ConvergenceError
from redfield.quadratic.step import Step, exact_step
from redfield.results.stats import Stats

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
SHORTEST = 1e-10
"""Shortest step, as a part of the whole time."""
ULPS = 16.0
"""Shortest step, in spacings of the numbers that times are."""

Affine = ComplexArray
"""The generator G ↦ −(MG + GM†) + Q as the array [M, Q], (2, N, N)."""


def commutator(a: Affine, b: Affine) -> Affine:
    """Return the commutator of two affine generators."""
    (m, q), (other_m, other_q) = a, b
    change = other_m @ q - m @ other_q
    return np.array([other_m @ m - m @ other_m, change + change.conj().T])


@dataclass
class Magnus:
    """An integrator, which counts its steps.

    Attributes
    ----------
    flow : [M(t), Q(t)].
    hamiltonian : h(t), the part of −iM that is not small.
    longest : the longest step from a time on.
    jumps : where M or Q jumps; no step goes over one.
    tol : about the largest error of an entry of G at the end.
    """

    flow: Callable[[float], Affine]
    hamiltonian: Callable[[float], RealArray | ComplexArray]
    longest: Callable[[float], float]
    jumps: list[float]
    tol: float
    steps: int = 0
    rejected: int = 0

    def count(self, stats: Stats) -> None:
        """Write the steps into the stats of an evolution."""
        stats["steps"], stats["rejected"] = self.steps, self.rejected

    def states(self, g: ComplexArray, times: RealArray) -> Iterator[ComplexArray]:
        """Yield G at each of times, G(times[0]) = g.

        Raises
        ------
        ConvergenceError
            The step would fall below 1e-10 of the whole time.
        """
        t, whole = float(times[0]), float(times[-1] - times[0])
        # Rounding makes nothing of shorter steps.
        shortest = ULPS * float(np.spacing(np.abs(times[[0, -1]]).max()))
        dt = whole
        for output in times.tolist():
            for goal in [*(x for x in self.jumps if t < x < output), output]:
                while t < goal:
                    dt = max(min(dt, self.longest(t)), shortest)
                    rest = goal - t
                    # Two steps to the goal rather than one and a sliver.
                    trial = rest if dt >= rest else min(dt, 0.5 * rest) if 2.0 * dt > rest else dt
                    following, error = self._tried(g, t, trial)
                    # Rounding is no reason for a shorter step.
                    allowed = max(self.tol * trial / whole, 4e-16 * max(1.0, float(np.abs(g).max())))
                    factor = SAFETY * (allowed / max(error, 1e-300)) ** (1.0 / 6.0)
                    if error <= allowed:
                        g, t = following, goal if trial == rest else t + trial
                        self.steps += 1
                        wanted = trial * min(GROW, factor)
                        # A step cut short by a goal says nothing against longer ones.
                        dt = wanted if trial == dt else max(dt, wanted)
                        continue
                    self.rejected += 1
                    dt = trial * (max(SHRINK, min(factor, 0.9)) if np.isfinite(error) else SHRINK)
                    if dt < max(SHORTEST * whole, shortest):
                        raise ConvergenceError(
                            f"at t = {t:.6g} steps of {dt:.2g} do not meet tol = {self.tol:g}; "
                            "h(t) jumps there, or tol is below rounding. Split tlist at the jump"
                        )
            yield g

    def _tried(self, g: ComplexArray, t: float, dt: float) -> tuple[ComplexArray, float]:
        """Return G after a step, and an estimate of the largest error of its entries.

        The error of the highest order follows from the differences between orders, if they fall geometrically. Where h
        commutes with itself the orders differ by their quadrature alone, and from the fourth on not even by that, so
        that the largest entry of [δ, G] is added, δ the error of Gauss's three points in ∫h dt.
        """
        low, middle, high = (step(g) for step in magnus_steps(self.flow, t, dt))
        second, fourth = float(np.abs(low - high).max()), float(np.abs(middle - high).max())
        defect = dt * sum(
            w * self.hamiltonian(t + c * dt)
            for c, w in zip(KRONROD.tolist(), DIFFERENCE.tolist(), strict=True)
        )
        quadrature = float(np.abs(defect @ g - g @ defect).max())
        return high, fourth * fourth / max(second, fourth, 1e-300) + quadrature


def magnus_steps(flow: Callable[[float], Affine], t: float, dt: float) -> list[Step]:
    """Return the step from t to t + dt with local errors dt³, dt⁵ and dt⁷."""
    first, middle, last = (flow(t + c * dt) for c in GAUSS)
    a1 = dt * middle
    a2 = dt * ROOT15 / 3.0 * (last - first)
    a3 = dt * 10.0 / 3.0 * (last - 2.0 * middle + first)
    c1 = commutator(a1, a2)
    c2 = -commutator(a1, 2.0 * a3 + c1) / 60.0
    fourth = a1 + (a3 - c1) / 12.0
    sixth = a1 + a3 / 12.0 + commutator(c1 - a3 - 20.0 * a1, a2 + c2) / 240.0
    return [exact_step(m, q, 1.0) for m, q in (a1, fourth, sixth)]
