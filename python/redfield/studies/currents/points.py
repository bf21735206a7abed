"""Currents through three spins at one coupling to their baths, by every equation."""

from __future__ import annotations

import functools

import numpy as np
import xarray as xr

from redfield import equations
from redfield._base.checks import ComplexArray, RealArray
from redfield.analysis import trace_norm
from redfield.baths import SpectralDensityBath
from redfield.studies.common import X, Z, equations_of
from redfield.systems.system import System

SPLITTING, EXCHANGE = 1.0, 0.2
"""ω₀ and g."""
Y = np.array([[0.0, -1.0j], [1.0j, 0.0]])
MEMORY = 1.0
"""Time, about, within which the correlation function of ω e^{−ω²} decays."""

FINEST = 5e-6
"""Part of ∫|C|dt that sums of exponentials of this bath can be asked to miss at most."""


def at(operator: ComplexArray | RealArray, site: int) -> ComplexArray:
    """Return an operator (8, 8) of the spin at site 0, 1 or 2."""
    product: ComplexArray = np.kron(np.kron(np.eye(2**site), operator), np.eye(2 ** (2 - site))).astype(
        complex
    )
    return product


def exchange(bond: int) -> ComplexArray:
    """Return −g(σˣσˣ + σʸσʸ) of sites `bond` and `bond` + 1."""
    return -EXCHANGE * (at(X, bond) @ at(X, bond + 1) + at(Y, bond) @ at(Y, bond + 1))


def current(bond: int) -> ComplexArray:
    """Return the flow of σᶻ through a bond, i[h_bond, σᶻ] of the site that it leads to."""
    right, h = at(Z, bond + 1), exchange(bond)
    return 1j * (h @ right - right @ h)


def density(w: RealArray, strength: float) -> RealArray:
    """Return J(ω) = strength · ω e^{−ω²}."""
    return strength * w * np.exp(-(w**2))


def chain(coupling: float, hot: float, cold: float) -> System:
    """Return the spins between their baths at inverse temperatures `hot` and `cold`."""
    of_strength = functools.partial(density, strength=coupling**2)
    h = 0.5 * SPLITTING * (at(Z, 0) + at(Z, 1) + at(Z, 2)) + exchange(0) + exchange(1)
    return System(
        h, [at(X, 0), at(X, 2)], [SpectralDensityBath(of_strength, beta) for beta in (hot, cold)]
    )


def currents(coupling: float, *, hot: float, cold: float, relative: float) -> xr.Dataset:
    """Return the steady currents through both bonds and the errors of steady states.

    The hierarchy's tolerance is `relative` times ε², as errors are ∝ ε², but at least FINEST.
    """
    system = chain(coupling, hot, cold)
    every = equations_of(system, MEMORY)
    exact = equations.HEOM(system, tol=max(relative * coupling**2, FINEST)).steady_state()
    corrected = every["redfield"].steady_state(error=True).corrected
    assert corrected is not None
    states = {name: equation.steady_state().state for name, equation in every.items()}
    states |= {"corrected": corrected, "exact": exact.state}
    through = np.array([current(0), current(1)])
    return xr.Dataset(
        {
            "current": (
                ("equation", "bond"),
                [np.einsum("bij,ji->b", through, rho).real for rho in states.values()],
            ),
            "error": ("equation", [float(trace_norm(rho - exact.state)) for rho in states.values()]),
            "exact_error": exact.error,
        },
        {"equation": list(states), "bond": [0, 1]},
    )
