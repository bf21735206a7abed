"""Outputs of Davies' equation in Floquet modes, which share propagators, against evolutions to each alone."""

import numpy as np
import pytest

import redfield as rf


@pytest.mark.parametrize("first", [0.0, -3.3, 1e4])
def test_each_output_is_that_of_an_evolution_of_its_own(first):
    """Outputs whole periods apart, and a row of equal steps, are made with what others have left."""
    rng = np.random.default_rng(7)
    h0, h1, a = (x + x.conj().T for x in rng.normal(size=(3, 4, 4)) + 1j * rng.normal(size=(3, 4, 4)))
    period, weak = 1.9, rf.OhmicBath(strength=2e-3, cutoff=6.0, beta=0.7)
    drive = [h0, (h1, lambda t: np.cos(2 * np.pi * t / period))]
    equation = rf.Davies(rf.PeriodicSystem(drive, period, [a], weak))
    rho0 = np.full((4, 4), 0.25, dtype=complex)
    times = first + np.concatenate(
        [period / 4 * np.arange(100), 40 * period + np.array([0.01, 3.0, 3.0, 1e3])]
    )
    states = equation.evolve(rho0, times).states
    for k in (1, 2, 3, 31, 32, 33, 34, 65, 99, 100, 101, 102, 103):
        alone = equation.evolve(rho0, [first, times[k]]).final_state
        assert np.abs(states[k] - alone).max() < 1e-11 * max(1.0, abs(first))
