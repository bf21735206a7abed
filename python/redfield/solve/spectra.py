"""Spectra and linear response of steady states, by the resolvent of 𝓛."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_choice,
    as_max_bytes,
    as_numeric,
    as_positive,
    as_square,
    as_threads,
    checked,
    require_finite,
)
from redfield._base.checks.types import Numbers, Operator
from redfield._base.progress import Progress, progress_callback
from redfield.equations.base import AnyEquation
from redfield.equations.solver import Remembering, SteadyOptions
from redfield.solve.correlations import as_state, require_one
from redfield.solve.matrices import liouvillian


@checked
def spectrum(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    frequencies: Numbers,
    *,
    method: str = "auto",
    tol: float = 1e-8,
    threads: int | None = None,
    progress: Progress = False,
) -> ComplexArray:
    r"""Return the spectrum of fluctuations in the steady state.

    .. math:: S(\omega) = \int_{-\infty}^{\infty} d\tau\, e^{i\omega\tau}
              \big( \langle a(\tau) b(0) \rangle - \langle a \rangle\langle b \rangle \big)

    by the resolvent of 𝓛, without evolving in time; what is constant, a line at ω = 0 without width, is left out. It is
    real where a = b†. Of `HEOM` with all that the baths remember, where the equations of second order regress as if
    they forgot; its depth settles where the spectrum changes by at most its `tol` of the largest value.

    Parameters
    ----------
    equation : of one System, whose steady state is the only one.
    a, b : (N, N) operators.
    frequencies : (F,) energies ω, in any order.
    method : "iterative": GMRES preconditioned with the inverse of the secular part, from what the frequencies before
        tell; "direct" takes Schur's form of 𝓛 as an N²×N² matrix; "auto" does for N ≤ 10. HEOM is solved by the first
        alone, preconditioned with the inverse of Redfield's equation.
    tol : on the residual, relative.

    Returns
    -------
    (F,) complex; in units of ab/energy.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit.
    ConvergenceError
        GMRES stagnates; the message says where.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * lower])
    >>> bool(np.allclose(spectrum(decay, lower, lower.T, [2.0, 2.15]), [2 / 0.15, 1 / 0.15]))
    True
    """
    observed, source, w = _arguments(equation, a, b, frequencies)
    if isinstance(equation.solver, Remembering):
        options = SteadyOptions(method, tol, threads, progress)
        return equation.solver.spectrum_of_fluctuations(observed, source, w, options)
    resolvent = Resolvent(equation.generator, method, tol, threads, progress)
    return spectrum_of(resolvent, observed, source, as_state(equation, "steady", threads), w)


def spectrum_of(
    resolvent: Resolvent, a: ComplexArray, b: ComplexArray, rho: ComplexArray, w: RealArray
) -> ComplexArray:
    """Return the sum of ∫₀^∞ of both orders, ⟨a(−τ)b⟩ = tr[b e^{𝓛τ}(ρa)]."""
    later = resolvent(a, _decaying(b @ rho, rho), -1j * w)
    return np.add(later, resolvent(b, _decaying(rho @ a, rho), 1j * w), dtype=np.complex128)


ROUNDING = 1e-14
"""Part of an operator on a state that is rounding."""
SMALL = 10
"""Levels up to which a dense matrix is the quickest."""


class Resolvent:
    """tr[a(z − 𝓛)⁻¹y], tr y = 0."""

    def __init__(
        self,
        generator: _core.Generator,
        method: str = "auto",
        tol: float = 1e-8,
        threads: int | None = None,
        progress: Progress = False,
    ) -> None:
        method = as_choice("method", method, ("auto", "direct", "iterative"))
        self._generator = generator
        self._rest = as_positive("tol", tol), as_threads(threads), as_max_bytes(None)
        self._progress = progress
        small = method == "direct" or (method == "auto" and generator.dimension <= SMALL)
        self._schur = _Schur(liouvillian(generator, eigenbasis=False).toarray()) if small else None

    def __call__(
        self, a: ComplexArray, y: ComplexArray, z: npt.NDArray[np.complexfloating]
    ) -> ComplexArray:
        if self._schur is not None:
            return self._schur.traces(a, y, z)
        order = np.argsort(z.imag, kind="stable")
        with progress_callback(self._progress, "spectrum") as report:
            traces, _, _ = _core.resolvent_trace(
                self._generator, a, y, z[order].tolist(), *self._rest, report
            )
        values = np.empty(len(z), dtype=np.complex128)
        values[order] = traces
        return values


class _Schur:
    """The resolvent's traces by Schur's form of 𝓛, which every matrix has."""

    def __init__(self, matrix: ComplexArray) -> None:
        n = round(len(matrix) ** 0.5)
        one = np.eye(n).ravel()
        # A rank of one that moves the eigenvalue 0 of the steady state, and nothing of trace 0.
        size = max(float(np.linalg.norm(matrix, 2)), 1e-300)
        bordered = matrix - size / n * np.outer(one, one)
        self._triangle, self._vectors = scipy.linalg.schur(bordered, output="complex")

    def traces(
        self, a: ComplexArray, y: ComplexArray, z: npt.NDArray[np.complexfloating]
    ) -> ComplexArray:
        values = np.zeros(len(z), dtype=np.complex128)
        if not y.any():
            return values
        row = a.T.ravel(order="F") @ self._vectors
        right = self._vectors.conj().T @ y.ravel(order="F")
        shifted, diagonal = -self._triangle, np.diag(self._triangle)
        for k, each in enumerate(z):
            np.fill_diagonal(shifted, each - diagonal)
            try:
                solved = scipy.linalg.solve_triangular(shifted, right, check_finite=False)
            except np.linalg.LinAlgError:
                raise _core.ConvergenceError(
                    f"there is a line without width at |ω| = {abs(each):.6g}, of a mode that does not decay"
                ) from None
            values[k] = row @ solved
        return values


def _decaying(x: ComplexArray, rho: ComplexArray) -> ComplexArray:
    """Return the part of x that decays."""
    decaying: ComplexArray = x - np.trace(x) * rho
    if np.linalg.norm(decaying) > ROUNDING * np.linalg.norm(x):
        return decaying
    return np.zeros_like(decaying)


@checked
def susceptibility(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    frequencies: Numbers,
    *,
    method: str = "auto",
    tol: float = 1e-8,
    threads: int | None = None,
    progress: Progress = False,
) -> ComplexArray:
    r"""Return the linear response, the change of ⟨a⟩ to a force f(t) that enters as H − f(t)b.

    .. math:: \chi(\omega) = i \int_0^\infty d\tau\, e^{i\omega\tau} \langle [a(\tau), b(0)] \rangle

    of the steady state, by the resolvent. At equilibrium Im χ of a = b† is absorption, (1 − e^{−βω})S(ω)/2 to the
    order of the coupling to the baths.

    Parameters
    ----------
    equation, a, b, frequencies, method, tol, threads, progress : as of `spectrum`.

    Returns
    -------
    (F,) complex.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> x, z = np.array([[0, 1], [1, 0]]), np.diag([0.5, -0.5])
    >>> bath = rf.OhmicBath(strength=1e-4, cutoff=10.0, beta=1.0)
    >>> davies = rf.Davies(rf.System(z, [x], bath), lamb_shift=False)
    >>> static = susceptibility(davies, x, x, [0.0])[0]                     # 2 tanh(β/2) of a free spin
    >>> bool(abs(static - 2 * np.tanh(0.5)) < 1e-3)
    True
    """
    observed, force, w = _arguments(equation, a, b, frequencies)
    if isinstance(equation.solver, Remembering):
        options = SteadyOptions(method, tol, threads, progress)
        return equation.solver.susceptibility(observed, force, w, options)
    resolvent = Resolvent(equation.generator, method, tol, threads, progress)
    rho = as_state(equation, "steady", threads)
    return resolvent(observed, 1j * (force @ rho - rho @ force), -1j * w)


def _arguments(
    equation: AnyEquation, a: Operator, b: Operator, frequencies: npt.ArrayLike
) -> tuple[ComplexArray, ComplexArray, RealArray]:
    if not isinstance(equation.solver, Remembering):
        require_one(equation)
    n = equation.system.dimension
    w = as_numeric("frequencies", frequencies)
    if w.dtype != np.float64 or w.ndim != 1:
        raise ValueError(f"frequencies must be real, (F,), got {w.dtype} of shape {w.shape}")
    require_finite("frequencies", w)
    return as_square("a", a, n).astype(np.complex128), as_square("b", b, n).astype(np.complex128), w
