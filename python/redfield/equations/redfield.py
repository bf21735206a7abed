"""Redfield's equation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from redfield import _core
from redfield.batch import SystemBatch
from redfield.baths.matrix import Mixed
from redfield.equations.base import Equation
from redfield.systems.system import System


class Redfield(Equation):
    r"""Redfield's master equation, applied in O(N³) without forming its tensor.

    .. math:: \dot\rho = -i[H, \rho] + \sum_j \big( \Lambda_j\rho A_j^\dagger + A_j\rho\Lambda_j^\dagger
              - A_j^\dagger\Lambda_j\rho - \rho\Lambda_j^\dagger A_j \big),
              \quad (\Lambda_j)_{kl} = \Gamma_j(E_l - E_k)\,(A_j)_{kl}

    (arXiv:2507.10080, Eqs. 9, 18, 19; Redfield 1957.) Right for complex couplings too.

    Parameters
    ----------
    system : System.
    lamb_shift : whether the imaginary part η of Γ acts; False replaces Γ by γ/2.

    Raises
    ------
    NotImplementedError
        lamb_shift is wanted of a bath that does not define it.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> redfield = rf.Redfield(system, lamb_shift=False)
    >>> redfield.evolve([1.0, 0.0], [0.0, 50.0]).final_state.real.round(6)
    array([[0.776835, 0.232181],
           [0.232181, 0.223165]])
    """

    _form: ClassVar[str] = "couplings"

    def __init__(self, system: System | SystemBatch, lamb_shift: bool = True) -> None:
        super().__init__(system, lamb_shift)

    def _kind(self, members: Iterable[System]) -> _core.Kind:
        return _core.Kind.redfield(self.lamb_shift)

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        lambdas = list(mixed.lambdas(self.lamb_shift))
        core: _core.System = self.system.core(False)
        return _core.Kind.given_lambdas(lambdas).make(core)
