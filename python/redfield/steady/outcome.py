"""What is found."""

from __future__ import annotations

from dataclasses import dataclass

from redfield.validation import ComplexArray


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
