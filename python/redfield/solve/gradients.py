"""Gradients of the answers of a constant Hamiltonian: tables, one call of the core, and the baths' own chain rule."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_max_bytes, as_positive, as_threads, warn
from redfield._base.progress import progress_callback
from redfield.baths import Bath
from redfield.equations.base import AnyEquation
from redfield.equations.sloped import Factors, Sloped
from redfield.equations.universal_shift import ShiftGradient
from redfield.results.gradient import BathGradients, Gradient, GradientOptions, OfOneSystem
from redfield.systems.couplings import SiteProjectors, as_core_operator
from redfield.systems.system import System
from redfield.systems.tables import UNUSED, tabulate, unused_at_zero

STORED = 1e9
"""Bytes of states that a gradient of an evolution keeps, beyond which they are computed again."""
KEPT = 64
"""Levels up to which the tables for gradients are kept: making them takes longer than a solution there, and beyond
keeping them takes memory."""
Table = list[tuple[ComplexArray, ComplexArray]]
Tables = tuple[Table, Table, Table, float, float]
"""Functions of the Bohr frequencies with slopes, left, right and of the Lamb shift, the cutoff and its tolerance."""


class Differentiable:
    """An equation with the functions of its baths, and what of a derivative by them each number has."""

    def __init__(self, equation: AnyEquation) -> None:
        system: Any = equation.system
        system.require_independent("a gradient")
        self.equation: AnyEquation = equation
        self.system: System = system
        lamb_shift = equation._shift_table
        w = system.bohr_frequencies()
        self.numbers: list[Mapping[str, ComplexArray]] = []
        self.omissions: list[str] = []
        self._cores: dict[bool, _core.System] = {}
        spectra = [self._spectrum(bath, w, lamb_shift) for bath in system.baths]
        self.factors: Factors = equation._factors(spectra)

    def _spectrum(self, bath: Bath, w: RealArray, lamb_shift: bool) -> Sloped:
        hidden = functools.partial(unused_at_zero, self.system, bath, w)
        half, eta = tabulate(bath, w, lamb_shift, hidden)
        with np.errstate(divide="ignore", invalid="ignore"):
            derivatives = bath.derivatives(w, lamb_shift)
        value = half.astype(np.complex128) if eta is None else half + 1j * eta
        slope = self._finite(bath, np.array(derivatives.frequency, dtype=np.complex128))
        self.numbers.append(derivatives.numbers)
        return Sloped(value, slope)

    def _finite(self, bath: Bath, slope: ComplexArray) -> ComplexArray:
        """Return a slope without what is infinite, as of η ∝ ω ln|ω| at ω = 0; `omissions` says where that counts."""
        endless = ~np.isfinite(slope)
        if not endless.any():
            return slope
        slope[endless] = 0.0
        np.fill_diagonal(endless, False)  # the distance of a level from itself does not change
        of_bath = [j for j in range(len(self.system.couplings)) if self.system.coupling_bath(j) is bath]
        if endless.any() and any(
            np.abs(self.system.coupling_in_eigenbasis(j)[endless]).max() > UNUSED for j in of_bath
        ):
            self.omissions.append(
                f"{bath!r}: dΓ/dω is infinite at ω = 0 and levels are degenerate: a change of H that parts them by x "
                "changes the answer by x ln x too, which the gradient by H leaves out"
            )
        return slope

    def warned(self) -> Differentiable:
        """Return itself, having warned of the terms that its gradients leave out."""
        for message in self.omissions:
            warn(message, UserWarning)
        return self

    @functools.cached_property
    def tables(self) -> Tables:
        """The functions as the core takes them."""
        kinds = (self.factors.left, self.factors.right, self.factors.shift)
        left, right, shift = ([(one.value, one.slope) for one in kind] for kind in kinds)
        return left, right, shift, self.factors.cutoff, self.factors.tolerance

    def core(self, given_basis: bool) -> _core.System:
        """Return the system in the core with one table for each bath object."""
        if given_basis not in self._cores:
            self._cores[given_basis] = self._core(given_basis)
        return self._cores[given_basis]

    def _core(self, given_basis: bool) -> _core.System:
        system, n = self.system, self.system.dimension
        flat: list[Any] = [(np.full((n, n), 0.5), None)] * len(system.baths)
        energies, vectors = (
            (np.zeros(n), np.eye(n)) if given_basis else (system.energies, system.eigenvectors)
        )
        of = system.bath_of_coupling
        if isinstance(system.couplings, SiteProjectors):
            sites, weights = system.couplings.sites, system.couplings.weights
            return _core.System.site_projectors(energies, vectors, sites, weights, flat, of)
        operators = [as_core_operator(a) for a in system.couplings]
        return _core.System.operators(energies, vectors.astype(np.complex128), operators, flat, of)

    def gradient(self, value: float, raw: tuple[Any, ...], **rest: Any) -> Gradient:
        """Return the gradient of what the core found."""
        hamiltonian, couplings, *of_tables, commutator = raw
        one_sided = self.factors.of_one_sided(of_tables)
        beside: Any = [{} for _ in self.numbers]
        if self.equation._own_shift is not None:
            part = of_own_shift(self.equation, commutator)
            hamiltonian, couplings = hamiltonian + part.hamiltonian, couplings + part.couplings
            beside = part.numbers
        baths: Any = [
            OfOneSystem([(g, numbers)], more)
            for g, numbers, more in zip(one_sided, self.numbers, beside, strict=True)
        ]
        if not self.equation._has_baths:
            baths, one_sided = [], one_sided[:0]
        told = BathGradients(baths)
        return Gradient(value, hamiltonian, couplings, told, one_sided, equation=self.equation, **rest)


def of_own_shift(equation: AnyEquation, commutator: ComplexArray) -> ShiftGradient:
    """Return what a Lamb shift that no table tells adds to a gradient, all in the basis H was given in.

    `commutator` is W of dF = tr[W dH_LS], and couplings are ∂F/∂A_j, or of SiteProjectors ∂F/∂w_j.
    """
    system: Any = equation.system
    shift = equation._own_shift
    assert shift is not None
    u = system.eigenvectors
    found = shift.pull_back(u.conj().T @ commutator @ u)
    if isinstance(system.couplings, SiteProjectors):
        rows = u[np.asarray(system.couplings.sites)]
        couplings = (
            2.0 * np.einsum("jk,jkl,jl->j", rows, found.couplings, rows.conj(), optimize=True).real
        )
    else:
        couplings = 2.0 * u @ found.couplings.conj().swapaxes(1, 2) @ u.conj().T
    return ShiftGradient(u @ found.hamiltonian @ u.conj().T, couplings, found.numbers)


def of_steady_state(
    equation: AnyEquation, rho: ComplexArray, observable: ComplexArray, options: GradientOptions
) -> Gradient:
    """Return the gradient of tr(Oρ), ρ the only steady state and O Hermitian."""
    of: Differentiable = equation.solver.differentiable
    with progress_callback(options.progress, "gradient") as report:
        raw, residual, applications = _core.steady_gradient(
            equation.solver.generator,
            of.core(False),
            of.tables,
            rho,
            observable,
            options.method,
            as_positive("tol", options.tol),
            as_threads(options.threads),
            as_max_bytes(None),
            report,
        )
    value = float(np.sum(observable.T * rho).real)
    return of.gradient(value, raw, residual=residual, applications=applications)


def of_evolution(
    equation: AnyEquation,
    rho0: ComplexArray,
    times: RealArray,
    weights: Sequence[ComplexArray] | ComplexArray,
    options: GradientOptions,
) -> Gradient:
    """Return the gradient of Σ_i tr(W_i ρ(t_i)), W_i Hermitian."""
    of: Differentiable = equation.solver.differentiable
    generator = equation.solver.cheapest
    settings = _core.Settings(
        "auto",
        as_positive("rtol", options.rtol),
        0.0,
        as_max_bytes(None),
        as_threads(options.threads),
        "float64",
    )
    with progress_callback(options.progress, "gradient") as report:
        raw, value, start, of_times, stats = _core.evolution_gradient(
            generator,
            of.core(not generator.in_eigenbasis),
            of.tables,
            rho0,
            times,
            list(weights),
            settings,
            STORED,
            report,
        )
    return of.gradient(value, raw, rho0=start, times=of_times, applications=stats["applications"])
