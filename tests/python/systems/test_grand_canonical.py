"""Particles on Fock space: states, currents, statistics and the second law with chemical potentials."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf
from redfield import analysis

from reference import random_hermitian

BATH = rf.OhmicBath(0.04, 10.0, 5.0)
QUBIT = rf.System([[1.0, 0.5], [0.5, -1.0]], rf.SiteProjectors(2), BATH)


def lead(beta=2.0, mu=0.5, statistics="fermion"):
    return rf.ParticleBath(
        0.1, beta, mu, statistics, band=(-20.0, 20.0) if statistics == "fermion" else (1.0, 20.0)
    )


def test_a_dot_has_its_grand_canonical_state():
    (a,) = rf.operators.fermions(1)
    dot = rf.System(0.4 * a.T @ a, *rf.particle_exchange([a], lead()))
    davies = rf.Davies(dot)
    filling = 1.0 / (np.exp(2.0 * (0.4 - 0.5)) + 1.0)
    assert dot.gibbs_state()[1, 1].real == pytest.approx(filling, abs=1e-14)
    assert davies.steady_state().state[1, 1].real == pytest.approx(filling, abs=1e-12)
    assert analysis.gibbs_residual(davies) < 1e-12
    assert rf.diagnose(dot).holds()["Davies"] == dict.fromkeys(
        ("completely_positive", "thermalises", "detailed_balance", "steady_state_positive"), True
    )
    assert len(dot.reservoirs) == 1


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), beta=st.sampled_from([0.1, 2.0, 10.0]), mu=st.floats(-1.0, 1.0))
def test_fermions_with_leads_of_one_potential_are_at_equilibrium(seed, beta, mu):
    modes = rf.operators.fermions(3)
    h = random_hermitian(3, seed)
    hamiltonian = sum(h[j, k] * (modes[j].T @ modes[k]).toarray() for j in range(3) for k in range(3))
    system = rf.System(
        hamiltonian, *rf.particle_exchange([modes[0], modes[2]], [lead(beta, mu), lead(beta, mu)])
    )
    # Brute force: e^{−β(H − μN)} with N = Σ a†a of all modes, the middle one without a lead included.
    number = sum((a.T @ a).toarray() for a in modes)
    k = hamiltonian - mu * number
    weights = scipy.linalg.expm(-beta * (k - np.linalg.eigvalsh(k)[0] * np.eye(8)))
    expected = weights / np.trace(weights)
    assert np.abs(system.gibbs_state() - expected).max() < 1e-10
    davies = rf.Davies(system)
    assert np.abs(davies.apply(expected)).max() < 1e-11
    assert analysis.detailed_balance_defect(davies).largest < 1e-7
    assert np.abs(analysis.heat_currents(expected, davies)).max() < 1e-11
    mixed = 0.5 * expected + np.eye(8) / 16
    assert analysis.entropy_production(mixed, davies) >= -1e-12


def test_two_leads_produce_entropy_by_the_current():
    (a,) = rf.operators.fermions(1)
    left, right = lead(mu=0.5), lead(mu=-0.5)
    dot = rf.System(0.3 * a.T @ a, *rf.particle_exchange([a, a], [left, right]))
    davies = rf.Davies(dot)
    state = davies.steady_state().state
    # Rate equation: I = γ (f_L − f_R)/2 with γ = 0.1 each.
    f_left, f_right = (1.0 / (np.exp(2.0 * (0.3 - mu)) + 1.0) for mu in (0.5, -0.5))
    current = 0.1 * (f_left - f_right) / 2.0
    assert analysis.particle_currents(state, davies) == pytest.approx([current, -current], abs=1e-12)
    assert analysis.energy_currents(state, davies) == pytest.approx(
        [0.3 * current, -0.3 * current], abs=1e-12
    )
    assert analysis.heat_currents(state, davies) == pytest.approx(
        [-0.2 * current, -0.8 * current], abs=1e-12
    )
    assert analysis.entropy_production(state, davies) == pytest.approx(2.0 * 1.0 * current, abs=1e-12)
    particles = analysis.Counting(davies, "particle").cumulants()
    assert particles.mean == pytest.approx([-current, current], abs=1e-12)
    # Noise of a two-state process: S = [γ f_L(1 − f_R) + …]/… − 2I²/Γ, Γ = 0.2.
    forward, back = f_left * (1.0 - f_right), f_right * (1.0 - f_left)
    noise = 0.05 * (forward + back) - 2.0 * current**2 / 0.2
    assert particles.covariance[0, 0] == pytest.approx(noise, abs=1e-12)
    heat = analysis.Counting(davies)
    assert heat.symmetry_defect([0.3, -0.1]) < 1e-12
    with pytest.raises(ValueError, match=r"\bmu\b"):
        dot.gibbs_state()
    with pytest.raises(ValueError, match="particle"):
        analysis.Counting(rf.Davies(QUBIT), "particle")
