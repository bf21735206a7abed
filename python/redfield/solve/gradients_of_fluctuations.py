"""Gradients of two-time correlation functions and of spectra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_max_bytes,
    as_numeric,
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
    tol: float = 1e-10,
    threads: int | None = None,
) -> Gradient:
    r"""Return the gradient of Re Σ_f w_f* S(ω_f) of the steady state, S as `rf.spectrum` has it.

    .. math:: d\,\mathrm{tr}[a (z - \mathcal{L})^{-1} y] = \mathrm{tr}[w\, (d\mathcal{L})\, x] + \mathrm{tr}[w\, dy],
              \quad (z - \mathcal{L}) x = y, \quad (z - \mathcal{L}^\dagger) w = a

    by the LU of 𝓛 as an N²×N² matrix at each frequency.

    Parameters
    ----------
    equation, a, b, frequencies : as of `rf.spectrum`.
    weights : (F,) w_f, real or complex.
    tol : of the adjoint equation of the steady state.

    Raises
    ------
    MemoryError
        The dense matrix does not fit.
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
    at = as_vector("frequencies", frequencies)
    w = _weights(weights, len(at))
    require_memory("𝓛 as a dense matrix", 6 * 16.0 * float(n) ** 4)
    options = GradientOptions(tol=tol, threads=threads)
    rho = equation.steady_state(threads=threads).state
    dense = equation.liouvillian(threshold=0.0).toarray()
    pairs: list[tuple[complex, ComplexArray, ComplexArray]] = []
    observable = np.zeros((n, n), dtype=np.complex128)
    value = 0.0
    for frequency, weight in zip(at, w, strict=True):
        for left, right, z in ((observed, source, -1j * frequency), (source, observed, 1j * frequency)):
            later = right is source and z == -1j * frequency
            start = right @ rho if later else rho @ right
            mean = np.trace(start)
            found = _Resolved(dense, z, rho)
            x = found.forwards(start - mean * rho)
            back = found.backwards(left)
            value += float((np.conj(weight) * np.trace(left @ x)).real)
            pairs.append((np.conj(weight), back, x))
            # y = bρ − ⟨b⟩ρ follows the steady state.
            moved = back @ right if later else right @ back
            moved = moved - np.trace(back @ rho) * right - mean * back
            observable += np.conj(weight) * moved
    observable = 0.5 * (observable + observable.conj().T)
    direct = of_pairs(equation, pairs, options)
    return added([direct, of_steady_state(equation, rho, observable, options)], value)


class _Resolved:
    """(z − 𝓛)x = y of operators without a steady part, where z = 0 is no pole."""

    def __init__(self, dense: ComplexArray, z: complex, rho: ComplexArray) -> None:
        n = len(rho)
        self._n = n
        # 𝓛 − |ρ⟩⟨1| has the same action on traceless operators, and decays where 𝓛 is stationary.
        one = np.eye(n).ravel(order="F")
        scale = float(np.abs(dense).max())
        matrix = z * np.eye(n * n) - dense + scale * np.outer(rho.ravel(order="F"), one)
        self._lu = scipy.linalg.lu_factor(matrix)
        self._rho = rho

    def forwards(self, y: ComplexArray) -> ComplexArray:
        x: ComplexArray = scipy.linalg.lu_solve(self._lu, y.ravel(order="F"))
        return x.reshape(self._n, self._n, order="F")

    def backwards(self, a: ComplexArray) -> ComplexArray:
        """Return w, of tr[a x] = tr[w y]: a bilinear form, and no scalar product."""
        w: ComplexArray = scipy.linalg.lu_solve(self._lu, a.T.ravel(order="F"), trans=1)
        return w.reshape(self._n, self._n, order="F").T


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
    w = as_numeric("weights", value)
    if w.shape != (count,):
        raise ValueError(f"weights have shape {w.shape}, not one number for each of {count}")
    return np.asarray(w, dtype=np.complex128)
