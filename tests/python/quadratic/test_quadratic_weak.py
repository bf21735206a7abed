"""Quadratic equations at couplings far below the rounding of the bandwidth."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

STRENGTHS = [1e-4, 3e-6, 1e-7, 2e-8, 1e-10]


def wire(kind, n):
    """Hamiltonians without and with degenerate modes."""
    h = np.diag(np.full(n - 1, -1.0), 1)
    h = h + h.T + np.diag(0.1 * np.arange(n) if kind == "tilted" else np.zeros(n))
    if kind == "ring":
        h[0, -1] = h[-1, 0] = -1.0
    return h


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("unit", [1.0, 1e9, 1e-9])
@pytest.mark.parametrize("kind", ["tilted", "ring"])
@pytest.mark.parametrize("equation", [rf.Redfield, rf.Davies])
def test_one_bath_fills_modes_by_fermis_function(equation, kind, unit, strength):
    n = 7
    h = unit * wire(kind, n)
    bath = rf.ParticleBath(0.2 * unit, beta=1.0 / unit, mu=0.3 * unit, band=(-50.0 * unit, 50.0 * unit))
    system = rf.QuadraticSystem(h, strength * np.linspace(0.5, 1.5, n), bath)
    energies, modes = np.linalg.eigh(h)
    expected = (modes / (1.0 + np.exp(energies / unit - 0.3))) @ modes.T
    error = np.abs(equation(system).steady_state().covariance - expected).max()
    assert error <= 1e-12 + 10.0 * strength**2


@pytest.mark.parametrize("strength", STRENGTHS)
def test_two_baths_share_modes_by_their_rates(strength):
    n = 6
    h = wire("tilted", n)
    left, right = (rf.ParticleBath(0.2, beta=1.0, mu=mu, band=(-50.0, 50.0)) for mu in (0.8, -0.4))
    coupling = strength * np.array([1.0, 0, 0, 0, 0, 0.7])
    system = rf.QuadraticSystem(h, coupling, [left, *[left] * (n - 2), right])
    energies, modes = np.linalg.eigh(h)
    shares = (coupling[:, None] * modes) ** 2
    fillings = [1.0 / (1.0 + np.exp(energies - mu)) for mu in (0.8, -0.4)]
    occupations = (shares[0] * fillings[0] + shares[-1] * fillings[1]) / (shares[0] + shares[-1])
    found = modes.T @ rf.Redfield(system).steady_state().covariance @ modes
    np.testing.assert_allclose(
        found.diagonal().real, occupations, rtol=0, atol=1e-11 + 100.0 * strength**2
    )
    gap = rf.Redfield(system).spectrum().gap
    slowest = 0.2 * (shares[0] + shares[-1]).min()
    assert gap == pytest.approx(slowest, rel=1e-9 + 100.0 * strength**2)


def test_modes_that_no_bath_reaches_are_still_told():
    h = np.diag([0.3, 1.0, 1.7])
    bath = rf.ParticleBath(0.2, beta=1.0, band=(-50.0, 50.0))
    system = rf.QuadraticSystem(h, [1e-7, 0.0, 1e-7], bath)
    with pytest.raises(rf.ConvergenceError):
        rf.Redfield(system).steady_state()
    late = rf.Redfield(system).steady_state(np.diag([0.0, 0.25, 1.0]))
    assert late.covariance[1, 1].real == pytest.approx(0.25, rel=1e-12)
    assert late.covariance[0, 0].real == pytest.approx(1.0 / (1.0 + np.exp(0.3)), rel=1e-9)
