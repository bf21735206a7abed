"""Steady states and eigenvalues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Axes
from redfield._base.qobj import as_qobj
from redfield._base.records import record
from redfield._base.stores.origins import dims_of_origin
from redfield._base.stores.saved import Saved
from redfield.draw import FAILS, HOLDS, legend_above, pictured
from redfield.results.differentiable import GradientsOfCurrents, GradientsOfModes, GradientsOfState
from redfield.results.directional import DirectionalOfState


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


@record
class SteadyState(GradientsOfCurrents, DirectionalOfState, Saved, answer=True):
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
        dissipative rate over the slowest. That of HEOM covers depth, operators left out and fits of the baths too, and
        is nan at a depth that was given. A warning tells of more than 1e-6. With ``error=True`` it covers the equation
        too, ρ_exact being that of system and baths.
    corrected : (N, N), ρ to the next order in the coupling, of ``error=True``; else None. It may be slightly negative.
    forces : (J, N, N), of HEOM S_j = Σ_k s_k ρ_{e_k} of the exponentials k of the bath of coupling j, Hermitian where
        A_j is, with which i[H, ρ] = −iΣ_j[A_j†, S_j]; else None.
    """

    state: ComplexArray
    residual: float
    applications: int
    method: str
    unique: bool = True
    error: float = np.nan
    corrected: ComplexArray | None = None
    forces: ComplexArray | None = None
    equation: Any = field(default=None, compare=False)

    origin: ClassVar[str | None] = "equation"
    axes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "state": ("row", "column"),
        "corrected": ("row", "column"),
        "forces": ("coupling", "row", "column"),
    }

    def to_qutip(self, dims: Sequence[Any] | None = None) -> Any:
        """Return the state as a Qobj; `dims` as of Result.to_qutip."""
        return as_qobj(self.state, dims, dims_of_origin(self.equation))


@record
class Eigenmodes(GradientsOfModes, Saved, answer=True):
    """Eigenvalues of 𝓛 near 0, and their modes.

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
    equation: Any = field(default=None, compare=False)

    origin: ClassVar[str | None] = "equation"
    axes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "eigenvalues": ("mode",),
        "modes": ("mode", "row", "column"),
    }

    @pictured(5.0)
    def plot(self, axes: Axes) -> None:
        """Draw the eigenvalues in the complex plane and the gap.

        They are drawn on `ax` or in a new figure; returns the matplotlib Axes.
        """
        axes.axvline(0.0, color="0.6", linewidth=0.8)
        if np.isfinite(self.gap):
            axes.axvline(
                -self.gap, color=FAILS, linewidth=0.8, linestyle="--", label=f"gap {self.gap:.3g}"
            )
        axes.plot(self.eigenvalues.real, self.eigenvalues.imag, "o", color=HOLDS)
        axes.set(xlabel="Re λ  (energy)", ylabel="Im λ  (energy)")
        legend_above(axes)


@record
class SteadyStates(GradientsOfState, Saved, answer=True):
    """The steady states of B members.

    Attributes
    ----------
    state : (B, N, N) complex128, Hermitian, of trace 1, in the basis H was given in; NaN of a member that failed.
    residual : (B,) ‖𝓛ρ‖_F.
    applications : (B,) of 𝓛.
    method : "direct", "iterative", or "mixed" where members differ.
    unique : (B,) whether it was shown to be the only one.
    error : (B,) ‖ρ − ρ_exact‖₁, estimated; see SteadyState.
    """

    state: ComplexArray
    residual: RealArray
    applications: npt.NDArray[np.int64]
    method: str
    unique: npt.NDArray[np.bool_]
    error: RealArray
    equation: Any = field(default=None, compare=False)

    origin: ClassVar[str | None] = "equation"
    axes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "state": ("member", "row", "column"),
        **dict.fromkeys(("residual", "applications", "unique", "error"), ("member",)),
    }

    def __len__(self) -> int:
        return len(self.state)
