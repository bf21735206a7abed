r"""Memory integrals of a driven Hamiltonian.

.. math:: \hat\Gamma(t) = \int_0^S ds\, C(s)\, u(t, t - s)^\dagger

S = ∞ with h constant before the start t₀ (stationary), or t − t₀ (a product state at t₀). W(t) = u(t, t₀) is kept as
Legendre series on panels, by collocation at Gauss's nodes, so that u(t, t − s)† = W(t − s)W(t)†; the integral is taken
over panels of each bath's correlation function by Gauss's rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield._core import ConvergenceError, Expansion, Resolution
from redfield.baths import ParticleBath
from redfield.baths.base import Bath
from redfield.baths.memory import FORGOTTEN, onset_of
from redfield.quadratic.system import QuadraticSystem
from redfield.systems.drives.made import Made
from redfield.systems.drives.panels import floquet_modes, panels_of
from redfield.systems.drives.window import Window

ORDER = 20
"""Nodes of a panel on which the propagator is kept."""
NODES, _ = np.polynomial.legendre.leggauss(ORDER)
ROUNDINGS = 100.0
"""Roundings of a time: a shorter duration is one straight line."""
TO_SERIES = np.linalg.inv(np.polynomial.legendre.legvander(NODES, ORDER - 1))
PHASE = 5.0
"""‖h‖ times the width of a panel: its Legendre series has then converged to rounding."""
MIN_PANELS = 4
SERIES_TOL = 1e-11
MAX_NODES = 20_000
SAMPLES = 65
"""Times of a span at which ‖h‖ is looked at."""


def largest_norm(
    h: Callable[[float], Any], first: float, last: float, drive: Made | None = None
) -> float:
    """max ‖h(t)‖ over samples of a span, and in the shortest pieces of its expansion `drive`."""
    grid = np.linspace(first, last, SAMPLES)
    if drive is not None:
        shortest = np.argsort(np.diff(drive.breaks), kind="stable")[: 4 * SAMPLES]
        width = np.diff(drive.breaks)[shortest]
        inside = [drive.breaks[shortest] + c * width for c in (0.1, 0.5, 0.9)]
        grid = np.concatenate([grid, *inside])
    return max(float(np.linalg.norm(h(float(t)), 2)) for t in grid)


class Propagator:
    """W(t) = u(t, t₀) with u̇ = −ih(t)u, as Legendre series on panels; e^{−ih(t₀)(t−t₀)} before t₀.

    The core follows u; a panel whose series has not converged is halved.
    """

    def __init__(self, system: QuadraticSystem, window: Window) -> None:
        n, self.start = system.dimension, window.first
        self.energies, self.modes = np.linalg.eigh(system.h(self.start))
        self.edges = np.array([self.start])
        self.series = np.zeros((0, ORDER, n * n), dtype=np.complex128)
        if window.duration <= 0.0:
            return
        drive = system.drive.core(window)
        if len(drive.jumps):
            raise ConvergenceError(
                f"h(t) jumps at t = {drive.jumps[0]:g}, where a history with memory does not follow it; smooth the jump"
            )
        fastest = largest_norm(system.h, window.first, window.last)
        eps = np.finfo(float).eps
        if window.duration <= max(eps / max(fastest, 1e-300), ROUNDINGS * eps * abs(window.last)):
            # Times in between are not told apart: U = 1 − i h (t − t₀).
            change = -0.5j * window.duration * np.asarray(system.h(self.start), dtype=np.complex128)
            self.edges = np.array([window.first, window.last])
            self.series = np.zeros((1, ORDER, n * n), dtype=np.complex128)
            self.series[0, 0], self.series[0, 1] = (np.eye(n) + change).ravel(), change.ravel()
            return
        core = floquet_modes(drive, [], window.duration, 0, self.start)
        back = core.frame(self.start).conj().T
        longest = min(window.duration / MIN_PANELS, PHASE / max(fastest, 1e-300))
        corners = np.concatenate([np.zeros(0), *drive.operator.resolution([], 0.0).grids])
        edges, rough = panels_of(self.start, window.duration, longest, corners), np.ones(1, np.bool_)
        while rough.any():
            nodes = ORDER * (len(edges) - 1)
            if nodes > MAX_NODES:
                raise ConvergenceError(
                    f"the propagator is too rough for {MAX_NODES} nodes; does h(t) jump? Split tlist at the jump"
                )
            require_memory(f"the propagator of h(t) at {nodes} times", 16.0 * nodes * n * n)
            middle, half = 0.5 * (edges[:-1] + edges[1:]), 0.5 * np.diff(edges)
            times = middle[:, None] + half[:, None] * NODES
            values = np.array([core.frame(t) @ back for t in times.ravel().tolist()])
            self.edges, self.series = edges, TO_SERIES @ values.reshape(-1, ORDER, n * n)
            rough = np.abs(self.series[:, -3:]).max(axis=(1, 2)) > SERIES_TOL
            edges = np.union1d(edges, middle[rough])

    def panels(self, t: RealArray) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], RealArray]:
        """Return the panel of each time after t₀ and its place in it, in [−1, 1]."""
        panel = np.clip(np.searchsorted(self.edges, t, side="right") - 1, 0, len(self.series) - 1)
        low, high = self.edges[panel], self.edges[panel + 1]
        return panel, (2.0 * t - low - high) / (high - low)

    def __call__(self, t: float) -> ComplexArray:
        return self.weighted(np.array([t]), np.ones(1, dtype=np.complex128))

    def weighted(self, t: RealArray, weights: ComplexArray) -> ComplexArray:
        """Σ_q weights_q W(t_q)."""
        n = len(self.energies)
        after = (t > self.start) & (len(self.series) > 0)
        panel, x = self.panels(t[after])
        polynomials = np.polynomial.legendre.legvander(x, ORDER - 1) * weights[after, None]
        total = np.zeros(n * n, dtype=np.complex128)
        if len(panel):
            first = int(panel.min())
            sums = np.zeros((int(panel.max()) - first + 1, ORDER), dtype=np.complex128)
            np.add.at(sums, panel - first, polynomials)
            total = np.tensordot(sums, self.series[first : first + len(sums)], axes=2)
        before = np.exp(-1j * np.outer(t[~after] - self.start, self.energies))
        frozen = (self.modes * (weights[~after] @ before)) @ self.modes.conj().T
        out: ComplexArray = total.reshape(n, n) + frozen
        return out


class Memory:
    """The memory integrals of each bath, with K(s) = ∫ dω/2π D e^{−iωs} and C_22(s)* for C(s).

    Parameters
    ----------
    stationary : whether they reach over all s ≥ 0, else up to t − t₀.
    """

    def __init__(self, system: QuadraticSystem, window: Window, stationary: bool) -> None:
        self.propagator = Propagator(system, window)
        fastest = largest_norm(system.h, window.first, window.last)
        baths = system.contacts.baths
        self.kernels = [
            (Kernel(bath, bath.empty, fastest, False), Kernel(bath, bath.injection, fastest, True))
            for bath in baths
        ]
        self.stationary = stationary
        begun = np.zeros(0) if stationary else onset_of(k.memory for pair in self.kernels for k in pair)
        inside = window.first + begun[begun < window.duration]
        self.resolution = Resolution([window.first, *inside.tolist(), window.last])

    def longest(self, t: float) -> float:
        """Return the longest step from t on, over which a memory that has just begun is smooth."""
        return self.resolution.longest(t)

    def __call__(self, t: float) -> list[tuple[ComplexArray, ComplexArray]]:
        """(damping, gain) of each bath at t; for a constant h they are Γ_11(h) − ζΓ_22(−h)† and Γ_22(−h)†."""
        now = self.propagator(t).conj().T
        window = np.inf if self.stationary else t - self.propagator.start

        def integral(kernel: Kernel) -> ComplexArray:
            s, weighted = kernel.up_to(window)
            return self.propagator.weighted(t - s, weighted) @ now

        return [(integral(damping), integral(gain)) for damping, gain in self.kernels]


class Kernel:
    """Nodes s and weights times C(s), or C(s)*, for integrals over a bath's memory.

    Raises
    ------
    ConvergenceError
        The memory does not end.
    """

    def __init__(self, bath: ParticleBath, part: Bath, fastest: float, conjugate: bool) -> None:
        self._part, self._conjugate = part, conjugate
        try:
            self.memory = part.memory
            s, weights, values = self.memory.nodes(fastest=fastest)
        except ValueError as error:
            raise ConvergenceError(_endless(bath, str(error))) from None
        if abs(values[-1]) * s[-1] > 1e3 * FORGOTTEN * float(weights @ np.abs(values)):
            raise ConvergenceError(_endless(bath, f"|C({s[-1]:.3g})| = {abs(values[-1]):.2g}"))
        if len(s) > MAX_NODES:
            raise ConvergenceError(_endless(bath, f"it needs {len(s)} nodes"))
        self.s, self.weighted = s, weights * self._one(values)
        # Weights of a panel sum to its length.
        self._ends = np.cumsum(weights.reshape(-1, Expansion.order).sum(axis=1))

    def _one(self, values: ComplexArray) -> ComplexArray:
        return values.conj() if self._conjugate else values

    def up_to(self, window: float) -> tuple[RealArray, ComplexArray]:
        """For integrals from 0 to `window`: whole panels, and a part of the one it cuts."""
        if window >= self._ends[-1]:
            return self.s, self.weighted
        whole = int(np.searchsorted(self._ends, window, side="right"))
        start = self._ends[whole - 1] if whole else 0.0
        half = 0.5 * (window - start)
        x, w = np.polynomial.legendre.leggauss(Expansion.order)
        s = start + half * (x + 1.0)
        weighted = half * w * self._one(np.asarray(self._part.correlation(s)))
        kept = slice(0, whole * Expansion.order)
        return np.append(self.s[kept], s), np.append(self.weighted[kept], weighted)


def _endless(bath: ParticleBath, why: str) -> str:
    return f"the memory of {bath!r} does not end: {why}. Give its density of states soft edges instead of a hard band"
