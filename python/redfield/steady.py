"""Steady states and slow modes of generators, on packed states in the eigenbasis.

A packed Hermitian state is one real N×N matrix, so 𝓛 is a real N²×N² matrix here, half as large as a
complex one. Davies' generator of the same system is inverted exactly and preconditions everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.csgraph
import scipy.sparse.linalg

from redfield import _core
from redfield.evolve import Progress, progress_callback
from redfield.validation import ComplexArray, RealArray, as_choice, as_count, as_positive, as_threads

METHODS = ("auto", "direct", "iterative")
DIRECT_STEADY = 32
"""Levels up to which the null space of a dense N²×N² matrix is the quickest."""
SPARSE_STEADY = 20
"""Non-zeros a matrix element up to which a sparse LU of a larger one is."""
DIRECT_SPECTRUM = 24
NULL_TOL = 1e-9
"""A singular value, decay rate or flow below this part of the fastest rate is zero."""
RESTART = 60
GMRES_ROUNDS = 10


class MultipleSteadyStates(ValueError):  # noqa: N818
    """𝓛ρ = 0 has several solutions, `count` of them as far as could be told.

    Attributes
    ----------
    count : dimension of the null space, or a lower bound where found without the full matrix.
    states : (count, N, N) orthonormal Hermitian basis of the null space in the given basis, or None.
    """

    def __init__(self, message: str, count: int, states: ComplexArray | None = None) -> None:
        super().__init__(message)
        self.count = count
        self.states = states


@dataclass(frozen=True)
class SteadyState:
    """A steady state.

    Attributes
    ----------
    state : (N, N) complex128, Hermitian, of trace 1, in the basis H was given in. Redfield's may have slightly
        negative eigenvalues: that is the equation's, not rounding.
    residual : ‖𝓛ρ‖_F.
    applications : of 𝓛.
    method : "direct" or "iterative".
    """

    state: ComplexArray
    residual: float
    applications: int
    method: str


@dataclass(frozen=True)
class Spectrum:
    """Slow modes.

    Attributes
    ----------
    eigenvalues : (k,) complex128, by distance from 0.
    modes : (k, N, N) complex128, of unit Frobenius norm, in the basis H was given in.
    gap : the least −Re λ that is not zero; nan if all are.
    applications : of 𝓛.
    """

    eigenvalues: ComplexArray
    modes: ComplexArray
    gap: float
    applications: int


class _Counted:
    """𝓛 on packed vectors, and how often it was applied."""

    def __init__(self, generator: _core.Generator, threads: int) -> None:
        self.generator, self.threads, self.count = generator, threads, 0
        self.size = generator.dimension**2

    def __call__(self, x: Any) -> RealArray:
        self.count += 1
        return self.generator.apply_packed(np.ascontiguousarray(x, dtype=np.float64), self.threads)

    def matrix(self) -> RealArray:
        dense = np.empty((self.size, self.size))
        unit = np.zeros(self.size)
        for i in range(self.size):
            unit[i] = 1.0
            dense[:, i] = self(unit)
            unit[i] = 0.0
        return dense


def steady_state(
    generator: _core.Generator,
    davies: Callable[[], _core.Davies],
    method: str,
    tol: float,
    threads: int | None,
    progress: Progress,
) -> SteadyState:
    """See Equation.steady_state."""
    tol = as_positive("tol", tol)
    counted = _Counted(generator, as_threads(threads))
    small = generator.dimension <= DIRECT_STEADY
    sparse = getattr(generator, "non_zeros", np.inf) <= SPARSE_STEADY * counted.size
    if as_choice("method", method, METHODS) == "auto":
        method = "direct" if small or sparse else "iterative"
    with progress_callback(progress, "steady state") as report:
        if method == "iterative":
            packed = _by_gmres(counted, davies(), tol, report or (lambda fraction: None))
        elif sparse and not small:
            packed = _by_sparse_lu(counted, davies())
        else:
            packed = _null_vector(counted)
    applications = counted.count
    residual = float(np.linalg.norm(counted(packed)))
    return SteadyState(generator.unpack(packed), residual, applications, method)


def _trace(packed: RealArray, n: int) -> float:
    return float(packed[:: n + 1].sum())


def _fastest(generator: _core.Generator) -> float:
    half_height, decay = generator.bounds
    return max(half_height, decay, 1e-300)


def _null_vector(counted: _Counted) -> RealArray:
    generator = counted.generator
    n = generator.dimension
    _, values, right = scipy.linalg.svd(counted.matrix(), lapack_driver="gesdd")
    # Rounding of a matrix of size ‖𝓛‖, and a little more; weak dissipation is far above it.
    zero = values <= 1e-13 * n * max(values[0], _fastest(generator))
    zero[-1] = True  # trace conservation
    count = int(zero.sum())
    if count > 1:
        states = np.array([generator.unpack(v) for v in right[zero]])
        raise MultipleSteadyStates(
            f"there are {count} steady states; .states of this exception has a basis of them. A symmetry "
            "of H and all couplings, or levels that no bath reaches, conserve something: solve in one "
            "sector, or evolve the initial state you have",
            count,
            states,
        )
    vector: RealArray = right[-1]
    return vector / _trace(vector, n)


def _refuse_davies_multiplicity(davies: _core.Davies) -> None:
    """Closed classes of the populations' Markov chain, and coherences that do not decay."""
    rates = davies.rates
    n = len(rates)
    scale = max(float(np.abs(rates).max()), 1e-300)
    flows = (rates > NULL_TOL * scale) & ~np.eye(n, dtype=bool)
    _, label = scipy.sparse.csgraph.connected_components(
        scipy.sparse.csr_array(flows.T), directed=True, connection="strong"
    )
    to, origin = np.nonzero(flows)
    leaving = np.unique(label[origin[label[origin] != label[to]]])
    closed = label.max() + 1 - len(leaving)
    if closed > 1:
        raise MultipleSteadyStates(
            f"there are at least {closed} steady states: the baths join the levels to {closed} closed sets, "
            "so what starts in one stays there. Solve in one of them, or evolve the initial state you have",
            int(closed),
        )


