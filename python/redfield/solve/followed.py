"""States of a driven system at the points of panels of time, forwards, and of the adjoint equation backwards."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes
from redfield.equations.base import AnyEquation
from redfield.solve.collocation import Rule, maps, stages
from redfield.solve.held import Held
from redfield.systems.drives.window import Window

POINTS = 16
"""Of a panel: what H is between its ends has as many Chebyshev polynomials."""
FEWER = 10
"""Points of the rule whose difference from it is the error."""


class Followed(Protocol):
    """The states at panels' ends and points, forwards and backwards, and how often 𝓛 and 𝓛† were applied."""

    applications: int

    def forward(self, start: ComplexArray) -> tuple[ComplexArray, ComplexArray, RealArray]:
        """Return the states at the ends (P + 1, N, N), at the points (P, q, N, N), and each panel's error (P,)."""

    def backward(self, kicks: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """Return y at the points and where all begins, of what is added to it at each end (P + 1, N, N)."""


def _packed(x: ComplexArray) -> RealArray:
    """Return Hermitian matrices as the core packs them, column after column, (…, N²)."""
    out: RealArray = np.swapaxes(x.real + x.imag, -1, -2).reshape(*x.shape[:-2], -1)
    return out


def _unpacked(x: RealArray) -> ComplexArray:
    """Return the matrices of packed ones."""
    n = round(x.shape[-1] ** 0.5)
    packed = np.swapaxes(x.reshape(*x.shape[:-1], n, n), -1, -2)
    other = np.swapaxes(packed, -1, -2)
    out: ComplexArray = 0.5 * (packed + other) + 0.5j * (packed - other)
    return out


class Solved:
    """States of few levels: the stages of all panels are linear equations, solved at once."""

    def __init__(
        self, equation: AnyEquation, kind: _core.Kind, window: Window, held: Held, ends: RealArray
    ) -> None:
        system: Any = equation.system
        core, _ = system.core(window, equation.lamb_shift)
        m = system.dimension**2
        self.lengths, self.ends = np.diff(ends), ends

        def matrices(times: RealArray) -> RealArray:
            columns = _core.tabulate(core, kind, times).reshape(-1, m, m)
            return columns.transpose(0, 2, 1)

        panels = len(self.lengths)
        self.at_points = matrices(held.times)[held.place].reshape(panels, POINTS, m, m)
        fewer = Rule.of(FEWER)
        self.applications = panels * (2 * POINTS + FEWER)
        self.at_fewer = matrices(fewer.times(ends).ravel()).reshape(panels, FEWER, m, m)

    def forward(self, start: ComplexArray) -> tuple[ComplexArray, ComplexArray, RealArray]:
        """Return the states at the ends (P + 1, N, N), at the points (P, q, N, N), and each panel's error (P,)."""
        inside, step = maps(Rule.of(POINTS), self.lengths, self.at_points)
        _, coarse = maps(Rule.of(FEWER), self.lengths, self.at_fewer)
        states = [_packed(start)]
        for each in step:
            states.append(each @ states[-1])
        ends = np.stack(states)
        points = np.einsum("piab,pb->pia", inside, ends[:-1])
        return _unpacked(ends), _unpacked(points), np.linalg.norm(step - coarse, axis=(1, 2))

    def backward(self, kicks: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """Return y at the points and where all begins, of what is added to it at each end (P + 1, N, N)."""
        transposed = self.at_points[:, ::-1].transpose(0, 1, 3, 2)
        inside, step = maps(Rule.of(POINTS), self.lengths, transposed)
        added = _packed(kicks)
        y = added[-1]
        after = np.empty_like(added[1:])
        for p in range(len(step) - 1, -1, -1):
            after[p] = y
            y = step[p] @ y + added[p]
        points = np.einsum("piab,pb->pia", inside, after)[:, ::-1]
        return _unpacked(points), _unpacked(y)


class Iterated:
    """States of more levels: the stages of one panel after another, by iteration."""

    def __init__(self, held: Held, ends: RealArray, threads: int) -> None:
        self.held, self.ends, self.threads = held, ends, threads
        self.lengths, self.applications = np.diff(ends), 0
        middles = held.system.hamiltonian.stack(0.5 * (ends[:-1] + ends[1:]))
        self.energies, self.vectors = np.linalg.eigh(middles)

    def _panel(
        self, p: int, rule: Rule, generators: list[_core.Generator], start: ComplexArray, sign: float
    ) -> tuple[ComplexArray, ComplexArray] | None:
        """Return the stages and the end of a panel, backwards of the adjoint where sign = 1, of ρ where it is −1."""
        u, e = self.vectors[p], self.energies[p]
        v = u.conj().T

        def apply(i: int, x: ComplexArray) -> ComplexArray:
            self.applications += 1
            given = u @ x @ v if sign < 0.0 else (u @ x @ v).T
            change = generators[i].apply(np.ascontiguousarray(given), self.threads)
            inside: ComplexArray = v @ (change if sign < 0.0 else change.T) @ u
            return inside

        found = stages(rule, self.lengths[p], apply, sign * (e[:, None] - e), v @ start @ u)
        return None if found is None else (u @ found[0] @ v, u @ found[1] @ v)

    def forward(self, start: ComplexArray) -> tuple[ComplexArray, ComplexArray, RealArray]:
        """Return the states at the ends (P + 1, N, N), at the points (P, q, N, N), and each panel's error (P,)."""
        n, panels = len(start), len(self.lengths)
        rule, fewer = Rule.of(POINTS), Rule.of(FEWER)
        coarse = Held(self.held.equation, self.held.kind, fewer.times(self.ends).ravel())
        points = np.zeros((panels, POINTS, n, n), dtype=np.complex128)
        ends, errors = np.stack([start] * (panels + 1)), np.full(panels, np.inf)
        for p in range(panels):
            fine = self._panel(p, rule, self.held.generators(p, POINTS), ends[p], -1.0)
            rough = self._panel(p, fewer, coarse.generators(p, FEWER), ends[p], -1.0)
            if fine is None or rough is None:
                ends[p + 1] = ends[p]
                continue
            points[p], ends[p + 1] = fine
            errors[p] = np.linalg.norm(fine[1] - rough[1])
        return ends, points, errors

    def backward(self, kicks: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
        """Return y at the points and where all begins, of what is added to it at each end (P + 1, N, N)."""
        rule, y = Rule.of(POINTS), kicks[-1]
        points = np.empty((len(self.lengths), POINTS, *y.shape), dtype=np.complex128)
        bytes_ = as_max_bytes(None)
        for p in range(len(self.lengths) - 1, -1, -1):
            made = self.held.generators(p, POINTS)
            adjoints = [each.adjoint(bytes_) for each in made[::-1]]
            found = self._panel(p, rule, adjoints, y, 1.0)
            if found is None:
                raise _core.ConvergenceError(
                    f"the adjoint equation is not solved between t = {self.ends[p]:.6g} and {self.ends[p + 1]:.6g}"
                )
            points[p], y = found[0][::-1], found[1] + kicks[p]
        return points, y
