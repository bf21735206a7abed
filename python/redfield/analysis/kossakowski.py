"""Is an equation completely positive? The spectrum of its Kossakowski matrix."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
import scipy

from redfield._base.checks import ComplexArray, as_choice, checked, require_memory
from redfield._base.records import Record, record
from redfield.equations.base import AnyEquation
from redfield.equations.lambdas import jump_operators, lambdas
from redfield.equations.solver import Solver
from redfield.systems.system import System

DENSE = 40
"""Levels up to which a Kossakowski matrix without a low rank is diagonalised."""
ROUNDING = 1e-12


@record
class Kossakowski(Record, answer=True):
    """Extreme eigenvalues of the Kossakowski matrix on traceless operators, rates.

    Attributes
    ----------
    smallest, largest : the equation is completely positive where `smallest` ≥ 0.
    method : "low rank" and "clusters" are exact at any size, "dense" too; "Lanczos" converges to rounding.
    """

    smallest: float
    largest: float
    method: str

    @property
    def completely_positive(self) -> bool:
        """Whether smallest ≥ −1e-12 largest."""
        return self.smallest >= -ROUNDING * max(abs(self.largest), 1e-300)


@checked
def kossakowski(
    equation: AnyEquation,
    method: str = "auto",
    *,
    max_bytes: float | None = None,
) -> Kossakowski:
    r"""Return the extreme eigenvalues of C in the dissipator's general form.

    .. math:: \mathcal D(\rho) = \sum_{\mu\nu} C_{\mu\nu}
              \big(F_\mu\rho F_\nu^\dagger - \tfrac12\{F_\nu^\dagger F_\mu, \rho\}\big), \qquad
              \mathrm{tr} F_\mu = 0

    in an orthonormal basis of traceless operators: e^{𝓛t} is completely positive for all t ≥ 0 if and only if C ⪰ 0
    (Gorini, Kossakowski & Sudarshan, J. Math. Phys. 17, 821 (1976)). For Redfield C = Σ_j (|Λ_j⟩⟨A_j| + |A_j⟩⟨Λ_j|) has
    rank 2K or less, so that its spectrum is that of a 2K × 2K matrix. Of quadratic equations it is the
    spectrum of the loss and gain matrices.

    Parameters
    ----------
    equation : of a System or a QuadraticSystem with a constant Hamiltonian, or of a PeriodicSystem, whose extremes
        over a period are returned.
    method : "auto", or "dense" or "Lanczos" on the N² × N² matrix.
    max_bytes : what that matrix may take; default the memory the machine has free.

    Raises
    ------
    MemoryError
        It would take more; the message says how much.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(8, seed=1), rf.SiteProjectors(8), bath)
    >>> kossakowski(rf.Davies(system)).completely_positive
    True
    >>> found = kossakowski(rf.Redfield(system))
    >>> found.completely_positive, found.method
    (False, 'low rank')
    """
    method = as_choice("method", method, ("auto", "dense", "Lanczos"))
    return of_solver(equation.solver, method, max_bytes)


@singledispatch
def of_solver(solver: Solver, method: str, max_bytes: float | None) -> Kossakowski:
    """Return the spectrum for the kind of problem that a solver is of; by default that of density matrices."""
    equation = solver.equation
    if method == "auto":
        form = solver.form
        vectors = len(equation.system.couplings) * (1 if form == "jumps" else 2)
        if vectors >= equation.system.dimension**2 - 1:
            method = "dense"  # as many vectors as the space has dimensions: nothing is won by them
        elif form in ("couplings", "jumps"):
            return _low_rank(equation.system, equation.lamb_shift, jumps=form == "jumps")
        elif form == "secular" and not getattr(equation.generator, "degenerate", True):
            return _clusters(equation)
        else:
            method = "dense" if equation.system.dimension <= DENSE else "Lanczos"
    return _of_generator(equation, method, max_bytes)


def require_matrix(what: str, n: int, max_bytes: float | None, copies: int) -> None:
    """Refuse N²×N² complex numbers that need more memory than there is."""
    require_memory(
        f"{what} of {n} levels is {n * n} x {n * n} and", 16.0 * float(n) ** 4 * copies, max_bytes
    )


def _low_rank(system: System, lamb_shift: bool, *, jumps: bool) -> Kossakowski:
    """Return the eigenvalues of V B V†, V the operators A_j, Λ_j (or the jumps) as vectors.

    They are those of G^½ B G^½ with G = V†V, and 0.
    """
    n, k = system.dimension, len(system.couplings)
    if k == 0:
        return Kossakowski(0.0, 0.0, "low rank")
    require_memory("the couplings in the eigenbasis", 16.0 * 6.0 * k * float(n) ** 2)
    if jumps:
        vectors = np.array(list(jump_operators(system)))
    else:
        operators = [system.coupling_in_eigenbasis(j) for j in range(k)]
        vectors = np.array([*operators, *lambdas(system, lamb_shift)])
    flat = vectors.reshape(len(vectors), n * n)
    gram = flat.conj() @ flat.T
    traces = np.einsum("jkk->j", vectors)
    gram -= np.outer(traces.conj(), traces) / n
    b = np.eye(k) if jumps else np.block([[np.zeros((k, k)), np.eye(k)], [np.eye(k), np.zeros((k, k))]])
    values, u = np.linalg.eigh(0.5 * (gram + gram.conj().T))
    root = (u * np.sqrt(np.clip(values, 0.0, None))) @ u.conj().T
    # The rest of the space is its null space.
    spectrum = np.append(np.linalg.eigvalsh(root @ b @ root), 0.0)
    return Kossakowski(float(spectrum.min()), float(spectrum.max()), "low rank")


def _clusters(equation: AnyEquation) -> Kossakowski:
    """Return the eigenvalues without degenerate Bohr frequencies: γ|A_kl|² for k ≠ l, and those of the diagonal."""
    system, n = equation.system, equation.system.dimension
    w = system.bohr_frequencies()
    spectra = [bath.power_spectrum(w) for bath in system.baths]
    strengths, diagonal = np.zeros((n, n)), np.zeros((n, n), dtype=np.complex128)
    for j in range(len(system.couplings)):
        a, gamma = system.coupling_in_eigenbasis(j), spectra[system.bath_of_coupling[j]]
        strengths += gamma * np.abs(a) ** 2
        d = np.diagonal(a)
        diagonal += gamma[0, 0] * np.outer(d, d.conj())
    traceless = scipy.linalg.null_space(np.ones((1, n)))
    values = np.append(
        np.linalg.eigvalsh(traceless.T @ diagonal @ traceless), strengths[~np.eye(n, dtype=np.bool_)]
    )
    return Kossakowski(float(values.min()), float(values.max()), "clusters")


def _of_generator(equation: AnyEquation, method: str, max_bytes: float | None) -> Kossakowski:
    """Return the eigenvalues of P J P, J_(ac)(bd) = 𝓛_(ab)(cd), P being what removes all but the gain terms."""
    n = equation.system.dimension
    require_matrix("the Kossakowski matrix", n, max_bytes, 3 if method == "dense" else 1)
    sparse = equation.liouvillian("eigen", max_bytes=max_bytes).tocoo()
    a, b = sparse.row % n, sparse.row // n
    c, d = sparse.col % n, sparse.col // n
    j = scipy.sparse.csr_array((sparse.data, (a * n + c, b * n + d)), shape=(n * n, n * n))
    one = np.eye(n).ravel() / np.sqrt(n)
    # The identity would count as an eigenvalue 0: it gets the mean of all others, which is no end.
    mean = float((j.diagonal().sum() - one @ (j @ one)).real) / max(n * n - 1, 1)
    if method == "dense":
        matrix = j.toarray()
        matrix -= np.outer(one, one @ matrix)
        matrix -= np.outer(matrix @ one, one)
        matrix += mean * np.outer(one, one)
        values = np.linalg.eigvalsh(0.5 * (matrix + matrix.conj().T))
        return above_rounding(float(values.min()), float(values.max()), "dense", _largest(j))

    def matvec(x: ComplexArray) -> ComplexArray:
        part = one @ x.ravel()
        y = j @ (x.ravel() - one * part)
        projected: ComplexArray = y - one * (one @ y) + one * (mean * part)
        return projected

    largest = _top(matvec, n * n)
    # Counted from the largest, so that its tolerance does not vanish with the smallest.
    smallest = largest - _top(lambda x: largest * x.ravel() - matvec(x), n * n)
    return above_rounding(smallest, largest, "Lanczos", _largest(j))


def _largest(matrix: scipy.sparse.csr_array) -> float:
    return float(np.abs(matrix.data).max(initial=0.0))


def above_rounding(smallest: float, largest: float, method: str, entry: float) -> Kossakowski:
    """Return eigenvalues of a matrix with a largest entry, both zero where they are rounding: nothing dissipates."""
    rounding = 16.0 * float(np.finfo(np.float64).eps) * entry
    if max(abs(smallest), abs(largest)) <= rounding:
        smallest = largest = 0.0
    return Kossakowski(smallest, largest, method)


def _top(matvec: object, size: int) -> float:
    """Return the largest eigenvalue of a Hermitian operator, by Lanczos."""
    operator = scipy.sparse.linalg.LinearOperator((size, size), matvec=matvec, dtype=np.complex128)
    start = np.random.default_rng(0).standard_normal(size)
    values = scipy.sparse.linalg.eigsh(
        operator, k=1, which="LA", v0=start, ncv=min(size, 40), tol=1e-12, return_eigenvectors=False
    )
    return float(values[0])
