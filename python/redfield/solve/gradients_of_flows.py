"""Gradients of steady currents."""

from __future__ import annotations

from typing import Any

import numpy as np

from redfield._base.checks import ComplexArray, as_choice, as_index
from redfield.equations.base import AnyEquation
from redfield.results.gradient import BathGradients, Gradient, GradientOptions
from redfield.solve.gradients import of_steady_state
from redfield.solve.gradients_of_fluctuations import of_pairs
from redfield.systems.couplings import SiteProjectors


def of_current(
    equation: AnyEquation, rho: ComplexArray, reservoir: int, what: str, options: GradientOptions
) -> Gradient:
    """Return the gradient of I = tr[X 𝒟_b(ρ)], X = H, N̂ or H − μN̂.

    dI = tr[(𝒟_b†X) dρ] + tr[X (d𝒟_b) ρ] + tr[dX 𝒟_b(ρ)]: the first is that of a steady expectation value.
    """
    system: Any = equation.system
    b = as_index("reservoir", reservoir, len(system.reservoirs))
    kind = as_choice("what", what, ("energy", "particle", "heat"))
    x = np.asarray(system.flowing(b, kind), dtype=np.complex128)
    h = system.hamiltonian
    of = equation.of_reservoir(b)
    observable = of.adjoint().apply(x) - 1j * (h @ x - x @ h)
    observable = 0.5 * (observable + observable.conj().T)
    through_state = of_steady_state(equation, rho, observable, options)
    direct = of_pairs(of, [(1.0, x, rho)], options)
    turned = -1j * (rho @ x - x @ rho)  # of −i[H, ρ], which 𝒟 has not
    flow = of.dissipator(rho)
    hamiltonian = through_state.hamiltonian + direct.hamiltonian - turned
    if kind != "particle":
        hamiltonian = hamiltonian + 0.5 * (flow + flow.conj().T)
    couplings = np.array(through_state.couplings)
    places = [j for j, r in enumerate(system.reservoir_of_coupling) if r == b]
    couplings[places] += direct.couplings
    one_sided = np.array(through_state.one_sided)
    baths = [dict(each) for each in through_state.baths]
    for i, bath in enumerate(of.system.baths):
        place = next(k for k, known in enumerate(system.baths) if known is bath)
        one_sided[place] += direct.one_sided[i]
        for name, value in direct.baths[i].items():
            baths[place][name] += value
        if kind == "heat" and "mu" in baths[place]:
            baths[place]["mu"] -= _particles(system, flow) / len(of.system.baths)
    return Gradient(
        float(np.sum(x.T * flow).real),
        hamiltonian,
        couplings,
        BathGradients(baths),
        one_sided,
        residual=through_state.residual,
        applications=through_state.applications,
        equation=equation,
    )


def _particles(system: Any, flow: ComplexArray) -> float:
    """Return tr[N̂ 𝒟_b(ρ)], by which a chemical potential changes the heat."""
    if system.number is None or isinstance(system.couplings, SiteProjectors):
        return 0.0
    return float(np.sum(system.number.T * flow).real)
