"""Steady states at scales far apart of batches, of periodic and of quadratic systems."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

import redfield as rf

from reference import random_hermitian, random_state


def test_members_of_a_batch_lead_where_they_start():
    h = [scipy.linalg.block_diag(random_hermitian(2, i), random_hermitian(3, 9 + i)) for i in range(3)]
    a = scipy.linalg.block_diag(random_hermitian(2, 30), random_hermitian(3, 31))
    batch = rf.Redfield(rf.SystemBatch(np.array(h), [a], rf.OhmicBath(0.05, 5.0, 1.0)))
    starts = np.array([random_state(5, 50 + i) for i in range(3)])
    late = batch.steady_state(starts)
    for i in range(3):
        assert rf.trace_norm(late.state[i] - batch[i].steady_state(starts[i]).state) < 1e-10
        assert late.error[i] < 1e-8
    with pytest.raises(ValueError, match="rho0"):
        batch.steady_state(starts[:2])


@pytest.mark.parametrize("strength", [1e-7, 3e-10, 2e-13, 1e-15])
def test_weakly_coupled_periods_come_to_davies_state(strength):
    for n in (2, 5):
        h, drive, a = (random_hermitian(n, 70 + i) for i in range(3))
        system = rf.PeriodicSystem(
            [h, (0.2 * drive, np.cos)], 2 * np.pi, [a], rf.OhmicBath(strength, 5.0, 1.0)
        )
        davies = rf.Davies(system).steady_state()
        redfield = rf.Redfield(system).steady_state()
        # They differ by the coupling over the distances between quasi-energies.
        assert rf.trace_norm(redfield.at(0.0) - davies.at(0.0)) < 1e4 * strength + 1e-8
        assert np.allclose(redfield.energy, davies.energy, rtol=1e4 * strength + 1e-6)


def test_periodic_states_of_a_direct_sum_lead_where_they_start():
    h = scipy.linalg.block_diag(random_hermitian(2, 1), random_hermitian(3, 2))
    a = scipy.linalg.block_diag(random_hermitian(2, 3), random_hermitian(3, 4))
    for strength in (0.02, 1e-12):
        system = rf.PeriodicSystem(
            [h, (0.3 * a, np.cos)], 2 * np.pi, [a], rf.OhmicBath(strength, 5.0, 1.0)
        )
        davies = rf.Davies(system)
        with pytest.raises(rf.MultipleSteadyStates) as several:
            davies.steady_state()
        assert several.value.count == 2
        rho = random_state(5, 5)
        periods = round(300.0 / strength)
        late = davies.evolve(rho, [0.0, 2 * np.pi * periods]).final_state
        assert rf.trace_norm(davies.steady_state(rho).at(0.0) - late) < 1e-6
    with pytest.raises(rf.ConvergenceError, match="rho0"):
        rf.Redfield(system).steady_state(rho)


def test_a_free_mode_keeps_its_covariance():
    # A bath at one end of the first chain; nothing reaches the second.
    h = scipy.linalg.block_diag(random_hermitian(3, 1), random_hermitian(2, 2))
    coupling = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    bath = rf.ParticleBath(0.1, beta=1.0, mu=0.2, band=(-40.0, 40.0))
    davies = rf.Davies(rf.QuadraticSystem(h, coupling, bath))
    start = 0.7 * random_state(5, 8)
    with pytest.raises(rf.ConvergenceError, match="rho0"):
        davies.steady_state()
    late = davies.steady_state(start).covariance
    vectors = np.linalg.eigh(h[3:, 3:])[1]
    inner = vectors.conj().T @ start[3:, 3:] @ vectors
    assert np.allclose(late[3:, 3:], (vectors * np.diagonal(inner)) @ vectors.conj().T, atol=1e-12)
    gibbs = scipy.linalg.inv(scipy.linalg.expm(h[:3, :3] - 0.2 * np.eye(3)) + np.eye(3))
    assert np.allclose(late[:3, :3], gibbs, atol=1e-9)
