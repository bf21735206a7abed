"""Checks of quantum states: density matrices, kets and covariance matrices."""

from __future__ import annotations

import numpy as np

from redfield import _core
from redfield._base.checks.arrays import (
    HERMITICITY_TOL,
    ComplexArray,
    as_hermitian,
    as_numeric,
    as_square,
    is_plainly_hermitian,
    require_finite,
)
from redfield._base.checks.choices import as_items
from redfield._base.checks.notices import warn
from redfield._base.checks.scalars import LARGEST

OCCUPATION_TOL = 1e-9
"""How far beyond its bounds an eigenvalue of a covariance matrix counts as rounding."""


def as_state(name: str, value: object, dimension: int) -> ComplexArray:
    """Return a density matrix (N, N) or a ket (N,).

    Warns where the trace is not 1. A ket stays one, in N numbers instead of N².
    """
    array = as_numeric(name, value)
    if array.ndim == 2 and array.shape[1] == 1 and (dimension > 1 or len(array) > 1):
        array = array[:, 0]
    if array.ndim == 2 and array.shape[0] == 1 and array.shape[1] > 1:
        raise ValueError(f"{name} is a bra, of shape {array.shape}: give the ket, ({array.shape[1]},)")
    if array.ndim == 1:
        if array.size != dimension:
            raise ValueError(
                f"{name} is a ket of {array.size} entries, but the system has {dimension} levels"
            )
        require_finite(name, array)
        trace = float(np.vdot(array, array).real)
    else:
        array = as_square(name, array, dimension)
        if not is_plainly_hermitian(array):
            defect = float(np.abs(array - array.conj().T).max())
            if defect > HERMITICITY_TOL * max(1.0, float(np.abs(array).max())):
                raise ValueError(f"{name} is not Hermitian: max|{name} - {name}†| = {defect:.3g}")
        trace = float(np.trace(array).real)
    if abs(trace - 1.0) > 1e-8:
        warn(f"{name} has trace {trace:.10g}, not 1", UserWarning)
    return np.ascontiguousarray(array, dtype=np.complex128)


def as_states(name: str, value: object, dimension: int) -> ComplexArray:
    """(T, N, N) finite matrices: a list of them, or one array; each may be a Qobj or sparse."""
    if not isinstance(value, np.ndarray):
        value = [
            as_square(f"{name}[{i}]", each, dimension) for i, each in enumerate(as_items(name, value))
        ]
    array = as_numeric(name, value).astype(np.complex128, copy=False)
    if array.size == 0 or array.ndim != 3 or array.shape[1:] != (dimension, dimension):
        raise ValueError(f"{name} must have shape (T, {dimension}, {dimension}), got {array.shape}")
    require_finite(name, array)
    return array


def require_hermitian_each(name: str, stack: ComplexArray) -> None:
    """Raise a ValueError that names the first matrix of a finite stack (T, N, N) that is not Hermitian or too large."""
    scale, defect = _core.hermitian_defects(stack)
    for k in np.flatnonzero((defect > HERMITICITY_TOL * scale) | (scale > LARGEST))[:1]:
        as_hermitian(f"{name}[{k}]", stack[k])


def as_ket(name: str, value: object, dimension: int) -> ComplexArray:
    """Return a ket, (N,), of norm 1."""
    array = as_state(name, value, dimension)
    if array.ndim != 1:
        raise ValueError(f"{name} must be a ket of {dimension} entries, got shape {array.shape}")
    return array


def as_density_matrix(name: str, value: object, dimension: int) -> ComplexArray:
    """Return a density matrix; a ket becomes its projector. Warns where the trace is not 1."""
    array = as_state(name, value, dimension)
    return np.outer(array, array.conj()) if array.ndim == 1 else array


def as_covariance(name: str, value: object, dimension: int, statistics: str) -> ComplexArray:
    """G_jk = ⟨a_k† a_j⟩ of a state: Hermitian, eigenvalues ≥ 0, of fermions ≤ 1. A vector is its diagonal."""
    array = as_numeric(name, value)
    if array.ndim == 1:
        array = np.diag(array)
    array = as_square(name, array, dimension).astype(np.complex128)
    defect = float(np.abs(array - array.conj().T).max())
    if defect > HERMITICITY_TOL * max(1.0, float(np.abs(array).max())):
        raise ValueError(f"{name} is not Hermitian: max|{name} - {name}†| = {defect:.3g}")
    hermitian: ComplexArray = 0.5 * (array + array.conj().T)
    occupations = np.linalg.eigvalsh(hermitian)
    slack = OCCUPATION_TOL * max(1.0, float(np.abs(occupations).max()))
    if occupations[0] < -slack or (statistics == "fermion" and occupations[-1] > 1.0 + slack):
        allowed = "[0, 1]" if statistics == "fermion" else "[0, inf)"
        raise ValueError(
            f"{name} is not the covariance of a state of {statistics}s: its eigenvalues reach from "
            f"{occupations[0]:.6g} to {occupations[-1]:.6g}, outside {allowed}"
        )
    return hermitian
