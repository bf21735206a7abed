"""The coherences between Floquet modes that Davies' equation neglects."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield._base.errors import SecularWarning
from redfield.systems.periodic import PeriodicSystem

RATIO = 0.5
"""The largest rate over its gap that the secular approximation is taken to stand."""
NEGLECTED = 0.1
"""The largest neglected coherence that is taken to be small, of a state of trace 1 or of the largest occupation."""
CHUNK = 500
"""Pairs of modes whose sums over harmonics are taken at once."""


@dataclass(frozen=True, eq=False)
class Gaps:
    """The distances of quasi-energies modulo Ω, and the pairs of modes whose coherences a rate may drive.

    Attributes
    ----------
    turns : (N, N) integers m, ε_k − ε_l being nearest to mΩ.
    gaps : (N, N) |Δ_kl| = |ε_k − ε_l − m Ω|.
    denominators : (N, N) |iΔ + κ|.
    near : (N, N) pairs that are not equal, and whose gap is not large against a bound of all rates.
    """

    turns: npt.NDArray[np.intp]
    gaps: RealArray
    denominators: RealArray
    near: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls, energies: RealArray, frequency: float, tolerance: float, decay: RealArray, bound: float
    ) -> Gaps:
        """Return the gaps between modes of these energies; `decay` is κ, (N, N)."""
        difference = energies[:, None] - energies
        turns = np.rint(difference / frequency).astype(np.intp)
        gaps = np.abs(difference - turns * frequency)
        near = (gaps > tolerance) & (NEGLECTED * gaps < bound)
        return cls(turns, gaps, np.hypot(gaps, decay), near)


def warn_of_rates(
    what: str, rates: RealArray, gaps: RealArray, neglected: float, instead: str, stacklevel: int
) -> None:
    """Warn where the largest rate over its gap, or a neglected coherence, is not small."""
    worst = int(np.argmax(rates / gaps))
    rate, gap = float(rates[worst]), float(gaps[worst])
    if rate <= RATIO * gap and neglected <= NEGLECTED:
        return
    warnings.warn(
        f"{what}: rates are not small against the gaps between quasi-energies (a rate of {rate:.3g} where they are "
        f"{gap:.3g} apart, modulo Ω; neglected coherences of about {neglected:.2g}), so that the secular approximation "
        f"fails: use {instead}",
        SecularWarning,
        stacklevel=stacklevel + 1,
    )


def floquet_redfield(system: PeriodicSystem, lamb_shift: bool) -> _core.FloquetRedfield:
    """Return Redfield's equation in the Floquet modes."""
    return _core.FloquetRedfield(system.core[0], system.contacts(lamb_shift), lamb_shift)


class Secular:
    """The terms of Redfield's equation from populations to coherences of modes, and how fast those turn.

    In the frame of the modes ρ̇_kl = Σ_p Y_klp ρ_pp − (iΔ_kl + κ_kl)ρ_kl with Δ_kl = ε_k − ε_l modulo Ω. Davies'
    equation drops Y where Δ ≠ 0. Where some |Y| is not small against |Δ| nothing justifies that; else the coherences
    that it neglects are Yp/(iΔ + κ).
    """

    def __init__(
        self, system: PeriodicSystem, lamb_shift: bool, tolerance: float, decay: RealArray
    ) -> None:
        whole = floquet_redfield(system, lamb_shift)
        count, e = len(system.baths), system.energies
        contacts = [(system.of_coupling(j), whole.series(j)) for j in range(count)]
        # No |Y| is larger, by Cauchy and Schwarz.
        bound = 4.0 * sum(float(_largest_column(x) * _largest_column(y)) for x, y in contacts)
        gaps = Gaps.of(e, system.frequency, tolerance, decay, bound)
        near = np.triu(gaps.near, 1)
        pairs = np.argwhere(near)
        self.gaps, self._denominators = gaps.gaps[near], gaps.denominators[near]
        self._rates: ComplexArray = np.zeros((len(pairs), len(e)), dtype=np.complex128)
        of_turn = gaps.turns[near]
        for m in np.unique(of_turn):
            for chunk in np.array_split(np.flatnonzero(of_turn == m), 1 + (of_turn == m).sum() // CHUNK):
                _core.poll()
                self._rates[chunk] = sum(_sources(x, y, int(m), *pairs[chunk].T) for x, y in contacts)

    def warn(self, states: Iterable[RealArray], what: str, stacklevel: int) -> None:
        """Warn where a rate is near its gap, or a state with these populations has coherences that are neglected."""
        if not len(self.gaps):
            return
        rates = np.abs(self._rates).max(axis=1)
        neglected = max(float((np.abs(self._rates @ p) / self._denominators).max()) for p in states)
        warn_of_rates(
            what,
            rates,
            self.gaps,
            neglected,
            "Redfield, or PartialSecular with a cutoff well above both",
            stacklevel + 1,
        )


def _largest_column(series: ComplexArray) -> Any:
    return np.linalg.norm(series, axis=(0, 1)).max()


def _sources(
    a: ComplexArray,
    lam: ComplexArray,
    m: int,
    k: npt.NDArray[np.intp],
    level: npt.NDArray[np.intp],
) -> ComplexArray:
    """Return Y_klp of one coupling for pairs (k, l), (pairs, N): the terms A_n … A†_{n+m}, which turn with Δ."""
    first, last = max(0, -m), min(len(a), len(a) - m)
    size = a.shape[1]
    if first >= last:
        return np.zeros((len(k), size), dtype=np.complex128)
    x, y, x2, y2 = (s[i:j] for i, j in ((first, last), (first + m, last + m)) for s in (a, lam))
    out: ComplexArray = np.einsum("nip,nip->ip", y[:, k], x2[:, level].conj())
    out += np.einsum("nip,nip->ip", x[:, k], y2[:, level].conj())
    places = np.arange(len(k))
    out[places, level] -= np.einsum("nqi,nqi->i", x2[:, :, k].conj(), y[:, :, level])
    out[places, k] -= np.einsum("nqi,nqi->i", y2[:, :, k].conj(), x[:, :, level])
    return out
