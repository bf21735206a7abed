"""Annealing with a transverse field: qubits, each with an Ohmic bath of its own, from Σσˣ to a random Ising problem.

H(t) = −(1 − t/T) Σ Γ_j σˣ_j + (t/T)[Σ_{j<k} J_jk σᶻ_jσᶻ_k/√n + Σ h_j σᶻ_j], coupled by σᶻ_j. What is kept are
populations of the instantaneous levels, and of the closed system beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from redfield._base.checks import RealArray
from redfield.baths import OhmicBath
from redfield.driven import Davies, Lindblad, Redfield, System
from redfield.plotting.annealing import draw
from redfield.plotting.figure import save
from redfield.reproduce.shipped import shipped

if TYPE_CHECKING:
    import xarray as xr

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
POINTS = 41
LEVELS = 6


def study(preset: str, *, qubits: int | None = None, time: float | None = None) -> dict[str, Any]:
    """The study of a preset, with the options that are not None."""
    return shipped(
        "annealing",
        preset,
        {
            "parts.runs.arguments.qubits": qubits,
            "parts.runs.grid.time": None if time is None else [time],
        },
    )


def problem(qubits: int, seed: int) -> tuple[RealArray, RealArray, list[RealArray]]:
    """The transverse field, the Ising problem and the σᶻ_j. Fields that differ a little keep levels apart."""
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
    time: float,
    equation: str,
    *,
    qubits: int,
    seed: int,
    strength: float,
    cutoff: float,
    beta: float,
    rtol: float,
) -> Any:
    """One run by "redfield", "davies" or "closed"."""
    import xarray as xr

    field, ising, z = problem(qubits, seed)
    terms = [(field, _Line(1.0, -1.0 / time)), (ising, _Line(0.0, 1.0 / time))]
    system = System(terms, z, OhmicBath(strength, cutoff, beta))
    solver: Any
    if equation == "closed":
        solver = Lindblad(terms, [np.zeros_like(field)])
    elif equation == "davies":
        # Close to the start many Bohr frequencies nearly meet: none of them is taken for another.
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


class _Line:
    """a + b t."""

    def __init__(self, start: float, slope: float) -> None:
        self.start, self.slope = start, slope

    def __call__(self, t: Any) -> Any:
        return self.start + self.slope * t


def table(data: Mapping[str, xr.Dataset]) -> list[dict[str, Any]]:
    """One row a run: the ground state's population at the end, and the work."""
    part = data["runs"].load()
    return [
        {
            "time": float(t),
            "equation": str(name),
            "ground": float(here["populations"].values.reshape(POINTS, LEVELS)[-1, 0]),
            "gibbs": float(here["gibbs"].values.reshape(POINTS, LEVELS)[-1, 0]),
            "applications": int(here["applications"]),
            "seconds": round(float(here["seconds"]), 1),
        }
        for t in part["time"].values
        for name in part["equation"].values
        for here in [part.sel(time=t, equation=name)]
    ]


def save_figure(data: Mapping[str, xr.Dataset], directory: Path) -> list[Path]:
    """annealing.png and .pdf."""
    return save(draw(data["runs"].load()), directory, "annealing")
