"""Jumps whose rates are a matrix, as independent ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import (
    as_hermitian,
    as_items,
    as_matrix,
    as_not_negative,
    as_numeric,
    require_finite,
)
from redfield.systems.drives.parts import depends_on_time

NEGATIVE = 1e-12
"""Part of the largest eigenvalue of a rate matrix by which another may be negative."""
NEGLIGIBLE = 1e-15
"""Part of the largest eigenvalue below which a rate is none."""


def independent_jumps(jumps: object, rates: object) -> list[Any]:
    """Return √g_k Σ_i v_ik L_i of the eigenvectors of Γ = Σ_k g_k v_k v_k†, or √Γ_j L_j of rates that are a list.

    Raises
    ------
    TypeError, ValueError
        Rates are not one each, not Hermitian, or one is negative; a jump depends on time.
    """
    given = list(as_items("jumps", jumps))
    for j, jump in enumerate(given):
        if depends_on_time(jump):
            raise TypeError(
                f"jumps[{j}] depends on time, and rates are of constant jumps: put them in it"
            )
    each = [
        x if isinstance(x, np.ndarray) and x.ndim == 3 else as_matrix(f"jumps[{j}]", x)
        for j, x in enumerate(given)
    ]
    sizes = [x.shape[-1] for x in each]
    for j, size in enumerate(sizes):
        if size != sizes[0]:
            raise ValueError(f"jumps[{j}] acts on {size} levels, but jumps[0] on {sizes[0]}")
    count = len(each)
    gamma = as_numeric("rates", rates)
    if gamma.shape == (0, 0) and not count:
        return []
    require_finite("rates", gamma)
    if gamma.shape == (count,):
        for j in np.flatnonzero(np.imag(gamma)).tolist():
            raise ValueError(f"rates[{j}] = {gamma[j]:g} is not real")
        return [
            np.sqrt(as_not_negative(f"rates[{j}]", float(np.real(rate)))) * x
            for j, (rate, x) in enumerate(zip(gamma, each, strict=True))
        ]
    if gamma.shape != (count, count):
        raise ValueError(f"rates must be ({count},) or ({count}, {count}), got {gamma.shape}")
    values, vectors = np.linalg.eigh(as_hermitian("rates", gamma))
    largest = float(np.abs(values).max(initial=0.0))
    if values[0] < -NEGATIVE * largest:
        raise ValueError(
            f"rates must have no negative eigenvalue, the least is {values[0]:.3g}: no completely positive map has it"
        )
    found = [
        np.sqrt(g) * sum(v * x for v, x in zip(column, each, strict=True))
        for g, column in zip(values, vectors.T, strict=True)
        if g > NEGLIGIBLE * largest
    ]
    return found or [0.0 * each[0]]
