"""How local Redfield's dissipator is: decay lengths against bath memory × group velocity, and what truncation costs.

Lorentzian bands D = W²/(W² + ω²), whose memory is 1/W at any temperature; chains, whose group velocity is 2J; and
other lattices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from redfield import quadratic
from redfield._base.checks import RealArray, as_count
from redfield.models import anderson, chain, graphene, ladder, square
from redfield.plotting.figure import save
from redfield.plotting.locality import Lengths, Profile, Truncation, draw
from redfield.reproduce.bands import lorentzian_band
from redfield.reproduce.shipped import shipped

if TYPE_CHECKING:
    import xarray as xr

SHELLS = 128
"""Distances of a lattice that are kept, nan where it has fewer."""


def study(
    preset: str, *, sites: int | None = None, reach: int | None = None, seed: int | None = None
) -> dict[str, Any]:
    """The study of a preset, with the options that are not None."""
    if sites is not None:
        as_count("sites", sites, least=8)
    made = shipped(
        "locality",
        preset,
        {
            "seed": seed,
            "parts.damping.arguments.sites": sites,
            "parts.gain.arguments.sites": sites,
            "parts.truncation.arguments.disorder_seed": seed,
            "parts.truncation.arguments.reach": None if reach is None else as_count("reach", reach),
        },
    )
    cut = made["parts"]["truncation"]["arguments"]
    if cut["reach"] >= cut["sites"]:
        raise ValueError(
            f"reach = {cut['reach']} must be less than sites = {cut['sites']} of the truncated chain"
        )
    return made


def damping(hopping: float, width: float, *, sites: int, j: float) -> Any:
    """Of a chain in Lorentzian bands of half-width W, whose memory is 1/W."""
    import xarray as xr

    system = quadratic.System(chain(sites, hopping), j, lorentzian_band(width))
    found = quadratic.locality_profile(system)
    tail = quadratic.group_velocity(system.hamiltonian) / width
    data = {"decay_length": found.decay_length, "reach": found.reach, "tail": tail}
    return xr.Dataset(
        {**data, "largest": (("distance",), found.largest)}, {"distance": found.distance.astype(float)}
    )


def gain(hopping: float, beta: float, *, sites: int, j: float, width: float) -> dict[str, float]:
    """Of a chain in wide bands, whose memory is thermal."""
    system = quadratic.System(chain(sites, hopping), j, lorentzian_band(width, beta))
    found = quadratic.locality_profile(system, "gain")
    # The Fermi function's nearest poles are iπ/β away from the real axis: C_22 ends as e^{−πs/β}.
    tail = quadratic.group_velocity(system.hamiltonian) * max(beta / np.pi, 1.0 / width)
    return {"decay_length": found.decay_length, "reach": found.reach, "tail": tail}


def truncation(width: float, *, sites: int, reach: int, j: float, disorder_seed: int) -> Any:
    """True errors of the equation of uneven couplings, the same at every width, cut off at each reach."""
    import xarray as xr

    uneven = j * np.random.default_rng(disorder_seed).uniform(0.5, 1.5, sites)
    system = quadratic.System(chain(sites), uneven, lorentzian_band(width))
    errors = quadratic.truncation_errors(system, reach)
    data = {
        "generator": (("cut",), np.array([e.generator for e in errors])),
        "steady_state": (("cut",), np.array([e.steady_state for e in errors])),
    }
    return xr.Dataset(data, {"cut": [e.reach for e in errors]})


def lattice(lattice: str, rng: np.random.Generator, *, j: float) -> Any:
    """Of other lattices, in a band of half-width 1."""
    import xarray as xr

    made: dict[str, Callable[[], Any]] = {
        "ladder": lambda: ladder(100),
        "square": lambda: square(20, periodic=False),
        "graphene": lambda: graphene(14, periodic=False),
        "Anderson W = 20": lambda: anderson(8, 20.0, seed=rng),
    }
    found = quadratic.locality_profile(quadratic.System(made[lattice](), j, lorentzian_band(1.0)))
    padded = np.full((2, SHELLS), np.nan)
    padded[:, : len(found.distance)] = found.distance, found.largest
    return xr.Dataset({"distance": (("shell",), padded[0]), "largest": (("shell",), padded[1])})


def lengths(data: Mapping[str, xr.Dataset]) -> list[Lengths]:
    """Decay lengths beside memory × velocity, hopping by hopping."""
    found = []
    for hopping in data["damping"]["hopping"].values:
        for part, axis, label in (("damping", "width", "W"), ("gain", "beta", "β")):
            here = data[part].sel(hopping=hopping).load()
            found += [
                Lengths(
                    part,
                    f"{label} = {x:g}",
                    float(hopping),
                    *(float(here[name].sel({axis: x})) for name in ("reach", "tail", "decay_length")),
                )
                for x in here[axis].values
            ]
    return found


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    part: str
    bath: str
    hopping: float
    reach: float
    tail: float
    decay_length: float


def table(found: Sequence[Lengths]) -> list[Row]:
    """Decay lengths beside memory × velocity."""
    return [Row(x.part, x.bath, x.hopping, x.reach, x.tail, x.decay_length) for x in found]


def save_figure(data: Mapping[str, xr.Dataset], directory: Path) -> list[Path]:
    """locality.png and locality.pdf."""
    chains = data["damping"].sel(hopping=1.0).load()
    profiles = [
        Profile(f"W = {w:g}", chains["distance"].values, chains["largest"].sel(width=w).values)
        for w in chains["width"].values
    ]
    cut = data["truncation"].load()
    truncations = [
        Truncation(
            f"W = {w:g}",
            cut["cut"].values,
            cut["generator"].sel(width=w).values,
            cut["steady_state"].sel(width=w).values,
        )
        for w in cut["width"].values
    ]
    others = [_profile(data["lattices"].sel(lattice=name)) for name in data["lattices"]["lattice"].values]
    return save(draw(profiles, lengths(data), truncations, others), directory, "locality")


def _profile(part: xr.Dataset) -> Profile:
    distance: RealArray = part["distance"].values
    inside = np.isfinite(distance)
    return Profile(str(part["lattice"].values), distance[inside], part["largest"].values[inside])
