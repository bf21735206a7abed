"""A double quantum dot with spin between two leads with finite bands: QmeQ's test model, beside what QmeQ publishes.

H = Σ_σ [e₁n₁σ + e₂n₂σ + Ω(a₁σ†a₂σ + h.c.)] + UΣ_i n_i↑n_i↓ + U'n₁n₂, each lead to both dots (G. Kiršanskas et al.,
doi:10.1016/j.cpc.2017.07.024; values of qmeq/tests/data_builder.py, github.com/gedaskir/qmeq). Over the bias: currents
of particles and energy of the left lead, a spin, and the Fano factor of its particles.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from redfield import equations, fock
from redfield.analysis import Counting, energy_currents, particle_currents
from redfield.baths import ParticleBath, particle_exchange
from redfield.plotting.dots import draw
from redfield.plotting.figure import save
from redfield.reproduce.shipped import shipped
from redfield.systems.system import System

if TYPE_CHECKING:
    import xarray as xr

PUBLISHED = {
    "davies": (0.09430974635273646, 2.9039511908319557),
    "redfield": (0.08322262964922629, 2.619439679143371),
    "redfield_shifted": (0.06226323392406378, -0.04145431832883384),
    "geometric_arithmetic": (0.0837511377259315, 2.838606940574246),
}
"""Particles and energy of the left lead at a bias of 5: QmeQ's Pauli, Redfield without and with principal parts, and
PERLind."""
PUBLISHED_BIAS = 5.0
SHORT = {
    "davies": "Davies",
    "redfield": "Redfield",
    "redfield_shifted": "shifted",
    "geometric_arithmetic": "PERLind",
}


def study(preset: str) -> dict[str, Any]:
    """The study of a preset."""
    return shipped("dots", preset, {})


def double_dot(bias: float, temperature: float = 50.0, band: float = 1000.0) -> System:
    """The model: modes 0, 1 are the dots with spin up, 2, 3 those with spin down."""
    a = [x.toarray() for x in fock.fermions(4)]
    n = [x.T @ x for x in a]
    h = -10.0 * (n[0] + n[2]) - 12.0 * (n[1] + n[3]) + 80.0 * (n[0] @ n[2] + n[1] @ n[3])
    h += 30.0 * (n[0] @ n[1] + n[0] @ n[3] + n[1] @ n[2] + n[2] @ n[3])
    hop = a[0].T @ a[1] + a[2].T @ a[3]
    left, right = 2.0, 1.0
    couplings = [
        left * (a[0] + 0.3 * a[1]),
        right * (a[1] + 0.1 * a[0]),
        left * (a[2] + 0.3 * a[3]),
        right * (a[3] + 0.1 * a[2]),
    ]
    leads = [
        ParticleBath(2.0 * np.pi, beta=1.0 / temperature, mu=mu, band=(-band, band))
        for mu in (0.5 * bias, -0.5 * bias) * 2
    ]
    return System(h + 20.0 * (hop + hop.T), *particle_exchange(couplings, leads))


def currents(bias: float, equation: str) -> Any:
    """One bias by "davies", "redfield", "redfield_shifted" or "geometric_arithmetic"."""
    import xarray as xr

    kind = {
        "davies": equations.Davies,
        "redfield": equations.Redfield,
        "redfield_shifted": equations.Redfield,
        "geometric_arithmetic": equations.GeometricArithmetic,
    }[equation]
    solver = kind(double_dot(bias), lamb_shift=equation.endswith("shifted"))
    rho = solver.steady_state().state
    return xr.Dataset(
        {
            "particle": float(particle_currents(rho, solver)[0]),
            "energy": float(energy_currents(rho, solver, counted="bath")[0]),
            "system_energy": float(energy_currents(rho, solver)[0]),
            "fano": float(Counting(solver, "particle").cumulants().fano[0]),
        }
    )


def table(data: Mapping[str, xr.Dataset]) -> list[dict[str, Any]]:
    """One row an equation, at QmeQ's bias."""
    part = data["currents"].load().sel(bias=PUBLISHED_BIAS)
    rows = []
    for name, (particle, energy) in PUBLISHED.items():
        here = part.sel(equation=name)
        rows.append(
            {
                "equation": SHORT[name],
                "particle": f"{float(here['particle']):.5f}",
                "qmeq_particle": f"{particle:.5f}",
                "energy": f"{float(here['energy']):.4f}",
                "qmeq_energy": f"{energy:.4f}",
                "system_energy": f"{float(here['system_energy']):.4f}",
                "fano": f"{float(here['fano']):.2f}",
            }
        )
    return rows


def save_figure(data: Mapping[str, xr.Dataset], directory: Path) -> list[Path]:
    """dots.png and .pdf."""
    return save(draw(data["currents"].load(), PUBLISHED, PUBLISHED_BIAS), directory, "dots")
