"""Long times of periodic, driven and quadratic systems."""

import numpy as np
import pytest

import redfield as rf

from reference import norm1, random_hermitian, random_state

X = np.array([[0.0, 1.0], [1.0, 0.0]])
Z = np.diag([1.0, -1.0])


def test_a_constant_hamiltonian_as_a_periodic_one_for_a_million_periods():
    h, a, bath = random_hermitian(3, 41), random_hermitian(3, 42), rf.OhmicBath(1e-3, 5.0, 1.0)
    rho = random_state(3, 43)
    periodic = rf.Redfield(rf.PeriodicSystem(h, 2.0, [a], bath))
    still = rf.Redfield(rf.System(h, [a], bath))
    times = [0.0, 1.0, 301.3, 4e3, 2e4, 1e6 + 0.7, 1e9]
    found, expected = periodic.evolve(rho, times).states, still.evolve(rho, times).states
    for x, y in zip(found, expected, strict=True):
        assert norm1(x - y) < 2e-6


def test_a_driven_system_reaches_its_periodic_state():
    bath, drive = rf.OhmicBath(2e-3, 5.0, 1.0), [0.5 * Z, (0.3 * X, np.cos)]
    equation = rf.Redfield(rf.PeriodicSystem(drive, 2.0 * np.pi, [X], bath))
    steady = equation.steady_state()
    for t in (1e6, 1e7 + 1.3, 3e9):
        assert norm1(equation.evolve([1, 0], [0.0, t]).final_state - steady.at(t)) < 1e-6


def test_free_particles_over_long_times():
    h = np.diag([0.3, 1.1, 1.9]) + 0.2 * (np.eye(3, k=1) + np.eye(3, k=-1))
    system = rf.QuadraticSystem(
        h, np.sqrt([1e-3, 0.0, 2e-3]), rf.ParticleBath(1.0, beta=1.0, mu=0.5, band=(-5.0, 5.0))
    )
    equation = rf.Redfield(system)
    steady = equation.steady_state().covariance
    for modal in (True, False):
        for t in (1e6, 1e9):
            found = list(
                equation.generator.flow.solve(
                    np.diag([1.0, 0.0, 0.0]).astype(complex), np.array([0.0, t]), modal
                )
            )
            assert np.linalg.norm(found[-1].matrix() - steady) < 1e-8


@pytest.mark.parametrize("time", [1e8, 1e10, 1e12])
@pytest.mark.parametrize("units", [1e-9, 1.0, 1e9])
def test_slow_rates_beside_a_large_lamb_shift(time, units):
    """Rates of 1e-11 whose sums vanish up to the rounding of a Lamb shift of 10: the trace does not move."""
    coupling = np.zeros((2, 3, 3))
    coupling[0, 0, 1] = coupling[0, 1, 0] = 1e-4
    coupling[1, 1, 2] = coupling[1, 2, 1] = 100.0
    bath = rf.OhmicBath(strength=1e-3, cutoff=5.0 * units, beta=1.0 / units)
    system = rf.System(units * np.diag([0.0, 1.0, 1000.0]), list(coupling), bath)
    end = rf.Redfield(system).evolve([0, 1, 0], [0.0, time / units]).final_state
    up, down = (1e-8 * float(bath.power_spectrum(w)) for w in (-units, units))
    decay = np.exp(-(up + down) * time / units)
    assert np.trace(end).real == pytest.approx(1.0, abs=1e-14)
    assert end[1, 1].real == pytest.approx(up / (up + down) + down / (up + down) * decay, abs=1e-6)
