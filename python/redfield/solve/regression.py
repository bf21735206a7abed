"""Two-time functions of a hierarchy: operators act on all auxiliary operators, which remember.

⟨c(t) a(t+τ) b(t)⟩ = tr[a (e^{𝓛τ}(b·y(t)·c))_0],   b·y·c = X + iY of two vectors of the hierarchy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_threads
from redfield._base.norms import trace_norms
from redfield._base.progress import progress_callback
from redfield.equations.options import Options, SteadyOptions
from redfield.solve.late import Late

METHODS = ("auto", "chebyshev", "dopri5")
ROUNDING = 1e-14
"""Part of an operator on a state that is rounding."""


Distance = Callable[[ComplexArray, ComplexArray], float]
"""How far what one depth tells is from what another does."""


def trace_distance(one: ComplexArray, other: ComplexArray) -> float:
    """Return the largest trace norm ‖ρ − σ‖₁ of two series of states."""
    return float(trace_norms(one - other).max())


def relative_distance(one: ComplexArray, other: ComplexArray) -> float:
    """Return the largest difference in units of the largest value."""
    return float(np.abs(one - other).max(initial=0.0)) / max(float(np.abs(one).max(initial=0.0)), 1e-300)


def eigenvalue_distance(one: ComplexArray, other: ComplexArray) -> float:
    """Return how far each eigenvalue is from the nearest other, in units of the largest."""
    nearest = np.abs(one[:, None] - other).min(axis=1)
    return float(nearest.max()) / max(float(np.abs(one).max()), 1e-300)


def reached(
    hierarchy: _core.Hierarchy, state: ComplexArray, times: RealArray | None, options: Options
) -> list[RealArray]:
    """Return the vectors at the times, from a state beside baths in equilibrium at t = 0; default there alone."""
    vector = hierarchy.uncorrelated(state)
    if times is None:
        return [vector]
    settings, vectors, at = options.settings(METHODS), [], 0.0
    for t in times:
        if t > at:
            span = np.array([at, t])
            with progress_callback(options.progress, f"to t = {t:g}") as report:
                vector = hierarchy.evolve(
                    vector, span, settings, [], False, True, False, options.stop, report
                )[4]
        vectors.append(vector)
        at = float(t)
    return vectors


def row(
    hierarchy: _core.Hierarchy,
    operators: tuple[ComplexArray, ComplexArray, ComplexArray],
    vector: RealArray,
    taus: RealArray,
    options: Options,
) -> ComplexArray:
    """Return tr[a (e^{𝓛τ}(b·y·c))_0] at each τ."""
    a, b, c = operators
    settings, delays = options.settings(METHODS), np.concatenate([[0.0], taus])
    total = np.zeros(len(taus), dtype=np.complex128)
    for factor, part in zip((1.0, 1j), hierarchy.multiplied(vector, b, c), strict=True):
        if not part.any():
            continue
        with progress_callback(options.progress, f"depth {hierarchy.depth}") as report:
            rest = [np.ascontiguousarray(a)], False, False, False, options.stop, report
            raw = hierarchy.evolve(part, delays, settings, *rest)
        total += factor * raw[2][0][1:]
    return total


class HierarchyResolvent:
    """tr[a ((z − 𝓛)⁻¹y)_0] of y = X + iY, tr y_0 = 0."""

    def __init__(self, hierarchy: _core.Hierarchy, options: SteadyOptions, max_bytes: float) -> None:
        self.hierarchy = hierarchy
        self._rest = options.tol, as_threads(options.threads), max_bytes
        self._progress = options.progress

    def __call__(
        self, a: ComplexArray, x: RealArray, y: RealArray, z: npt.NDArray[np.complexfloating]
    ) -> ComplexArray:
        order = np.argsort(z.imag, kind="stable")
        with progress_callback(self._progress, f"depth {self.hierarchy.depth}") as report:
            traces, _, _ = self.hierarchy.resolvent_trace(a, x, y, z[order].tolist(), *self._rest, report)
        values = np.empty(len(z), dtype=np.complex128)
        values[order] = traces
        return values


class Start:
    """A vector of a hierarchy on which operators act: the steady one, or a state beside baths in equilibrium."""

    def __init__(self, hierarchy: _core.Hierarchy, late: Late, state: ComplexArray | None) -> None:
        self._hierarchy, self._late, self._state = hierarchy, late, state
        self.vector: Any = late.only if state is None else hierarchy.uncorrelated(state)

    def decaying(self, before: ComplexArray, after: ComplexArray) -> tuple[RealArray, RealArray]:
        """Return X and Y of b·y·c less its part that does not decay."""
        n = self._hierarchy.dimension
        states: tuple[ComplexArray | None, ...] = (None, None)
        if self._late.only is None and self._state is not None:
            x = before @ self._state @ after
            states = 0.5 * (x + x.conj().T), -0.5j * (x - x.conj().T)
        parts = []
        multiplied = self._hierarchy.multiplied(self.vector, before, after)
        for part, state in zip(multiplied, states, strict=True):
            if state is None:
                late: Any = np.trace(part[:, :n]) * self._late.only
            else:
                late = self._late.of_hermitian(state)
            rest = part - late
            small = np.linalg.norm(rest) <= ROUNDING * np.linalg.norm(part)
            parts.append(np.zeros_like(rest) if small else rest)
        return parts[0], parts[1]


Resolved = Callable[[HierarchyResolvent, ComplexArray, ComplexArray, RealArray, Start], ComplexArray]
"""A function of a resolvent, two operators, frequencies and what the operators act on."""


def fluctuations(
    resolvent: HierarchyResolvent, a: ComplexArray, b: ComplexArray, w: RealArray, start: Start
) -> ComplexArray:
    """Return the spectrum as the sum of ∫₀^∞ of both orders, ⟨a(−τ)b⟩ = tr[b e^{𝓛τ}(ρa)]."""
    one = np.eye(len(a), dtype=np.complex128)
    later = resolvent(a, *start.decaying(b, one), -1j * w)
    if np.array_equal(a, b.conj().T):
        return 2.0 * later.real.astype(np.complex128)
    earlier: ComplexArray = resolvent(b, *start.decaying(one, a), 1j * w)
    return later + earlier


def response(
    resolvent: HierarchyResolvent, a: ComplexArray, b: ComplexArray, w: RealArray, start: Start
) -> ComplexArray:
    """Return tr[a (−iω − 𝓛)⁻¹ i(b·y − y·b)]."""
    one = np.eye(len(a), dtype=np.complex128)
    left: Any = resolvent.hierarchy.multiplied(start.vector, b, one)
    right: Any = resolvent.hierarchy.multiplied(start.vector, one, b)
    return resolvent(a, right[1] - left[1], left[0] - right[0], -1j * w)
