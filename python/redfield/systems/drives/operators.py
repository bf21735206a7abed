"""Operators that depend on time, however they are given."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_items,
    as_square,
    renamed,
)
from redfield._base.checks.types import Finite
from redfield._base.records import Record
from redfield.systems.drives.functions import TERMS, Expansion, NotResolvedError, expand
from redfield.systems.drives.made import Control, Made, common_function, width_of
from redfield.systems.drives.parts import parts_of
from redfield.systems.drives.spline import Spline
from redfield.systems.drives.window import Window

TOL = 1e-11
"""Tolerance of the expansion of a function of time, relative to its largest value."""
MOST_BYTES = 64e6
"""Bytes that the expansion of a matrix-valued function may take; beyond, the function itself is called."""
PROJECTIONS = 8
"""Sums of the entries of a matrix-valued function with random signs, which change wherever an entry does."""


class TimeOperator(Record, answer=True):
    """X(t): Σ_k f_k(t) X_k with X_0 constant, or a function t → (N, N).

    Attributes
    ----------
    constant : (N, N), the sum of what does not depend on time, or None of a function.
    terms : the others, [(X_k, f_k)].
    """

    def __init__(self, name: str, given: object, dimension: int | None = None) -> None:
        self.name = name
        self.function, self.constant, self.terms = parts_of(name, given, dimension)
        if self.function is None:
            self.dimension = len(self.constant)
        else:
            first = float(given.times[0]) if isinstance(given, Spline) else 0.0
            self.dimension = len(as_square(name, self.function(first), dimension))

    def _parameters(self) -> dict[str, Any]:
        return {"name": self.name, **({"function": self.function} if self.function else self._sum())}

    def _sum(self) -> dict[str, Any]:
        return {"constant": self.constant, **({"terms": list(self.terms)} if self.terms else {})}

    @property
    def is_constant(self) -> bool:
        return self.function is None and not self.terms

    def at(self, t: Finite) -> Any:
        """X(t), (N, N)."""
        self.require_cover(t, t)
        if self.function is not None:
            return as_square(f"{self.name}({t:g})", self.function(t), self.dimension)
        x: Any = self.constant
        with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is told by whoever asks
            for matrix, f in self.terms:
                x = x + complex(f(t)) * matrix
        return x.real if np.iscomplexobj(x) and not x.imag.any() else x

    def stack(self, times: RealArray) -> ComplexArray:
        """X at each time, (M, N, N)."""
        if self.function is not None:
            return np.stack([self._complex(float(t)) for t in times])
        x: ComplexArray = np.repeat(self._matrices()[0][None], len(times), axis=0)
        for matrix, (_, f) in zip(self._matrices()[1:], self.terms, strict=True):
            x += _values(f, times)[:, None, None] * matrix
        return x

    def is_real_sum(self, times: RealArray) -> bool:
        """Return whether it is a sum of Hermitian matrices with factors that are real and finite at these times."""
        if self.function is not None:
            return False
        hermitian = all(np.array_equal(x, x.conj().T) for x in self._matrices())
        coefficients = self._coefficients(times) if self.terms else np.zeros((1, 2))
        return hermitian and bool(np.isfinite(coefficients).all() and not coefficients[:, 1::2].any())

    def matrices(self) -> list[Any]:
        """Return the constant part and what each function multiplies; TypeError of a function (N, N)."""
        if self.function is not None:
            raise TypeError(
                f"{self.name} is a function of time: give it as [h0, (h1, f1), …], whose terms are conserved or not"
            )
        return [self.constant, *(term for term, _ in self.terms)]

    def require_cover(self, first: float, last: float) -> None:
        for f in (self.function, *(f for _, f in self.terms)):
            if isinstance(f, Spline):
                f.require_cover(first, last)

    def core(self, window: Window) -> Made:
        """Return the operator in the core.

        Raises
        ------
        ValueError
            A function is not finite somewhere, or jumps too often.
        """
        first, last = window.first, window.last
        self.require_cover(first, last)
        none = np.zeros(0)
        if self.is_constant or first == last:
            x = np.asarray(self.at(first), dtype=np.complex128)
            return Made(_core.TimeOperator.constant(x), none, width_of(x), np.array([first, last]))
        try:
            if self.function is not None:
                return self._core_of_function(window)
            expansion = self._expanded(window)
        except ValueError as error:
            raise ValueError(f"{self.name}(t) {error}") from None
        return Made(
            self._core_of_terms(expansion.breaks, expansion.series),
            expansion.jumps,
            self._width_of(expansion),
            expansion.breaks,
        )

    def control(self, window: Window) -> Control | None:
        """Where X = X₀ + u(t)X₁ with one real u: u, and X against it; else None.

        Several terms have one u where their functions are linear in each other, as 1 − t/T and t/T."""
        if self.function is not None or not self.terms or window.first == window.last:
            return None
        try:
            expansion = self._expanded(window)
        except ValueError:
            return None  # told where it is made in time
        found = common_function(expansion.series)
        if found is None:
            return None
        u, offset, slope = found
        reach = np.abs(u[:, 1:]).sum(axis=1)
        low, high = float((u[:, 0] - reach).min()), float((u[:, 0] + reach).max())
        if not high > low:
            return None
        line = np.stack([offset + 0.5 * (low + high) * slope, 0.5 * (high - low) * slope])[None]
        return Control(
            self._core_of_terms(np.array([low, high]), line),
            Expansion(expansion.breaks, np.ascontiguousarray(u[..., None]), expansion.jumps),
            low,
            high,
            self._width_of(expansion),
        )

    def _expanded(self, window: Window) -> Expansion:
        for known, expansion in self._expansions:
            if known is window:
                return expansion
        functions = [f for _, f in self.terms]
        expansion = expand(
            self._coefficients,
            window.first,
            window.last,
            TOL,
            window.cuts(functions),
            looks=window.looks(functions),
            share=2,
            integrated=True,
        )
        self._expansions[:] = [(window, expansion)]
        return expansion

    @functools.cached_property
    def _expansions(self) -> list[tuple[Window, Expansion]]:
        """The latest, which its window is asked for again."""
        return []

    def _matrices(self) -> list[ComplexArray]:
        return [np.asarray(x, dtype=np.complex128) for x in (self.constant, *(x for x, _ in self.terms))]

    def _core_of_terms(self, breaks: RealArray, series: RealArray) -> _core.TimeOperator:
        one = np.zeros((*series.shape[:2], 2))
        one[:, 0, 0] = 1.0
        whole = np.ascontiguousarray(np.concatenate([one, series], axis=2))
        return _core.TimeOperator.terms(self._matrices(), _core.PiecewisePolynomial(breaks, whole))

    def _width_of(self, expansion: Expansion) -> float:
        """Return a bound on E_max − E_min: that of a sum is at most the sum of those of its terms."""
        largest = np.abs(expansion.series).sum(axis=1).max(axis=0)
        factors = np.concatenate([[1.0], largest[::2] + largest[1::2]])
        return float(sum(f * width_of(x) for f, x in zip(factors, self._matrices(), strict=True)))

    def with_terms(self, terms: Sequence[tuple[Any, Any]]) -> TimeOperator:
        """X(t) + Σ_k f_k(t)X_k."""
        if self.function is not None:
            raise ValueError(
                f"{self.name} is a function of time: give it as [h0, (h1, f1), …] to add terms"
            )
        added = as_items("terms", terms)
        with renamed(self.name, "terms"):
            return TimeOperator(self.name, [self.constant, *self.terms, *added], self.dimension)

    def _coefficients(self, t: RealArray) -> RealArray:
        """(P, 2K): the real and imaginary parts of each f_k."""
        values = np.stack([_values(f, t) for _, f in self.terms], axis=1)
        return np.stack([values.real, values.imag], axis=2).reshape(len(t), -1)

    def _core_of_function(self, window: Window) -> Made:
        n, first, last = self.dimension, window.first, window.last
        samples = np.linspace(first, last, 65)
        width = 1.2 * max(width_of(self.at(float(t))) for t in samples)
        cuts = window.cuts([self.function])
        try:
            shape = expand(
                self._projected,
                first,
                last,
                TOL,
                cuts,
                looks=window.looks([self.function]),
                share=PROJECTIONS,
                integrated=True,
            )
        except NotResolvedError:
            # Noise: the error estimate of every step meets it.
            called = _core.TimeOperator.function(n, self._complex, None)
            return Made(called, np.zeros(0), width, np.array([first, last]))
        most = int(MOST_BYTES / (16.0 * TERMS * n * n))
        if len(shape.series) <= most:
            try:
                found = expand(
                    self._entries,
                    first,
                    last,
                    TOL,
                    cuts,
                    share=2 * n * n,
                    integrated=True,
                    pieces=shape.breaks,
                    most=most,
                )
            except NotResolvedError:
                pass
            else:
                operator = _core.TimeOperator.entries(n, found.core())
                return Made(operator, found.jumps, max(width, self._widest(shape)), found.breaks)
        called = _core.TimeOperator.function(n, self._complex, shape.core())
        return Made(called, shape.jumps, max(width, self._widest(shape)), shape.breaks)

    def _widest(self, shape: Expansion) -> float:
        """1.2 times the largest of the bounds on E_max − E_min in the pieces that the function varies most in."""
        narrow = np.argsort(np.diff(shape.breaks))[:16]
        largest = np.argsort(-np.abs(shape.series).sum(axis=(1, 2)))[:16]
        pieces = np.unique(np.concatenate([narrow, largest]))
        middle = 0.5 * (shape.breaks[pieces] + shape.breaks[pieces + 1])
        return 1.2 * max(width_of(self.at(float(t))) for t in middle)

    def _complex(self, t: float) -> ComplexArray:
        x: ComplexArray = np.ascontiguousarray(self.at(t), dtype=np.complex128)
        return x

    def _entries(self, t: RealArray) -> RealArray:
        """(P, 2N²): each entry, column after column."""
        stack = np.stack([self._complex(float(s)).T.ravel() for s in t])
        return stack.view(np.float64)

    def _projected(self, t: RealArray) -> RealArray:
        """(P, PROJECTIONS): sums of the entries with random signs, of about the norm of the matrix."""
        size = 2 * self.dimension**2
        signs = np.random.default_rng(1).choice([-1.0, 1.0], (size, PROJECTIONS)) / PROJECTIONS**0.5
        out = np.empty((len(t), PROJECTIONS))
        at_once = max(1, int(MOST_BYTES / (8.0 * size)))
        for k in range(0, len(t), at_once):
            out[k : k + at_once] = self._entries(t[k : k + at_once]) @ signs
        return out


def _values(f: Callable[[Any], Any], t: RealArray) -> ComplexArray:
    """f at each time; of a function that takes arrays in one call."""
    try:
        values = np.asarray(f(t), dtype=np.complex128)
        if values.shape == t.shape and values[-1] == complex(f(float(t[-1]))):
            return values
    except (TypeError, ValueError, IndexError):
        pass
    return np.array([complex(f(float(s))) for s in t])
