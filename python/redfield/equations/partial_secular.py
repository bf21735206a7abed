"""Redfield's equation between nearby frequencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import RealArray, as_max_bytes
from redfield._base.checks.types import NotNegative
from redfield._base.records import record
from redfield.equations.base import Equation
from redfield.equations.sloped import Factors, Sloped
from redfield.systems.base import P, R


@record
class PartialSecular(Equation[R, P]):
    r"""Redfield's equation without the terms that rotate faster than a cutoff.

    .. math:: \chi(\omega, \omega') = [\Gamma(\omega) + \Gamma^*(\omega')]\;
              \theta(\Delta - |\omega - \omega'|), \qquad
              h = \frac{\Gamma(\omega) - \Gamma^*(\omega')}{2i}\;\theta(\Delta - |\omega - \omega'|)

    (arXiv:2507.10080, refs. 37-39.) Δ → 0 is Davies' equation, Δ → ∞ Redfield's. The dissipator is a
    sparse matrix in the eigenbasis: memory and time go with its non-zeros.

    Parameters
    ----------
    system : System, SystemBatch, DrivenSystem, PeriodicSystem or QuadraticSystem.
    cutoff : Δ ≥ 0, an energy; inf keeps all terms and is applied as Redfield's equation.
    lamb_shift : whether the imaginary part η of Γ acts.
    degeneracy_tol : an energy added to Δ for rounding. Default `System.degeneracy_tol`.
    max_bytes : what the dissipator may take; default the memory the machine has free.

    Raises
    ------
    ValueError
        The cutoff is negative.
    MemoryError
        The terms within the cutoff need more than max_bytes.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(rf.models.dirac_syk2(6, seed=1), rf.SiteProjectors(6), bath)
    >>> rho = np.diag([1.0, 0, 0, 0, 0, 0])
    >>> all_terms = rf.PartialSecular(system, cutoff=100.0).apply(rho)
    >>> bool(np.allclose(all_terms, rf.Redfield(system).apply(rho), atol=1e-14))
    True
    >>> no_terms = rf.PartialSecular(system, cutoff=0.0).apply(rho)
    >>> bool(np.allclose(no_terms, rf.Davies(system).apply(rho), atol=1e-14))
    True
    """

    cutoff: float
    lamb_shift: bool = True
    degeneracy_tol: NotNegative | None = field(default=None, kw_only=True)
    max_bytes: float | None = field(default=None, kw_only=True)

    _form: ClassVar[str] = "banded"

    def _complete(self) -> None:
        if not self.cutoff >= 0.0:
            raise ValueError(f"cutoff must not be negative, got {self.cutoff}")
        super()._complete()

    def keeps(self, difference: RealArray) -> npt.NDArray[np.bool_]:
        """Return whether terms stay whose Bohr frequencies are so far apart."""
        system: Any = self.system
        tolerance = system.degeneracy_tol if self.degeneracy_tol is None else self.degeneracy_tol
        stay: npt.NDArray[np.bool_] = np.abs(difference) <= self.cutoff + tolerance
        return stay

    def _factors(self, spectra: Sequence[Sloped]) -> Factors:
        tolerance = -1.0 if self.degeneracy_tol is None else self.degeneracy_tol
        return Factors(spectra, cutoff=self.cutoff, tolerance=tolerance)

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        return _core.Kind.partial_secular(
            self.cutoff,
            self.lamb_shift,
            -1.0 if self.degeneracy_tol is None else self.degeneracy_tol,
            as_max_bytes(self.max_bytes),
        )
