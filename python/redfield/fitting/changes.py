"""What a parameter changes of a prediction: its arrays, and the generator of its equation."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray
from redfield._core import ConvergenceError
from redfield.equations.base import AnyEquation
from redfield.fitting.arrays import direction_of, of_reservoir
from redfield.fitting.differences import SMOOTH, Derivatives, derivatives
from redfield.results.gradient import Direction
from redfield.solve.tangents import Changes

Numeric = npt.NDArray[Any]
"""Real or complex numbers."""
FEW = 16
"""Levels up to which ∂_p 𝓛 is kept as a dense matrix."""


class Asking(Protocol):
    """A prediction, as changes know it: it asks an equation."""

    @property
    def equation(self) -> AnyEquation: ...


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model, the others held.

    Attributes
    ----------
    name : its name.
    value : where derivatives are wanted.
    low, high : where the model may be asked.
    """

    name: str
    value: float
    low: float
    high: float

    def derivatives(
        self, arrays: Callable[[float], Mapping[str, Numeric]], size: float = 0.0
    ) -> Derivatives:
        """Return the derivatives of arrays that depend on it, made of numbers of a size."""
        return derivatives(arrays, self.value, self.low, self.high, size)


@dataclass(frozen=True)
class Change:
    r"""The change of a prediction with a parameter p.

    Where the parameter changes nothing of the equation but arrays, and the kind of equation has a forward mode,
    ∂_p 𝓛 is exact. Else it is that of the action on a given x,

    .. math:: (\partial_p\mathcal L)x = -i[\partial_p H, x] + \partial_p (\mathcal D x),

    by differences of 𝒟x, the part of the baths, in which H does not cancel digits.

    Attributes
    ----------
    parameter : p.
    arrays : the derivatives of the arrays of `Prediction._arrays` that change.
    at : the prediction at other values of p.
    moves : whether the equation changes.
    by_arrays : whether arrays are all of it that changes, and smooth functions of p.
    known : equations and their forward modes, for all parameters, by the identity of the equation.
    """

    parameter: Parameter
    arrays: Mapping[str, Numeric]
    at: Callable[[float], Asking]
    moves: bool
    by_arrays: bool
    known: dict[int, tuple[AnyEquation, Changes | None]]

    def of(self, name: str, like: Numeric) -> Numeric:
        """Return the derivative of an array, zeros where it does not change."""
        return np.asarray(self.arrays[name]) if name in self.arrays else np.zeros_like(like)

    def inner(self, prefix: str, pick: Callable[[Any], Asking]) -> Change:
        """Return the change of a prediction inside this one, whose arrays have a prefix here."""
        arrays = {k.removeprefix(prefix): v for k, v in self.arrays.items() if k.startswith(prefix)}
        return replace(self, arrays=arrays, at=lambda x: pick(self.at(x)))

    @functools.cached_property
    def equation(self) -> AnyEquation:
        """The equation where derivatives are wanted."""
        return self.at(self.parameter.value).equation

    @functools.cached_property
    def direction(self) -> Direction | None:
        """The direction in which the equation changes, where its kind has a forward mode and arrays are all."""
        changes = self._changes_of(self.equation) if self.by_arrays else None
        if changes is None:
            return None
        direction = direction_of(self.equation, self.arrays)
        return direction if changes.knows(direction) else None

    def _changes_of(self, equation: AnyEquation) -> Changes | None:
        """Return what is known of an equation's forward mode, if it has one."""
        key = id(equation)
        if key not in self.known:
            try:
                self.known[key] = equation, Changes(equation)
            except (TypeError, ValueError, NotImplementedError, ConvergenceError, MemoryError):
                self.known[key] = equation, None  # the kind, or a bath, has no derivatives
        return self.known[key][1]

    @functools.cached_property
    def _exact(self) -> Any:
        """∂_p 𝓛 in the core, or None."""
        changes = self._changes_of(self.equation)
        return None if self.direction is None or changes is None else changes.along(self.direction)

    def generator(self, x: ComplexArray) -> ComplexArray:
        """Return (∂_p 𝓛)x, (N, N).

        Raises
        ------
        ConvergenceError
            The differences do not settle.
        """
        if self._exact is not None:
            return np.asarray(self._exact.apply(np.ascontiguousarray(x)))
        flow = self._dissipated(lambda equation: equation.dissipator(x), x.shape, np.abs(x).max())
        if "hamiltonian" in self.arrays:
            h = self.arrays["hamiltonian"]
            flow = flow - 1j * (h @ x - x @ h)
        return flow

    def dissipator(
        self, x: ComplexArray, reservoir: AnyEquation | None = None, b: int = 0
    ) -> ComplexArray:
        """Return ∂_p (𝒟x), (N, N), with x held, of the equation or of that of its reservoir b alone."""
        if self._exact is not None:
            exact = self._exact
            if reservoir is not None:
                part = of_reservoir(self.equation.system, cast(Direction, self.direction), b)
                exact = cast(Changes, self._changes_of(reservoir)).along(part)
            h = self.of("hamiltonian", x)
            return np.asarray(exact.apply(np.ascontiguousarray(x)) + 1j * (h @ x - x @ h))
        if reservoir is None:
            return self._dissipated(lambda equation: equation.dissipator(x), x.shape, np.abs(x).max())
        return self._dissipated(
            lambda equation: equation.of_reservoir(b).dissipator(x), x.shape, np.abs(x).max()
        )

    def column(self, x: ComplexArray) -> ComplexArray:
        """Return (∂_p 𝓛)x as a column, for many x of few levels by the matrix."""
        stacked = x.ravel(order="F")
        if len(x) <= FEW:
            return np.asarray(self.matrix @ stacked)
        return self.generator(x).ravel(order="F")

    @functools.cached_property
    def matrix(self) -> ComplexArray:
        """∂_p 𝓛 as an (N², N²) matrix on column-stacked ρ."""
        n = self.equation.system.dimension
        basis = np.eye(n * n, dtype=np.complex128).reshape(n * n, n, n).transpose(0, 2, 1).copy()

        if self._exact is not None:
            return np.array([self._exact.apply(e).ravel(order="F") for e in basis]).T

        def columns(equation: AnyEquation) -> ComplexArray:
            return np.array([equation.dissipator(e).ravel(order="F") for e in basis]).T

        matrix = self._dissipated(columns, (n * n, n * n), 1.0)
        if "hamiltonian" in self.arrays:
            h, one = self.arrays["hamiltonian"], np.eye(n)
            matrix = matrix - 1j * (np.kron(one, h) - np.kron(h.T, one))
        return matrix

    def _dissipated(
        self, action: Callable[[AnyEquation], ComplexArray], shape: tuple[int, ...], size: float
    ) -> ComplexArray:
        """Return the derivative of an action of the baths on operators of a size."""
        if not self.moves:
            return np.zeros(shape, dtype=np.complex128)
        # 𝒟 of a Gibbs state vanishes, but for the rounding of decays.
        decay = size * self.equation.solver.fastest_decay()
        found = self.parameter.derivatives(lambda x: {"𝒟": action(self.at(x).equation)}, decay)
        if not found.error <= SMOOTH:
            raise ConvergenceError(
                f"what the baths do is no smooth function of {self.parameter.name!r} at {self.parameter.value:g}: its "
                f"differences settle to {found.error:.1g} only"
            )
        return found.arrays.get("𝒟", np.zeros(shape, dtype=np.complex128))
