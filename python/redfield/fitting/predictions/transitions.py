"""Predictions of transitions: the rates at which populations move between the levels of H."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from redfield._base.checks import ComplexArray, as_items
from redfield._base.records import record
from redfield._core import ConvergenceError
from redfield.equations.base import AnyEquation
from redfield.fitting.arrays import as_differentiable
from redfield.fitting.changes import Change, Numeric
from redfield.fitting.predictions.base import Prediction


@record
class TransitionRates(Prediction):
    r"""The rates at which populations move from one eigenstate of H to another.

    .. math:: W_{l\to k} = \langle k|\mathcal L(|l\rangle\langle l|)|k\rangle
              = \sum_j \gamma_j(E_l - E_k)\, |\langle k|A_j|l\rangle|^2

    the latter, Fermi's golden rule, of Davies' and Redfield's equation. 1/T_1 of two levels is the sum of both.

    Parameters
    ----------
    equation : of a System.
    transitions : a list of (l, k), from level l to another level k, counted from the lowest.

    The numbers are (M,), rates, one a transition.

    Raises
    ------
    ConvergenceError
        A level is degenerate, so that its state and the derivatives are not defined.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=2.0)
    >>> qubit = rf.Davies(rf.System(np.diag([0.5, -0.5]), [np.array([[0, 1], [1, 0]])], bath))
    >>> down, up = rf.fitting.TransitionRates(qubit, [(1, 0), (0, 1)]).values()
    >>> bool(np.isclose(down, bath.power_spectrum(1.0))), bool(np.isclose(up / down, np.exp(-2.0)))
    (True, True)
    """

    equation: AnyEquation
    transitions: Sequence[tuple[int, int]]

    axes: ClassVar[tuple[str, ...]] = ("transitions",)

    def __post_init__(self) -> None:
        n = as_differentiable("equation", self.equation).system.dimension
        pairs = [
            tuple(as_items("transitions", each)) for each in as_items("transitions", self.transitions)
        ]
        for pair in pairs:
            levels = {level for level in pair if isinstance(level, int | np.integer) and 0 <= level < n}
            if len(pair) != 2 or len(levels) != 2:
                raise ValueError(
                    f"transitions must be pairs of two different levels from 0 to {n - 1}, got {pair}"
                )
        self._set(transitions=tuple((int(l), int(k)) for l, k in pairs))  # noqa: E741

    def _linearised(self, changes: Sequence[Change]) -> tuple[Numeric, list[Numeric]]:
        equation, system = self.equation, self.equation.system
        u = system.eigenvectors
        values = np.empty(len(self.transitions))
        out = [np.zeros(len(values)) for _ in changes]
        for m, (source, target) in enumerate(self.transitions):
            before, after = (np.outer(u[:, level], u[:, level].conj()) for level in (source, target))
            flow = equation.dissipator(before)
            values[m] = _overlap(after, flow)
            for p, change in enumerate(changes):
                h = change.of("hamiltonian", before)
                d_before, d_after = (_turned(system, level, h) for level in (source, target))
                # −i[H, ·] moves no population between eigenstates, also to first order.
                moved = change.dissipator(before) + equation.dissipator(d_before)
                out[p][m] = _overlap(after, moved) + _overlap(d_after, flow)
        return values, list(out)


def _overlap(a: ComplexArray, b: ComplexArray) -> float:
    """Return Re tr[ab]."""
    return float(np.sum(a.T * b).real)


def _turned(system: Any, level: int, h: ComplexArray) -> ComplexArray:
    """Return the change of |l⟩⟨l| with H, |dl⟩ = Σ_m |m⟩⟨m|dH|l⟩/(E_l − E_m)."""
    energies, u = system.energies, system.eigenvectors
    gaps = energies[level] - energies
    others = np.arange(len(gaps)) != level
    if (np.abs(gaps[others]) <= system.degeneracy_tol).any():
        raise ConvergenceError(
            f"level {level} of the Hamiltonian is degenerate, so that transition rates from and to it have no "
            "derivative"
        )
    ket = u[:, level]
    change = u[:, others] @ ((u[:, others].conj().T @ (h @ ket)) / gaps[others])
    turned: ComplexArray = np.outer(change, ket.conj())
    return turned + turned.conj().T
