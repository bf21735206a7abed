"""Gradients of two-time correlation functions and of spectra."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_choice,
    as_finite_array,
    as_max_bytes,
    as_positive,
    as_square,
    as_threads,
    as_times,
    as_vector,
    checked,
    require_memory,
)
from redfield._base.checks.types import Numbers, Operand, Operator
from redfield.equations.base import AnyEquation
from redfield.results.gradient import BathGradients, Gradient, GradientOptions
from redfield.solve.evolve import hermitian_parts
from redfield.solve.gradients import Differentiable, of_evolution, of_steady_state
from redfield.solve.resolvent import SMALL


@checked
def correlation_gradient(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    taus: Numbers,
    weights: Operand,
    *,
    rtol: float = 1e-9,
    tol: float = 1e-10,
    threads: int | None = None,
) -> Gradient:
    r"""Return the gradient of Re Σ_i w_i* ⟨a(τ_i) b⟩ of the steady state, by H, couplings and baths.

    .. math:: \langle a(\tau) b(0) \rangle = \mathrm{tr}[a\, e^{\mathcal{L}\tau} (b\rho)]

    Parameters
    ----------
    equation : of one System, whose steady state is the only one.
    a, b : (N, N) operators.
    taus : (T,) ascending times from 0 on.
    weights : (T,) w_i, real or complex.
    rtol, tol : of the evolutions, and of the adjoint equation of the steady state.

    Raises
    ------
    ValueError, TypeError
        An argument does not fit; the kind of equation has no gradients.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * lower])
    >>> gradient = correlation_gradient(decay, lower, lower.T, [0.0, 1.0], [0.0, 1.0])
    >>> bool(np.isclose(gradient.hamiltonian[1, 1], -np.exp(-0.15) * np.sin(2.0)))  # of Re e^{−(2i + .15)τ}
    True
    """
    n = equation.system.dimension
    observed, source = (as_square(name, x, n).astype(np.complex128) for name, x in (("a", a), ("b", b)))
    times = as_times("taus", taus)
    w = _weights(weights, len(times))
    if times[0] < 0.0:
        raise ValueError(f"taus must not be negative, got {times[0]:g}")
    options = GradientOptions(rtol=rtol, tol=tol, threads=threads)
    rho = equation.steady_state(threads=threads).state
    # f = Re Σ c_k w_i* tr[a X_k(τ_i)] of the Hermitian parts of bρ.
    if times[0] > 0.0:
        times, w = np.r_[0.0, times], np.r_[0.0, w]
    parts, observable = [], np.zeros((n, n), dtype=np.complex128)
    for factor, start in hermitian_parts(source @ rho):
        of_part = factor * w.conj()[:, None, None] * observed
        each = of_evolution(
            equation, start, times, 0.5 * (of_part + of_part.conj().swapaxes(1, 2)), options
        )
        parts.append(each)
        assert each.rho0 is not None
        # tr[Y dX] of X = Re or Im of b dρ.
        observable += np.conj(factor) * each.rho0 @ source
    observable = 0.5 * (observable + observable.conj().T)
    parts.append(of_steady_state(equation, rho, observable, options))
    return added(parts, sum(part.value for part in parts[:-1]))


@checked
def spectrum_gradient(
    equation: AnyEquation,
    a: Operator,
    b: Operator,
    frequencies: Numbers,
    weights: Operand,
    *,
    method: str = "auto",
    tol: float = 1e-10,
    threads: int | None = None,
) -> Gradient:
    r"""Return the gradient of Re Σ_f w_f* S(ω_f) of the steady state, S as `rf.spectrum` has it.

    .. math:: d\,\mathrm{tr}[a (z - \mathcal{L})^{-1} y] = \mathrm{tr}[w\, (d\mathcal{L})\, x] + \mathrm{tr}[w\, dy],
              \quad (z - \mathcal{L}) x = y, \quad (z - \mathcal{L}^\dagger) w = a

    four solutions a frequency, 4FN² numbers.

    Parameters
    ----------
    equation, a, b, frequencies : as of `rf.spectrum`.
    weights : (F,) w_f, real or complex.
    method : "iterative": GMRES, of 𝓛† with the same inverse transposed, N³ an application; "direct" takes the LU of 𝓛
        as an N²×N² matrix at each frequency; "auto" does for N ≤ 10.
    tol : on the residuals, relative, and of the adjoint equation of the steady state. `.residual` has the largest.

    Raises
    ------
    MemoryError
        The solutions, or the dense matrix, do not fit.
    ConvergenceError
        GMRES stagnates; the message says where.
    ValueError, TypeError
        As of `correlation_gradient`.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    >>> decay = rf.Lindblad(np.diag([0.0, 2.0]), [np.sqrt(0.3) * lower])
    >>> gradient = spectrum_gradient(decay, lower, lower.T, [2.1], [1.0])
    >>> bool(np.isclose(gradient.hamiltonian[1, 1], 0.3 * 2 * 0.1 / (0.15**2 + 0.1**2) ** 2))  # of a Lorentzian
    True
    """
    n = equation.system.dimension
    observed, source = (as_square(name, x, n).astype(np.complex128) for name, x in (("a", a), ("b", b)))
    at = (1j * as_vector("frequencies", frequencies)).astype(np.complex128)
    w = _weights(weights, len(at)).conj()
    options = GradientOptions(method=method, tol=tol, threads=threads)
    rho = equation.steady_state(threads=threads).state
    resolved = _resolved(equation, rho, 4 * len(at), options)
    pairs: list[tuple[complex, ComplexArray, ComplexArray]] = []
    observable = np.zeros((n, n), dtype=np.complex128)
    value = 0.0
    # Of ⟨a(τ)b⟩ after b, tr[a e^{𝓛τ}(bρ)], and before it, tr[b e^{−𝓛τ}(ρa)].
    for left, right, start, z in (
        (observed, source, source @ rho, -at),
        (source, observed, rho @ observed, at),
    ):
        mean = np.trace(start)
        forwards = resolved.solve(start - mean * rho, z)
        backwards = resolved.solve(left, z, adjoint=True)
        for weight, x, back in zip(w, forwards, backwards, strict=True):
            value += float((weight * np.trace(left @ x)).real)
            pairs.append((weight, back, x))
            # y = bρ − ⟨b⟩ρ follows the steady state.
            moved = back @ right if right is source else right @ back
            observable += weight * (moved - np.trace(back @ rho) * right - mean * back)
    observable = 0.5 * (observable + observable.conj().T)
    direct = of_pairs(equation, pairs, options)
    through = of_steady_state(equation, rho, observable, replace(options, method="auto"))
    return replace(added([direct, through], value), residual=max(resolved.residual, through.residual))


def _resolved(
    equation: AnyEquation, rho: ComplexArray, solutions: int, options: GradientOptions
) -> _Dense | _Iterated:
    method = as_choice("method", options.method, ("auto", "direct", "iterative"))
    n = equation.system.dimension
    require_memory("the solutions at all frequencies", 16.0 * solutions * float(n) ** 2)
    if method == "direct" or (method == "auto" and n <= SMALL):
        require_memory("𝓛 as a dense matrix", 6 * 16.0 * float(n) ** 4)
        return _Dense(equation, rho)
    return _Iterated(equation, options)


class _Dense:
    """(z − 𝓛)x = y by the LU of the matrix, and its transpose, where z = 0 is no pole for y of trace zero."""

    residual = 0.0

    def __init__(self, equation: AnyEquation, rho: ComplexArray) -> None:
        self._matrix = equation.liouvillian(threshold=0.0).toarray()
        # 𝓛 − |ρ⟩⟨1| has the same action on traceless operators, and decays where 𝓛 is stationary.
        scale = float(np.abs(self._matrix).max())
        self._border = scale * np.outer(rho.ravel(order="F"), np.eye(len(rho)).ravel())

    def solve(self, y: ComplexArray, z: ComplexArray, adjoint: bool = False) -> Iterator[ComplexArray]:
        """Yield x at each z; of the adjoint w with tr[y (z − 𝓛)⁻¹ x] = tr[w x], a bilinear form."""
        n = len(y)
        column = y.ravel(order="C" if adjoint else "F")
        for each in z:
            matrix = each * np.eye(n * n) - self._matrix + self._border
            found: ComplexArray = scipy.linalg.lu_solve(
                scipy.linalg.lu_factor(matrix), column, trans=int(adjoint)
            )
            yield found.reshape(n, n, order="C" if adjoint else "F")


class _Iterated:
    """(z − 𝓛)x = y and its transpose by GMRES, as `rf.spectrum` has them."""

    def __init__(self, equation: AnyEquation, options: GradientOptions) -> None:
        self._generator = equation.generator
        self._rest = as_positive("tol", options.tol), as_threads(options.threads), as_max_bytes(None)
        self.residual = 0.0

    def solve(self, y: ComplexArray, z: ComplexArray, adjoint: bool = False) -> Iterator[ComplexArray]:
        """Yield x at each z, as `_Dense.solve`; of the adjoint up to a multiple of 1, which counts nowhere."""
        order = np.argsort(z.imag, kind="stable")
        found, residual, _ = _core.resolvent(
            self._generator, np.ascontiguousarray(y), z[order].tolist(), adjoint, *self._rest
        )
        self.residual = max(self.residual, residual)
        yield from found[np.argsort(order, kind="stable")]


def of_pairs(
    equation: AnyEquation,
    pairs: Sequence[tuple[complex, ComplexArray, ComplexArray]],
    options: GradientOptions,
) -> Gradient:
    """Return the gradient of Re Σ c tr[y 𝓛ρ] of any operators (c, y, ρ), which are held."""
    of: Differentiable = equation.solver.differentiable
    real = [
        (float(np.real(factor * c * d)), x, r)
        for factor, y, rho in pairs
        for c, x in hermitian_parts(y)
        for d, r in hermitian_parts(rho)
    ]
    kept = [part for part in real if part[0] != 0.0]
    n = equation.system.dimension
    raw = _core.pull_back(
        of.core(False),
        of.tables,
        np.array([r for _, _, r in kept]).reshape(-1, n, n),
        np.array([x for _, x, _ in kept]).reshape(-1, n, n),
        np.array([c for c, _, _ in kept]),
        as_threads(options.threads),
        as_max_bytes(None),
    )
    return of.gradient(0.0, raw)


def added(parts: Sequence[Gradient], value: float) -> Gradient:
    """Return the gradient of a sum of functions of one equation."""
    baths = [
        {name: sum(part.baths[b][name] for part in parts) for name in numbers}
        for b, numbers in enumerate(parts[0].baths)
    ]

    def total(name: str) -> Any:
        return sum(getattr(part, name) for part in parts)

    return Gradient(
        value,
        total("hamiltonian"),
        total("couplings"),
        BathGradients(baths),
        total("one_sided"),
        applications=total("applications"),
        equation=parts[0].equation,
    )


def _weights(value: Operand, count: int) -> npt.NDArray[Any]:
    w = as_finite_array("weights", value)
    if w.shape != (count,):
        raise ValueError(f"weights must be one number for each of {count}, got shape {w.shape}")
    return np.asarray(w, dtype=np.complex128)
