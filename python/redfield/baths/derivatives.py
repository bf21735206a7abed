"""Derivatives of a bath's Γ in the frequency and in its numbers: closed forms where known, else differences."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield._base.checks.types import Points
from redfield.baths.adjustable import FIRST, adjustable, is_free, room_of
from redfield.baths.differences import Best, Derivative, mean_of_sides, one_sided, toward_kink, two_sided

ROUNDING = 1e-11
"""Of the closed forms' derivatives, a part of the largest."""
SHORT = 0.1
"""Of the first step: where a breakpoint leaves less on one side, the other side is asked too."""
NEAR = 2e-4
"""Of the first step: the shortest distance from a breakpoint at which logarithms there are fitted."""
BESIDE = 64.0 * float(np.finfo(np.float64).eps)
"""Of the largest frequency and of the distance over which γ varies: energies are not known nearer, so that a frequency
so near a breakpoint is taken for it."""

Slopes = tuple[ComplexArray, dict[str, ComplexArray]]
"""dΓ/dω and the ∂Γ/∂p that are known, at frequencies (M,)."""


class Spectral(Protocol):
    """A bath, as `Bath` is."""

    def power_spectrum(self, w: Points) -> RealArray: ...
    def lamb_shift(self, w: Points) -> RealArray: ...
    def _slopes(self, w: RealArray, lamb_shift: bool) -> Slopes | None: ...
    def _slope(self, name: str, w: RealArray, lamb_shift: bool) -> ComplexArray | None: ...
    def _parameters(self) -> Mapping[str, Any]: ...
    @property
    def breakpoints(self) -> Sequence[float]: ...
    @property
    def features(self) -> Sequence[tuple[float, float]]: ...
    @property
    def scale(self) -> float: ...


