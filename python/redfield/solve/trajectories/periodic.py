"""Unravellings of periodic equations: Davies' in the frame of the Floquet modes, where its jumps are constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.equations.unravelling import Maker, Unravelling, in_moving_basis
from redfield.solve.secular import floquet_redfield
from redfield.solve.trajectories.job import BLOCK
from redfield.systems.periodic import PeriodicSystem

ROUNDING = 1e-15
"""The part of the strongest of several jump operators of the same transitions below which one is rounding."""
NEGATIVE = 1e-12
"""The part of the largest rate up to which a negative one is rounding."""
MOST_BREAKPOINTS = 100_000
"""Times near which something happens that are told to an evolution over many periods."""


def davies(equation: Any, degeneracy: float, make: Maker, times: RealArray) -> Unravelling:
    """Return that of Davies' equation of a PeriodicSystem for outputs at times, in the frame of `FloquetModes`."""
    system: PeriodicSystem = equation.system
    n = system.dimension
    jumps, shift = secular_form(system, degeneracy, equation.lamb_shift)
    require_memory(
        "the kets and the frame of the modes at all times", 16.0 * len(times) * n * (n + BLOCK)
    )
    frames = np.array([system.core[0].frame(t) for t in times.tolist()])
    return in_moving_basis(make, frames, shift, jumps)


def secular_form(
    system: PeriodicSystem, degeneracy: float, lamb_shift: bool
) -> tuple[list[scipy.sparse.coo_array], ComplexArray]:
    """Return jump operators and H_LS between the Floquet modes, both constant in their frame.

    The jumps of all couplings and frequencies that move the same transitions are as many as those are: of transitions
    that no other has the frequency of, |k⟩⟨l| √(Σ_jn γ_j(ω_kln)|A_j,n,kl|²).
    """
    n, orders = system.dimension, np.arange(-system.harmonics, system.harmonics + 1)
    require_memory("the couplings between the modes", 96.0 * len(orders) * float(n) ** 2)
    whole, e = floquet_redfield(system, lamb_shift), system.energies
    released = e - e[:, None] - system.frequency * orders[:, None, None]
    clusters = _clusters(released.ravel(), degeneracy)
    alone = np.array([len(c) == 1 for c in clusters])
    single = np.array([c[0] for c, one in zip(clusters, alone, strict=True) if one], dtype=np.intp)
    several = [np.sort(c) for c, one in zip(clusters, alone, strict=True) if not one]
    strength, weighted = np.zeros(n * n), np.zeros((n, n), dtype=np.complex128)
    shared: dict[bytes, list[ComplexArray]] = {}
    for j in range(len(system.baths)):
        a, moved = system.of_coupling(j).ravel(), whole.series(j).ravel()
        rates = _rates(j, a, moved, released.ravel())
        np.add.at(strength, single % (n * n), rates[single])
        losses = np.zeros(n, dtype=np.complex128)
        np.add.at(losses, single % n, a[single].conj() * moved[single])
        weighted += np.diag(losses)
        with np.errstate(divide="ignore", invalid="ignore"):
            roots = np.where(rates > 0.0, np.sqrt(rates) * a / np.abs(a), 0.0)
        for cluster in several:
            places = cluster % (n * n)
            if roots[cluster].any():
                shared.setdefault(places.tobytes(), []).append(roots[cluster])
            at = np.divmod(places, n)
            left, right = (scipy.sparse.csr_array((x[cluster], at), shape=(n, n)) for x in (a, moved))
            weighted += (left.conj().T @ right).toarray()
    jumps = [_jump(np.array([k]), np.sqrt(strength[[k]]), n) for k in np.flatnonzero(strength)]
    for key, rows in shared.items():
        places = np.frombuffer(key, dtype=np.intp)
        jumps += [_jump(places, row, n) for row in _fewest(np.array(rows))]
    hermitian: ComplexArray = (weighted - weighted.conj().T) / 2j
    return jumps, hermitian if lamb_shift else np.zeros_like(hermitian)


def _rates(j: int, a: ComplexArray, moved: ComplexArray, released: RealArray) -> RealArray:
    """Return γ|A|² of a coupling's transitions; ValueError where a rate is negative."""
    rates: RealArray = 2.0 * (a.conj() * moved).real
    lowest = int(np.argmin(rates))
    if rates[lowest] < -NEGATIVE * float(np.abs(rates).max()):
        raise ValueError(
            f"the bath of couplings[{j}] has a negative spectrum where {released[lowest]:.6g} is released to it, which "
            "is no rate of jumps"
        )
    return np.clip(rates, 0.0, None)


def _clusters(w: RealArray, tolerance: float) -> list[npt.NDArray[np.intp]]:
    """Return the places of frequencies that are one."""
    order = np.argsort(w, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(w[order]) > tolerance) + 1)


def _jump(places: npt.NDArray[np.intp], values: Any, n: int) -> scipy.sparse.coo_array:
    kept = values != 0.0
    return scipy.sparse.coo_array((values[kept], np.divmod(places[kept], n)), shape=(n, n))


def _fewest(rows: ComplexArray) -> Sequence[ComplexArray]:
    """Return the fewest vectors v with the Σ|v⟩⟨v| of given ones."""
    if len(rows) == 1:
        return list(rows)
    _, sizes, vectors = np.linalg.svd(rows, full_matrices=False)
    return [s * v for s, v in zip(sizes, vectors, strict=True) if s > ROUNDING * sizes[0]]


def breakpoints_of_periods(system: PeriodicSystem, first: float, last: float) -> tuple[float, ...]:
    """Return where something happens in each period between two times."""
    within = np.unique([*system.breakpoints, *system.core[2]])
    periods = np.arange(np.floor(first / system.period), np.floor(last / system.period) + 1.0)
    if len(within) * len(periods) > MOST_BREAKPOINTS:
        raise ValueError(
            f"trajectories over {len(periods)} periods with {len(within)} breakpoints each have more than "
            f"{MOST_BREAKPOINTS} of them: take a shorter tlist"
        )
    times = np.add.outer(system.period * periods, within).ravel()
    return tuple(np.unique(times[(times >= first) & (times <= last)]).tolist())
