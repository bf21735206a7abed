"""Gradients of the eigenvalues of 𝓛."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_choice,
    as_max_bytes,
    as_threads,
)
from redfield.equations.base import AnyEquation
from redfield.results.gradient import Gradient, GradientOptions
from redfield.solve.gradients_of_fluctuations import of_pairs

DENSE = 16
"""Levels up to which the left modes are those of the dense matrix."""
APART = 1e-6
"""The distance of eigenvalues, relative to |λ|, below which they are one and have no gradient of their own."""


def of_eigenvalue(
    equation: AnyEquation, value: complex, mode: ComplexArray, part: str, options: GradientOptions
) -> Gradient:
    """Return the gradient of Re λ or Im λ: dλ = tr[l†(d𝓛)r]/tr[l†r], 𝓛r = λr, 𝓛†l = λ*l."""
    real = as_choice("part", part, ("real", "imaginary")) == "real"
    left = _left(equation, value, options)
    overlap = np.vdot(left, mode)
    if abs(overlap) < APART * float(np.linalg.norm(left) * np.linalg.norm(mode)):
        raise ValueError(
            f"λ = {value:.6g} is defective: its left and right modes are orthogonal, and it has no gradient"
        )
    y = left.conj().T / overlap
    found = of_pairs(equation, [(1.0 if real else -1j, y, mode)], options)
    return dataclasses.replace(found, value=value.real if real else value.imag)


def _left(equation: AnyEquation, value: complex, options: GradientOptions) -> ComplexArray:
    """Return l of 𝓛†l = λ*l, (N, N)."""
    n = equation.system.dimension
    if n <= DENSE:
        matrix = equation.liouvillian(threshold=0.0).toarray()
        values, vectors = scipy.linalg.eig(matrix.conj().T)
        modes = vectors.T.reshape(-1, n, n).transpose(0, 2, 1)  # column-stacked
    else:
        adjoint: Any = equation.adjoint()
        room = as_max_bytes(None)
        # A mode of 𝓛† between transposed operators: Xᵀ turns with λ* as X does.
        found = _core.spectrum(
            adjoint.generator, min(n * n, 12), "auto", options.tol, as_threads(options.threads), room
        )
        values, modes = np.asarray(found[0]), np.asarray(found[1]).transpose(0, 2, 1)
    distance = np.abs(values - np.conj(value))
    order = np.argsort(distance)
    scale = max(abs(value), 1e-300)
    if distance[order[0]] > APART * max(scale, float(np.abs(values).max()) * 1e-6):
        raise ValueError(f"λ = {value:.6g} is not among the modes of 𝓛† nearest zero: ask one nearer")
    if len(order) > 1 and distance[order[1]] < APART * scale:
        raise ValueError(f"λ = {value:.6g} is degenerate: it has no gradient of its own")
    left: ComplexArray = np.ascontiguousarray(modes[order[0]], dtype=np.complex128)
    return left
