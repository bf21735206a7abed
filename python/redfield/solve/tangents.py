"""Forward mode: how states change along a few directions, at any number of times."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes, as_positive, as_threads
from redfield._base.progress import progress_callback
from redfield.equations.base import AnyEquation
from redfield.equations.sloped import Sloped
from redfield.results.gradient import Direction, GradientOptions
from redfield.solve.gradients import Differentiable
from redfield.systems.couplings import SiteProjectors
from redfield.systems.tables import UNUSED

NEAR = 3e-5
"""The distance of near levels in units of the frequency over which a function varies, as in the core's response.cpp."""
KINK = 64.0 * float(np.finfo(np.float64).eps)
"""The part of a function below which the excess of a quotient over the slopes is rounding, as there."""


def of_evolution(
    equation: AnyEquation,
    rho0: ComplexArray,
    times: RealArray,
    directions: Sequence[Direction],
    options: GradientOptions,
) -> ComplexArray:
    """Return dρ(t) along each direction, (P, T, N, N)."""
    changes = Changes(equation)
    rtol = as_positive("rtol", options.rtol)
    settings = _core.Settings(
        "auto", rtol, 0.0, as_max_bytes(None), as_threads(options.threads), "float64"
    )
    starts = [d.rho0 for d in directions]
    with progress_callback(options.progress, "tangents") as report:
        _, derivatives, _ = _core.evolve_tangents(
            equation.solver.generator, [changes.along(d) for d in directions], rho0, starts, times, settings, report
        )  # fmt: skip
    found: ComplexArray = derivatives
    return found


def of_steady_state(
    equation: AnyEquation, rho: ComplexArray, directions: Sequence[Direction], options: GradientOptions
) -> ComplexArray:
    """Return dρ of the only steady state along each direction, (P, N, N): 𝓛 dρ = −(d𝓛)ρ, tr dρ = 0."""
    changes = Changes(equation)
    threads, room = as_threads(options.threads), as_max_bytes(None)
    out = np.empty((len(directions), *rho.shape), dtype=np.complex128)
    for p, direction in enumerate(directions):
        right = -changes.along(direction).apply(rho, threads)
        right = 0.5 * (right + right.conj().T)
        right -= np.trace(right) / len(right) * np.eye(len(right))
        out[p] = _core.steady_response(equation.solver.generator, right, options.tol, threads, room)
    return out


