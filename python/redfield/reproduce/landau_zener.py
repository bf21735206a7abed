"""A level swept through another with a bath: Davies, Redfield at every moment, Redfield with memory, and exact.

H(t) = ½(v t σᶻ + g σˣ) from −E to E, coupled by σᶻ/2 to a damped mode; the exact solution is QuTiP's hierarchy of
equations of motion, whose bath is the damped mode with Matsubara terms, which share no code with this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from redfield._base.checks import RealArray
from redfield.baths import UnderdampedBath
from redfield.driven import Davies, Redfield, System
from redfield.plotting.figure import save
from redfield.plotting.landau_zener import draw
from redfield.reproduce.shipped import shipped

if TYPE_CHECKING:
    import xarray as xr

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
TIGHT: dict[str, Any] = {"rtol": 1e-8, "atol": 1e-10}
KINDS = ("davies", "redfield", "memory", "exact")
RATE_POINTS = 101


def study(preset: str) -> dict[str, Any]:
    """The study of a preset."""
    return shipped("landau_zener", preset, {})


def sweep(
    speed: float,
    *,
    gap: float,
    height: float,
    strength: float,
    frequency: float,
    damping: float,
    beta: float,
    depth: int,
    matsubara: int,
) -> Any:
    """One sweep: the chance to stay in the level one starts in, by each equation and without a bath."""
    import xarray as xr

    bath = UnderdampedBath(strength, frequency, damping, beta)
    drive = System([0.5 * gap * X, (0.5 * Z, _Ramp(speed))], [0.5 * Z], bath)
    span, stays = [-height / speed, height / speed], np.diag([1.0, 0.0])
    found: dict[str, Any] = {
        "davies": Davies(drive),
        "redfield": Redfield(drive),
        "memory": Redfield(drive, history="memory"),
    }
    values = {
        name: float(np.real(equation.evolve([1, 0], span, [stays], **TIGHT).expect[0][-1]))
        for name, equation in found.items()
    }
    for name, tiers in (("exact", depth), ("less", depth - 1)):
        values[name] = exact(speed, gap, span, bath, tiers, matsubara)
    values["no_bath"] = float(np.exp(-0.5 * np.pi * gap**2 / speed))
    energies = np.linspace(-height, height, RATE_POINTS)
    davies: Any = found["davies"]
    rates = [-np.diag(davies.at(float(e / speed)).rates) for e in energies]
    return xr.Dataset(
        {**values, "rates": (("energy", "level"), np.array(rates))},
        {"energy": ("energy", energies, {"units": "energy"})},
    )


class _Ramp:
    """v t."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def __call__(self, t: Any) -> Any:
        return self.speed * t


def exact(
    speed: float, gap: float, span: list[float], bath: UnderdampedBath, depth: int, matsubara: int
) -> float:
    """The same by the hierarchical equations of motion."""
    import qutip
    from qutip.solver.heom import HEOMSolver

    mode = qutip.UnderDampedEnvironment(
        T=1.0 / bath.beta, lam=np.sqrt(2.0 * bath.strength), gamma=bath.damping, w0=bath.frequency
    )
    h = qutip.QobjEvo([0.5 * gap * qutip.sigmax(), [0.5 * qutip.sigmaz(), lambda t: speed * t]])
    options = {"progress_bar": "", "nsteps": 1_000_000, "rtol": 1e-8, "atol": 1e-10}
    solver = HEOMSolver(
        h, (mode.approximate("matsubara", Nk=matsubara), 0.5 * qutip.sigmaz()), depth, options=options
    )
    up = qutip.basis(2, 0).proj()
    return float(np.real(solver.run(up, span, e_ops=[up]).expect[0][-1]))


def errors(data: Mapping[str, xr.Dataset]) -> dict[str, RealArray]:
    """|P − P_exact| of each equation over the speeds, and what the last tier of the hierarchy changes."""
    part = data["sweeps"].load()
    curves = {name: part[name].values.ravel() for name in (*KINDS, "less")}
    found = {name: np.abs(curves[name] - curves["exact"]) for name in KINDS[:-1]}
    return {**found, "exact": np.abs(curves["exact"] - curves["less"])}


def table(data: Mapping[str, xr.Dataset]) -> list[dict[str, float]]:
    """One row a speed."""
    part = data["sweeps"].load()
    names = ("no_bath", *KINDS)
    return [
        {"speed": float(v), **{name: float(part[name].sel(speed=v)) for name in names}}
        for v in part["speed"].values
    ]


def save_figure(data: Mapping[str, xr.Dataset], directory: Path) -> list[Path]:
    """landau_zener.png and .pdf."""
    return save(draw(data["sweeps"].load(), errors(data)), directory, "landau_zener")
