"""Counting statistics and quadratic diagnostics against tilted generators and Fock space."""

from __future__ import annotations

import numpy as np
import pytest
from spins import three_spins

import redfield as rf
from redfield import analysis
from redfield.analysis import Counting

from reference import (
    random_state,
)


def test_counting_against_direct_tilting_and_finite_times():
    h, couplings, baths = three_spins(betas=(0.5, 1.0, 2.0))
    davies = rf.Davies(rf.System(h, couplings, baths))
    counting = Counting(davies)
    field = np.array([0.2, -0.1, 0.15])
    # The classical rate matrix of the populations, tilted rate by rate.
    e, u = np.linalg.eigh(h)
    w = e[None, :] - e[:, None]
    tilted = np.zeros((8, 8))
    for x, a, bath in zip(field, couplings, baths, strict=True):
        rates = bath.power_spectrum(w) * np.abs(u.conj().T @ a @ u) ** 2
        tilted += rates * np.exp(x * w) - np.diag(rates.sum(axis=0))
    theta = np.linalg.eigvals(tilted).real.max()
    assert counting.scaled_cumulants(field) == pytest.approx(theta, abs=1e-12)
    assert counting.scaled_cumulants(np.zeros(3)) == pytest.approx(0.0, abs=1e-12)
    for lam in (field, [1.0, 2.0, -0.5]):
        assert counting.symmetry_defect(lam) < 1e-8

    # Cumulants by differences of θ, and the mean by the currents.
    cumulants = counting.cumulants()
    step = 1e-3
    for b in range(3):
        d = np.eye(3)[b] * step
        plus, minus = counting.scaled_cumulants(d), counting.scaled_cumulants(-d)
        assert cumulants.mean[b] == pytest.approx((plus - minus) / (2 * step), abs=1e-6)
        assert cumulants.covariance[b, b] == pytest.approx((plus + minus) / step**2, rel=1e-3)
    both = [counting.scaled_cumulants(np.array([s, t, 0]) * step) for s in (1, -1) for t in (1, -1)]
    mixed = (both[0] - both[1] - both[2] + both[3]) / (4 * step**2)
    assert cumulants.covariance[0, 1] == pytest.approx(mixed, abs=1e-5)
    steady = davies.steady_state().state
    assert np.abs(cumulants.mean + analysis.heat_currents(steady, davies)).max() < 1e-10
    assert np.abs(cumulants.mean.sum()) < 1e-10

    # At finite times: what a bath received is what the system lost to it.
    rho0 = random_state(8, 2)
    mean, variance = counting.moments(rho0, 5.0)
    energy = davies.evolve(rho0, [0.0, 5.0], [h]).expect[0]
    assert mean.sum() == pytest.approx(energy[0] - energy[1], abs=1e-9)
    assert (variance > 0.0).all()
    long = counting.moments(steady, 4000.0)
    assert np.abs(long[0] / 4000.0 - cumulants.mean).max() < 1e-9
    assert np.abs(long[1] / 4000.0 / np.diag(cumulants.covariance) - 1.0).max() < 1e-2


@pytest.mark.parametrize("kind", ["Redfield", "Davies", "LocalLindblad"])
def test_quadratic_diagnostics_are_those_of_fock_space(kind):
    """Gibbs residual and detailed balance vanish together, positivity agrees with the Choi matrix."""
    from quadratic_reference import FockSpace, coupling, covariance, hamiltonian, lead

    h, j = hamiltonian(3, 2), coupling(3, 2)
    equation = getattr(rf.quadratic if kind == "LocalLindblad" else rf, kind)(
        rf.QuadraticSystem(h, j, lead())
    )
    found = analysis.kossakowski(equation)
    balance = analysis.detailed_balance_defect(equation)
    residual = analysis.gibbs_residual(equation)
    assert (residual < 1e-10) == (kind == "Davies")
    assert (balance.largest < 1e-10) == (kind == "Davies")
    if kind == "LocalLindblad":
        assert found.completely_positive
        return
    fock = FockSpace(h, "fermion").equation(getattr(rf, kind), j, lead())
    full = analysis.kossakowski(fock)
    # Modes a_j on Fock space have norm² 2^N/2 = 4 in the Hilbert–Schmidt product.
    assert full.smallest == pytest.approx(min(0.0, 4.0 * found.smallest), abs=1e-9)
    assert found.completely_positive == full.completely_positive
    assert analysis.choi_minimum(equation, 1.0) > -1e-12 or not full.completely_positive
    g = 0.9 * covariance(3, 1) + 0.05 * np.eye(3)
    result = equation.evolve(g, [0.0, 1.0])
    assert analysis.heat_currents(result).shape == (2, 1)
    assert analysis.first_law_defect(result) < 1e-13
    assert analysis.entropy_production(result).shape == (2,)
