"""Steady states and slow modes of generators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    as_choice,
    as_count,
    as_density_matrix,
    as_max_bytes,
    as_positive,
    as_threads,
    warn,
)
from redfield._base.qobj import as_qobj
from redfield._base.records import Immutable
from redfield._base.stores.saved import Saved
from redfield.draw import FAILS, HOLDS, pictured
from redfield.solve.evolve import Progress, progress_callback

METHODS = ("auto", "direct", "iterative")
DEFAULT_MODES = 6
NOTICEABLE = 1e-6
"""Of the trace norm of a state: an estimated error that a warning tells."""


class MultipleSteadyStates(ValueError):  # noqa: N818
    """𝓛ρ = 0 has several solutions.

    Attributes
    ----------
    count : dimension of the null space of 𝓛.
    states : (count, N, N) orthonormal Hermitian basis of the null space in the given basis; None where it would not
        fit into memory.
    """

    def __init__(self, message: str, count: int, states: ComplexArray | None = None) -> None:
        super().__init__(message)
        self.count = count
        self.states = states

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.count, self.states)


@dataclass(frozen=True, eq=False, repr=False)
class SteadyState(Saved, Immutable, answer=True):
    """The steady state.

    Attributes
    ----------
    state : (N, N) complex128, Hermitian, of trace 1, in the basis H was given in. Redfield's may have slightly
        negative eigenvalues: that is the equation's, not rounding.
    residual : ‖𝓛ρ‖_F.
    applications : of 𝓛.
    method : "direct" or "iterative".
    unique : whether it is the only one; False for what one rho0 leads to where there are several.
    error : ‖ρ − ρ_exact‖₁, an estimate that covers what the residual and rounding may change: it grows as the fastest
        dissipative rate over the slowest. A warning tells of more than 1e-6.
    """

    state: ComplexArray
    residual: float
    applications: int
    method: str
    unique: bool = True
    error: float = np.nan

    def to_qutip(self, dims: list[int] | None = None) -> Any:
        """The state as a Qobj; `dims` as of Result.to_qutip."""
        return as_qobj(self.state, dims)


@dataclass(frozen=True, eq=False, repr=False)
class Spectrum(Saved, Immutable, answer=True):
    """Slow modes.

    Attributes
    ----------
    eigenvalues : (k,) complex128, by distance from 0, each as often as it is degenerate.
    modes : (k, N, N) complex128, of unit Frobenius norm, in the basis H was given in.
    gap : the least −Re λ that is not zero; nan if all are.
    complete : whether `gap` is over all modes of 𝓛; else over those found, and a slow mode that turns fast, far from 0,
        may be missing.
    applications : of 𝓛.
    """

    eigenvalues: ComplexArray
    modes: ComplexArray
    gap: float
    complete: bool
    applications: int

    @pictured(5.0)
    def plot(self, axes: Any) -> None:
        """The eigenvalues in the complex plane and the gap, on `axes` or in a new figure; returns the matplotlib
        Axes."""
        axes.axvline(0.0, color="0.6", linewidth=0.8)
        if np.isfinite(self.gap):
            axes.axvline(
                -self.gap, color=FAILS, linewidth=0.8, linestyle="--", label=f"gap {self.gap:.3g}"
            )
        axes.plot(self.eigenvalues.real, self.eigenvalues.imag, "o", color=HOLDS)
        axes.set(xlabel="Re λ  (energy)", ylabel="Im λ  (energy)")
        if np.isfinite(self.gap):
            axes.legend()


def steady_state(
    generator: _core.Generator,
    method: str,
    tol: float,
    threads: int | None,
    progress: Progress,
    rho0: Any = None,
) -> SteadyState:
    """See Equation.steady_state."""
    method, tol = as_choice("method", method, METHODS), as_positive("tol", tol)
    start = None if rho0 is None else as_density_matrix("rho0", rho0, generator.dimension)
    with progress_callback(progress, "steady state") as report:
        found = _core.steady_state(
            generator, method, tol, as_threads(threads), as_max_bytes(None), report, start
        )
    if len(found) == 3:
        raise several(*found)
    state = SteadyState(*found)
    if state.error > NOTICEABLE:
        warn(
            f"the steady state may be wrong by {state.error:.1g} in trace norm (.error): some rates are so much slower "
            "than the fastest that rounding tells",
            UserWarning,
        )
    return state


def several(message: str, count: int, states: ComplexArray) -> MultipleSteadyStates:
    """What the core says of several steady states."""
    return MultipleSteadyStates(message, count, states if len(states) == count else None)


def spectrum(
    generator: _core.Generator, k: int | None, method: str, tol: float, threads: int | None
) -> Spectrum:
    """See Equation.spectrum."""
    method, tol = as_choice("method", method, METHODS), as_positive("tol", tol)
    size = generator.dimension**2
    k = min(DEFAULT_MODES, size) if k is None else as_count("k", k)
    if k > size:
        raise ValueError(f"k = {k} modes of a generator with {size}")
    return Spectrum(*_core.spectrum(generator, k, method, tol, as_threads(threads), as_max_bytes(None)))
