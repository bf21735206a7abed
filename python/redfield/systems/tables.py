"""Baths at the Bohr frequencies of a system."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from redfield._base.checks import RealArray, all_finite, refuse_masked
from redfield._base.checks.types import Operand
from redfield.baths import Bath
from redfield.systems.base import Solvable

Table = tuple[RealArray, RealArray | None]
"""γ/2 and, where there is a Lamb shift, η."""

UNUSED = 1e-12
"""Matrix elements below this part of their coupling's largest are rounding."""


def tables_of(system: Solvable[Any, Any], lamb_shift: bool) -> tuple[list[Table], list[int]]:
    """One table for baths that are equal."""
    w = system.bohr_frequencies()
    if (
        len(system.baths) == 1
    ):  # nothing that may be equal; hashing takes longer than a table of few levels
        bath = system.baths[0]
        table = tabulate(bath, w, lamb_shift, lambda: unused_at_zero(system, bath, w))
        return [table], [0] * len(system.bath_of_coupling)
    place: dict[Hashable, int] = {}
    tables: list[Table] = []
    for bath in system.baths_of_tables():
        # γ(0) = ∞ of a sub-Ohmic bath, or η(0) where γ jumps, matters only where a coupling has elements at ω = 0.
        unused = functools.partial(unused_at_zero, system, bath, w)
        place[bath] = len(tables)
        tables.append(tabulate(bath, w, lamb_shift, unused))
    of_bath = [place[bath] for bath in system.baths]
    return tables, [of_bath[b] for b in system.bath_of_coupling]


def unused_at_zero(system: Solvable[Any, Any], bath: Bath, w: RealArray) -> Any:
    """Where ω = 0, if no coupling of the bath, or of one equal to it, has an element there."""
    zero = w == 0.0
    for j in range(len(system.couplings)):
        if system.coupling_bath(j) == bath:
            a = np.abs(system.coupling_in_eigenbasis(j))
            if a[zero].max(initial=0.0) > UNUSED * a.max():
                return None
    return zero


def tabulate(bath: Bath, w: RealArray, lamb_shift: bool, unused: Callable[[], Any]) -> Table:
    """γ/2 and η at w; `unused` tells where neither is asked for."""
    known = bath._table(w, lamb_shift) if _is_ours(type(bath)) else None
    if known is None:
        with np.errstate(divide="ignore", invalid="ignore"):
            raw = bath.power_spectrum(w)
    else:
        raw, shift = known
    gamma = _check_spectrum(bath, "power_spectrum", raw, w, unused)
    if np.count_nonzero(gamma < 0.0):
        where = np.unravel_index(int(np.argmin(gamma)), gamma.shape)
        raise ValueError(f"{bath!r}: power_spectrum({w[where]:g}) = {gamma[where]:g} is negative")
    if not lamb_shift:
        return 0.5 * gamma, None
    eta = bath.lamb_shift(w) if known is None else shift
    return 0.5 * gamma, _check_spectrum(bath, "lamb_shift", eta, w, unused)


@functools.cache
def _is_ours(kind: type[Bath]) -> bool:
    """Return whether a class of baths is of this package; others may define γ anew."""
    return kind.__module__.startswith("redfield.")


def _check_spectrum(
    bath: Bath, name: str, values: Operand, w: RealArray, unused: Callable[[], Any]
) -> RealArray:
    if type(values) is not np.ndarray:  # a repr takes longer than a table of a few levels
        refuse_masked(f"{bath!r}: {name}(w)", values)
    array = np.asarray(values)
    if array.shape != w.shape or array.dtype.kind not in "iuf":
        raise ValueError(
            f"{bath!r}: {name}(w) must return real numbers of the shape of w, {w.shape}; got "
            f"dtype {array.dtype} and shape {array.shape}"
        )
    if all_finite(array):
        return array.astype(np.float64, copy=False)
    if (nowhere := unused()) is not None:
        array = np.where(nowhere, 0.0, array)
    if not all_finite(array):
        where = tuple(np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{bath!r}: {name}({w[where]:g}) = {array[where]} is not finite")
    return array.astype(np.float64, copy=False)