class Numbers(Mapping[str, ComplexArray]):
    """∂Γ/∂p by the names of the numbers p, each computed when it is first asked for."""

    def __init__(
        self, known: Mapping[str, ComplexArray], left: Mapping[str, Callable[[], Found]]
    ) -> None:
        self._known = dict(known)
        self._left = dict(left)
        self._names = tuple(dict.fromkeys([*known, *left]))
        self._errors = dict.fromkeys(known, ROUNDING)

    def __getitem__(self, name: str) -> ComplexArray:
        if name in self._left:
            self._known[name], self._errors[name] = self._left[name]()
            del self._left[name]
        return self._known[name]

    def error_of(self, name: str) -> float:
        """Return the error of a derivative, of its largest value."""
        self[name]
        return self._errors[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getstate__(self) -> dict[str, Any]:
        return {"_known": dict(self), "_left": {}, "_names": self._names, "_errors": self._errors}


Found = tuple[ComplexArray, float]
"""A derivative and its error, of its largest value."""


class BathDerivatives:
    r"""Derivatives of Γ(ω) = ½γ(ω) + iη(ω), or of ½γ(ω), at frequencies of any shape.

    Attributes
    ----------
    frequency : dΓ/dω, complex, of the shape of ω, without a unit.
    numbers : ∂Γ/∂p of every number p of the bath by its name, complex, of the shape of ω; each is computed when it is
        first asked for.
    """

    def __init__(
        self,
        frequency: ComplexArray,
        numbers: Mapping[str, ComplexArray],
        frequency_error: float = ROUNDING,
    ) -> None:
        self.frequency = frequency
        self.numbers = numbers
        self.frequency_error = frequency_error

    def __repr__(self) -> str:
        return f"BathDerivatives(frequency of shape {self.frequency.shape}, numbers {', '.join(self.numbers)})"

    @property
    def error(self) -> float:
        """The largest estimated error of any derivative, as a part of its own largest value."""
        return max([self.frequency_error, *map(self.error_of, self.numbers)])

    def error_of(self, name: str) -> float:
        """Return the estimated error of ∂Γ/∂p, as a part of its largest value."""
        return self.numbers.error_of(name) if isinstance(self.numbers, Numbers) else ROUNDING


def derivatives_of(bath: Spectral, w: RealArray, lamb_shift: bool) -> BathDerivatives:
    """Return the derivatives at w of any shape: what the class knows, the rest by differences."""
    w = np.asarray(w, dtype=np.float64)
    known = bath._slopes(w.ravel(), lamb_shift) if _is_own(bath, "_slopes") else None
    if known is None:
        frequency, error = _in_frequency(bath, w, lamb_shift)
        own: dict[str, ComplexArray] = {}
    else:
        frequency, error = known[0].reshape(w.shape), ROUNDING
        own = {name: value.reshape(w.shape) for name, value in known[1].items()}
    found = adjustable(bath)
    left = {k: functools.partial(_in_number, bath, k, w, lamb_shift) for k in found if k not in own}
    return BathDerivatives(frequency, Numbers(own, left), error)


def _is_own(bath: Spectral, method: str) -> bool:
    """Whether the class that knows derivatives by a method is no base of one that has another γ or η."""
    line = type(bath).__mro__

    def place(name: str) -> int:
        return next(i for i, kind in enumerate(line) if name in vars(kind))

    return place(method) <= min(place("power_spectrum"), place("lamb_shift"))


def _parts(bath: Spectral, w: RealArray, lamb_shift: bool) -> RealArray:
    """Return ½γ and, with a Lamb shift, η, (1 or 2, M)."""
    half = 0.5 * np.asarray(bath.power_spectrum(w))
    return np.stack([half, np.asarray(bath.lamb_shift(w))]) if lamb_shift else half[None]


def _in_number(bath: Spectral, name: str, w: RealArray, lamb_shift: bool) -> Found:
    """Return ∂Γ/∂p by differences, one-sided where p is at the end of its range; 0 for an infinite p."""
    if np.isinf(adjustable(bath)[name][0]) or not w.size:
        return np.zeros(w.shape, dtype=np.complex128), 0.0
    if _is_own(bath, "_slope") and (known := bath._slope(name, w.ravel(), lamb_shift)) is not None:
        return known.reshape(w.shape), ROUNDING
    places, back = np.unique(w, return_inverse=True)
    best = by_differences(bath, name, lambda other: _parts(other, places, lamb_shift))
    found, error = best.found(f"{bath!r}: ∂Γ/∂{name}", places)
    return found[back.reshape(w.shape)], error


def by_differences(bath: Spectral, name: str, parts: Callable[[Any], RealArray]) -> Best:
    """Return the derivatives of what a bath tells, (parts, M), by one of its numbers."""
    value, make = adjustable(bath)[name]

    def changed(x: float) -> None:
        """Make the bath with another value, refused here where it is refused only when γ is asked for."""
        make(x).power_spectrum(np.array([bath.scale]))

    def f(x: RealArray) -> RealArray:
        return parts(make(float(x)))

    here, free = np.array(value), bath.scale if is_free(changed, value, bath.scale) else 0.0
    best = Best(f(here), 1.0 / (max(abs(value), free) or 1.0))
    for unit in filter(None, dict.fromkeys([abs(value), free or (0.0 if value else bath.scale)])):
        up, down = room_of(changed, value, unit)
        if up and down:
            step = np.array(min(up, down))
            best.take(two_sided(f, here, step))
            if best.wrong.any():  # a breakpoint of γ may be there that moves with the number
                best.take(mean_of_sides(f, here, step))
        elif up or down:
            best.take(one_sided(f, here, np.array(up or -down)))
        if not best.wrong.any():
            break
    return best


def _in_frequency(bath: Spectral, w: RealArray, lamb_shift: bool) -> Found:
    """Return dΓ/dω by differences that no breakpoint lies between; at one it is the mean of both sides."""
    if not w.size:
        return np.zeros(w.shape, dtype=np.complex128), 0.0
    bath = getattr(bath, "_everywhere", bath)
    features = list(bath.features) or [(0.0, bath.scale)]
    breaks = np.unique([x for x in (*bath.breakpoints, *(x for x, _ in features)) if np.isfinite(x)])
    beside = BESIDE * min(*(width for _, width in features), float(np.abs(w).max()))
    for x in breaks:
        w = np.where(np.abs(w - x) <= beside, x, w)
    places, back = np.unique(w, return_inverse=True)
    unit = np.min([np.hypot(width, places - x) for x, width in features], axis=0)
    edges = np.concatenate([[-np.inf], breaks, [np.inf]])
    on = np.isin(places, breaks)
    above = edges[np.searchsorted(edges, places, side="right")] - places
    below = places - edges[np.searchsorted(edges, places, side="left") - 1]
    first, room = FIRST * unit, 0.99 * np.minimum(above, below)

    def f(x: RealArray) -> RealArray:
        return _parts(bath, x, lamb_shift)

    best = Best(f(places), 1.0 / unit)
    groups: list[tuple[Any, RealArray, Callable[..., Derivative]]] = [
        (~on, np.minimum(first, room), two_sided),
        (on, np.minimum(first, 0.99 * room), mean_of_sides),
    ]
    short = ~on & (room < SHORT * first)
    groups += [
        (short, sign * np.minimum(first, 0.5 * side), one_sided)
        for sign, side in ((1.0, above), (-1.0, below))
    ]
    for chosen, step, way in groups:
        if chosen.any():
            found = way(f, places[chosen], step[chosen])
            # Beside a breakpoint no derivative is infinite.
            best.take(
                found if way is mean_of_sides else found._replace(infinite=np.zeros(found.value.shape)),
                chosen,
            )
    lost = ~on & (room < NEAR * first)
    if lost.any():
        distance = np.where(above < below, -above, below)[lost]
        reach = np.copysign(NEAR * np.minimum(first, np.maximum(above, below))[lost], distance)
        best.take(toward_kink(f, places[lost] - distance, reach, distance), lost)
    value, error = best.found(f"{bath!r}: dΓ/dω", places)
    return value[back.reshape(w.shape)], error
