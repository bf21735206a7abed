"""The geometric-arithmetic master equation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from redfield import _core
from redfield._base.records import record
from redfield.baths.matrix import Mixed
from redfield.equations.base import Equation
from redfield.equations.jumps import of_jumps, unravelling_of_jumps
from redfield.equations.sloped import Factors, Sloped
from redfield.equations.unravelling import Maker, Unravelling
from redfield.systems.base import P, R


@record
class GeometricArithmetic(Equation[R, P]):
    r"""Redfield's arithmetic mean of rates replaced by the geometric one: completely positive.

    .. math:: \dot\rho = -i[H + H_\mathrm{LS}, \rho] + \sum_j \big( L_j\rho L_j^\dagger
              - \tfrac12\{L_j^\dagger L_j, \rho\} \big), \quad
              (L_j)_{kl} = \sqrt{\gamma_j(E_l - E_k)}\,(A_j)_{kl}

    with Redfield's H_LS (Davidović, Quantum 4, 326, doi:10.22331/q-2020-09-21-326; PERLind). One jump
    operator a coupling, applied matrix-free.

    Parameters
    ----------
    system : System, SystemBatch or DrivenSystem.
    lamb_shift : whether Redfield's Lamb shift acts.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> rf.GeometricArithmetic(system).evolve([1.0, 0.0], [0.0, 50.0]).final_state.real.round(4)
    array([[0.7783, 0.2336],
           [0.2336, 0.2217]])
    """

    lamb_shift: bool = True

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("davidovic2020",)}
    _form: ClassVar[str] = "jumps"

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        return _core.Kind.named("geometric_arithmetic", self.lamb_shift)

    def _factors(self, spectra: Sequence[Sloped]) -> Factors:
        return Factors.of_jumps(spectra, self.lamb_shift)

    def _unravelling(self, make: Maker) -> Unravelling:
        return unravelling_of_jumps(self, make)

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        shift = [mixed.shift(mixed.lambdas(True))] if self.lamb_shift else []
        return of_jumps(self, mixed.jumps(), _core.Kind.universal_lindblad(shift))
