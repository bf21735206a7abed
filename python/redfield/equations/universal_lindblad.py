"""The universal Lindblad equation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from redfield import _core
from redfield.batch import SystemBatch
from redfield.bath_matrix import Mixed
from redfield.baths.principal_value import PrincipalValues
from redfield.equations.base import Equation
from redfield.equations.jumps import unravelling_of_jumps
from redfield.systems import System
from redfield.trajectories.unravelling import Maker, Unravelling
from redfield.validation import ComplexArray, RealArray, require_memory


class UniversalLindblad(Equation):
    r"""The universal Lindblad equation: as accurate as Redfield's, and completely positive.

    .. math:: \dot\rho = -i[H + H_\mathrm{LS}, \rho] + \sum_j \big( L_j\rho L_j^\dagger
              - \tfrac12\{L_j^\dagger L_j, \rho\} \big), \quad
              (L_j)_{kl} = \sqrt{\gamma_j(E_l - E_k)}\,(A_j)_{kl}

    .. math:: H_\mathrm{LS} = \sum_j \sum_{\omega\omega'} h_j(\omega,\omega')
              A_j(\omega')^\dagger A_j(\omega), \quad
              h(\omega,\omega') = \frac{1}{2\pi}\,P\!\!\int\frac{dx}{x}
              \sqrt{\gamma(\omega' - x)}\sqrt{\gamma(\omega - x)}

    (Nathan & Rudner, doi:10.1103/PhysRevB.102.115109.) One jump operator a coupling, applied matrix-free.

    Parameters
    ----------
    system : System.
    lamb_shift : whether H_LS acts; its principal values are integrated here, once, to 1e-8 of the largest.

    Raises
    ------
    ValueError
        The bath does not say where its spectrum varies (`breakpoints`, `scale`), so that they are not.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> rho = rf.UniversalLindblad(system).evolve([1.0, 0.0], [0.0, 50.0]).final_state
    >>> bool(abs(rho.trace() - 1) < 1e-12)
    True
    """

    _form: ClassVar[str] = "jumps"

    def __init__(self, system: System | SystemBatch, lamb_shift: bool = True) -> None:
        super().__init__(system, lamb_shift)

    needs_lamb_shift_table: ClassVar[bool] = False

    def _kind(self, members: Iterable[System]) -> _core.Kind:
        return _core.Kind.universal_lindblad(
            [_lamb_shift(system) for system in members] if self.lamb_shift else []
        )

    def _unravelling(self, make: Maker) -> Unravelling:
        return unravelling_of_jumps(self, make)

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        if self.lamb_shift:
            raise TypeError(
                "UniversalLindblad of a BathMatrix has no Lamb shift here: pass lamb_shift=False, or take "
                "GeometricArithmetic"
            )
        return self._of_jumps(mixed.jumps(), _core.Kind.universal_lindblad([]))


def _lamb_shift(system: System) -> ComplexArray:
    """H_LS in the eigenbasis, H_LS_ac = Σ_e h(E_c − E_e, E_a − E_e) Σ_j (A_j)*_ea (A_j)_ec, a level e at a time."""
    n = system.dimension
    baths = system.baths_of_tables()
    of_bath = [
        [j for j in range(len(system.couplings)) if system.coupling_bath(j) == bath] for bath in baths
    ]
    require_memory("the couplings in the eigenbasis", 16.0 * n * n * max(map(len, of_bath), default=0))
    total = np.zeros((n, n), dtype=np.complex128)
    for bath, chosen in zip(baths, of_bath, strict=True):
        rows = np.empty((len(chosen), n, n), dtype=np.complex128)
        for row, j in zip(rows, chosen, strict=True):
            row[:] = system.coupling_in_eigenbasis(j)
        values = PrincipalValues(bath, _without_rounding(system))
        for level in range(n):
            strength = rows[:, level].conj().T @ rows[:, level]
            total += strength * values.level(values.energies[level])
    hermitian: ComplexArray = 0.5 * (total + total.conj().T)
    return hermitian


def _without_rounding(system: System) -> RealArray:
    """The energies, degenerate ones exactly equal: γ may jump at ω = 0."""
    starts = np.concatenate([[True], np.diff(system.energies) > system.degeneracy_tol])
    first = np.flatnonzero(starts)[np.cumsum(starts) - 1]
    energies: RealArray = system.energies[first]
    return energies
