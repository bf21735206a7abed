"""Samples of spin chains: their level statistics and matrix elements, and Davies' and Redfield's evolutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from redfield import analysis
from redfield._base.checks import RealArray
from redfield.baths import OhmicBath
from redfield.equations import Davies, Redfield
from redfield.models import ManyBody, xxz
from redfield.studies.manybody.matrix_elements import matrix_element_sums
from redfield.systems.system import System

POINTS = 21
INTEGRABLE_ANISOTROPY = 0.7
"""An anisotropy that is not the cosine of a rational angle, where the ring has more degeneracies."""


def model(
    family: str, size: int, rng: np.random.Generator, disorder_chaotic: float, second: float,
    disorder_localised: float,
) -> ManyBody:  # fmt: skip
    """Return the chain of one sample."""
    if family == "integrable":
        # With one more up spin than down the chain lacks the symmetry of flipping all spins.
        return xxz(size, INTEGRABLE_ANISOTROPY, magnetisation=2)
    if family == "chaotic":
        return xxz(size, disorder=disorder_chaotic, second=second, seed=rng)
    return xxz(size, disorder=disorder_localised, seed=rng)


def elements(
    family: str, size: int, rng: np.random.Generator, *, window: float, disorder_chaotic: float = 0.0,
    second: float = 0.0, disorder_localised: float = 0.0,
) -> dict[str, Any]:  # fmt: skip
    """⟨r⟩ and the sums of matrix elements of transitions with |ω| ≤ window, in units of J."""
    made = model(family, size, rng, disorder_chaotic, second, disorder_localised)
    energies, eigenvectors = np.linalg.eigh(made.hamiltonian.toarray())
    r, r_error = _level_statistics(family, size, energies)
    secular, nonsecular = matrix_element_sums(
        energies, eigenvectors, np.array([o.diagonal() for o in made.local("z")]), window, rng
    )
    return {"r": r, "r_error": r_error, "secular": secular, "nonsecular": nonsecular}


def dynamics(
    family: str, size: int, rng: np.random.Generator, *, strength: float, cutoff: float, beta: float,
    t_max: float, disorder_chaotic: float = 0.0, second: float = 0.0, disorder_localised: float = 0.0,
) -> xr.Dataset:  # fmt: skip
    """‖ρ_D − ρ_R‖₁ and the mean over sites of |⟨σᶻ_j⟩_D − ⟨σᶻ_j⟩_R| over time."""
    made = model(family, size, rng, disorder_chaotic, second, disorder_localised)
    system = System(made.hamiltonian, made.local("z"), OhmicBath(strength, cutoff, beta))
    # Bohr frequencies of clean chains that are equal by chance are told apart as well.
    davies = Davies(system, lamb_shift=False, degeneracy_tol=0.0)
    redfield = Redfield(system, lamb_shift=False)
    rho0 = np.zeros(system.dimension)
    rho0[neel(made)] = 1.0
    times = np.linspace(0.0, t_max, POINTS)
    a, b = (e.evolve(rho0, times, threads=1).states for e in (davies, redfield))
    assert a is not None
    assert b is not None
    z = np.array([o.diagonal() for o in made.local("z")])
    local: RealArray = np.abs(np.einsum("jd,tdd->tj", z, a - b).real).mean(axis=1)
    data = {"distance": (("time",), analysis.trace_norm(a - b)), "local": (("time",), local)}
    return xr.Dataset(data, {"time": ("time", times, {"units": "1/J"})})


def _level_statistics(family: str, n: int, energies: RealArray) -> tuple[float, float]:
    if family != "integrable":
        found = analysis.level_statistics(energies)
        return found.r, found.standard_error
    # An open clean chain still has its reflection; a ring is resolved by momentum.
    rings = [
        xxz(n, INTEGRABLE_ANISOTROPY, magnetisation=2, periodic=True, momentum=k).hamiltonian
        for k in range(1, n // 2)
    ]
    rings = [h for h in rings if h.shape[0] >= 8]
    if not rings:
        return float("nan"), float("nan")
    found = analysis.level_statistics(rings)
    return found.r, found.standard_error


def neel(model: ManyBody) -> int:
    """Return the basis state with alternating spins, as far as the magnetisation allows."""
    wanted = np.arange(model.sites) % 2
    excess = int(wanted.sum() - model.occupations[0].sum())
    for site in np.flatnonzero(wanted)[: max(excess, 0)]:
        wanted[site] = 0
    return int(np.flatnonzero((model.occupations == wanted).all(axis=1))[0])
