"""The universal Lindblad equation's Lamb shift as a function of levels, couplings and numbers of baths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, require_memory
from redfield.baths import Bath

ACCURATE = 1e-9
"""The change of h and its derivatives, of the largest of each, that halving all panels of the rule may make."""
ROUNDS = 5
CHECKED = 8
"""Frequencies among which the rule is tested, of each level."""
TOGETHER = 1e-3
"""The distance of levels that share a rule, of the narrowest feature of γ: differences of their h are as good as h."""
NEAR = 3e-5
"""The distance of levels at which quotients give way to slopes, of the frequency over which h varies."""
SMALL = 1e-3
"""The size of an integral, of its integrand at the Bohr frequencies, that counts as zero in a relative error."""
AT_ONCE = 2_000_000
"""Frequencies at which a bath is asked at once."""


@dataclass(frozen=True)
class ShiftTables:
    r"""h(ω, ω') of one bath and its derivatives, entries (e, a, c) at ω' = E_a − E_e and ω = E_c − E_e.

    Attributes
    ----------
    value, slope : h and ∂h/∂ω', (N, N, N); h is symmetric in a and c.
    numbers : ∂h/∂p of every number p of the bath.
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
        return 0.0 if self.kinked or steepest == 0.0 else NEAR * float(np.abs(self.value).max()) / steepest


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
    with np.errstate(divide="ignore", invalid="ignore"):
        at_zero = bath.derivatives(np.zeros(1), True)
    names = list(at_zero.numbers)
    kinked = not np.isfinite(at_zero.frequency).all()
    require_memory(f"the derivatives of the Lamb shift among {n} levels", 8.0 * (2 + len(names)) * n**3)
    tables = np.zeros((2 + len(names), n, n, n))
    parts = 1
    for levels in _together(bath, energies):
        parts = _fill(tables, _Integrand(bath, names, kinked), energies, levels, parts)
    return ShiftTables(tables[0], tables[1], dict(zip(names, tables[2:], strict=True)), kinked)


def _together(bath: Bath, energies: RealArray) -> Iterator[npt.NDArray[np.intp]]:
    """Yield groups of levels that are near each other."""
    finest = min((width for _, width in bath.features), default=0.0)
    order = np.argsort(energies, kind="stable")
    apart = np.diff(energies[order]) > TOGETHER * finest
    yield from np.split(order, np.flatnonzero(apart) + 1)


def _fill(
    tables: RealArray, integrand: _Integrand, energies: RealArray, levels: npt.NDArray[np.intp], parts: int
) -> int:
    """Write the tables of the levels e; return the parts into which panels were cut."""
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
        if (change <= ACCURATE * size).all():
            for e, w in zip(levels, each, strict=True):
                tables[:, e] = integrand.integrals(w, *rule)
            return parts
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

    def _roots(self, at: RealArray) -> tuple[RealArray, list[RealArray]]:
        """Return √γ, its slope and its derivatives by numbers, 0 where γ is 0 or infinite."""
        with np.errstate(divide="ignore", invalid="ignore"):
            gamma = np.asarray(self.bath.power_spectrum(at), dtype=np.float64)
            found = self.bath.derivatives(at, False)
            inside = np.isfinite(gamma) & (gamma > 0.0)
            root = np.sqrt(np.where(inside, gamma, 0.0))
            # γ is twice the real part of Γ.
            changes = [found.frequency.real, *(found.numbers[name].real for name in self.names)]
            return root, [np.where(inside, change / root, 0.0) for change in changes]


@dataclass(frozen=True)
class ShiftGradient:
    """dF of a function that H_LS moves by dF = tr[W dH_LS].

    Attributes
    ----------
    hamiltonian : (N, N) Hermitian G with dF = tr[G dH], in the eigenbasis.
    couplings : (K, N, N) C with dF = 2 Re Σ_j tr[dA_j C_j], in the eigenbasis.
    numbers : {number: ∂F/∂p} of each bath.
    """

    hamiltonian: ComplexArray
    couplings: ComplexArray
    numbers: Sequence[Mapping[str, float]]


class OwnShift:
    r"""H_LS of a system as a function that has derivatives.

    .. math:: (H_\mathrm{LS})_{ac} = \sum_{j,e} h_j(E_a - E_e, E_c - E_e)\, (A_j)^*_{ea} (A_j)_{ec}

    A change X of H turns the eigenvectors by Z_ap = X_ap/(E_p − E_a). With the divided differences of h in its levels,

    .. math:: (dH_\mathrm{LS})_{ac} = \sum_p X_{ap} \sum_e h_e[a, p; c]\, A^*_{ep} A_{ec} + \mathrm{h.c.}
              + \sum_{p,e} X_{pe}\, h[e, p; ac]\, A^*_{pa} A_{ec} .

    Between levels that are apart they are taken as [Z, H_LS] and what [A, Z] changes, N³ a coupling; between near ones
    the mean of the slopes at both takes their place, N² a pair of levels and coupling.
    """

    def __init__(self, system: Any) -> None:
        self.energies = _without_rounding(system)
        self.same: float = system.degeneracy_tol
        n = system.dimension
        require_memory(f"the derivatives of the Lamb shift among {n} levels", 16.0 * 3 * n**3)
        couplings = [system.coupling_in_eigenbasis(j) for j in range(len(system.couplings))]
        self.couplings: ComplexArray = np.array(couplings, dtype=np.complex128).reshape(-1, n, n)
        self.of = np.asarray(system.bath_of_coupling)
        self.tables = [tables_of(bath, self.energies) for bath in system.baths]

    def along(
        self, x: ComplexArray, moved: ComplexArray, numbers: Sequence[Mapping[str, float]]
    ) -> ComplexArray:
        """Return dH_LS by dH = x, the dA_j (K, N, N) and numbers of each bath, all in the eigenbasis."""
        total = np.zeros_like(x)
        levels = x.diagonal().real
        for b, tables in enumerate(self.tables):
            a, da = self.couplings[self.of == b], moved[self.of == b]
            z, near = self._turn(x, tables)
            strength = _strength(a, a)
            shift = np.sum(tables.value * strength, axis=0)
            change = _strength(a, da + a @ z - z @ a)
            total += np.sum(tables.value * (change + change.conj().swapaxes(1, 2)), axis=0)
            total += z @ shift - shift @ z
            risen = tables.slope * (levels[None, :, None] - levels[:, None, None])
            for name, by in (numbers[b] if numbers else {}).items():
                risen = risen + 0.5 * by * tables.numbers[name]
            total += np.sum((risen + risen.swapaxes(1, 2)) * strength, axis=0)
            for p, q in near:
                row = np.sum(strength[:, p] * self._means_of_rows(tables, p, q), axis=0)
                total[q] += x[q, p] * row
                total[:, q] += (x[q, p] * row).conj()
                total += x[p, q] * self._means_of_levels(tables, q, p) * (a[:, p].conj().T @ a[:, q])
        return total

    def pull_back(self, w: ComplexArray) -> ShiftGradient:
        """Return the gradient of tr[W H_LS], W Hermitian in the eigenbasis."""
        g = np.zeros_like(w)
        c = np.empty_like(self.couplings)
        numbers = []
        apart = self.energies[:, None] - self.energies[None, :]
        for b, tables in enumerate(self.tables):
            mine = self.of == b
            a = self.couplings[mine]
            strength = _strength(a, a)
            shift = np.sum(tables.value * strength, axis=0)
            # C_ce = Σ_a A*_ea h_e(a, c) W_ca
            found = ((tables.value * w) @ a.conj().transpose(1, 2, 0)).transpose(2, 1, 0)
            c[mine] = found
            t = 0.5 * (shift @ w - w @ shift) + np.sum(found @ a - a @ found, axis=0)
            _, near = self._turn(w, tables)
            far = ~np.eye(len(w), dtype=bool)
            far[tuple(np.array(near, dtype=np.intp).reshape(-1, 2).T)] = False
            g += np.divide(2.0 * t, apart, out=np.zeros_like(t), where=far)
            weights = (strength * w.T).real
            risen = 2.0 * np.sum(weights * tables.slope, axis=2)
            g += np.diag(risen.sum(axis=0) - risen.sum(axis=1))
            numbers.append({name: float(np.sum(weights * h)) for name, h in tables.numbers.items()})
            for p, q in near:
                g[p, q] += 2.0 * np.sum(strength[:, p] * self._means_of_rows(tables, p, q) @ w[:, q])
                between = a[:, p].conj().T @ a[:, q]
                g[q, p] += np.sum(between * self._means_of_levels(tables, q, p) * w.T)
        return ShiftGradient(0.5 * (g + g.conj().T), c, numbers)

    def _turn(self, x: ComplexArray, tables: ShiftTables) -> tuple[ComplexArray, list[tuple[int, int]]]:
        """Return Z between levels that are apart, and the pairs of different levels that are near."""
        apart = self.energies[None, :] - self.energies[:, None]
        near = np.abs(apart) <= max(tables.near, self.same)
        z = np.divide(x, apart, out=np.zeros_like(x), where=~near)
        np.fill_diagonal(near, False)
        return z, [(int(p), int(q)) for p, q in np.argwhere(near)]

    @staticmethod
    def _means_of_rows(tables: ShiftTables, p: int, q: int) -> RealArray:
        """Return the limit of [h_e(p, c) − h_e(q, c)]/(E_p − E_q), (e, c)."""
        mean: RealArray = 0.5 * (tables.slope[:, p] + tables.slope[:, q])
        return mean

    @staticmethod
    def _means_of_levels(tables: ShiftTables, e: int, p: int) -> RealArray:
        """Return the limit of [h_e(a, c) − h_p(a, c)]/(E_e − E_p), (a, c)."""
        slopes = tables.slope[e] + tables.slope[p]
        mean: RealArray = -0.5 * (slopes + slopes.T)
        return mean


def _strength(a: ComplexArray, b: ComplexArray) -> ComplexArray:
    """Return Σ_j (A_j)*_ea (B_j)_ec, (e, a, c)."""
    return a.transpose(1, 2, 0).conj() @ b.transpose(1, 0, 2)


def _without_rounding(system: Any) -> RealArray:
    """Return the energies, degenerate ones exactly equal, as the core has them for H_LS itself."""
    energies = np.array(system.energies, dtype=np.float64)
    for k in range(1, len(energies)):
        if energies[k] - energies[k - 1] <= system.degeneracy_tol:
            energies[k] = energies[k - 1]
    return energies
