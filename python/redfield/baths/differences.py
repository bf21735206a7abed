"""Derivatives of functions by quotients of differences at steps that are halved, extrapolated to no step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.extrapolation import next_row
from redfield._core import ConvergenceError

MOST_STEPS = 16
"""Halvings of the step tried."""
DEEPEST = 8
"""Powers of the step that are extrapolated away."""
AIM = 1e-10
"""Error, of the largest value, at which no step is halved further."""
SERVES = 1e-9
"""Error at which halving ends where it no longer helps."""
ENOUGH = 9
"""Steps after which it ends there at any error."""
PERSISTS = 0.7
"""Of a quotient that grows without bound: its change at a halving, at least, in that at the one before."""
WATCHED = 5
"""Changes in turn by which growth is told."""
PLATEAU = 1e-7
"""Part of the largest derivative by which differences must be known."""
TRUSTED = 1e-3
"""Error, of a derivative or of values over the step, up to which it is one: steps far too long show none."""
AGREE = 10.0
"""Sum of two errors up to which derivatives may differ."""
ROUNDING = np.finfo(np.float64).eps

WINDOW = 9
"""Distances from a kink that are fitted."""
FITTED = 2
"""The highest power of the distance that is."""
Chosen = slice | npt.NDArray[np.bool_]
"""Some of many places."""


class Derivative(NamedTuple):
    """A derivative, its error, and where it is not known the infinity that differences grow to, else 0."""

    value: RealArray
    error: RealArray
    infinite: RealArray


class Limit:
    """The limit of quotients at steps h, h/2, h/4, … and its error, element by element.

    The best of all entries of Neville's scheme is taken, whose error is its distance from both entries it is made of
    (Ridders, doi:10.1016/S0141-1195(82)80057-0) and the rounding of the quotient.

    Parameters
    ----------
    ratio : by which an error falls where a step is halved, 2 for all powers of the step and 4 for even ones.
    """

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio
        self._row: list[RealArray] = []
        self._quotients: list[RealArray] = []
        self._still = 0
        self.value: RealArray = np.zeros(0)
        self.error: RealArray = np.zeros(0)

    def add(self, quotient: RealArray, rise: RealArray) -> None:
        """Take the quotient at the next step, and the size of the function over the step."""
        if not self._row:
            self.value, self.error = quotient.copy(), np.full(quotient.shape, np.inf)
        before = self.error.copy()
        with np.errstate(invalid="ignore"):  # of infinite quotients
            self._row, changes = next_row(quotient, self._row[:DEEPEST], self._ratio)
            for value, change in zip(self._row[1:], changes, strict=True):
                error = change + 2.0 * ROUNDING * rise
                better = (error < self.error) & (error <= TRUSTED * np.maximum(np.abs(value), rise))
                self.value = np.where(better, value, self.value)
                self.error = np.where(better, error, self.error)
        self._quotients.append(quotient)
        self._still = 0 if (self.error < 0.5 * before).any() else self._still + 1

    @property
    def done(self) -> bool:
        """Whether smaller steps would not serve."""
        if len(self._quotients) < 3:
            return False
        size = np.abs(self.value[np.isfinite(self.value)]).max(initial=0.0)
        near = bool((self.error <= AIM * size).all())
        served = len(self._quotients) >= ENOUGH or bool((self.error <= SERVES * size).all())
        stalled = self._still > 1 and served
        return near or stalled or len(self._quotients) == MOST_STEPS

    def found(self) -> Derivative:
        """Return the limit."""
        return Derivative(self.value, self.error, self._growth())

    def _growth(self) -> RealArray:
        q = np.array(self._quotients)
        infinite = np.where(np.isinf(q).sum(axis=0) > len(q) // 2, q[-1], 0.0)
        if len(q) <= WATCHED + 2:
            return infinite
        with np.errstate(invalid="ignore"):
            change = np.diff(q, axis=0)[1 : WATCHED + 2]
            steady = (np.abs(change[1:]) >= PERSISTS * np.abs(change[:-1])).all(axis=0)
            alike = (np.sign(change) == np.sign(change[0])).all(axis=0) & (change[0] != 0.0)
        grown: RealArray = np.where(steady & alike, np.copysign(np.inf, change[0]), 0.0)
        return np.where(np.isinf(infinite), infinite, grown)


def _rise(values: list[RealArray], step: RealArray) -> RealArray:
    size: RealArray = np.max(np.abs(values), axis=0)
    return np.where(np.isfinite(size), size, 0.0) / step


def _difference(a: RealArray, b: RealArray) -> RealArray:
    with np.errstate(invalid="ignore"):
        d: RealArray = a - b
    return d


def two_sided(f: Callable[[RealArray], RealArray], x: RealArray, step: RealArray) -> Derivative:
    """Return f' from x ± h, where f is smooth on both sides."""
    limit = Limit(4.0)
    for h in _halved(x, step):
        above, below = f(x + h), f(x - h)
        limit.add(_difference(above, below) / (2.0 * h), _rise([above, below], h))
        if limit.done:
            break
    return limit.found()


def one_sided(f: Callable[[RealArray], RealArray], x: RealArray, step: RealArray) -> Derivative:
    """Return f' from x and x + h; h may be negative."""
    limit, here = Limit(2.0), f(x)
    for h in _halved(x, step):
        there = f(x + h)
        limit.add(_difference(there, here) / h, _rise([here, there], np.abs(h)))
        if limit.done:
            break
    return limit.found()


