"""Davies' equation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from redfield import _core
from redfield._base.checks import RealArray, as_max_bytes, as_not_negative, warn
from redfield.batch import SystemBatch
from redfield.baths.matrix import Mixed
from redfield.equations.base import Equation
from redfield.equations.jumps import eigenstate_jumps, secular_jumps
from redfield.solve.trajectories.unravelling import Maker, Unravelling
from redfield.systems.system import System


class Davies(Equation):
    r"""Davies' master equation: terms of equal Bohr frequency only.

    .. math:: \dot p = R p, \quad R_{kl} = \sum_j \gamma_j(E_l - E_k)\,|A_{j,kl}|^2; \qquad
              \dot\rho_{mn} = \Big[-i(E_m - E_n) - (s_m + s_n^*)
              + \sum_j \gamma_j(0) A_{j,mm} A_{j,nn}^*\Big]\rho_{mn}

    with s_m = Σ_k Σ_j Γ_j(E_m − E_k)|A_j,km|² (Davies 1974; arXiv:2507.10080, Eq. 11). It is completely
    positive and keeps the Gibbs state. This is its form where no two Bohr frequencies are equal; then
    ``method="auto"`` solves it in closed form for any time and any temperature. Where some are, the elements of
    one frequency couple, with one γ and one η, and each such block has an exponential of its own (``method="exact"``;
    "auto" takes it where it is cheaper than the expansion).

    Parameters
    ----------
    system : System.
    lamb_shift : whether the energies are shifted by η.
    degeneracy_tol : an energy; Bohr frequencies closer than this are equal. Default `System.degeneracy_tol`; a warning
        tells where that merges frequencies that double precision could tell apart.
    max_bytes : what the clusters of a degenerate spectrum may take; default the memory the machine has free.

    Raises
    ------
    ValueError
        Links shorter than degeneracy_tol make a chain longer than it; the message has its gaps.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> late = rf.Davies(system, lamb_shift=False).evolve([1.0, 0.0], [0.0, 1e6]).final_state
    >>> late.real.round(6)
    array([[ 0.271658, -0.091337],
           [-0.091337,  0.728342]])
    >>> from scipy.linalg import expm
    >>> gibbs = expm(-system.hamiltonian)
    >>> bool(np.allclose(late, gibbs / gibbs.trace(), atol=1e-12))
    True
    """

    _form: ClassVar[str] = "secular"

    generator: _core.Davies

    def __init__(
        self,
        system: System | SystemBatch,
        lamb_shift: bool = True,
        degeneracy_tol: float | None = None,
        *,
        max_bytes: float | None = None,
    ) -> None:
        self.degeneracy_tol = (
            None if degeneracy_tol is None else as_not_negative("degeneracy_tol", degeneracy_tol)
        )
        self._max_bytes = max_bytes
        super().__init__(system, lamb_shift)
        if self.degeneracy_tol is not None or not isinstance(system, System):
            return
        gap = self.generator.merged_gap
        if gap > _core.energy_rounding(system.energies):
            warn(
                f"Davies: Bohr frequencies {gap:.3g} apart are taken as equal, which is more than the rounding of the "
                f"energies: if they differ, give degeneracy_tol below it (default {system.degeneracy_tol:.3g})",
                UserWarning,
            )

    def _kind(self, members: Iterable[System]) -> _core.Kind:
        tolerance = -1.0 if self.degeneracy_tol is None else self.degeneracy_tol
        return _core.Kind.davies(self.lamb_shift, tolerance, as_max_bytes(self._max_bytes))

    def _unravelling(self, make: Maker) -> Unravelling:
        if self.system.has_matrix:
            raise TypeError(
                "trajectories of Davies' equation are of independent baths, not of a BathMatrix"
            )
        if not self.generator.degenerate and make.method == "jumps":
            return eigenstate_jumps(self)
        tolerance = self.system.degeneracy_tol if self.degeneracy_tol is None else self.degeneracy_tol
        return secular_jumps(self, tolerance, make)

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        tolerance = -1.0 if self.degeneracy_tol is None else self.degeneracy_tol
        most = as_max_bytes(self._max_bytes)
        kind = (
            _core.Kind.davies_with_shift(tolerance, most, mixed.secular_shift())
            if self.lamb_shift
            else _core.Kind.davies(False, tolerance, most)
        )
        return self._of_jumps(mixed.jumps(), kind)

    @property
    def rates(self) -> RealArray:
        """(N, N) rate matrix R of the populations; its columns sum to zero."""
        return self.generator.rates
