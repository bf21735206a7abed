"""Spectra and populations of the FMO complex at one temperature, by one equation."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
import xarray as xr

from redfield._base.checks import ComplexArray, RealArray
from redfield.baths import DrudeBath
from redfield.equations import Davies, Redfield
from redfield.systems import DrivenSystem, System

FS = 5308.837
"""The unit of time ħ/(hc · 1 cm⁻¹) in fs."""
BOLTZMANN = 0.6950348
"""Boltzmann's constant in cm⁻¹ per K."""
SITES = np.array([200.0, 320.0, 0.0, 110.0, 270.0, 420.0, 230.0])
COUPLINGS = {
    (0, 1): -87.7, (0, 2): 5.5, (0, 3): -5.9, (0, 4): 6.7, (0, 5): -13.7, (0, 6): -9.9,
    (1, 2): 30.8, (1, 3): 8.2, (1, 4): 0.7, (1, 5): 11.8, (1, 6): 4.3,
    (2, 3): -53.5, (2, 4): -2.2, (2, 5): -9.6, (2, 6): 6.0,
    (3, 4): -70.7, (3, 5): -17.0, (3, 6): -63.3,
    (4, 5): 81.1, (4, 6): -1.3, (5, 6): 39.7,
}  # fmt: skip
DIPOLES = np.array([
    [-0.741, -0.561, -0.3696], [-0.857, 0.504, -0.107], [-0.197, 0.957, -0.211], [-0.799, -0.534, -0.277],
    [-0.737, 0.656, 0.164], [-0.135, -0.879, 0.457], [-0.495, -0.708, -0.503],
])  # fmt: skip


def hamiltonian() -> RealArray:
    """Return the Hamiltonian (8, 8) of the ground state and the seven sites."""
    h = np.diag([0.0, *SITES])
    for (j, k), value in COUPLINGS.items():
        h[j + 1, k + 1] = h[k + 1, j + 1] = value
    return h


def spectra(
    temperature: float, equation: str, *, reorganisation: float, memory: float, duration: float,
    points: int,
) -> xr.Dataset:  # fmt: skip
    """Return the absorption spectrum, and populations of the sites after an excitation of site 1 or 6."""
    h, cutoff = hamiltonian(), FS / memory
    bath = DrudeBath(4.0 * reorganisation / cutoff, cutoff, 1.0 / (BOLTZMANN * temperature))
    projectors = [np.diag(np.eye(8)[j]) for j in range(1, 8)]
    solver: Any
    if equation == "memory":
        solver = Redfield(DrivenSystem(h, projectors, bath), history="memory")
    else:
        solver = {"davies": Davies, "redfield": Redfield}[equation](System(h, projectors, bath))
    times = np.linspace(0.0, duration, points)
    tight = {"rtol": 1e-7, "atol": 1e-10}

    def evolved(psi: RealArray) -> ComplexArray:
        states: ComplexArray = solver.evolve(psi, times / FS, **tight).states
        return states

    # The coherence of site k with the ground state, from ½(|0⟩ + |j⟩)(⟨0| + ⟨j|), is ½G_kj(t).
    unit = np.eye(8)
    g = 2.0 * np.stack(
        [evolved((unit[0] + unit[j]) / np.sqrt(2.0))[:, 1:, 0] for j in range(1, 8)], axis=2
    )
    response = np.einsum("tkj,ka,ja->t", g, DIPOLES, DIPOLES)
    energies = np.linspace(-150.0, 600.0, 376)
    waves = np.exp(1j * np.multiply.outer(energies, times / FS))
    absorption = scipy.integrate.simpson(waves * response, x=times / FS, axis=1).real
    populations = [np.einsum("tkk->tk", evolved(unit[j])).real[:, 1:] for j in (1, 6)]
    return xr.Dataset(
        {
            "absorption": (("energy",), absorption),
            "populations": (("start", "time", "site"), np.array(populations)),
            "residual": float(abs(response[-1] / response[0])),
        },
        {
            "energy": ("energy", energies, {"units": "1/cm"}),
            "time": ("time", times, {"units": "fs"}),
            "start": ("start", [1, 6]),
            "site": ("site", np.arange(1, 8)),
        },
    )
