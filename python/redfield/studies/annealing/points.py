"""The problem of an annealer, and a run of it by one equation."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from redfield._base.checks import RealArray
from redfield.baths import OhmicBath
from redfield.equations import Davies, Lindblad, Redfield
from redfield.studies.common import Line, X, Z
from redfield.systems import DrivenSystem

POINTS = 41
LEVELS = 6


def problem(qubits: int, seed: int) -> tuple[RealArray, RealArray, list[RealArray]]:
    """Return the transverse field, the Ising problem and the σᶻ_j; fields that differ a little keep levels apart."""
    rng = np.random.default_rng(seed)

    def at(operator: RealArray, j: int) -> RealArray:
        whole: RealArray = np.kron(np.kron(np.eye(2**j), operator), np.eye(2 ** (qubits - 1 - j)))
        return whole

    field: Any = -sum(rng.uniform(0.9, 1.1) * at(X, j) for j in range(qubits))
    z = [at(Z, j) for j in range(qubits)]
    ising: Any = sum(0.5 * rng.uniform(-1.0, 1.0) * z[j] for j in range(qubits))
    for j in range(qubits):
        for k in range(j):
            ising = ising + rng.uniform(-1.0, 1.0) / np.sqrt(qubits) * z[j] @ z[k]
    return field, ising, z


def run(
    time: float, equation: str, *, qubits: int, seed: int, strength: float, cutoff: float, beta: float,
    rtol: float,
) -> xr.Dataset:  # fmt: skip
    """Return the populations along a run by "redfield", "davies" or "closed"."""
    field, ising, z = problem(qubits, seed)
    terms = [(field, Line(1.0, -1.0 / time)), (ising, Line(0.0, 1.0 / time))]
    system = DrivenSystem(terms, z, OhmicBath(strength, cutoff, beta))
    solver: Any
    if equation == "closed":
        solver = Lindblad(terms, [np.zeros_like(field)])
    elif equation == "davies":
        # Close to the start many Bohr frequencies nearly meet, and none may be taken for another.
        solver = Davies(system, degeneracy_tol=0.0)
    else:
        solver = Redfield(system)
    start = np.linalg.eigh(field)[1][:, 0]
    times = np.linspace(0.0, time, POINTS)
    result = solver.evolve(start, times, rtol=rtol, atol=1e-3 * rtol)
    assert result.states is not None
    populations = np.empty((POINTS, LEVELS))
    energies = np.empty((POINTS, LEVELS))
    gibbs = np.empty((POINTS, LEVELS))
    for i, (t, rho) in enumerate(zip(times, result.states, strict=True)):
        e, u = np.linalg.eigh(system.hamiltonian.at(float(t)))
        populations[i] = np.einsum("jk,jl,lk->k", u.conj(), rho, u, optimize=True).real[:LEVELS]
        weights = np.exp(-beta * (e - e[0]))
        energies[i], gibbs[i] = e[:LEVELS], (weights / weights.sum())[:LEVELS]
    dims = ("s", "level")
    return xr.Dataset(
        {
            "populations": (dims, populations),
            "energies": (dims, energies),
            "gibbs": (dims, gibbs),
            "seconds": result.stats["seconds"],
            "applications": float(result.stats["applications"]),
        },
        {"s": ("s", np.linspace(0.0, 1.0, POINTS))},
    )
