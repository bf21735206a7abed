"""Steady states and eigenvalues of a generator that is given as a sparse matrix, by SciPy."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import scipy

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_choice,
    as_count,
    as_density_matrix,
    as_not_negative,
    as_positive,
    as_square,
    as_times,
    require_memory,
)
from redfield._base.checks.types import EOps, Numbers, State
from redfield._base.progress import progress_callback
from redfield.equations.options import Options, SteadyOptions
from redfield.results.evolution import Result
from redfield.results.steady import Eigenmodes, MultipleSteadyStates, SteadyState
from redfield.solve.constant import Constant
from redfield.solve.evolve import Observables
from redfield.solve.steady import DEFAULT_MODES, METHODS

DENSE = 1024
"""Rows up to which the matrix is diagonalised whole."""
ZERO = 1e-11
"""Part of the largest row sum up to which an eigenvalue is zero."""
SHIFT = 1e-7
"""Part of it by which the matrix is shifted before it is inverted."""


class Given(Constant, problem="constant", kind="Superoperator"):
    """The solver of a Superoperator."""

    def prepare(self) -> None:
        """Do nothing: the matrix is all that evolutions and steady states need."""

    def decoherence_rate(self) -> float:
        self._refused("decoherence_rate")

    def apply(self, rho: State, t: float | None, threads: int | None) -> ComplexArray:
        if t is not None:
            raise TypeError(f"t = {t} has no meaning for a constant Hamiltonian; leave it out")
        x = as_square("rho", rho, self.system.dimension).astype(np.complex128)
        change: ComplexArray = self.equation.matrix @ x.ravel(order="F")
        return change.reshape(x.shape, order="F")

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Result:
        """Return e^{𝓛t}ρ to rounding, on the elements of ρ that are ever reached (Al-Mohy & Higham 2011)."""
        options.refuse("superoperator", "max_step", "breakpoints", "dtype", "error")
        options.settings(("auto", "exponential"))
        times, n = as_times("tlist", tlist), self.system.dimension
        start = as_density_matrix("rho0", rho0, n)
        observables = Observables(e_ops, n, options.store_states)
        since = time.perf_counter()
        x = start.ravel(order="F")
        inside = _reached(self.equation.matrix, x != 0.0)
        part = scipy.sparse.csr_array(self.equation.matrix[inside][:, inside])
        trace, x = part.trace(), x[inside]
        states: list[ComplexArray] = []
        values = np.empty((len(observables.operators), len(times)), dtype=np.complex128)
        steps = np.diff(times, prepend=times[0])
        with progress_callback(options.progress, "evolving") as report:
            for i, dt in enumerate(steps.tolist()):
                if options.stop is not None and options.stop.is_set():
                    raise _core.Interrupted("the computation was interrupted by its caller")
                if dt > 0.0:
                    x = scipy.sparse.linalg.expm_multiply(dt * part, x, traceA=dt * trace)
                flat = np.zeros(n * n, dtype=np.complex128)
                flat[inside] = x
                rho = flat.reshape(n, n, order="F")
                values[:, i] = [(o @ rho).trace() for o in observables.operators]
                if observables.store:
                    states.append(rho)
                if report is not None:
                    report((i + 1) / len(steps))
        stats = {
            "method": "exponential",
            "frame": "given",
            "dtype": "float64",
            "applications": 0,
            "steps": int((steps > 0.0).sum()),
            "rejected": 0,
            "seconds": time.perf_counter() - since,
        }
        kept = np.array(states) if observables.store else None
        return observables.result(times, (kept, rho, values, stats), self.equation, start=start)

    def steady_state(self, rho0: State | None, options: SteadyOptions) -> SteadyState:
        options.refuse("superoperator", "error", "progress")
        as_choice("method", options.method, ("auto", "direct"))
        as_positive("tol", options.tol)
        matrix, n = self.equation.matrix, self.system.dimension
        inside = np.arange(n * n)
        if rho0 is not None:
            start = as_density_matrix("rho0", rho0, n)
            inside = _reached(matrix, start.ravel(order="F") != 0.0)
        part = scipy.sparse.csr_array(matrix[inside][:, inside])
        size = _size(part)
        values, vectors, _ = _nearest_zero(part, min(2, len(inside)), False)
        zero = int((np.abs(values) <= ZERO * size).sum())
        if zero > 1:
            advice = (
                "rho0 leads to several too"
                if rho0 is not None
                else "give the rho0 whose late state is wanted"
            )
            raise MultipleSteadyStates(f"there are at least {zero} steady states: {advice}", zero, None)
        if zero == 0:
            raise _core.ConvergenceError(
                f"no eigenvalue is zero to rounding, the nearest is {values[0]:.2g} of a norm {size:.2g}"
            )
        flat = np.zeros(n * n, dtype=np.complex128)
        flat[inside] = vectors[:, 0]
        mode: ComplexArray = flat.reshape(n, n, order="F")
        mode = mode / np.trace(mode)
        state: ComplexArray = 0.5 * (mode + mode.conj().T)
        residual = float(np.linalg.norm(matrix @ state.ravel(order="F")))
        slowest = float(np.abs(values[1])) if len(values) > 1 else np.inf
        error = float(np.sqrt(n)) * (residual + np.finfo(float).eps * size) / slowest
        unique = rho0 is None
        return SteadyState(state, residual, 0, "direct", unique, error, equation=self.equation)

    def spectrum(self, k: int | None, method: str, tol: float, threads: int | None) -> Eigenmodes:
        as_choice("method", method, METHODS)
        as_positive("tol", tol)
        matrix, n = self.equation.matrix, self.system.dimension
        k = min(DEFAULT_MODES, n * n) if k is None else as_count("k", k)
        if k > n * n:
            raise ValueError(f"k = {k} modes of a generator with {n * n}")
        values, vectors, all_of_them = _nearest_zero(matrix, k, method == "direct")
        decays = -values.real[np.abs(values) > ZERO * _size(matrix)]
        modes = vectors.T[:k].reshape(-1, n, n).transpose(0, 2, 1)
        gap = float(decays.min()) if len(decays) else np.nan
        return Eigenmodes(values[:k], modes, gap, all_of_them, 0, equation=self.equation)

    def liouvillian(
        self, basis: str, threshold: float | None, max_bytes: float | None, threads: int | None
    ) -> Any:
        matrix = self.equation.matrix.copy()
        if as_choice("basis", basis, ("given", "eigen")) == "eigen":
            u = self.system.eigenvectors
            require_memory("the superoperator in the eigenbasis", 64.0 * len(u) ** 4)
            turn = scipy.sparse.csr_array(scipy.sparse.kron(u.conj(), u))
            matrix = scipy.sparse.csr_array(turn.conj().T @ matrix @ turn)
        if threshold is not None:
            small = np.abs(matrix.data) <= as_not_negative("threshold", threshold)
            matrix.data[small] = 0.0
            matrix.eliminate_zeros()
        return matrix


def _size(matrix: scipy.sparse.csr_array) -> float:
    """Return ‖𝓛‖_∞, at least every eigenvalue."""
    return float(np.max(np.abs(matrix).sum(axis=1), initial=0.0))


def _nearest_zero(
    matrix: scipy.sparse.csr_array, k: int, whole: bool
) -> tuple[ComplexArray, ComplexArray, bool]:
    """Return at least k eigenvalues by distance from 0, their vectors in columns, and whether they are all."""
    size = matrix.shape[0]
    whole = whole or size <= DENSE or k > size - 2
    if whole:
        require_memory("the eigenvectors of the superoperator", 48.0 * size**2)
        values, vectors = np.linalg.eig(matrix.toarray())
    else:
        shift = SHIFT * max(_size(matrix), 1e-300)
        start = np.random.default_rng(1).normal(size=(size, 2)) @ [1.0, 1.0j]
        values, vectors = scipy.sparse.linalg.eigs(matrix.tocsc(), k, sigma=shift, v0=start, tol=1e-14)
    order = np.argsort(np.abs(values), kind="stable")
    return values[order], vectors[:, order], whole


def _reached(matrix: scipy.sparse.csr_array, start: Any) -> Any:
    """Return the elements that states get which begin with some."""
    pattern = scipy.sparse.csr_array(
        (np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    inside = start.copy()
    while True:
        more = inside | (pattern @ inside.astype(np.float64) > 0.0)
        if (more == inside).all():
            return np.flatnonzero(inside)
        inside = more