class Changes:
    """What d𝓛 of an equation is along directions, as sums of products."""

    def __init__(self, equation: AnyEquation) -> None:
        of: Differentiable = equation.solver.differentiable
        self.equation, self.of, self.system = equation, of, of.system
        self.u = np.asarray(self.system.eigenvectors, dtype=np.complex128)
        energies = self.system.energies
        self.apart: RealArray = energies[None, :] - energies[:, None]
        self.shift = equation._own_shift

    @functools.cached_property
    def a(self) -> list[ComplexArray]:
        """Each coupling in the eigenbasis."""
        return [self.system.coupling_in_eigenbasis(j) for j in range(len(self.system.couplings))]

    def knows(self, direction: Direction) -> bool:
        """Return whether the derivatives of Γ by all numbers that a direction changes are finite and known."""
        try:
            for b in range(len(self.system.baths)):
                self._of_numbers(b, direction)
            if self.shift is not None:
                self.shift.require_known(list(direction.baths or ()))
        except (ValueError, _core.ConvergenceError):
            return False
        return True

    def along(self, direction: Direction) -> Any:
        """Return d𝓛 in the core."""
        n, system, factors = len(self.u), self.system, self.of.factors
        masked = np.isfinite(factors.cutoff)
        only_baths = direction.hamiltonian is None and direction.couplings is None
        plain = not factors.right and not masked and self.shift is None
        if only_baths and plain and isinstance(system.couplings, SiteProjectors):
            return self._of_sites(direction)
        h = np.zeros((n, n)) if direction.hamiltonian is None else direction.hamiltonian
        x: ComplexArray = self.u.conj().T @ np.asarray(h, dtype=np.complex128) @ self.u
        if masked:
            return self._masked(direction, x)
        decay, shift = np.zeros((n, n), dtype=np.complex128), np.zeros((n, n), dtype=np.complex128)
        terms: list[tuple[ComplexArray, ComplexArray]] = []
        spectra = [self._of_numbers(b, direction) for b in range(len(system.baths))]
        moved = [self._of_coupling(j, direction) for j in range(len(self.a))]
        for j, (a, da) in enumerate(zip(self.a, moved, strict=True)):
            b = system.bath_of_coupling[j]
            left, dleft = self._moved(factors.left[b], a, da, x, spectra[b])
            right, dright = a, da
            if factors.right:
                right, dright = self._moved(factors.right[b], a, da, x, spectra[b])
            terms += [(dleft, right), (left, dright)]
            decay += dright.conj().T @ left + right.conj().T @ dleft
            if factors.shift:
                s, ds = self._moved(factors.shift[b], a, da, x, spectra[b])
                shift += da.conj().T @ s + a.conj().T @ ds
        if self.shift is not None:
            x = x + self.shift.along(x, np.array(moved), list(direction.baths or ()))
        x = x - 0.5j * (shift - shift.conj().T)
        return _core.change_of(self.equation.solver.generator, x, decay, terms, [])

    def _masked(self, direction: Direction, x: ComplexArray) -> Any:
        """Return d𝓛 of an equation that couples near Bohr frequencies alone; which do is held.

        Z turns the eigenvectors between levels that are apart, and the operators move with them.
        """
        factors, system = self.of.factors, self.system
        cutoff = factors.cutoff + (
            system.degeneracy_tol if factors.tolerance < 0.0 else factors.tolerance
        )
        near = np.abs(self.apart) <= min(cutoff, *(self._distance(f) for f in factors.left))
        z = np.divide(x, self.apart, out=np.zeros_like(x), where=~near)
        couplings = []
        for j, a in enumerate(self.a):
            b = system.bath_of_coupling[j]
            f, spectrum = factors.left[b], self._of_numbers(b, direction)
            da = self._of_coupling(j, direction) + a @ z - z @ a
            change = f.value * da + f.of_change(spectrum) * a + self._of_near(f, a, x, near)
            couplings.append((f.value * a, a, change, da))
        return _core.masked_change_of(
            self.equation.solver.generator, x, z, couplings, cutoff, as_max_bytes(None)
        )

    def _of_sites(self, direction: Direction) -> Any:
        """Return d𝓛 of site projectors where nothing but numbers of baths changes: K = V((|V|²)ᵀf ∘ V†) of each."""
        system: Any = self.system
        generator = self.equation.solver.generator
        places, weights = np.asarray(system.couplings.sites), np.asarray(system.couplings.weights)
        v = self.u[places].conj().T * weights  # A_j = v_jv_j†/w_j
        decay, sites = np.zeros(self.u.shape, dtype=np.complex128), []
        of = np.asarray(system.bath_of_coupling)
        for b in range(len(system.baths)):
            change, mine = self._of_numbers(b, direction), of == b
            columns = v[:, mine]
            unit = self.u[places[mine]].conj().T
            passed = (np.abs(unit) ** 2).T @ change
            decay += columns @ (passed * columns.conj().T)
            sites.append((places[mine].tolist(), weights[mine], change))
        return _core.change_of(generator, np.zeros(self.u.shape), decay, [], sites)

    def _of_coupling(self, j: int, direction: Direction) -> ComplexArray:
        n = len(self.u)
        if direction.couplings is None:
            return np.zeros((n, n), dtype=np.complex128)
        given = direction.couplings[j]
        if isinstance(self.system.couplings, SiteProjectors):
            v = self.u[self.system.couplings.sites[j]].conj()
            change: ComplexArray = (float(given) * np.outer(v, v.conj())).astype(np.complex128)
            return change
        moved: ComplexArray = self.u.conj().T @ np.asarray(given) @ self.u
        return moved

    def _of_numbers(self, b: int, direction: Direction) -> ComplexArray:
        """Return dΓ of a bath at the Bohr frequencies."""
        out = np.zeros(self.u.shape, dtype=np.complex128)
        for name, value in direction.baths[b].items() if direction.baths else ():
            if name not in self.of.numbers[b]:
                known = ", ".join(self.of.numbers[b])
                raise ValueError(f"bath {b} has no number {name!r} to change; it has {known}")
            if value != 0.0:
                out += value * self._finite(b, name)
        return out

    def _finite(self, b: int, name: str) -> ComplexArray:
        """Return ∂Γ/∂p of a bath, 0 where it is infinite and no coupling asks for it."""
        change = self.of.numbers[b][name]
        endless = ~np.isfinite(change)
        if not endless.any():
            return change
        for j, a in enumerate(self.a):
            if self.system.bath_of_coupling[j] != b:
                continue
            if np.abs(a[endless]).max() > UNUSED * np.abs(a).max():
                raise ValueError(
                    f"bath {b}: its Γ changes without bound with {name!r} at ω = 0, where a coupling has elements, so "
                    "that the state has no derivative along it"
                )
        return np.where(endless, 0.0, change)

    def _moved(
        self, f: Sloped, a: ComplexArray, da: ComplexArray, x: ComplexArray, spectrum: ComplexArray
    ) -> tuple[ComplexArray, ComplexArray]:
        """Return f∘A and d(f∘A) = f∘(dA + [A, Z]) + [Z, f∘A] + f'∘(…) + df∘A, Z_mk = X_mk/(E_k − E_m)."""
        table = f.value * a
        near = np.abs(self.apart) <= self._distance(f)
        z = np.divide(x, self.apart, out=np.zeros_like(x), where=~near)
        change = f.value * (da + a @ z - z @ a) + z @ table - table @ z + f.of_change(spectrum) * a
        return table, change + self._of_near(f, a, x, near)

    def _distance(self, f: Sloped) -> float:
        """Return the distance of levels that count as near for a function."""
        slope = np.abs(f.slope).max()
        return float(NEAR * np.abs(f.value).max() / slope) if slope > 0.0 else 0.0

    def _of_near(
        self, f: Sloped, a: ComplexArray, x: ComplexArray, near: npt.NDArray[np.bool_]
    ) -> ComplexArray:
        """Return what a change of H makes of f∘A through near levels, each level being near itself.

        It is X_km (A_mn times the quotient of f), for which the mean of the slopes at both frequencies stands where
        f is smooth between them.
        """
        close, bent = np.where(near, x, 0.0), f.slope * a
        out: ComplexArray = 0.5 * (bent @ close - close @ bent + f.slope * (a @ close - close @ a))
        rounding = KINK * float(np.abs(f.value).max())
        for k, m in np.argwhere(near & (np.abs(self.apart) > self.system.degeneracy_tol)):
            gap = self.apart[m, k]
            excess = [
                (there - here) / by - 0.5 * (slope + other)
                for there, here, slope, other, by in (
                    (f.value[k], f.value[m], f.slope[k], f.slope[m], -gap),
                    (f.value[:, k], f.value[:, m], f.slope[:, k], f.slope[:, m], gap),
                )
            ]
            rows, columns = (np.where(np.abs(e) > rounding / abs(gap), e, 0.0) for e in excess)
            out[k] -= x[k, m] * a[m] * rows
            out[:, k] += x[m, k] * a[:, m] * columns
        return out
