"""The coarse-grained master equation."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, ClassVar

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, as_max_bytes
from redfield._base.checks.types import NotNegative, PositiveNumber
from redfield._base.records import record
from redfield.baths import Bath
from redfield.equations.base import Equation
from redfield.equations.jumps import windowed_jumps
from redfield.equations.unravelling import Maker, Unravelling
from redfield.systems.base import P, R
from redfield.systems.system import System


@record
class CoarseGrained(Equation[R, P]):
    r"""The interaction averaged over a window T: completely positive for every T.

    .. math:: \chi(\omega, \omega') = \int\frac{d\nu}{2\pi}\,\gamma(\nu)\, T\,
              \mathrm{sinc}\tfrac{(\omega - \nu)T}{2}\, \mathrm{sinc}\tfrac{(\omega' - \nu)T}{2}\,
              e^{i(\omega' - \omega)T/2}

    with sinc x = sin x / x (Schaller & Brandes, doi:10.1103/PhysRevA.78.022106; arXiv:2507.10080, refs.
    41-45). Its Lamb shift comes from the same double integral over the window. T → ∞ is Davies' equation.
    The dissipator is a matrix in the eigenbasis: N⁴ entries for short windows.

    Parameters
    ----------
    system : System, SystemBatch or DrivenSystem whose baths define `windowed`, as all with a correlation function do.
        Tables of a DrivenSystem are computed in Python at every moment.
    window : T > 0, a time.
    lamb_shift : whether the Lamb shift acts.
    threshold : entries of the dissipator of at most this modulus (an energy) are left out.
    max_bytes : what the dissipator may take; default the memory the machine has free.

    Raises
    ------
    ValueError
        The window is not positive and finite.
    MemoryError
        The dissipator needs more than max_bytes.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=1.0)
    >>> system = rf.System(np.diag([0.5, -0.5]) + 0.2, rf.SiteProjectors(2), bath)
    >>> rho, davies = np.diag([1.0, 0.0]), rf.Davies(system)
    >>> far, near = (abs(rf.CoarseGrained(system, t).apply(rho) - davies.apply(rho)).max() for t in (10, 1e4))
    >>> bool(near < 1e-3 * far)
    True
    """

    window: PositiveNumber
    lamb_shift: bool = True
    threshold: NotNegative = field(default=0.0, kw_only=True)
    max_bytes: float | None = field(default=None, kw_only=True)

    _sources: ClassVar[Mapping[str, tuple[str, ...]]] = {"": ("schaller2008",)}
    _shifts_by_table: ClassVar[bool] = False

    @property
    def _tabulated(self) -> bool:
        return False

    def _kind(self, members: Iterable[Any]) -> _core.Kind:
        return _core.Kind.coarse_grained(
            self.window,
            [_windowed(system, self.window) for system in members],
            self.lamb_shift,
            self.threshold,
            as_max_bytes(self.max_bytes),
        )

    def _unravelling(self, make: Maker) -> Unravelling:
        system: Any = self.system
        return windowed_jumps(self, self.window, _windowed(system, self.window), make)


def _windowed(system: System, window: float) -> list[tuple[ComplexArray, ComplexArray]]:
    """Γ_T and its derivative of each bath at the Bohr frequencies."""
    frequencies, place = np.unique(system.bohr_frequencies(), return_inverse=True)
    shape = (system.dimension, system.dimension)
    tables = []
    for bath in system.baths_of_tables():
        value, derivative = _tables(bath, frequencies.tobytes(), window)
        tables.append((value[place].reshape(shape), derivative[place].reshape(shape)))
    return tables


@functools.lru_cache(maxsize=64)
def _tables(bath: Bath, frequencies: bytes, window: float) -> tuple[ComplexArray, ComplexArray]:
    """`bath.windowed` at the frequencies in a buffer; currents into each reservoir ask for the same again."""
    return bath.windowed(np.frombuffer(frequencies), window)
