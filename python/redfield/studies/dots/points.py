"""The double quantum dot, and its currents at one bias by one equation."""

from __future__ import annotations

import numpy as np
import xarray as xr

from redfield import equations
from redfield.analysis import Counting, energy_currents, particle_currents
from redfield.baths import ParticleBath, particle_exchange
from redfield.operators import fock
from redfield.systems.system import System


def double_dot(bias: float, temperature: float = 50.0, band: float = 1000.0) -> System:
    """Return the dots between their leads; modes 0, 1 are the dots with spin up, 2, 3 those with spin down."""
    a = [x.toarray() for x in fock.fermions(4)]
    n = [x.T @ x for x in a]
    h = -10.0 * (n[0] + n[2]) - 12.0 * (n[1] + n[3]) + 80.0 * (n[0] @ n[2] + n[1] @ n[3])
    h += 30.0 * (n[0] @ n[1] + n[0] @ n[3] + n[1] @ n[2] + n[2] @ n[3])
    hop = a[0].T @ a[1] + a[2].T @ a[3]
    couplings = [
        coupling
        for up in (0, 2)
        for coupling in (2.0 * (a[up] + 0.3 * a[up + 1]), 1.0 * (a[up + 1] + 0.1 * a[up]))
    ]
    leads = [
        ParticleBath(2.0 * np.pi, beta=1.0 / temperature, mu=mu, band=(-band, band))
        for mu in (0.5 * bias, -0.5 * bias) * 2
    ]
    return System(h + 20.0 * (hop + hop.T), *particle_exchange(couplings, leads))


def currents(bias: float, equation: str) -> xr.Dataset:
    """Return the currents and the noise by "davies", "redfield", "redfield_shifted" or "geometric_arithmetic"."""
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
