"""Spectra of the baths of a quadratic system, interpolated on panels.

A drive asks for ½D + iΔ and Γ_22(−ω) at the energies of every stage of every step; each is expanded in Legendre series
on adaptive panels, to 1e-12 of its largest value, over the range of energies visited, which grows by a margin.
"""

from __future__ import annotations

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.quadratic.contacts import Contacts, OneSided, Tables, one_sided

TOL = 1e-12
"""Error of an interpolated spectrum, relative to its largest value."""


def interpolated(spectrum: OneSided, edges: list[float]) -> OneSided:
    """Return a spectrum between the first and the last edge, which include the points where it is not smooth."""
    return _core.Expansion(spectrum, edges, TOL)


class InterpolatedTables:
    """The spectra of every site at any frequencies, as `Contacts.tables` has them; for one evolution."""

    def __init__(self, contacts: Contacts, lamb_shift: bool) -> None:
        self.contacts, self.lamb_shift = contacts, lamb_shift
        self._low, self._high = np.inf, -np.inf
        self._spectra: list[tuple[OneSided, OneSided]] = []

    def __call__(self, w: RealArray) -> Tables:
        low, high = float(w.min()), float(w.max())
        if low < self._low or high > self._high:
            self._tabulate(min(self._low, low), max(self._high, high))
        damping, gain = (self._of_sites(i, w) for i in (0, 1))
        return damping, gain

    def _of_sites(self, which: int, w: RealArray) -> ComplexArray:
        values: ComplexArray = np.array([pair[which](w) for pair in self._spectra])
        return values[self.contacts.bath_of_site]

    def _tabulate(self, low: float, high: float) -> None:
        margin = 0.1 * (high - low) + 1e-3 * max(abs(low), abs(high))
        margin = margin or 1e-3 * min(bath.empty.scale for bath in self.contacts.baths)
        self._low, self._high = low - margin, high + margin
        self._spectra = []
        for bath in self.contacts.baths:
            inner = [b for b in {*bath.empty.breakpoints, bath.mu} if self._low < b < self._high]
            edges = [self._low, *inner, *np.linspace(self._low, self._high, 5)]
            damping, gain = (interpolated(f, edges) for f in one_sided(bath, self.lamb_shift))
            self._spectra.append((damping, gain))
