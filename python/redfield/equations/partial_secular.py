"""Redfield's equation with a cutoff in frequency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield._base.checks import RealArray, as_max_bytes, as_not_negative, as_real_number
from redfield.batch import SystemBatch
from redfield.equations.base import Equation
from redfield.systems.system import System


class PartialSecular(Equation):
    r"""Redfield's equation without the terms that rotate faster than a cutoff.

    .. math:: \chi(\omega, \omega') = [\Gamma(\omega) + \Gamma^*(\omega')]\;
              \theta(\Delta - |\omega - \omega'|), \qquad
              h = \frac{\Gamma(\omega) - \Gamma^*(\omega')}{2i}\;\theta(\Delta - |\omega - \omega'|)

    (arXiv:2507.10080, refs. 37-39.) Δ → 0 is Davies' equation, Δ → ∞ Redfield's. The dissipator is a
    sparse matrix in the eigenbasis: memory and time go with its non-zeros.

    Parameters
    ----------
    system : System.
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

    _form: ClassVar[str] = "banded"

    def __init__(
        self,
        system: System | SystemBatch,
        cutoff: float,
        lamb_shift: bool = True,
        *,
        degeneracy_tol: float | None = None,
        max_bytes: float | None = None,
    ) -> None:
        self.cutoff = as_real_number("cutoff", cutoff)
        if not self.cutoff >= 0.0:
            raise ValueError(f"cutoff must not be negative, got {self.cutoff}")
        tolerance = -1.0 if degeneracy_tol is None else as_not_negative("degeneracy_tol", degeneracy_tol)
        self._tolerance, self._max_bytes = tolerance, max_bytes
        super().__init__(system, lamb_shift)

    def keeps(self, difference: RealArray) -> npt.NDArray[np.bool_]:
        """Whether terms stay whose Bohr frequencies are so far apart."""
        tolerance = self.system.degeneracy_tol if self._tolerance < 0.0 else self._tolerance
        stay: npt.NDArray[np.bool_] = np.abs(difference) <= self.cutoff + tolerance
        return stay

    def _kind(self, members: Iterable[System]) -> _core.Kind:
        return _core.Kind.partial_secular(
            self.cutoff, self.lamb_shift, self._tolerance, as_max_bytes(self._max_bytes)
        )
