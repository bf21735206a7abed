r"""Kinds of quadratic equation: the generator of each, from the spectra of the baths at the energies that it asks for.

.. math:: M = ih + P\,\Lambda(h), \quad Q = P\,\Gamma_{22}(-h)^\dagger + \text{h.c.}, \quad
          \Lambda = \tfrac12 D + i\Delta, \quad P = \mathrm{diag}(J_j^2)

Redfield's equation keeps all pairs of modes of h, PartialSecular those near each other in energy, Davies' those of one
energy; LocalLindblad takes the spectra at on-site energies, QuasilocalFlow cuts Λ(h) off at a distance.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import field
from typing import Any

import numpy as np

from redfield._base.checks import (
    ComplexArray,
    RealArray,
    as_positive,
    as_square,
    as_vector,
)
from redfield._base.checks.types import Operand, Vector
from redfield._base.records import record
from redfield.equations import KINDS, Davies, Equation, Kind, PartialSecular, Redfield
from redfield.quadratic.contacts import Tables
from redfield.quadratic.generator import Generator, Mask
from redfield.quadratic.hopping import distance_matrix
from redfield.quadratic.result import CovarianceResult, SteadyCovariance
from redfield.quadratic.system import QuadraticSystem

Spectra = Callable[[RealArray], Tables]
"""½D + iΔ and Γ_22(−ω) of each site's bath at given frequencies."""
CovarianceEquation = Equation[CovarianceResult, SteadyCovariance]


@functools.singledispatch
def generator_of(equation: CovarianceEquation, system: QuadraticSystem, spectra: Spectra) -> Generator:
    """Return the generator of an equation's kind for a constant system."""
    raise NotImplementedError(type(equation).__name__)


@generator_of.register(Redfield)
def _redfield(
    equation: Redfield[CovarianceResult, SteadyCovariance], system: QuadraticSystem, spectra: Spectra
) -> Generator:
    return _in_modes(system, spectra(system.energies), None)


@generator_of.register(Davies)
def _davies(
    equation: Davies[CovarianceResult, SteadyCovariance], system: QuadraticSystem, spectra: Spectra
) -> Generator:
    if equation.system.problem != "quadratic" and system.contacts.uniform:
        # The terms left out vanish, but for rounding, which would jump where levels cross.
        return _in_modes(system, spectra(system.energies), None)
    return _banded(system, spectra, equation.degeneracy_tol, 0.0)


@generator_of.register(PartialSecular)
def _partial_secular(
    equation: PartialSecular[CovarianceResult, SteadyCovariance],
    system: QuadraticSystem,
    spectra: Spectra,
) -> Generator:
    return _banded(system, spectra, equation.degeneracy_tol, equation.cutoff)


def _banded(
    system: QuadraticSystem, spectra: Spectra, degeneracy_tol: float | None, cutoff: float
) -> Generator:
    """Return the generator of the pairs of modes of one energy, and of energies within the cutoff.

    Modes of one energy have the rates of the first of them, else the blocks would not be completely positive.
    """
    energies = system.energies
    tol = system.degeneracy_tol if degeneracy_tol is None else degeneracy_tol
    cluster = np.concatenate([[0], np.cumsum(np.diff(energies) > tol)])
    first = np.searchsorted(cluster, cluster)
    mask = np.abs(np.subtract.outer(energies[first], energies[first])) <= cutoff
    damping, gain = spectra(energies)
    return _in_modes(system, (damping[:, first], gain[:, first]), mask)


def _in_modes(system: QuadraticSystem, tables: Tables, mask: Mask | None) -> Generator:
    modes = system.energies, system.eigenvectors
    return Generator(
        system.contacts, system.hamiltonian, system.contacts.rows(modes[1], tables), modes, mask
    )


@record
class LocalLindblad(CovarianceEquation):
    r"""Jump operators a_j and a_j† at rates taken at local energies ε_j.

    .. math:: M = ih + P[\tfrac12 D(\varepsilon) + i\Delta(\varepsilon)], \qquad
              Q = 2P\,\mathrm{Re}\,\Gamma_{22}(-\varepsilon)

    Local and completely positive, but it does not thermalise (A. Levy and R. Kosloff, EPL 107, 20004 (2014)).

    Parameters
    ----------
    system : QuadraticSystem with a constant Hamiltonian.
    lamb_shift : with False, Δ is left out.
    energies : (N,) ε_j, default h_jj.
    """

    lamb_shift: bool = True
    energies: Vector | None = field(default=None, kw_only=True)

    def _complete(self) -> None:
        if self.energies is not None:
            n, local = self.system.dimension, as_vector("energies", self.energies)
            if local.shape != (n,):
                raise ValueError(f"energies must be {n}, one a site; got {len(local)}")
            self.energies = np.array(local)
        super()._complete()


