"""A sweep through the crossing by each equation, and by the hierarchical equations of motion."""

from __future__ import annotations

from typing import Any

import numpy as np
import qutip
import xarray as xr
from qutip.solver.heom import HEOMSolver

from redfield.baths import UnderdampedBath
from redfield.equations import Davies, Redfield
from redfield.studies.common import Line, X, Z
from redfield.systems import DrivenSystem

TIGHT: dict[str, Any] = {"rtol": 1e-8, "atol": 1e-10}
RATE_POINTS = 101


def sweep(
    speed: float, *, gap: float, height: float, strength: float, frequency: float, damping: float,
    beta: float, depth: int, matsubara: int,
) -> xr.Dataset:  # fmt: skip
    """Return the chance to stay in the level that a sweep starts in, by each equation and without a bath."""
    bath = UnderdampedBath(strength, frequency, damping, beta)
    drive = DrivenSystem([0.5 * gap * X, (0.5 * Z, Line(0.0, speed))], [0.5 * Z], bath)
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


def exact(
    speed: float, gap: float, span: list[float], bath: UnderdampedBath, depth: int, matsubara: int
) -> float:
    """Return the chance to stay by the hierarchical equations of motion."""
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
