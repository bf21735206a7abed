"""The universal Lindblad equation."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from redfield import _core
from redfield._base.checks import ComplexArray
from redfield._base.records import record
from redfield.baths.matrix import Mixed
from redfield.equations.base import Equation
from redfield.equations.jumps import of_jumps, unravelling_of_jumps
from redfield.equations.sloped import Factors, Sloped
from redfield.equations.universal_shift import OwnShift
from redfield.equations.unravelling import Maker, Unravelling
from redfield.systems.base import P, R
from redfield.systems.system import System


@record
class UniversalLindblad(Equation[R, P]):
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
    system : System, SystemBatch or DrivenSystem.
    lamb_shift : whether H_LS acts; its principal values are integrated once, to 1e-8 of the largest, of a DrivenSystem
        at every moment, which is a thousand times slower than all the rest. Gradients take N³ numbers for each number
        of a bath, and a DrivenSystem's have none of it.

    Raises
    ------
    ValueError
        The bath does not say where its spectrum varies (`breakpoints`, `scale`), so that they are not; or its spectrum
        does not fall off, so that they diverge: give it a cutoff, or lamb_shift=False.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> rho = rf.UniversalLindblad(system).evolve([1.0, 0.0], [0.0, 50.0]).final_state
    >>> bool(abs(rho.trace() - 1) < 1e-12)
    True
    """

    lamb_shift: bool = True

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("nathan2020",)}
    _form: ClassVar[str] = "jumps"
    _shifts_by_table: ClassVar[bool] = False

    @property
    def _tabulated(self) -> bool:
        return not self.lamb_shift

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        return _core.Kind.universal_lindblad(
            [_lamb_shift(system) for system in members] if self.lamb_shift else []
        )

    def _factors(self, spectra: Sequence[Sloped]) -> Factors:
        if self.lamb_shift and self.system.problem not in ("constant", "batch"):
            raise TypeError(
                f"gradients of UniversalLindblad of a {type(self.system).__name__} do not know its own Lamb shift: "
                "pass lamb_shift=False, or take GeometricArithmetic"
            )
        return Factors.of_jumps(spectra, False)

    @functools.cached_property
    def _own_shift(self) -> OwnShift | None:
        return OwnShift(self.system) if self.lamb_shift else None

    def _unravelling(self, make: Maker) -> Unravelling:
        return unravelling_of_jumps(self, make)

    def _mixed(self, mixed: Mixed) -> _core.Generator:
        if self.lamb_shift:
            raise TypeError(
                "UniversalLindblad of a BathMatrix has no Lamb shift here: pass lamb_shift=False, or take "
                "GeometricArithmetic"
            )
        return of_jumps(self, mixed.jumps(), _core.Kind.universal_lindblad([]))


def _lamb_shift(system: System) -> ComplexArray:
    """H_LS in the eigenbasis."""
    baths = system.baths_of_tables()
    spectra = [(bath.power_spectrum, list(bath.features)) for bath in baths]
    try:
        return _core.universal_lamb_shift(system.core(False), spectra)
    except _core.ConvergenceError as error:
        raise ValueError(f"{', '.join(map(repr, baths))}: {error} (breakpoints, scale)") from None
    except ValueError as error:
        if not str(error).startswith("bath "):
            raise  # what the bath itself has told
        raise ValueError(f"{', '.join(map(repr, baths))}: {error}") from None