@generator_of.register
def _local(equation: LocalLindblad, system: QuadraticSystem, spectra: Spectra) -> Generator:
    h, local = system.hamiltonian, equation.energies
    tables = spectra(np.diagonal(h).real.copy() if local is None else local)
    return Generator(system.contacts, h, system.contacts.rows(np.eye(len(h)), tables))


@record
class QuasilocalFlow(CovarianceEquation):
    """Redfield's equation with [Γ(h)]_jk kept for sites at most `reach` apart.

    Site j's bath then acts on its neighbourhood alone: M and Q are sparse where h is.

    Parameters
    ----------
    system : QuadraticSystem with a constant Hamiltonian.
    reach : a distance ≥ 0; 0 keeps Γ(h)_jj.
    lamb_shift : with False, Γ is replaced by its real part.
    distance : (N, N), default `hopping_distance(h)`.

    Examples
    --------
    >>> import redfield as rf
    >>> bath = rf.ParticleBath(lambda w: 1.0 / (1.0 + w**2), beta=1.0)
    >>> system = rf.QuadraticSystem(rf.models.chain(40), 0.3, bath)
    >>> [f"{QuasilocalFlow(system, r).dropped:.1e}" for r in (0, 5, 10, 20)]
    ['1.7e-01', '1.6e-02', '1.2e-03', '8.0e-06']
    """

    reach: float
    lamb_shift: bool = True
    distance: Operand | None = field(default=None, kw_only=True)

    def _complete(self) -> None:
        self.reach = 0.0 if self.reach == 0 else as_positive("reach", self.reach, infinite=True)
        if self.distance is not None:
            system: Any = self.system
            self.distance = np.array(distance_matrix(system.hamiltonian, self.distance))
        super()._complete()

    @functools.cached_property
    def _kept(self) -> tuple[Tables, Tables]:
        """P Λ(h) and P Γ_22(−h)† within the reach, and beyond it."""
        system: Any = self.system
        near = distance_matrix(system.hamiltonian, self.distance) <= self.reach
        damping, gain = functions_of_h(system, self.lamb_shift)
        strength = system.contacts.strength[:, None]
        (a, b), (c, d) = (
            (np.where(kept, strength * damping, 0.0), np.where(kept, strength * gain, 0.0))
            for kept in (near, ~near)
        )
        return (a, b), (c, d)

    @property
    def dropped(self) -> float:
        """√(‖M − M_reach‖_F² + ‖Q − Q_reach‖_F²), the norm of the part of the generator that is cut off."""
        lost_m, lost_y = self._kept[1]
        return float(np.hypot(np.linalg.norm(lost_m), np.linalg.norm(lost_y + lost_y.conj().T)))


@generator_of.register
def _quasilocal(equation: QuasilocalFlow, system: QuadraticSystem, spectra: Spectra) -> Generator:
    return Generator(system.contacts, system.hamiltonian, equation._kept[0])


def functions_of_h(system: QuadraticSystem, lamb_shift: bool) -> Tables:
    """[½D_j(h) + iΔ_j(h)]_jk and [Γ_22,j(−h)†]_jk of each site's own bath, (N, N) both."""
    u = system.eigenvectors
    damping, gain = system.tables(lamb_shift)
    return (damping * u) @ u.conj().T, (gain.conj() * u) @ u.conj().T


@record
class GivenFlow(CovarianceEquation):
    """An equation of given damping and gain, row j of which is the action of site j's bath.

    It is what a driven equation whose baths remember, or a periodic one, is at one time (`Equation.at`).

    Parameters
    ----------
    system : QuadraticSystem with a constant Hamiltonian.
    damping, gain : (N, N), M = ih + damping and Q = gain + gain†.
    """

    damping: ComplexArray
    gain: ComplexArray

    def _complete(self) -> None:
        n = self.system.dimension
        self.damping, self.gain = (
            as_square(name, x, n).astype(np.complex128)
            for name, x in (("damping", self.damping), ("gain", self.gain))
        )
        super()._complete()


@generator_of.register
def _given(equation: GivenFlow, system: QuadraticSystem, spectra: Spectra) -> Generator:
    return Generator(system.contacts, system.hamiltonian, (equation.damping, equation.gain))


KINDS.add(
    Kind(LocalLindblad, ("quadratic",), positive=True, usual=True),
    Kind(QuasilocalFlow, ("quadratic",), {"reach": lambda rate: 1}),
)
