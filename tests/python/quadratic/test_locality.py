"""Quasi-locality: the profile, its decay against closed forms, and truncated equations."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

from quadratic_reference import coupling, covariance, function_of, hamiltonian, lead

Q = rf.quadratic


def lorentzian(width, strength=1.0, beta=1.0):
    return rf.ParticleBath(lambda w: strength * width**2 / (width**2 + w**2), beta, scale=width)


def test_profile_elements_are_those_of_the_matrix_function():
    system = rf.QuadraticSystem(rf.models.chain(9), 0.3, lead())
    profile = Q.locality_profile(system)
    bath = system.baths[0]
    gamma = function_of(
        system.hamiltonian, lambda w: 0.5 * bath.density_of_states(w) + 1j * bath.level_shift(w)
    )
    assert np.array_equal(profile.distance, np.arange(9.0))
    for r, value in zip(profile.distance.astype(int), profile.largest, strict=True):
        assert value == pytest.approx(np.abs(np.diagonal(gamma, r)).max(), abs=1e-13)
    gain = Q.locality_profile(system, "gain", lamb_shift=False)
    real = function_of(system.hamiltonian, lambda w: 0.5 * bath.injection.power_spectrum(-w))
    assert gain.largest[3] == pytest.approx(np.abs(np.diagonal(real, 3)).max(), abs=1e-13)


@pytest.mark.parametrize("width", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("hopping", [0.5, 1.0])
def test_decay_length_of_a_lorentzian_band_on_a_chain(width, hopping):
    """Γ(ω) ∝ 1/(W − iω) continues a chain's Green's function to ω = iW: ξ = 1/asinh(W/2J), and W ≪ J gives 2J/W."""
    system = rf.QuadraticSystem(rf.models.chain(120, hopping), 0.3, lorentzian(width))
    profile = Q.locality_profile(system)
    assert profile.decay_length == pytest.approx(1.0 / np.arcsinh(width / (2.0 * hopping)), rel=0.02)
    assert profile.reach == pytest.approx(2.0 * hopping / width, rel=0.01)


def test_distances_and_velocities():
    ring = rf.models.chain(6, periodic=True)
    assert np.array_equal(Q.hopping_distance(ring)[0], [0, 1, 2, 3, 2, 1])
    assert np.isinf(Q.hopping_distance(np.zeros((2, 2)))[0, 1])
    # No eigenvalue of the velocity operator i[h, x] is beyond it.
    h = rf.models.chain(40, hopping=-0.6)
    x = np.diag(np.arange(40.0))
    velocity = np.abs(np.linalg.eigvalsh(1j * (h @ x - x @ h))).max()
    assert velocity <= Q.group_velocity(h) + 1e-12
    assert velocity > 0.99 * Q.group_velocity(h)


def test_truncation_is_what_is_left_out():
    h, j = hamiltonian(7, 2), coupling(7, 2)
    place = np.arange(7.0)
    d = np.abs(place[:, None] - place)
    system = rf.QuadraticSystem(h, j, lead())
    redfield = rf.Redfield(system)
    g = covariance(7, 2)
    whole = Q.QuasilocalFlow(system, np.inf, distance=d)
    assert np.abs(whole.apply(g) - redfield.apply(g)).max() < 1e-13
    assert whole.dropped == 0.0
    bath = system.baths[0]
    near = d <= 2.0
    p = np.diag(j**2)
    damping = function_of(h, lambda w: 0.5 * bath.density_of_states(w) + 1j * bath.level_shift(w))
    gain = function_of(h, lambda w: bath.injection.one_sided(-w)).conj().T
    m, y = 1j * h + p @ np.where(near, damping, 0.0), p @ np.where(near, gain, 0.0)
    cut = Q.QuasilocalFlow(system, 2, distance=d)
    expected = y + y.conj().T - m @ g - g @ m.conj().T
    assert np.abs(cut.apply(g) - expected).max() < 1e-12
    lost_m, lost_y = p @ np.where(near, 0.0, damping), p @ np.where(near, 0.0, gain)
    lost = np.hypot(np.linalg.norm(lost_m), np.linalg.norm(lost_y + lost_y.conj().T))
    assert cut.dropped == pytest.approx(lost)


def test_errors_fall_with_the_reach_at_the_profile_s_rate():
    system = rf.QuadraticSystem(rf.models.chain(40), coupling(40, 1), lorentzian(1.0))
    errors = Q.truncation_errors(system, 16)
    redfield = rf.Redfield(system).steady_state().covariance
    exact = Q.QuasilocalFlow(system, 8).steady_state().covariance
    assert errors[8].steady_state == pytest.approx(np.abs(exact - redfield).max())
    xi = Q.locality_profile(system).decay_length
    slope = np.log(errors[6].generator / errors[16].generator) / 10.0
    assert slope == pytest.approx(1.0 / xi, rel=0.15)
    assert errors[16].steady_state < 1e-3 < errors[2].steady_state
    assert all(e.min_rate > 0.0 for e in errors[4:])


def test_the_truncated_equation_is_sparse_where_h_is():
    flow = Q.QuasilocalFlow(
        rf.QuadraticSystem(rf.models.chain(30), 0.3, lorentzian(2.0)), 3
    ).generator.flow
    assert scipy.linalg.bandwidth(flow.m) == (3, 3)
