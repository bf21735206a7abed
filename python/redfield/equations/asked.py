"""The words of messages for the calls that a solver may not answer."""

from __future__ import annotations

from collections.abc import Mapping

ASKED: Mapping[str, str] = {
    "gradients": "gradients",
    "steady_gradient": "gradient of a steady state",
    "evolution_gradient": "gradient of an evolution",
    "tangent_steady": "directional derivative of a steady state",
    "tangent_evolution": "directional derivative of an evolution",
    "current_gradient": "gradient of a current",
    "eigenvalue_gradient": "gradient of an eigenvalue",
    "at": "equation at a fixed time",
    "moved": "evolution of an operator that is no state",
    "spectrum": "eigenvalues of its generator",
    "spectrum_of_fluctuations": "spectrum of fluctuations",
    "of_reservoir": "part that belongs to one reservoir",
    "flows": "currents",
    "flows_of": "currents",
    "exchanged": "currents counted in the drive's quanta",
    "changes_of": "change by the baths alone",
    "margins": "distance from the boundary of positive states",
    "fastest_decay": "bound of its decay rates",
    "decoherence_rate": "rate of decoherence",
    "entropy_rate": "rate of entropy",
}
"""What is asked of a solver, in the words of a message; any other call is known by its own name."""
