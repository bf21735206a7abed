"""The universal Lindblad equation's Lamb shift as a function of levels, couplings and numbers of baths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, require_memory, warn
from redfield.equations.principal_values import ShiftTables, tables_of
from redfield.systems.tables import UNUSED


@dataclass(frozen=True, eq=False)
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
        system.require_independent("a gradient")
        self.energies = _without_rounding(system)
        self.same: float = system.degeneracy_tol
        n = system.dimension
        require_memory(f"the derivatives of the Lamb shift among {n} levels", 16.0 * 3 * n**3)
        couplings = [system.coupling_in_eigenbasis(j) for j in range(len(system.couplings))]
        self.couplings: ComplexArray = np.array(couplings, dtype=np.complex128).reshape(-1, n, n)
        self.of = np.asarray(system.bath_of_coupling)
        known = {bath: tables_of(bath, self.energies) for bath in dict.fromkeys(system.baths)}
        self.tables = [known[bath] for bath in system.baths]
        for b, (bath, tables) in enumerate(zip(system.baths, self.tables, strict=True)):
            if tables.kinked and self._meet(self.couplings[self.of == b]):
                warn(
                    f"{bath!r}: √γ is not smooth at ω = 0 and levels are degenerate: a change of H that parts them by "
                    "x changes the Lamb shift by x ln x too, which the gradient by H leaves out",
                    UserWarning,
                )

    def _meet(self, couplings: ComplexArray) -> bool:
        """Return whether couplings join degenerate levels."""
        meet = self.energies[:, None] == self.energies[None, :]
        np.fill_diagonal(meet, False)
        least = UNUSED * np.abs(couplings).max(initial=0.0)
        return bool(meet.any() and np.abs(couplings[:, meet]).max(initial=0.0) > least)

    def require_known(self, numbers: Sequence[Mapping[str, float]]) -> None:
        """Require that the derivatives by all numbers that change are known."""
        for tables, changes in zip(self.tables, numbers, strict=False):
            for name, by in changes.items():
                if by != 0.0 and np.isnan(tables.numbers[name]).any():
                    raise _core.ConvergenceError(
                        f"the derivative of the universal Lindblad equation's Lamb shift in {name!r} does not settle"
                    )

    def along(
        self, x: ComplexArray, moved: ComplexArray, numbers: Sequence[Mapping[str, float]]
    ) -> ComplexArray:
        """Return dH_LS by dH = x, the dA_j (K, N, N) and numbers of each bath, all in the eigenbasis."""
        self.require_known(numbers)
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
