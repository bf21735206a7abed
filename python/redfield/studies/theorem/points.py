"""Distances between equations, and from the exact solution, of random and of small systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from redfield import _core, quadratic
from redfield._base.checks import RealArray
from redfield.baths import ParticleBath
from redfield.equations import Davies, Redfield
from redfield.models import chain, dirac_syk2
from redfield.quadratic import QuadraticSystem
from redfield.quadratic.flow import LinearFlow
from redfield.studies.common import exact_solution, gaussian_band, operator_norm

POINTS = 13
FAMILIES = ("uniform", "uneven")
DISTANCES = ("difference", "redfield", "davies", "local")
"""Curves: the distance of Davies from Redfield, and of Redfield, Davies and local Lindblad from the exact solution."""
NUMBERS = ("residual", "spacing", "exact_error")
SIGNS = ("redfield", "no_shift", "printed")
"""Curves: distances of Redfield, of Redfield without Lamb shift, and with the printed one, from the exact solution."""


def distances(
    size: int, rng: np.random.Generator, *, j: float, depth: float, width: float, beta: float, mu: float,
    exact_uneven: int,
) -> xr.Dataset:  # fmt: skip
    """Return distances for both families of couplings on one random h, at J²t in [0, depth].

    Of uneven couplings the exact solution is taken up to `exact_uneven` sites.
    """
    h = dirac_syk2(size, seed=rng)
    couplings: dict[str, Any] = {"uniform": j, "uneven": j * rng.uniform(0.3, 1.5, size)}
    bath = gaussian_band(width, beta, mu)
    times = np.linspace(0.0, depth, POINTS)
    curves = np.full((len(DISTANCES), 2, POINTS), np.nan)
    numbers = np.full((3, 2), np.nan)
    for i, family in enumerate(FAMILIES):
        system = QuadraticSystem(h, couplings[family], bath)
        exact = family == "uniform" or size <= exact_uneven
        found, error = _compared(system, _flows(system), times / j**2, exact)
        curves[:, i] = [found[name] for name in DISTANCES]
        spacing = float(np.ptp(system.energies)) / max(size - 1, 1) / j**2
        numbers[:, i] = quadratic.equivalence(system).residual, spacing, error
    over_time = {name: (("couplings", "time"), c) for name, c in zip(DISTANCES, curves, strict=True)}
    others = {name: ("couplings", values) for name, values in zip(NUMBERS, numbers, strict=True)}
    return xr.Dataset(
        {**over_time, **others}, {"couplings": list(FAMILIES), "time": ("time", times, {"units": "1/J²"})}
    )


def signs(strength: float, *, depth: float, width: float, beta: float, mu: float) -> xr.Dataset:
    """Distances of Redfield with three Lamb shifts from the exact solution, of four sites at J² = strength."""
    j = np.sqrt(strength) * np.array([1.0, 0.6, 0.9, 0.4])
    h = chain(4, onsite=[0.3, -0.2, 0.0, 0.5])
    system = QuadraticSystem(h, j, gaussian_band(width, beta, mu))
    flows = _flows(system)
    right, none = flows["redfield"], Redfield(system, lamb_shift=False).generator.flow
    # The printed Lamb shift, η_22 − η_11, is minus the one of the exact solution.
    printed = LinearFlow(2.0 * none.m - right.m, 2.0 * none.q - right.q, right.basis)
    times = np.linspace(0.0, depth, POINTS)
    found, error = _compared(
        system, {**flows, "no_shift": none, "printed": printed}, times / strength, exact=True
    )
    data = {name: ("time", found[name]) for name in SIGNS}
    return xr.Dataset({**data, "exact_error": error}, {"time": ("time", times, {"units": "1/J²"})})


def _flows(system: QuadraticSystem) -> dict[str, LinearFlow]:
    return {
        "redfield": Redfield(system).generator.flow,
        "davies": Davies(system).generator.flow,
        "local": quadratic.LocalLindblad(system).generator.flow,
    }


def _compared(
    system: QuadraticSystem, flows: Mapping[str, LinearFlow], times: RealArray, exact: bool
) -> tuple[dict[str, RealArray], float]:
    """Distances of Davies from Redfield, and of each flow from the exact solution if taken; the latter's error."""
    g0 = np.diag((np.arange(system.dimension) % 2).astype(np.complex128))
    solutions = {name: flow.solve(g0, times) for name, flow in flows.items()}
    values = {name: np.full(len(times), np.nan) for name in (*flows, "difference")}
    solution, error = exact_solution(system, g0, times) if exact else (None, float("nan"))
    for i in range(len(times)):
        _core.poll()
        now = {name: next(s).matrix() for name, s in solutions.items()}
        values["difference"][i] = operator_norm(now["davies"] - now["redfield"])
        if solution is not None:
            for name, g in now.items():
                values[name][i] = operator_norm(g - solution[i])
    return values, error


def sublattice(bath: ParticleBath, n: int = 24, p: int = 4) -> quadratic.Equivalence:
    """Return the pairs of modes that survive on a ring with every p-th site coupled, in plane waves."""
    waves = np.exp(2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n) / np.sqrt(n)
    j = np.where(np.arange(n) % p == 0, 0.3, 0.0)
    # A flux tells the ±k modes apart.
    ring = chain(n, -np.exp(0.1j), periodic=True)
    return quadratic.equivalence(QuadraticSystem(ring, j, bath), modes=waves)
