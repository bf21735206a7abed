"""The operators f_j∘A_j that the baths make of a System's couplings, (f∘A)_kl = f(E_l − E_k)A_kl."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths import Bath
from redfield.systems.system import System

Function = Callable[[RealArray], RealArray | ComplexArray]
"""A function of Bohr frequencies."""


def one_sided(bath: Bath, lamb_shift: bool) -> Function:
    """Return Γ(ω), or γ(ω)/2 without a Lamb shift."""
    return bath.one_sided if lamb_shift else lambda w: 0.5 * bath.power_spectrum(w)


def root(bath: Bath) -> Function:
    """Return √γ(ω)."""
    return lambda w: np.sqrt(bath.power_spectrum(w))


def lambdas(system: System, lamb_shift: bool) -> Iterator[ComplexArray]:
    """Yield Λ_j = Γ_j∘A_j of each coupling, (N, N) in the eigenbasis."""
    return _of_couplings(system, [one_sided(bath, lamb_shift) for bath in system.baths])


def jump_operators(system: System) -> Iterator[ComplexArray]:
    """Yield L_j = √γ_j∘A_j of each coupling, (N, N) in the eigenbasis."""
    return _of_couplings(system, [root(bath) for bath in system.baths])


def _of_couplings(system: System, functions: list[Function]) -> Iterator[ComplexArray]:
    w = system.bohr_frequencies()
    tables = [f(w) for f in functions]
    for j, b in enumerate(system.bath_of_coupling):
        yield tables[b] * system.coupling_in_eigenbasis(j)
