"""The depths that hierarchies may have: what is left out of them, and whether they fit into memory.

A depth is found with operators left out that move the state by little each. Fewer of them are left out then, until that
changes the state by no more than tol, of which the operators still left out are a smaller part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, as_max_bytes
from redfield.systems.system import System

FIRST_DEPTH = 2
NEGLIGIBLE = 1e-3
"""Auxiliary operators expected to move the state by less than this part of tol are left out of depth "auto"."""
LEAST_SHARE = 1e-12
"""The share of that below which nothing more is kept, so that there are no baths to speak of."""
FINER_SHARE = 0.1
"""The share left out next, to see what the operators between move the state by: each little, all of them more."""

Sums = list[tuple[ComplexArray, ComplexArray, complex]]
"""The exponentials of each coupling's bath, and what acts at once."""


def without_spectra(system: System) -> _core.System:
    """Return a system in the core of which no generator is made, so that its spectra may be anything."""
    flat = np.full((system.dimension, system.dimension), 0.5), None
    core: _core.System = system._new_core([flat], [0] * len(system.couplings))
    return core


def negligible_of(equation: Any, share: float = 1.0) -> float:
    """Return what an auxiliary operator that is left out moves the state by; a depth that is asked for has all."""
    return 0.0 if isinstance(equation.depth, int) else share * NEGLIGIBLE * equation.tol


def require_bytes(
    equation: Any, bytes_of: Callable[[int], float], count: int, depth: int, at_once: int = 1
) -> float:
    """Return the bytes that each of the hierarchies that are solved at once may take.

    Parameters
    ----------
    bytes_of : all of them, of a depth.
    count : exponentials.

    Raises
    ------
    MemoryError
        They need more; the message says which depth fits.
    """
    most, n = as_max_bytes(equation.max_bytes), equation.system.dimension
    if bytes_of(depth) > most:
        fits = max((d for d in range(1, depth) if bytes_of(d) <= most), default=0)
        advice = f"depth {fits} fits" if fits else "no depth fits"
        several = "a hierarchy" if at_once == 1 else f"each of {at_once} hierarchies at once, a hierarchy"
        raise MemoryError(
            f"{several} of {count} exponentials, N = {n} and depth {depth} needs {bytes_of(depth) / at_once / 1e9:.3g} "
            f"GB, more than max_bytes = {most / 1e9:.3g} GB; {advice}"
        )
    return most / at_once


def require_fits(
    equation: Any,
    system: _core.System,
    given: Sums,
    depth: int,
    apart: bool,
    at_once: int = 1,
    share: float = 1.0,
) -> float:
    """Return what `require_bytes` does, of baths."""
    negligible = negligible_of(equation, share)

    def bytes_of(d: int) -> float:
        return at_once * _core.Hierarchy.bytes_of(system, given, d, negligible, apart)

    return require_bytes(equation, bytes_of, _core.Hierarchy.count_exponentials(given), depth, at_once)


def settled(
    equation: Any,
    make: Callable[[int, float], _core.Hierarchy],
    solve: Callable[[_core.Hierarchy], tuple[Any, ComplexArray]],
    distance: Callable[[ComplexArray, ComplexArray], float],
    filters: bool,
) -> tuple[Any, _core.Hierarchy, float]:
    """Climb until two depths agree within tol, or take the depth that is asked for.

    Parameters
    ----------
    make : the hierarchy of a depth and of a share of what is left out.
    solve : the solution of a hierarchy, and the states that are compared.
    filters : whether anything is left out.

    Returns
    -------
    The solution, its hierarchy, and its distance from that of one depth less and of fewer operators, summed; nan of a
    depth that is asked for.
    """
    tol: float = equation.tol
    if isinstance(equation.depth, int):
        hierarchy = make(equation.depth, 1.0)
        return solve(hierarchy)[0], hierarchy, math.nan
    depth, share = FIRST_DEPTH, 1.0
    seen: list[float] = []
    last = make(depth - 1, share)
    _, before = solve(last)
    while True:
        try:
            hierarchy = make(depth, share)
            # Depths agree for nothing where a tier is left out altogether.
            while filters and hierarchy.operators <= last.operators and share > LEAST_SHARE:
                share *= 0.1
                hierarchy = make(depth, share)
        except MemoryError as too_large:
            distances = ", ".join(f"{x:.2g}" for x in seen)
            raise MemoryError(
                f"depth='auto': depths 1 … {depth - 1} differ by {distances}, more than tol = {tol:g}, and {too_large}"
            ) from None
        solution, states = solve(hierarchy)
        seen.append(distance(states, before))
        if seen[-1] <= tol:
            break
        before, last, depth = states, hierarchy, depth + 1
    cut = 0.0
    while filters and (finer := _finer(make, hierarchy, share)) is not None:
        hierarchy, share = finer
        before, (solution, states) = states, solve(hierarchy)
        cut = distance(states, before)
        if cut <= tol:
            break
    return solution, hierarchy, seen[-1] + cut


def finer_shares(share: float) -> Iterator[float]:
    """Yield the shares below the present one; where none of them keeps more operators, the set is whole."""
    while share > LEAST_SHARE:
        share *= FINER_SHARE
        yield share


def _finer(
    make: Callable[[int, float], _core.Hierarchy], hierarchy: _core.Hierarchy, share: float
) -> tuple[_core.Hierarchy, float] | None:
    """Return the hierarchy of the same depth that keeps more operators, and its share; None where there is none."""
    for finer in finer_shares(share):
        made = make(hierarchy.depth, finer)
        if made.operators > hierarchy.operators:
            return made, finer
    return None


def told_of(equation: Any, terms: list[Any], hierarchy: Any, error: float) -> dict[str, Any]:
    """Return what `stats` of a hierarchy's evolution has of its size and its fits."""
    return {
        "depth": hierarchy.depth,
        "auxiliary_operators": hierarchy.operators,
        "bytes": hierarchy.bytes,
        "negligible": negligible_of(equation),
        "terms": [len(x.rates) for x in terms],
        "fit_error": max((x.relative_error for x in terms), default=0.0),
        "error": error,
    }