def _preconditioner(
    davies: _core.Davies, shift: float, weight: float
) -> Callable[[RealArray], RealArray]:
    if not davies.degenerate:
        return _core.SecularInverse(davies, shift, weight).apply
    return _sparse_inverse(davies, shift, weight)


def _sparse_inverse(
    generator: _core.Generator, shift: float, weight: float
) -> Callable[[RealArray], RealArray]:
    """A sparse LU in the eigenbasis; for Davies' generator it fills only inside the clusters' blocks."""
    n = generator.dimension
    values, columns, starts, _ = generator.liouvillian(True, 0.0, np.inf)
    matrix = scipy.sparse.csr_array((values, columns, starts), shape=(n * n, n * n)).tocsc()
    diagonal = np.arange(n) * (n + 1)
    if weight:
        rows, cols = np.meshgrid(diagonal, diagonal, indexing="ij")
        ones = np.full(n * n, weight / n)
        matrix = (
            matrix
            + scipy.sparse.coo_array((ones, (rows.ravel(), cols.ravel())), shape=matrix.shape).tocsc()
        )
    # A combination of coherences that nothing damps has no inverse; a touch of damping gives it one.
    touch = shift + 1e-12 * _fastest(generator)
    factor = scipy.sparse.linalg.splu((matrix - touch * scipy.sparse.eye_array(n * n)).tocsc())

    def apply(x: RealArray) -> RealArray:
        r = x.reshape(n, n, order="F")
        rho = 0.5 * (r + r.T) + 0.5j * (r - r.T)
        solved = factor.solve(rho.ravel(order="F")).reshape(n, n, order="F")
        solved = 0.5 * (solved + solved.conj().T)
        return np.ascontiguousarray((solved.real + solved.imag).ravel(order="F"))

    return apply


def _gmres(
    matvec: Callable[[RealArray], RealArray],
    precondition: Callable[[RealArray], RealArray],
    right: RealArray,
    rtol: float,
    report: Callable[[float], object],
    start: RealArray | None = None,
) -> tuple[RealArray, float]:
    """Right-preconditioned, so that the residual it watches is the true one. Returns its last."""
    size = len(right)
    operator = scipy.sparse.linalg.LinearOperator(
        (size, size), matvec=lambda y: matvec(precondition(y)), dtype=np.float64
    )
    scale = float(np.linalg.norm(right))
    residual = right if start is None else right - matvec(start)
    solution = np.zeros(size) if start is None else start
    reached = float(np.linalg.norm(residual)) / scale

    def watch(norm: float) -> None:
        report(min(1.0, np.log(max(norm * reached, 1e-300)) / np.log(rtol)))

    for _ in range(GMRES_ROUNDS):
        if reached <= rtol:
            break
        y, _ = scipy.sparse.linalg.gmres(
            operator,
            residual,
            rtol=max(0.5 * rtol / reached, 1e-15),
            restart=min(RESTART, size),
            maxiter=1,
            callback=watch,
            callback_type="pr_norm",
        )
        solution = solution + precondition(y)
        residual = right - matvec(solution)
        before, reached = reached, float(np.linalg.norm(residual)) / scale
        if not reached < 0.9 * before:
            break
    return solution, reached


