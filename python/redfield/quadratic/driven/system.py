"""A quadratic Hamiltonian that changes in time, and the spectra of its baths at its energies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from redfield import _core
from redfield.baths import ParticleBath
from redfield.drives.made import Made
from redfield.drives.operators import TimeOperator
from redfield.drives.window import Window
from redfield.immutable import Immutable
from redfield.quadratic import system as static
from redfield.quadratic.contacts import Contacts
from redfield.spline import Spline
from redfield.validation import (
    ComplexArray,
    RealArray,
    as_count,
    as_function_of,
    as_hermitian,
    as_real_number,
    as_times,
)

TABLE_TOL = 1e-12
"""Of tabulated spectra, relative to their largest value."""


class System(Immutable):
    r"""N modes of fermions or bosons whose Hamiltonian is driven, each site with a bath of its own.

    .. math:: H_S(t) = \sum_{jk} h_{jk}(t) a_j^\dagger a_k, \qquad
              H_{SB} = \sum_j J_j (a_j^\dagger B_j + \text{h.c.})

    (arXiv:2507.10080, Eq. 14). Before the first time of an evolution h is taken to have been constant.

    Parameters
    ----------
    h : a function of t that returns an (N, N) Hermitian array, or a Spline.
    coupling, bath, statistics : as of quadratic.System.

    Raises
    ------
    ValueError, TypeError
        As quadratic.System; h(t) is not Hermitian or changes its size at some t, which the message names.

    Examples
    --------
    >>> import numpy as np, redfield as rf
    >>> bath = rf.ParticleBath(lambda w: np.exp(-w**2 / 8), beta=1.0)
    >>> sweep = System(lambda t: np.array([[t - 5.0, 0.1], [0.1, 5.0 - t]]), coupling=0.3, bath=bath)
    >>> sweep.at(5.0)
    array([[0. , 0.1],
           [0.1, 0. ]])
    """

    def __init__(
        self,
        h: Callable[[float], Any] | Spline,
        coupling: npt.ArrayLike,
        bath: ParticleBath | Sequence[ParticleBath],
        statistics: str | None = None,
    ) -> None:
        if not callable(h):
            raise TypeError(
                f"h must be a function of t or a Spline, got {type(h).__name__}; System is for a constant h"
            )
        as_function_of("h", h, "t")
        self._h = h
        if isinstance(h, Spline):
            h.require_hermitian()
        first = float(h.times[0]) if isinstance(h, Spline) else 0.0
        self.dimension = len(as_hermitian(f"h({first:g})", h(first)))
        self.contacts = Contacts(self.dimension, coupling, bath, statistics)
        self.statistics = self.contacts.statistics

    @property
    def _given_coupling(self) -> RealArray:
        return self.contacts.coupling

    @property
    def _given_bath(self) -> Any:
        return self.contacts._given_bath

    @property
    def baths(self) -> tuple[ParticleBath, ...]:
        """The baths given, each object once."""
        return self.contacts.baths

    def at(self, t: float) -> RealArray | ComplexArray:
        """h(t), (N, N), checked."""
        h = as_hermitian(f"h(t = {t:g})", self._h(float(t)))
        if len(h) != self.dimension:
            raise ValueError(
                f"h(t = {t:g}) has shape {h.shape}, but the system has {self.dimension} sites"
            )
        return h

    def made(self, window: Window) -> Made:
        """h in the compiled core, which tells where it changes."""
        return TimeOperator("h", self._h, self.dimension).core(window)

    def require_cover(self, times: RealArray) -> None:
        if isinstance(self._h, Spline):
            self._h.require_cover(float(times[0]), float(times[-1]))

    def frozen(self, t: float) -> static.System:
        """The system with h held at h(t)."""
        return static.System._of_contacts(self.at(t), self.contacts)

    def largest_norm(self, times: RealArray, made: Made | None = None, samples: int = 65) -> float:
        """max ‖h(t)‖ over samples between the first and the last time, and in the shortest pieces of what is `made`."""
        times = as_times("times", times)
        grid = np.linspace(times[0], times[-1], as_count("samples", samples))
        if made is not None:
            shortest = np.argsort(np.diff(made.breaks), kind="stable")[: 4 * samples]
            width = np.diff(made.breaks)[shortest]
            inside = [made.breaks[shortest] + c * width for c in (0.1, 0.5, 0.9)]
            grid = np.concatenate([grid, *inside])
        return max(float(np.linalg.norm(self.at(float(t)), 2)) for t in grid)

    def slope(self, t: float, first: float, last: float) -> RealArray | ComplexArray:
        """dh/dt by central differences inside [first, last], one-sided at its ends."""
        step = 1e-4 * max(as_real_number("t", last) - first, 1e-8)
        a, b = max(first, t - step), min(last, t + step)
        if a < t < b:
            # Two central differences extrapolated: the error is of fourth order.
            c, d = 0.5 * (t + a), 0.5 * (t + b)
            wide, narrow = (self.at(b) - self.at(a)) / (b - a), (self.at(d) - self.at(c)) / (d - c)
            return (4.0 * narrow - wide) / 3.0
        return (self.at(b) - self.at(a)) / (b - a)


class Tables:
    """½D + iΔ and Γ_22(−ω) of every site at any energies, interpolated between tabulated panels.

    A drive asks for them at every stage; the panels, 1e-12 of the largest value exact, are made once for the
    range of energies it visits. Each evolution has its own.
    """

    def __init__(self, contacts: Contacts, lamb_shift: bool) -> None:
        self.contacts, self.lamb_shift = contacts, lamb_shift
        self._low, self._high = np.inf, -np.inf
        self._panels: list[tuple[_core.Expansion, _core.Expansion]] = []

    def __call__(self, w: RealArray) -> tuple[ComplexArray, ComplexArray]:
        """(N, M) damping and gain tables, as Contacts has them."""
        if w[0] < self._low or w[-1] > self._high:
            self._tabulate(min(self._low, float(w[0])), max(self._high, float(w[-1])))
        of_site = self.contacts.bath_of_site
        damping = np.array([d(w) for d, _ in self._panels])[of_site]
        gain = np.array([g(w) for _, g in self._panels])[of_site]
        return damping, gain

    def _tabulate(self, low: float, high: float) -> None:
        margin = 0.1 * (high - low) + 1e-3 * max(abs(low), abs(high))
        margin = margin or 1e-3 * min(bath.empty.scale for bath in self.contacts.baths)
        self._low, self._high = low - margin, high + margin
        self._panels = []
        for bath in self.contacts.baths:
            inner = [b for b in {*bath.empty.breakpoints, bath.mu} if self._low < b < self._high]
            edges = [self._low, *inner, *np.linspace(self._low, self._high, 5)]
            self._panels.append(
                (
                    _core.Expansion(self._damping(bath), edges, TABLE_TOL),
                    _core.Expansion(self._gain(bath), edges, TABLE_TOL),
                )
            )

    def _damping(self, bath: ParticleBath) -> Callable[[RealArray], ComplexArray]:
        def damping(w: RealArray) -> ComplexArray:
            values = (0.5 * bath.density_of_states(w)).astype(np.complex128)
            if self.lamb_shift:
                values.imag = bath.level_shift(w)
            return values

        return damping

    def _gain(self, bath: ParticleBath) -> Callable[[RealArray], ComplexArray]:
        def gain(w: RealArray) -> ComplexArray:
            values = (0.5 * bath.injection.power_spectrum(-w)).astype(np.complex128)
            if self.lamb_shift:
                values.imag = bath.injection.lamb_shift(-w)
            return values

        return gain
