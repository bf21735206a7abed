"""The hierarchical equations of motion of a driven system: −i[H(t), ·] on every auxiliary operator, and A_j(t)."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray, as_choice, as_times
from redfield._base.checks.types import EOps, Numbers, State
from redfield.baths.remainders import Terms
from redfield.equations.base import AnyEquation
from redfield.equations.options import Options
from redfield.equations.solver import NO_FLOWS, Remembering
from redfield.results.evolution import Result
from redfield.solve import kicks
from redfield.solve.depths import without_spectra
from redfield.solve.driven import REMEMBERING
from redfield.solve.hierarchy import Hierarchies
from redfield.solve.judged import DensityMatrices
from redfield.systems.couplings import SiteProjectors, is_hermitian
from redfield.systems.driven import CHECKED, DrivenSystem
from redfield.systems.drives.made import Made
from redfield.systems.drives.operators import TimeOperator
from redfield.systems.drives.window import window_of
from redfield.systems.system import System

LOOKS = 64
"""Moments at which the largest of a coupling that changes is looked for."""


class Held(Hierarchies):
    """The hierarchies of a driven system as it is held, to which its drive is added.

    Parameters
    ----------
    equation : of the system that is held.
    bandwidth : the largest E_max − E_min of H(t).
    apart : whether couplings change.
    """

    def __init__(self, equation: AnyEquation, bandwidth: float, apart: bool) -> None:
        super().__init__(equation)
        self._largest = bandwidth
        self._apart = apart

    @property
    def _bandwidth(self) -> float:
        # What acts at once is found from couplings that stay.
        return np.inf if self._apart else self._largest

    def _fitted(
        self, duration: float, start: ComplexArray | None = None, times: RealArray | None = None
    ) -> tuple[list[Terms], float]:
        # The equation of the held system tells nothing of the driven one.
        return self._terms(duration), np.nan

    @functools.cached_property
    def _core_system(self) -> _core.System:
        return without_spectra(self.system)


class DrivenHierarchies(DensityMatrices, Remembering, problem="driven", kind="HEOM"):
    """The solver of a DrivenSystem by hierarchies."""

    system: DrivenSystem

    def prepare(self) -> None:
        _require_hermitian(self.system, None)
        if self.equation.terminator and any(not a.is_constant for a in _operators(self.system)):
            raise TypeError(
                "terminator = True: what acts at once acts through couplings that stay, and these change"
            )

    def evolve(self, rho0: State, tlist: Numbers, e_ops: EOps, options: Options) -> Result:
        options.refuse("driven", "dtype", "error")
        if self.system.kicks:
            return kicks.evolve(self.equation, True, rho0, tlist, e_ops, options)
        times, system = as_times("tlist", tlist), self.system
        window = window_of(times, options.max_step, options.breakpoints)
        system.require_cover(window.first, window.last)
        system.require_hermitian(times)
        _require_hermitian(system, times)
        hamiltonian, couplings = system.operators(window)
        changes = any(not a.is_constant for a in _operators(system))
        moving = couplings if changes else []
        jumps = np.unique(np.concatenate([x.jumps for x in (hamiltonian, *moving)])).tolist()

        def propagator(hierarchy: _core.Hierarchy) -> Any:
            operators = [a.operator for a in moving]
            return functools.partial(
                hierarchy.evolve_driven, hamiltonian.operator, operators, jumps, window.longest
            )

        held = Held(
            self.equation.with_system(_held(system, moving, window.first)), hamiltonian.width, changes
        )
        return held.climbed(self.equation, propagator, REMEMBERING, rho0, times, e_ops, options)

    def flows(self, states: State, what: str, times: RealArray | None = None) -> RealArray:
        raise TypeError(NO_FLOWS)

    def flows_of(self, forces: ComplexArray, what: str, times: RealArray | None) -> RealArray:
        """Return tr(H(t) 𝒟_b), 𝒟_b = −i Σ_j [A_j(t), S_j] over the couplings of reservoir b."""
        if as_choice("what", what, ("energy", "particle", "heat")) == "particle":
            raise ValueError("a DrivenSystem has no particle number to count")
        if times is None:
            raise ValueError("forces of a DrivenSystem have no currents without their times")
        of_coupling = self.system.reservoir_of_coupling
        flows = np.zeros((len(times), len(self.system.reservoirs)))
        operators = _operators(self.system, all_of_them=True)
        for i, t in enumerate(times.tolist()):
            h = self.system.hamiltonian.at(t)
            for b, operator, force in zip(of_coupling, operators, forces[i], strict=True):
                a = operator.at(t)
                # tr(H [A, S]) = tr([H, A] S).
                flows[i, b] += np.einsum("ab,ba->", h @ a - a @ h, force).imag
        return flows

    def changes_of(self, forces: ComplexArray, times: RealArray | None) -> ComplexArray:
        if times is None:
            raise ValueError("forces of a DrivenSystem change nothing that is known without their times")
        changes = np.zeros((len(times), *forces.shape[2:]), dtype=np.complex128)
        for j, operator in enumerate(_operators(self.system, all_of_them=True)):
            a, s = operator.stack(times), forces[:, j]
            changes -= 1j * (a @ s - s @ a)
        return changes


def _operators(system: DrivenSystem, all_of_them: bool = False) -> list[TimeOperator]:
    """Return the couplings; of site projectors, which do not change, none unless all of them are wanted."""
    couplings: Any = system.couplings
    if isinstance(couplings, SiteProjectors):
        return [TimeOperator("projector", a) for a in couplings.matrices()] if all_of_them else []
    return list(couplings)


def _require_hermitian(system: DrivenSystem, times: RealArray | None) -> None:
    """TypeError where a coupling is not Hermitian: a constant one, or any at times between the first and the last."""
    for j, a in enumerate(_operators(system)):
        if a.is_constant:
            moments = [0.0]
        elif times is None:
            continue
        else:
            moments = np.linspace(times[0], times[-1], CHECKED).tolist()
        for t in moments:
            if not is_hermitian(np.asarray(a.at(t))):
                when = "" if a.is_constant else f" at t = {t:g}"
                raise TypeError(
                    f"couplings[{j}] is not Hermitian{when}: a hierarchy is of Hermitian couplings"
                )


def _held(system: DrivenSystem, moving: list[Made], first: float) -> System:
    """Return the system with the part of H that stays, or H at the start, and each coupling where it is largest."""
    h = system.hamiltonian.constant
    if h is None or not is_hermitian(np.asarray(h)):
        h = system.hamiltonian.at(first)
    couplings: Any = system.couplings
    if not isinstance(couplings, SiteProjectors):
        couplings = [
            _largest(a, moving[j] if moving else None, first) for j, a in enumerate(_operators(system))
        ]
    return System(h, couplings, list(system.baths))


def _largest(coupling: TimeOperator, made: Made | None, first: float) -> Any:
    """Return a coupling at the moment when it is largest, and as large as it is anywhere."""
    if made is None or coupling.is_constant:
        return coupling.at(first)
    ends = made.breaks
    middle = 0.5 * (ends[1:] + ends[:-1])
    some = middle[np.linspace(0, len(middle) - 1, min(len(middle), LOOKS)).astype(np.intp)]
    moments = np.concatenate([some, np.linspace(ends[0], ends[-1], LOOKS)])
    values = [np.asarray(coupling.at(t)) for t in moments.tolist()]
    sizes = [float(np.linalg.norm(a)) for a in values]
    at = int(np.argmax(sizes))
    return values[at] * max(1.0, made.operator.largest / sizes[at]) if sizes[at] > 0.0 else values[at]
