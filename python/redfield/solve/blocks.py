"""Two-time functions from the few matrix elements that a symmetry lets take part.

A sparse 𝓛 often moves no weight between some groups of matrix elements: with U(1) the coherences of each difference of
excitation numbers are apart. ⟨a(τ)⟩ of a source X is

    tr[a e^{𝓛τ}X] = Σ_{kl ∈ B} y_kl(τ) X_kl,   ẏ = (𝓛_B)ᵀ y,   y(0) = aᵀ on B,

over the groups B in which both a and X have elements. One evolution of y serves all sources.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.equations.base import AnyEquation
from redfield.equations.lindblad import Lindblad
from redfield.equations.options import Options
from redfield.systems.couplings import as_coordinates

SHARE = 1 / 8
"""Part of the matrix elements up to which they are taken apart."""
MOST_LEVELS = 512
"""Levels up to which 𝓛 is written as a sparse matrix to look for groups."""
DENSE = 256
"""Matrix elements up to which the exponential of 𝓛_B is made."""
STEPS = 3
"""Different steps of the times for which exponentials are made, at most."""
EQUAL = 1e-12
"""Relative difference of times up to which steps are the same."""


class Blocks:
    """The groups of matrix elements of an equation that 𝓛 keeps apart."""

    def __init__(self, equation: Lindblad) -> None:
        self._matrix = superoperator(equation)
        self.count, self._label = scipy.sparse.csgraph.connected_components(
            abs(self._matrix), directed=True, connection="weak"
        )

    def chosen(self, a: ComplexArray, sources: ComplexArray) -> npt.NDArray[np.intp]:
        """Return the elements, in column-stacked order, of groups in which both an operator and a source are not 0."""
        observed = _columns(a.T) != 0.0
        given = np.any([_columns(x) != 0.0 for x in sources], axis=0)
        both = np.intersect1d(self._label[observed], self._label[given])
        chosen: npt.NDArray[np.intp] = np.flatnonzero(np.isin(self._label, both))
        return chosen

    def regressed(
        self, a: ComplexArray, sources: ComplexArray, delays: RealArray, chosen: npt.NDArray[np.intp]
    ) -> ComplexArray:
        """Return tr[a e^{𝓛τ}X] of sources (S, N, N) at delays (T,), (S, T), from the elements chosen."""
        heisenberg = self._matrix[chosen][:, chosen].T.tocsr()
        rows = propagated(heisenberg, _columns(a.T)[chosen], delays)
        starts = np.array([_columns(x)[chosen] for x in sources])
        table: ComplexArray = starts @ rows.T
        return table


def superoperator(equation: Lindblad) -> scipy.sparse.csr_array:
    """Return 𝓛 on column-stacked ρ in the basis H was given in, 1⊗G + G*⊗1 + Σ L*⊗L, G = −iH − ½ΣL†L."""
    system: Any = equation.system
    jumps = [scipy.sparse.csr_array(as_coordinates(x)) for x in system.couplings]
    decay = -1j * scipy.sparse.csr_array(system.sparse_hamiltonian)
    for jump in jumps:
        decay = decay - 0.5 * (jump.conj().T @ jump)
    one = scipy.sparse.eye_array(system.dimension)
    whole = scipy.sparse.kron(one, decay) + scipy.sparse.kron(decay.conj(), one)
    for jump in jumps:
        whole = whole + scipy.sparse.kron(jump.conj(), jump)
    matrix = scipy.sparse.csr_array(whole)
    matrix.eliminate_zeros()
    return matrix


def blocks_of(equation: AnyEquation, options: Options) -> Blocks | None:
    """Return the groups of Lindblad's equation, where it is sparse and has several, else None."""
    usual = Options()
    wanted = (options.method, options.progress, options.stop) == ("auto", usual.progress, usual.stop)
    small = equation.system.dimension <= MOST_LEVELS
    if not (wanted and small and isinstance(equation, Lindblad) and equation.frame == "given"):
        return None
    blocks = Blocks(equation)
    return blocks if blocks.count > 1 else None


def regressed(
    equation: AnyEquation, a: ComplexArray, sources: ComplexArray, delays: RealArray, options: Options
) -> ComplexArray | None:
    """Return tr[a e^{𝓛τ}X] of sources (S, N, N) at delays (T,), (S, T), or None where many elements take part."""
    blocks = blocks_of(equation, options)
    if blocks is None:
        return None
    chosen = blocks.chosen(a, sources)
    if len(chosen) > SHARE * a.size:
        return None
    return blocks.regressed(a, sources, delays, chosen)


def propagated(matrix: scipy.sparse.csr_array, start: ComplexArray, times: RealArray) -> ComplexArray:
    """Return e^{Mt}y at ascending times t ≥ 0, (T, M), to rounding."""
    if len(start) == 0:
        return np.zeros((len(times), 0), dtype=np.complex128)
    steps = np.diff(times, prepend=0.0)
    kinds, place = np.unique(np.round(steps / (EQUAL * max(times[-1], 1e-300))), return_inverse=True)
    lengths = [float(steps[place == k].mean()) for k in range(len(kinds))]
    maps: list[ComplexArray] | None = None
    if len(start) <= DENSE and len(kinds) <= STEPS:
        dense = matrix.toarray()
        maps = [scipy.linalg.expm(step * dense) for step in lengths]
    out = np.empty((len(times), len(start)), dtype=np.complex128)
    now = start.astype(np.complex128)
    for i, k in enumerate(place):
        _core.poll()
        if lengths[k] > 0.0:
            now = (
                scipy.sparse.linalg.expm_multiply(lengths[k] * matrix, now)
                if maps is None
                else maps[k] @ now
            )
        out[i] = now
    return out


def _columns(x: ComplexArray) -> ComplexArray:
    """Return the elements column after column."""
    return x.ravel(order="F")
