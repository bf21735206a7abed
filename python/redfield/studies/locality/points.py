"""Locality profiles of chains and lattices, and errors of truncated equations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import xarray as xr

from redfield import quadratic
from redfield._base.checks import ComplexArray, RealArray
from redfield.baths import ParticleBath
from redfield.models import anderson, chain, graphene, ladder, square

SHELLS = 128
"""Distances of a lattice that are kept; nan where it has fewer."""


def lorentzian_band(width: float, beta: float = 1.0) -> ParticleBath:
    """Return the reservoir with density of states D(ω) = W²/(W² + ω²), whose Fourier transform is ∝ e^{−Ws}."""
    return ParticleBath(lambda w: width**2 / (width**2 + w**2), beta, scale=width)


def damping(hopping: float, width: float, *, sites: int, j: float) -> xr.Dataset:
    """Return the damping's profile of a chain in Lorentzian bands of half-width W, whose memory is 1/W."""
    system = quadratic.QuadraticSystem(chain(sites, hopping), j, lorentzian_band(width))
    found = quadratic.locality_profile(system)
    tail = quadratic.group_velocity(system.hamiltonian) / width
    data = {"decay_length": found.decay_length, "reach": found.reach, "tail": tail}
    return xr.Dataset(
        {**data, "largest": (("distance",), found.largest)}, {"distance": found.distance.astype(float)}
    )


def gain(hopping: float, beta: float, *, sites: int, j: float, width: float) -> dict[str, float]:
    """Return the decay length of the gain term of a chain in wide bands, whose memory is thermal."""
    system = quadratic.QuadraticSystem(chain(sites, hopping), j, lorentzian_band(width, beta))
    found = quadratic.locality_profile(system, "gain")
    # The Fermi function's nearest poles are iπ/β away from the real axis: C_22 ends as e^{−πs/β}.
    tail = quadratic.group_velocity(system.hamiltonian) * max(beta / np.pi, 1.0 / width)
    return {"decay_length": found.decay_length, "reach": found.reach, "tail": tail}


def truncation(width: float, *, sites: int, reach: int, j: float, disorder_seed: int) -> xr.Dataset:
    """Return True errors of the equation cut off at each reach; the couplings are uneven, and equal at every width."""
    uneven = j * np.random.default_rng(disorder_seed).uniform(0.5, 1.5, sites)
    system = quadratic.QuadraticSystem(chain(sites), uneven, lorentzian_band(width))
    errors = quadratic.truncation_errors(system, reach)
    data = {
        "generator": (("cut",), np.array([e.generator for e in errors])),
        "steady_state": (("cut",), np.array([e.steady_state for e in errors])),
    }
    return xr.Dataset(data, {"cut": [e.reach for e in errors]})


def lattice(lattice: str, rng: np.random.Generator, *, j: float) -> xr.Dataset:
    """Return the damping's profile of a lattice by its name, in a band of half-width 1."""
    made: dict[str, Callable[[], RealArray | ComplexArray]] = {
        "ladder": lambda: ladder(100),
        "square": lambda: square(20, periodic=False),
        "graphene": lambda: graphene(14, periodic=False),
        "Anderson W = 20": lambda: anderson(8, 20.0, seed=rng),
    }
    found = quadratic.locality_profile(
        quadratic.QuadraticSystem(made[lattice](), j, lorentzian_band(1.0))
    )
    padded = np.full((2, SHELLS), np.nan)
    padded[:, : len(found.distance)] = found.distance, found.largest
    return xr.Dataset({"distance": (("shell",), padded[0]), "largest": (("shell",), padded[1])})
