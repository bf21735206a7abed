"""How local Redfield's dissipator is: decay lengths against bath memory × group velocity, and what truncation costs.

Lorentzian bands D = W²/(W² + ω²), whose memory is 1/W at any temperature; chains, whose group velocity is 2J; and
other lattices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from redfield import quadratic
from redfield.baths import ParticleBath
from redfield.models import anderson, chain, graphene, ladder, square
from redfield.plotting.figure import save as save_pictures
from redfield.plotting.locality import Lengths, Profile, Truncation, draw
from redfield.reproduce.parameters import from_preset
from redfield.validation import RealArray, as_count, as_positive

STORE = "locality.nc"


@dataclass(frozen=True)
class Parameters:
    """What a run computes."""

    sites: int
    """Of the chains."""
    reach: int
    """Largest distance kept by truncated equations."""
    truncated_sites: int = 60
    widths: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    hoppings: tuple[float, ...] = (0.5, 1.0, 2.0)
    betas: tuple[float, ...] = (1.0, 4.0, 16.0)
    thermal_width: float = 4.0
    """W of the bands whose memory is thermal."""
    j: float = 0.3
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("sites", "truncated_sites"):
            as_count(name, getattr(self, name), least=8)
        as_count("reach", self.reach)
        if self.reach >= self.truncated_sites:
            raise ValueError(
                f"reach = {self.reach} must be less than truncated_sites = {self.truncated_sites}"
            )
        for name in ("widths", "hoppings", "betas"):
            for value in getattr(self, name):
                as_positive(name, value)


PRESETS = {
    "quick": Parameters(200, 30),
    "standard": Parameters(400, 50, 100, (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)),
    "full": Parameters(1000, 80, 200, (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)),
}


def with_options(preset: str, **options: Any) -> Parameters:
    """A preset with the options that are not None put in its place."""
    return from_preset(PRESETS, preset, options)


@dataclass(frozen=True)
class Results:
    """What is drawn."""

    profiles: list[Profile]
    lengths: list[Lengths]
    truncations: list[Truncation]
    lattices: list[Profile]


def lorentzian(width: float, beta: float = 1.0) -> ParticleBath:
    """D(ω) = W²/(W² + ω²), C_D(s) ∝ e^{−Ws}."""
    return ParticleBath(lambda w: width**2 / (width**2 + w**2), beta, scale=width)


def compute(p: Parameters, advance: Callable[[float], object] = lambda part: None) -> Results:
    """Everything; `advance` gets the part of the whole that each piece is."""
    pieces = len(p.widths) * (len(p.hoppings) + 1) + len(p.hoppings) * len(p.betas) + 4
    profiles, lengths, truncations = [], [], []
    for hopping in p.hoppings:
        for width in p.widths:
            system = quadratic.System(chain(p.sites, hopping), p.j, lorentzian(width))
            found = quadratic.locality_profile(system)
            tail = quadratic.group_velocity(system.hamiltonian) / width
            bath = f"W = {width:g}"
            lengths.append(Lengths("damping", bath, hopping, found.reach, tail, found.decay_length))
            if hopping == 1.0:
                profiles.append(Profile(f"W = {width:g}", found.distance, found.largest))
            advance(1.0 / pieces)
        for beta in p.betas:
            system = quadratic.System(chain(p.sites, hopping), p.j, lorentzian(p.thermal_width, beta))
            found = quadratic.locality_profile(system, "gain")
            # The Fermi function's nearest poles are iπ/β away from the real axis: C_22 ends as e^{−πs/β}.
            tail = quadratic.group_velocity(system.hamiltonian) * max(beta / np.pi, 1.0 / p.thermal_width)
            bath = f"β = {beta:g}"
            lengths.append(Lengths("gain", bath, hopping, found.reach, tail, found.decay_length))
            advance(1.0 / pieces)
    rng = np.random.default_rng(p.seed)
    uneven = p.j * rng.uniform(0.5, 1.5, p.truncated_sites)
    for width in p.widths:
        system = quadratic.System(chain(p.truncated_sites), uneven, lorentzian(width))
        errors = quadratic.truncation_errors(system, p.reach)
        truncations.append(
            Truncation(
                f"W = {width:g}",
                np.array([e.reach for e in errors]),
                np.array([e.generator for e in errors]),
                np.array([e.steady_state for e in errors]),
            )
        )
        advance(1.0 / pieces)
    lattices = []
    for name, h in (
        ("ladder", ladder(100)),
        ("square", square(20, periodic=False)),
        ("graphene", graphene(14, periodic=False)),
        ("Anderson W = 20", anderson(8, 20.0, seed=p.seed)),
    ):
        found = quadratic.locality_profile(quadratic.System(h, p.j, lorentzian(1.0)))
        lattices.append(Profile(name, found.distance, found.largest))
        advance(1.0 / pieces)
    return Results(profiles, lengths, truncations, lattices)


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


def save(p: Parameters, results: Results, directory: Path) -> list[Path]:
    """locality.nc (xarray, netCDF), locality.png and locality.pdf."""
    directory.mkdir(parents=True, exist_ok=True)
    data = xr.Dataset(attrs={k: np.array(v).tolist() for k, v in asdict(p).items()})
    for x in (*results.profiles, *results.lattices):
        name = x.label.replace(" ", "")
        data[f"profile {name}"] = _series(f"distance {name}", x.distance, x.largest)
    for t in results.truncations:
        name = t.label.replace(" ", "")
        data[f"generator {name}"] = _series("reach", t.reach, t.generator)
        data[f"steady state {name}"] = _series("reach", t.reach, t.steady_state)
    data["decay_length"] = ("case", [x.decay_length for x in results.lengths])
    data["memory_times_velocity"] = ("case", [x.reach for x in results.lengths])
    data["tail_times_velocity"] = ("case", [x.tail for x in results.lengths])
    data.to_netcdf(directory / STORE, engine="scipy")
    figure = draw(results.profiles, results.lengths, results.truncations, results.lattices)
    return [*save_pictures(figure, directory, "locality"), directory / STORE]


def _series(axis: str, x: RealArray, y: RealArray) -> xr.DataArray:
    return xr.DataArray(y, dims=[axis], coords={axis: x})