def mean_of_sides(f: Callable[[RealArray], RealArray], x: RealArray, step: RealArray) -> Derivative:
    """Return ½[f'(x−0) + f'(x+0)] without f(x), from x ± h and x ± 2h."""
    limit = Limit(2.0)
    for h in _halved(x, 0.5 * step):
        values = [f(x + 2.0 * h), f(x + h), f(x - h), f(x - 2.0 * h)]
        both = _difference(values[0], values[1]) + _difference(values[2], values[3])
        limit.add(both / (2.0 * h), _rise(values, h))
        if limit.done:
            break
    return limit.found()


def toward_kink(
    f: Callable[[RealArray], RealArray], kink: RealArray, first: RealArray, distance: RealArray
) -> Derivative:
    """Return f' of f = A(x) + B(x) ln|x| at a distance x from a kink that is too short for differences.

    A + B ln x + … is fitted to f' at `first`, twice and four times that distance and so on. Two windows of them show
    the error. The sign of `first` and `distance` is the side.
    """
    places = kink + np.ldexp(1.0, np.arange(WINDOW + 1))[:, None] * first
    known = two_sided(lambda x: f(x.ravel()).reshape(-1, *x.shape), places, 0.5 * np.abs(places - kink))
    at, nodes = _basis(distance / first), _basis(np.ldexp(1.0, np.arange(WINDOW + 1)))
    values, amplified = [], []
    for k in range(2):
        window = slice(k, k + WINDOW)
        weights = at @ np.linalg.pinv(nodes[window])
        values.append(np.einsum("mj,pjm->pm", weights, known.value[:, window]))
        amplified.append(np.einsum("mj,pjm->pm", np.abs(weights), known.error[:, window]))
    return Derivative(values[0], np.abs(values[1] - values[0]) + amplified[0], np.zeros(values[0].shape))


def _basis(u: RealArray) -> RealArray:
    """Return uⁿ and uⁿ ln u of n up to FITTED, (…, 2 FITTED + 2)."""
    powers = u[..., None] ** np.arange(FITTED + 1)
    return np.concatenate([powers, powers * np.log(u)[..., None]], axis=-1)


def _halved(x: RealArray, step: RealArray) -> Iterator[RealArray]:
    """Yield steps that are exact: x + h − x is h."""
    for k in range(MOST_STEPS):
        h = step * 0.5**k
        with np.errstate(invalid="ignore"):
            exact = (x + h) - x
        yield np.where(exact != 0.0, exact, h)


class Best:
    """Derivatives (parts, M), each by the differences that know it best.

    Parameters
    ----------
    values : the function itself.
    rate : the inverse distance over which it varies, in which a derivative near zero is measured.
    """

    def __init__(self, values: RealArray, rate: RealArray | float) -> None:
        self._values = values
        finite = np.where(np.isfinite(values), np.abs(values), 0.0)
        self._size: RealArray = finite.max(axis=0) * rate
        self._value: RealArray = np.zeros(values.shape)
        self._infinite: RealArray = np.zeros(values.shape)
        self._error: RealArray = np.full(values.shape, np.inf)

    def take(self, other: Derivative, chosen: Chosen = slice(None)) -> None:
        """Take what is better of other differences, at some of the places, where they agree with those taken before.

        Those of shorter steps are taken first; steps that are far too long see nothing of a function, and are sure.
        """
        known, error = self._value[:, chosen], self._error[:, chosen]
        with np.errstate(invalid="ignore"):  # of infinite quotients
            agree = ~(np.abs(other.value - known) > AGREE * (other.error + error))
        better = (other.error < error) & agree
        self._value[:, chosen] = np.where(better, other.value, self._value[:, chosen])
        self._error[:, chosen] = np.where(better, other.error, self._error[:, chosen])
        known = self._infinite[:, chosen]
        self._infinite[:, chosen] = np.where(known == 0.0, other.infinite, known)

    @property
    def _largest(self) -> RealArray:
        known = np.abs(self._value[np.isfinite(self._error)]).max(initial=0.0)
        return np.maximum(self._size, known)

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        """Where no derivative is known well enough."""
        return np.logical_not(self._error <= PLATEAU * self._largest)

    def found(self, what: str, places: RealArray, at: str = "ω") -> tuple[ComplexArray, float]:
        """Return the derivatives and their error, infinite where differences grow without bound or the function is.

        Raises
        ------
        ConvergenceError
            A derivative is not known to 1e-7 of the largest.
        """
        wrong, value = self.wrong, self._value.copy()
        value[wrong] = self._infinite[wrong]
        value[wrong & (value == 0.0) & np.isinf(self._values)] = np.inf
        lost = (wrong & (value == 0.0)).any(axis=0)
        if lost.any():
            raise ConvergenceError(
                f"{what} at {at} = {places[lost][0]:g} is not known to {PLATEAU:g} of its largest value by differences"
            )
        out = np.zeros(value.shape[1], dtype=np.complex128)
        out.real = value[0]
        if len(value) == 2:
            out.imag = value[1]
        largest = float(self._largest.max(initial=0.0)) or 1.0
        return out, float(self._error[~wrong].max(initial=0.0)) / largest
