"""Davies' equation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

from redfield import _core
from redfield._base.checks import RealArray, as_max_bytes, warn
from redfield._base.checks.types import NotNegative
from redfield._base.records import record
from redfield.baths.matrix import Mixed
from redfield.equations.base import Equation
from redfield.equations.jumps import eigenstate_jumps, of_jumps, secular_jumps
from redfield.equations.sloped import Factors, Sloped
from redfield.equations.unravelling import Maker, Unravelling
from redfield.systems.base import P, R


@record
class Davies(Equation[R, P]):
    r"""Davies' master equation: terms of equal Bohr frequency only.

    .. math:: \dot p = R p, \quad R_{kl} = \sum_j \gamma_j(E_l - E_k)\,|A_{j,kl}|^2; \qquad
              \dot\rho_{mn} = \Big[-i(E_m - E_n) - (s_m + s_n^*)
              + \sum_j \gamma_j(0) A_{j,mm} A_{j,nn}^*\Big]\rho_{mn}

    with s_m = Σ_k Σ_j Γ_j(E_m − E_k)|A_j,km|² (Davies 1974; arXiv:2507.10080, Eq. 11). It is completely
    positive and keeps the Gibbs state. This is its form where no two Bohr frequencies are equal; then
    ``method="auto"`` solves it in closed form for any time and any temperature. Where some are, the elements of
    one frequency couple, with one γ and one η, and each such block has an exponential of its own (``method="exact"``;
    "auto" takes it where it is cheaper than the expansion).

    Of a DrivenSystem it is Davies' equation in the instantaneous eigenbasis, the adiabatic master equation (Albash,
    Boixo, Lidar & Zanardi, doi:10.1088/1367-2630/14/12/123016, Eq. 27; arXiv:2507.10080, Eq. 13). Of a PeriodicSystem
    it is secular in differences of quasi-energies modulo Ω,

    .. math:: \dot{\tilde\rho} = -i[H_{LS}, \tilde\rho] + \sum_j \sum_\omega \gamma_j(\omega) \big( A_j(\omega)
              \tilde\rho A_j^\dagger(\omega) - \tfrac12 \{A_j^\dagger(\omega) A_j(\omega), \tilde\rho\} \big), \quad
              \rho = \Phi e^{-i\varepsilon t} \tilde\rho\, e^{i\varepsilon t} \Phi^\dagger

    with A_j(ω) the part of Σ_n A_{j,n} that releases ω = ε_l − ε_k − nΩ (Blümel et al.,
    doi:10.1103/PhysRevA.44.4521; Grifoni & Hänggi, doi:10.1016/S0370-1573(98)00022-2). Of a QuadraticSystem it keeps
    the terms between modes of one energy (arXiv:2507.10080, Eq. 11).

    Parameters
    ----------
    system : System, SystemBatch, DrivenSystem, PeriodicSystem or QuadraticSystem.
    lamb_shift : whether the energies are shifted by η.
    degeneracy_tol : an energy; Bohr frequencies closer than this are equal. Default `System.degeneracy_tol`, of a
        PeriodicSystem 1e-9 Ω; a warning tells where it merges frequencies that double precision could tell apart.
    max_bytes : what the clusters of a degenerate spectrum may take; default the memory the machine has free.

    Raises
    ------
    ValueError
        Links shorter than degeneracy_tol make a chain longer than it; the message has its gaps.

    Warns
    -----
    SecularWarning
        Of a PeriodicSystem, or a QuadraticSystem with a period: a rate exceeds half of a gap between quasi-energies, or
        an answer neglects coherences of more than .1, as at resonances: `PartialSecular` or `Redfield` keeps them.

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

    lamb_shift: bool = True
    degeneracy_tol: NotNegative | None = field(default=None, kw_only=True)
    max_bytes: float | None = field(default=None, kw_only=True)

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "": ("davies1974",),
        "driven": ("albash2012",),
        "periodic": ("bluemel1991", "grifoni1998"),
    }
    _form: ClassVar[str] = "secular"

    def _complete(self) -> None:
        super()._complete()
        if self.degeneracy_tol is None and self.system.problem == "constant":
            self._warn_of_merged()

    def _warn_of_merged(self) -> None:
        """Warn where Bohr frequencies are merged that double precision tells apart."""
        system: Any = self.system
        gap = self.generator.merged_gap
        if gap > _core.energy_rounding(system.energies):
            warn(
                f"Davies: Bohr frequencies {gap:.3g} apart are taken as equal, which is more than the rounding of the "
                f"energies: if they differ, give degeneracy_tol below it (default {system.degeneracy_tol:.3g})",
                UserWarning,
            )

    @property
    def _tolerance(self) -> float:
        """The tolerance as the core takes it: −1 for its default."""
        return -1.0 if self.degeneracy_tol is None else self.degeneracy_tol

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        return _core.Kind.davies(self.lamb_shift, self._tolerance, as_max_bytes(self.max_bytes))

    def _factors(self, spectra: Sequence[Sloped]) -> Factors:
        return Factors(spectra, cutoff=0.0, tolerance=self._tolerance)

    def _unravelling(self, make: Maker) -> Unravelling:
        system: Any = self.system
        if system.has_matrix:
            raise TypeError(
                "trajectories of Davies' equation are of independent baths, not of a BathMatrix"
            )
        if not self.generator.degenerate and make.method == "jumps":
            return eigenstate_jumps(self)
        tolerance = system.degeneracy_tol if self.degeneracy_tol is None else self.degeneracy_tol
        return secular_jumps(self, tolerance, make)

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        room = as_max_bytes(self.max_bytes)
        kind = (
            _core.Kind.davies_with_shift(self._tolerance, room, mixed.secular_shift())
            if self.lamb_shift
            else _core.Kind.davies(False, self._tolerance, room)
        )
        return of_jumps(self, mixed.jumps(), kind)

    @property
    def rates(self) -> RealArray:
        """The rate matrix R of the populations of the eigenstates or of the Floquet modes, (N, N).

        Its columns sum to zero. Of a quadratic system with a period it is (N,), the relaxation rate of each mode's
        occupation.
        """
        rates: RealArray = self.generator.rates
        return rates

    @property
    def coherence_rates(self) -> Any:
        """(N, N) κ in ρ̇_kl = κ_kl ρ_kl of coherences, where each decays alone."""
        return self.generator.coherence_rates

    @property
    def degenerate(self) -> bool:
        """Whether some coherences do not decay alone."""
        degenerate: bool = self.generator.degenerate
        return degenerate
