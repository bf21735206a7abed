"""Do baths at every site cancel each other's coherences in interacting systems? The question the paper leaves open.

XXZ chains with σᶻ_j ⊗ B_j on every site and identical Ohmic baths, η neglected: chaotic (second neighbours, weak
disorder), localised (strong disorder) and integrable (clean). Matrix elements in the middle of the spectrum, and
‖ρ_D(t) − ρ_R(t)‖₁ from the Néel state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from redfield import analysis
from redfield._base.checks import RealArray, as_count
from redfield.baths import OhmicBath
from redfield.equations import Davies, Redfield
from redfield.models import ManyBody, xxz
from redfield.plotting.figure import save
from redfield.plotting.manybody import Growth, draw
from redfield.reproduce.matrix_elements import matrix_element_sums
from redfield.reproduce.shipped import shipped
from redfield.systems.system import System

if TYPE_CHECKING:
    import xarray as xr

POINTS = 21
FAMILIES = ("chaotic", "localised", "integrable")
INTEGRABLE_ANISOTROPY = 0.7
"""Not the cosine of a rational angle, where the ring has more degeneracies."""


def study(
    preset: str,
    *,
    samples: int | None = None,
    sizes: Sequence[int] | None = None,
    dynamic: int | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """The study of a preset, with the options that are not None; `dynamic` is the largest size that is evolved."""
    if samples is not None:
        as_count("samples", samples)
    for n in sizes or ():
        if as_count("sizes", n, least=4) % 2:
            raise ValueError(f"sizes must be even, got {n}")
    given: dict[str, Any] = {
        "seed": seed,
        "parts.elements.samples": samples,
        "parts.dynamics.samples": samples,
    }
    made = shipped("manybody", preset, given)
    parts = made["parts"]
    most = max(parts["dynamics"]["grid"]["size"]) if dynamic is None else as_count("dynamic", dynamic)
    every = parts["elements"]["grid"]["size"] if sizes is None else list(sizes)
    evolved = [n for n in every if n <= most]
    for name in ("elements", "elements_clean"):
        parts[name]["grid"]["size"] = every
    for name in ("dynamics", "dynamics_clean"):
        parts[name]["grid"]["size"] = evolved
        if not evolved:
            del parts[name]
    return made


def model(
    family: str,
    size: int,
    rng: np.random.Generator,
    disorder_chaotic: float,
    second: float,
    disorder_localised: float,
) -> ManyBody:
    """One sample."""
    if family == "integrable":
        # One up spin more than down: without the symmetry of flipping all spins.
        return xxz(size, INTEGRABLE_ANISOTROPY, magnetisation=2)
    if family == "chaotic":
        return xxz(size, disorder=disorder_chaotic, second=second, seed=rng)
    return xxz(size, disorder=disorder_localised, seed=rng)


def elements(
    family: str,
    size: int,
    rng: np.random.Generator,
    *,
    window: float,
    disorder_chaotic: float = 0.0,
    second: float = 0.0,
    disorder_localised: float = 0.0,
) -> dict[str, Any]:
    """⟨r⟩ and the sums of matrix elements of transitions with |ω| ≤ window, in units of J."""
    made = model(family, size, rng, disorder_chaotic, second, disorder_localised)
    energies, eigenvectors = np.linalg.eigh(made.hamiltonian.toarray())
    r, r_error = _level_statistics(family, size, energies)
    secular, nonsecular = matrix_element_sums(
        energies, eigenvectors, np.array([o.diagonal() for o in made.local("z")]), window, rng
    )
    return {"r": r, "r_error": r_error, "secular": secular, "nonsecular": nonsecular}


def dynamics(
    family: str,
    size: int,
    rng: np.random.Generator,
    *,
    strength: float,
    cutoff: float,
    beta: float,
    t_max: float,
    disorder_chaotic: float = 0.0,
    second: float = 0.0,
    disorder_localised: float = 0.0,
) -> Any:
    """‖ρ_D − ρ_R‖₁ and the mean over sites of |⟨σᶻ_j⟩_D − ⟨σᶻ_j⟩_R| over time."""
    import xarray as xr

    made = model(family, size, rng, disorder_chaotic, second, disorder_localised)
    system = System(made.hamiltonian, made.local("z"), OhmicBath(strength, cutoff, beta))
    # Of clean chains chance degeneracies of Bohr frequencies are told apart as well.
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
    """The basis state with alternating spins, as far as the magnetisation allows."""
    wanted = np.arange(model.sites) % 2
    excess = int(wanted.sum() - model.occupations[0].sum())
    for site in np.flatnonzero(wanted)[: max(excess, 0)]:
        wanted[site] = 0
    return int(np.flatnonzero((model.occupations == wanted).all(axis=1))[0])


def growths(data: Mapping[str, xr.Dataset]) -> list[Growth]:
    """One for each family."""
    found = []
    for family in FAMILIES:
        clean = "_clean" if family == "integrable" else ""
        numbers, curves = (data.get(f"{part}{clean}") for part in ("elements", "dynamics"))
        found.append(
            Growth(
                family,
                _by_size(numbers, family, ("secular", "nonsecular", "r", "r_error")),
                _by_size(curves, family, ("distance", "local")),
                np.zeros(0) if curves is None else curves["time"].values,
            )
        )
    return found


def _by_size(
    part: xr.Dataset | None, family: str, names: Sequence[str]
) -> dict[int, dict[str, RealArray]]:
    if part is None:
        return {}
    here = part.sel(family=family).load()
    return {int(n): {name: here[name].sel(size=n).values for name in names} for n in here["size"].values}


@dataclass(frozen=True)
class Row:
    """One line of the table: means over samples, and the largest distance over time."""

    family: str
    size: int
    r: float
    r_error: float
    secular: float
    nonsecular: float
    ratio: float
    distance: float
    distance_error: float
    local: float


def table(found: Sequence[Growth]) -> list[Row]:
    """One row for each family and size."""
    rows = []
    for growth in found:
        for n in growth.sizes:
            r, r_error = growth.level_ratio(n)
            peak, peak_error = growth.peak("distance", n)
            rows.append(
                Row(
                    growth.family, n, r, r_error, growth.mean("secular", n)[0], growth.mean("nonsecular", n)[0],
                    growth.ratio(n)[0], peak, peak_error, growth.peak("local", n)[0],
                )
            )  # fmt: skip
    return rows


def exponents(found: Sequence[Growth]) -> list[dict[str, Any]]:
    """Of N, of each quantity of each family that has three sizes or more, with the error of the fit."""
    rows = []
    for growth in found:
        row: dict[str, Any] = {"family": growth.family}
        for name in ("secular", "nonsecular", "ratio", "distance", "local"):
            row[name] = growth.exponent(name)
        rows.append(row)
    return rows


def save_figure(found: Sequence[Growth], directory: Path) -> list[Path]:
    """manybody.png and manybody.pdf."""
    return save(draw(found), directory, "manybody")
