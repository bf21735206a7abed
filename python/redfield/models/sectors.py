"""Basis states in sectors of particle number, and operators on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy

from redfield._base.checks import RealArray, as_count, as_not_negative
from redfield._base.checks.types import Seed
from redfield.models.parameters import as_energy

Sparse: TypeAlias = Any
"""scipy.sparse.csr_array, which has no types."""
Codes = npt.NDArray[np.int64]
MOST_STATES = 2**20
BITS = 62
"""Bits of the number that stands for a basis state."""


def occupations(n: int, levels: int, total: int | None) -> npt.NDArray[np.int64]:
    """(D, n) occupations below `levels`, of the given sum, in ascending order of their codes."""
    n = as_count("n", n)
    if n * math.log2(max(levels, 2)) > BITS:
        raise ValueError(f"n = {n} sites of {levels} states each are more than {BITS} bits can number")
    if total is not None and total > n * (levels - 1):
        raise ValueError(f"{total} particles do not fit {n} sites of at most {levels - 1}")
    if levels > MOST_STATES:
        raise ValueError(f"particles must be below 2^20 = {MOST_STATES}, got {levels - 1}")
    rows = np.zeros((1, 0), dtype=np.int64)
    for site in range(n):
        room = (n - site - 1) * (levels - 1)
        rows = np.repeat(rows, levels, axis=0)
        rows = np.column_stack([rows, np.tile(np.arange(levels), len(rows) // levels)])
        if total is not None:
            sums = rows.sum(axis=1)
            rows = rows[(sums <= total) & (sums + room >= total)]
        if len(rows) > MOST_STATES:
            raise ValueError(f"{n} sites have more than 2^20 = {MOST_STATES} states in this sector")
    return rows


def codes_of(states: npt.NDArray[np.int64], levels: int) -> Codes:
    n = states.shape[1]
    codes: Codes = (states @ levels ** np.arange(n - 1, -1, -1)).astype(np.int64)
    return codes


def find(codes: Codes, wanted: Codes) -> npt.NDArray[np.intp]:
    return np.searchsorted(codes, wanted)


def bonds(n: int, periodic: bool, distance: int = 1) -> list[tuple[int, int]]:
    """Each once: around a ring of two sites both ways are one bond."""
    around = periodic and n > 2 * distance
    return [(j, (j + distance) % n) for j in range(n if around else max(0, n - distance))]


def random_field(n: int, disorder: float, seed: Seed) -> RealArray:
    w = as_energy("disorder", as_not_negative("disorder", disorder))
    return np.random.default_rng(seed).uniform(-w, w, as_count("n", n))


def diagonal_operator(values: RealArray) -> Sparse:
    return scipy.sparse.csr_array(scipy.sparse.diags_array(values))


def hopping_operator(
    states: npt.NDArray[np.int64],
    moves: Sequence[tuple[int, int, float]],
    diagonal: RealArray,
    kind: str,
) -> Sparse:
    """Σ amplitude (a_a† a_b + h.c.) + diagonal, for hard-core, fermionic or bosonic particles."""
    most = int(states.max(initial=1)) if kind == "boson" else 1
    levels, (d, n) = most + 1, states.shape
    codes = codes_of(states, levels)
    step = np.int64(levels) ** np.arange(n - 1, -1, -1, dtype=np.int64)
    h = diagonal_operator(diagonal)
    for a, b, amplitude in moves:
        for to, source in ((a, b), (b, a)):
            room = states[:, source] > 0
            if kind != "boson":
                room &= states[:, to] == 0
            here = np.flatnonzero(room)
            there = find(codes, codes[here] + step[to] - step[source])
            values = np.full(len(here), amplitude)
            if kind == "boson":
                values *= np.sqrt(states[here, source] * (states[here, to] + 1.0))
            if kind == "fermion":
                between = states[here][:, min(a, b) + 1 : max(a, b)].sum(axis=1)
                values *= 1.0 - 2.0 * (between % 2)
            h = h + scipy.sparse.csr_array((values, (there, here)), shape=(d, d))
    return scipy.sparse.csr_array(h)
