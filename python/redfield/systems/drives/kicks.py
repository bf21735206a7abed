"""Instantaneous pulses, ρ → VρV† at given times, and the frame that moves with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, RealArray, as_finite, as_items, as_square
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.window import MOST_KNOTS, knots_of

UNITARY_TOL = 1e-9
"""max|V†V − 1| up to which a matrix counts as unitary."""
SAME = 1e-12
"""1 − |tr(K†K')|/N up to which two frames differ by a phase alone."""

Kick = tuple[float, ComplexArray]
"""A time and a unitary matrix."""


def as_kicks(given: object, dimension: int) -> tuple[Kick, ...]:
    """Return pulses [(t, V)] in the order of their times, those of one time in the order they are given in.

    Raises
    ------
    TypeError, ValueError
        One is no pair, its time is not finite, or its matrix is not unitary.
    """
    kicks = []
    for i, kick in enumerate(as_items("kicks", given)):
        if not isinstance(kick, list | tuple) or len(kick) != 2:
            raise TypeError(f"kicks[{i}] must be (time, unitary matrix), got {type(kick).__name__}")
        t = as_finite(f"kicks[{i}][0]", kick[0])
        v = as_square(f"kicks[{i}][1]", kick[1], dimension).astype(np.complex128)
        defect = float(np.abs(v.conj().T @ v - np.eye(dimension)).max())
        if defect > UNITARY_TOL:
            raise ValueError(
                f"kicks[{i}][1] is not unitary: max|V†V − 1| = {defect:.3g}; a pulse of angle θ about X is "
                "scipy.linalg.expm(-0.5j * θ * X)"
            )
        kicks.append((t, v))
    return tuple(sorted(kicks, key=lambda kick: kick[0]))


class Frames:
    """The frames K(t) = V_n…V_1 of the kicks up to t, of which ρ = Kρ̃K†, H̃ = K†HK and Ã = K†AK.

    Attributes
    ----------
    edges : (E,) the times at which K changes.
    of : (E + 1,) which of the frames each interval between them has.
    frames : the frames that differ by more than a phase.
    """

    def __init__(self, kicks: Sequence[Kick], dimension: int) -> None:
        self.edges: RealArray = np.unique([t for t, _ in kicks])
        k = np.eye(dimension, dtype=np.complex128)
        self.frames = [k]
        of = [0]
        for edge in self.edges:
            for t, v in kicks:
                if t == edge:
                    k = v @ k
            of.append(self._place(k))
        self.of = np.array(of)

    def _place(self, k: ComplexArray) -> int:
        n = len(k)
        for i, known in enumerate(self.frames):
            if 1.0 - abs(np.vdot(known, k)) / n <= SAME:
                return i
        self.frames.append(k)
        return len(self.frames) - 1

    def at(self, times: RealArray) -> ComplexArray:
        """Return K at each time, (T, N, N); at the time of a kick it is that after it."""
        places = self.of[np.searchsorted(self.edges, times, side="right")]
        frames: ComplexArray = np.array(self.frames)[places]
        return frames

    def turned(self, operator: TimeOperator) -> Any:
        """Return K†X(t)K as what an operator of a DrivenSystem may be."""
        if operator.function is not None:
            return _TurnedFunction(self, operator.function)
        terms: list[Any] = []
        for x, f in [(operator.constant, None), *operator.terms]:
            each = [k.conj().T @ x @ k for k in self.frames]
            if all(np.allclose(y, each[0], rtol=1e-13, atol=0.0) for y in each):
                terms.append(each[0] if f is None else (each[0], f))
                continue
            terms += [(y, _During(self, i, f)) for i, y in enumerate(each)]
        return terms


class _During:
    """A function of time in the intervals that have one of the frames, 0 in the others."""

    def __init__(self, frames: Frames, place: int, f: Any) -> None:
        self._edges, self._inside, self._f = frames.edges, frames.of == place, f
        self.jumps, self.breakpoints = _places(frames, f)

    def __call__(self, t: Any) -> Any:
        inside = self._inside[np.searchsorted(self._edges, t, side="right")]
        return inside * 1.0 if self._f is None else inside * self._f(t)


class _TurnedFunction:
    """K†X(t)K of a function X of time."""

    def __init__(self, frames: Frames, f: Any) -> None:
        self._frames, self._f = frames, f
        self.jumps, self.breakpoints = _places(frames, f)

    def __call__(self, t: float) -> Any:
        k = self._frames.at(np.array([t]))[0]
        return k.conj().T @ self._f(t) @ k


def _places(frames: Frames, f: Any) -> tuple[list[float], list[float]]:
    """Return where such a function jumps, and near what something happens."""
    knots = knots_of(f)
    jumps = [*frames.edges.tolist(), *(knots.tolist() if len(knots) <= MOST_KNOTS else [])]
    told = [list(getattr(f, name, ())) for name in ("jumps", "breakpoints")]
    return jumps + told[0], told[1]