def _by_sparse_lu(counted: _Counted, davies: _core.Davies) -> RealArray:
    """For equations that are sparse matrices in the eigenbasis."""
    _refuse_davies_multiplicity(davies)
    n = counted.generator.dimension
    weight = max(counted.generator.bounds[1], 1e-3 * _fastest(counted.generator))
    identity = np.eye(n).ravel()
    solve = _sparse_inverse(counted.generator, 0.0, weight)
    right = (weight / n) * identity
    solution = solve(right)
    for _ in range(2):  # the touch of damping leaves an error of its own size
        error = right - counted(solution) - (weight * _trace(solution, n) / n) * identity
        solution = solution + solve(error)
    return solution / _trace(solution, n)


def _by_gmres(
    counted: _Counted, davies: _core.Davies, tol: float, report: Callable[[float], object]
) -> RealArray:
    _refuse_davies_multiplicity(davies)
    generator = counted.generator
    n = generator.dimension
    weight = max(generator.bounds[1], 1e-3 * _fastest(generator))
    identity = np.eye(n).ravel()

    def matvec(x: RealArray) -> RealArray:
        return counted(x) + (weight * _trace(x, n) / n) * identity

    # The largest rate times ‖ρ‖_F ≤ 1 is what ‖𝓛ρ‖ is measured with.
    right = (weight / n) * identity
    rtol = tol * _fastest(generator) / float(np.linalg.norm(right)) / np.sqrt(n)
    solution, reached = _gmres(
        matvec, _preconditioner(davies, 0.0, weight), right, min(rtol, 1e-8), report
    )
    if reached > max(rtol, 1e-8):
        raise _core.ConvergenceError(
            f"steady_state: GMRES stagnates at a relative residual of {reached:.2g} after {counted.count} "
            "applications; the equation may have several steady states or none close to Davies'. "
            'Try method="direct", or evolve for a long time'
        )
    return solution / _trace(solution, n)


def spectrum(
    generator: _core.Generator,
    davies: Callable[[], _core.Davies],
    k: int,
    method: str,
    tol: float,
    threads: int | None,
) -> Spectrum:
    """See Equation.spectrum."""
    k, tol = as_count("k", k), as_positive("tol", tol)
    counted = _Counted(generator, as_threads(threads))
    if k > counted.size:
        raise ValueError(f"k = {k} modes of a generator with {counted.size}")
    small = generator.dimension <= DIRECT_SPECTRUM or k >= counted.size - 2
    if as_choice("method", method, METHODS) == "auto":
        method = "direct" if small else "iterative"
    if method == "direct":
        values, vectors = scipy.linalg.eig(counted.matrix())
    else:
        values, vectors = _shift_invert(counted, davies(), k, tol)
    order = np.argsort(np.abs(values), kind="stable")[:k]
    values, vectors = values[order], vectors[:, order]
    modes = np.array([_unpack_complex(generator, v) for v in vectors.T])
    modes /= np.linalg.norm(modes, axis=(1, 2))[:, None, None]
    moving = -values.real[np.abs(values) > NULL_TOL * _fastest(generator)]
    gap = float(moving.min()) if len(moving) else float("nan")
    return Spectrum(values.astype(np.complex128), modes, gap, counted.count)


def _unpack_complex(generator: _core.Generator, v: ComplexArray) -> ComplexArray:
    real, imag = np.ascontiguousarray(v.real), np.ascontiguousarray(v.imag)
    mode: ComplexArray = generator.unpack(real) + 1j * generator.unpack(imag)
    return mode


def _shift_invert(
    counted: _Counted, davies: _core.Davies, k: int, tol: float
) -> tuple[ComplexArray, ComplexArray]:
    """ARPACK on (𝓛 − σ)⁻¹ with a σ > 0 that is small against the slowest modes."""
    slowest = np.sort(np.abs(scipy.linalg.eigvals(davies.rates)))[: k + 1]
    sigma = max(0.3 * float(slowest[-1]), 1e-9 * _fastest(counted.generator))
    precondition = _preconditioner(davies, sigma, 0.0)

    def solve(y: RealArray) -> RealArray:
        x, reached = _gmres(
            lambda v: counted(v) - sigma * v, precondition, y, 0.01 * tol, lambda fraction: None
        )
        if reached > tol:
            raise _core.ConvergenceError(
                f"spectrum: GMRES stagnates at a relative residual of {reached:.2g}; loosen tol, or use "
                'method="direct"'
            )
        return x

    shape = (counted.size, counted.size)
    operator = scipy.sparse.linalg.LinearOperator(shape, matvec=counted, dtype=np.float64)
    inverse = scipy.sparse.linalg.LinearOperator(shape, matvec=solve, dtype=np.float64)
    start = np.cos(np.arange(counted.size) * 0.7)  # the same numbers on every run
    values, vectors = scipy.sparse.linalg.eigs(
        operator, k=k, sigma=sigma, OPinv=inverse, which="LM", v0=start, tol=tol
    )
    return values, vectors
