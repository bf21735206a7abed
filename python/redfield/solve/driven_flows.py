"""Currents of a driven system: tr[M(t) 𝒟_b(t) ρ(t)], 𝒟_b(t) being of the couplings of reservoir b at that time."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield import _core
from redfield._base.checks import ComplexArray, RealArray
from redfield.equations.base import AnyEquation
from redfield.solve.held import Held

AT_ONCE = 64e6
"""Bytes of the operators at the moments that are held together."""


def flows_of(
    equation: AnyEquation, kind: _core.Kind, states: ComplexArray, what: str, times: RealArray
) -> RealArray:
    """Return the energy, particles or heat from each reservoir, (T, B), of states (T, N, N) at times."""
    system: Any = equation.system
    flows = np.empty((len(times), len(system.reservoirs)))
    some = max(1, int(AT_ONCE / (16.0 * system.dimension**2 * (4 + len(system.couplings)))))
    for b in range(flows.shape[1]):
        part = equation.with_system(system.of_reservoir(b))
        for k in range(0, len(times), some):
            of = slice(k, k + some)
            measured = system.flowing(b, what, times[of])
            changes = _dissipated(part, kind, states[of], times[of])
            # tr(M 𝒟ρ) of each.
            flows[of, b] = np.einsum("tab,tba->t", measured, changes).real
    return flows


def _dissipated(
    equation: AnyEquation, kind: _core.Kind, states: ComplexArray, times: RealArray
) -> ComplexArray:
    """Return 𝒟(t)ρ, (T, N, N)."""
    changes = np.empty_like(states)
    if not equation._tabulated:
        for i, t in enumerate(times.tolist()):
            changes[i] = equation.at(t).dissipator(states[i])
        return changes
    held = Held(equation, kind, times)
    for i, place in enumerate(held.place.tolist()):
        _core.poll()
        changes[i] = held.generator(place).dissipate(np.ascontiguousarray(states[i]))
    return changes
