"""The jump operators of equations of Lindblad form, in the eigenbasis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.baths.matrix import Mixed
from redfield.equations.base import AnyEquation
from redfield.equations.lambdas import jump_operators
from redfield.equations.unravelling import Maker, Unravelling, in_eigenbasis
from redfield.systems.couplings import SiteProjectors
from redfield.systems.system import System

NEGLIGIBLE = 1e-13
"""The part of a kernel's largest eigenvalue below which its remainder makes no more jump operators."""


def of_jumps(equation: AnyEquation, jumps: ComplexArray, kind: _core.Kind) -> _core.Generator:
    """Return the generator of jump operators (K, N, N), given in the eigenbasis with their rates."""
    system = equation.system
    u, e = system.eigenvectors, system.energies
    flat = np.full(u.shape, 0.5), None
    operators: Sequence[Any] = [np.ascontiguousarray(u @ x @ u.conj().T) for x in jumps]
    return kind.make(
        _core.System.operators(e, u.astype(np.complex128), list(operators), [flat], [0] * len(jumps))
    )


def unravelling_of_jumps(equation: AnyEquation, make: Maker) -> Unravelling:
    """Return that of one jump operator a coupling, L_j = √γ_j∘A_j: universal Lindblad and geometric–arithmetic."""
    system: Any = equation.system
    if system.has_matrix:
        jumps = list(Mixed(system).jumps())
    else:
        require_memory("the jump operators", 32.0 * len(system.couplings) * float(system.dimension) ** 2)
        jumps = list(jump_operators(system))
    return in_eigenbasis(make, system, equation.generator.decay(), jumps)


def eigenstate_jumps(equation: AnyEquation) -> Unravelling:
    """Return Davies' where no two Bohr frequencies are equal: a Markov chain of levels, and dephasing."""
    system: Any = equation.system
    k = np.diagonal(equation.generator.decay())
    spectra = [float(bath.power_spectrum(np.zeros(1))[0]) for bath in system.baths]
    dephasing = np.empty((system.dimension, len(system.couplings)), dtype=np.complex128)
    for j, b in enumerate(system.bath_of_coupling):
        diagonal = _diagonal(system, j)
        # γ(0) = ∞ of a sub-Ohmic bath is of no weight where the coupling has no such elements.
        dephasing[:, j] = np.sqrt(spectra[b]) * diagonal if diagonal.any() else 0.0
    rates = np.clip(equation.generator.rates, 0.0, None)
    solver = _core.EigenstateJumps(system.energies + k.imag, rates, dephasing)
    return Unravelling(solver, np.asarray(system.eigenvectors, dtype=np.complex128))


def _diagonal(system: System, j: int) -> RealArray | ComplexArray:
    if isinstance(system.couplings, SiteProjectors):
        weight, site = system.couplings.weights[j], system.couplings.sites[j]
        diagonal: RealArray = weight * np.abs(system.eigenvectors[site]) ** 2
        return diagonal
    return np.diagonal(system.coupling_in_eigenbasis(j))


def secular_jumps(equation: AnyEquation, tolerance: float, make: Maker) -> Unravelling:
    """Return Davies' in general: jump operators √γ(ω) A_j(ω) for each coupling and each Bohr frequency."""
    system: Any = equation.system
    jumps = []
    w = system.bohr_frequencies()
    order = np.argsort(w, axis=None, kind="stable")
    cuts = np.flatnonzero(np.diff(w.ravel()[order]) > tolerance) + 1
    clusters = np.split(order, cuts)
    require_memory("the jump operators", 64.0 * len(system.couplings) * float(w.size))
    for j, b in enumerate(system.bath_of_coupling):
        a = system.coupling_in_eigenbasis(j)
        strongest = np.abs(a).max()
        for cluster in clusters:
            values = a.ravel()[cluster]
            if np.abs(values).max() <= 1e-15 * strongest:
                continue
            gamma = system.baths[b].power_spectrum(w.ravel()[cluster].mean(keepdims=True))
            values = np.sqrt(gamma) * values
            kept, n = values != 0.0, system.dimension
            places = np.divmod(cluster[kept], n)
            jumps.append(scipy.sparse.coo_array((values[kept], places), shape=(n, n)))
    return in_eigenbasis(make, system, equation.generator.decay(), jumps)


def windowed_jumps(
    equation: AnyEquation, window: float, tables: Sequence[tuple[ComplexArray, ComplexArray]], make: Maker
) -> Unravelling:
    """Return the coarse-grained one: χ(ω, ω') = Σ_m f_m(ω) f_m(ω')*, L_jm = f_m∘A_j, as many as χ has rank."""
    system: Any = equation.system
    n = system.dimension
    w = system.bohr_frequencies()
    frequencies, place = np.unique(w, return_inverse=True)
    baths = system.baths_of_tables()
    factors = []
    for value, derivative in tables:
        at = np.empty((2, len(frequencies)), dtype=np.complex128)
        at[0, place.ravel()], at[1, place.ravel()] = value.ravel(), derivative.ravel()
        factors.append([f[place].reshape(n, n) for f in factorised(frequencies, at[0], at[1], window)])
    jumps = [
        f * system.coupling_in_eigenbasis(j)
        for j in range(len(system.couplings))
        for f in factors[baths.index(system.coupling_bath(j))]
    ]
    return in_eigenbasis(make, system, equation.generator.decay(), jumps)


def factorised(
    w: RealArray, value: ComplexArray, derivative: ComplexArray, window: float
) -> Iterator[ComplexArray]:
    """Yield pivoted Cholesky factors of χ(ω, ω') = P(ω, ω') + P(ω', ω)*, P as the core's equation/kinds.hpp has it."""
    columns: list[ComplexArray] = []
    rest = 2.0 * _average(np.zeros(len(w)), value, value, derivative, derivative, window).real
    largest = rest.max()
    while len(columns) < len(w) and rest.max() > NEGLIGIBLE * largest:
        k = int(np.argmax(rest))
        delta = w - w[k]
        here = _average(delta, value, value[k], derivative, derivative[k], window)
        there = _average(-delta, value[k], value, derivative[k], derivative, window)
        column = here + there.conj()
        for other in columns:
            column = column - other * other[k].conj()
        column = column / np.sqrt(rest[k])
        columns.append(column)
        rest = rest - np.abs(column) ** 2
        yield column


def _average(
    delta: RealArray,
    here: ComplexArray,
    there: ComplexArray,
    slope_here: ComplexArray,
    slope_there: ComplexArray,
    window: float,
) -> ComplexArray:
    """Return P of two frequencies delta apart."""
    x = 0.5 * delta * window
    near = np.abs(x) < 1e-5
    slope = np.where(near, 0.5 * (slope_here + slope_there), (here - there) / np.where(near, 1.0, delta))
    inner = 0.5 * np.sinc(x / np.pi) * (here + there) + 1j * np.cos(x) / window * slope
    average: ComplexArray = np.exp(-1j * x) * inner
    return average
