"""Principal values of the universal Lindblad equation's Lamb shift among levels, with their derivatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import RealArray, require_memory
from redfield.baths import Bath

ACCURATE = 3e-9
"""The change of h and its derivatives, of the largest of each, that halving all panels of the rule may make."""
ROUNDS = 5
CHECKED = 8
"""Frequencies among which the rule is tested, of each level."""
TOGETHER = 1e-3
"""The distance of levels that share a rule, of the narrowest feature of γ: differences of their h are as good as h."""
NEAR = 3e-5
"""The distance of levels at which quotients give way to slopes, of the frequency over which h varies."""
NEGLIGIBLE = 1e-14
"""The part of its largest value where √γ counts as zero."""
SMALL = 1e-3
"""The size of an integral, of its integrand at the Bohr frequencies, that counts as zero in a relative error."""
AT_ONCE = 1_000_000
"""Frequencies at which a bath is asked at once."""


@dataclass(frozen=True, eq=False)
class ShiftTables:
    r"""h(ω, ω') of one bath and its derivatives, entries (e, a, c) at ω' = E_a − E_e and ω = E_c − E_e.

    Attributes
    ----------
    value, slope : h and ∂h/∂ω', (N, N, N); h is symmetric in a and c.
    numbers : ∂h/∂p of every number p of the bath; nan where the rule does not settle to `ACCURATE`.
    kinked : whether ∂h/∂ω' is infinite at ω' = 0, where `slope` then is 0.
    """

    value: RealArray
    slope: RealArray
    numbers: Mapping[str, RealArray]
    kinked: bool

    @property
    def near(self) -> float:
        """The distance of levels at which the limit of a quotient of differences takes its place."""
        steepest = float(np.abs(self.slope).max())
        return (
            0.0 if self.kinked or steepest == 0.0 else NEAR * float(np.abs(self.value).max()) / steepest
        )


def tables_of(bath: Bath, energies: RealArray) -> ShiftTables:
    r"""Return the tables of a bath among levels whose degenerate energies are equal.

    .. math:: \partial_{\omega'} h = \frac{1}{2\pi}\,P\!\!\int\frac{dx}{x}\,
              \frac{\gamma'(\omega' - x)}{2\sqrt{\gamma(\omega' - x)}}\sqrt{\gamma(\omega - x)}

    and likewise of the numbers of the bath, by the rule that h itself has.

    Raises
    ------
    ConvergenceError
        The rule does not settle: the bath does not say where its spectrum varies.
    MemoryError
        The tables, N³ numbers each, do not fit.
    """
    n = len(energies)
    names = list(bath.derivatives(np.array([bath.scale]), False).numbers)
    kinked = _is_kinked(bath)
    require_memory(f"the derivatives of the Lamb shift among {n} levels", 8.0 * (2 + len(names)) * n**3)
    tables = np.zeros((2 + len(names), n, n, n))
    parts = 1
    for levels in _together(bath, energies):
        parts, settled = _fill(tables, _Integrand(bath, names, kinked), energies, levels, parts)
        tables[~settled] = np.nan
    return ShiftTables(tables[0], tables[1], dict(zip(names, tables[2:], strict=True)), kinked)


def _is_kinked(bath: Bath) -> bool:
    """Return whether √γ is not known to be smooth at ω = 0: else its Hilbert transform has an infinite slope there.

    So has η, the Hilbert transform of γ.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        gamma = float(bath.power_spectrum(np.zeros(1))[0])
        try:
            slope = bath.derivatives(np.zeros(1), True).frequency
        except _core.ConvergenceError:
            return True
    return gamma == 0.0 or not np.isfinite([gamma, *slope]).all()


def _together(bath: Bath, energies: RealArray) -> Iterator[npt.NDArray[np.intp]]:
    """Yield groups of levels that are near each other."""
    finest = min((width for _, width in bath.features), default=0.0)
    order = np.argsort(energies, kind="stable")
    apart = np.diff(energies[order]) > TOGETHER * finest
    yield from np.split(order, np.flatnonzero(apart) + 1)


def _fill(
    tables: RealArray,
    integrand: _Integrand,
    energies: RealArray,
    levels: npt.NDArray[np.intp],
    parts: int,
) -> tuple[int, npt.NDArray[np.bool_]]:
    """Write the tables of the levels e; return the parts into which panels were cut, and which tables are known.

    h and its slope are, and what a number changes may not be, as an exponent whose change is infinite at ω = 0.
    """
    each = [energies - energies[e] for e in levels]
    union = np.unique(np.concatenate(each))
    rule = integrand.rule(union, parts)
    some = [_hardest(w) for w in each]
    known = [integrand.integrals(w[k], *rule) for w, k in zip(each, some, strict=True)]
    least = integrand.size(union)
    for _ in range(ROUNDS):
        finer = integrand.rule(union, 2 * parts)
        better = [integrand.integrals(w[k], *finer) for w, k in zip(each, some, strict=True)]
        size = np.maximum(np.max([_largest(x) for x in better], axis=0), least)
        change = np.max([_largest(x - y) for x, y in zip(better, known, strict=True)], axis=0)
        settled = change <= ACCURATE * size
        if settled[:2].all():
            names = [
                name for name, is_known in zip(integrand.names, settled[2:], strict=True) if is_known
            ]
            final = replace(integrand, names=names)
            for e, w, found in zip(levels, each, better, strict=True):
                whole = found[settled] if len(w) <= CHECKED else final.integrals(w, *rule)
                tables[settled, e] = whole
            return parts, settled
        parts, rule, known = 2 * parts, finer, better
    raise _core.ConvergenceError(
        f"{integrand.bath!r}: the derivatives of the universal Lindblad equation's Lamb shift do not settle; the bath "
        "must say where its spectrum varies and how fast (breakpoints, scale)"
    )


def _largest(integrals: RealArray) -> RealArray:
    """Return the largest size of h and of each derivative."""
    largest: RealArray = np.abs(integrals).max(axis=(1, 2))
    return largest


def _hardest(w: RealArray) -> npt.NDArray[np.intp]:
    """Return the places of the frequencies about zero and of some between the outermost."""
    if len(w) <= CHECKED:
        return np.arange(len(w))
    about_zero = np.argsort(np.abs(w), kind="stable")[: CHECKED // 2]
    return np.union1d(about_zero, np.linspace(0, len(w) - 1, CHECKED // 2).astype(np.intp))


@dataclass(frozen=True)
class _Integrand:
    """√γ of a bath and its derivatives."""

    bath: Bath
    names: Sequence[str]
    kinked: bool

    def rule(self, w: RealArray, parts: int) -> tuple[RealArray, RealArray]:
        """Return the nodes x > 0 and weights of a rule for h among frequencies, each panel in so many parts."""
        found: tuple[RealArray, RealArray] = _core.principal_value_nodes(
            self.bath.power_spectrum, list(self.bath.features), w, parts
        )
        return found

    def integrals(self, w: RealArray, x: RealArray, weight: RealArray) -> RealArray:
        """Return h, ∂h/∂ω' and the ∂h/∂p among frequencies, (2 + P, n, n)."""
        n = len(w)
        total = np.zeros((2 + len(self.names), n, n))
        count = max(64, AT_ONCE // (2 * n))
        for first in range(0, len(x), count):
            _core.poll()
            there, weights = x[first : first + count], weight[first : first + count]
            at = np.concatenate([w[:, None] - there, w[:, None] + there], axis=1)
            root, changes = self._roots(at)
            right = (root * np.concatenate([weights, -weights])).T
            for each, left in zip(total, (root, *changes), strict=True):
                each += left @ right
        total[2:] += total[2:].swapaxes(1, 2)
        if self.kinked:
            total[1, w == 0.0] = 0.0
        return total

    def size(self, w: RealArray) -> RealArray:
        """Return sizes below which h and its derivatives are rounding of integrals that cancel, as of white noise."""
        root, changes = self._roots(w)
        sizes: RealArray = np.array([np.abs(each).max() for each in (root, *changes)])
        return SMALL * float(root.max()) * sizes

    def _roots(self, at: RealArray) -> tuple[RealArray, RealArray]:
        """Return √γ, its slope and its derivatives by numbers, 0 where γ is negligible or one of them is infinite."""
        with np.errstate(divide="ignore", invalid="ignore"):
            gamma = np.asarray(self.bath.power_spectrum(at), dtype=np.float64)
            root = np.sqrt(np.where(np.isfinite(gamma), gamma, 0.0))
            inside = root > NEGLIGIBLE * root.max(initial=0.0)
            found = self.bath.derivatives(at[inside], False)
        changes = np.zeros((1 + len(self.names), *at.shape))
        # γ is twice the real part of Γ.
        for change, of in zip(
            changes, (found.frequency, *map(found.numbers.__getitem__, self.names)), strict=True
        ):
            change[inside] = of.real / root[inside]
        changes[~np.isfinite(changes)] = 0.0
        return root, changes
