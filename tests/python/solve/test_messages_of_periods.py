"""What periodic systems and their equations refuse or warn of, and in which words."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.1, cutoff=5.0, beta=1.0)


def cavity(rate, ratio=0.25, levels=12):
    """A cavity with decay `rate`, driven at resonance with the amplitude ratio × rate, and its number operator."""
    a = np.diag(np.sqrt(np.arange(1.0, levels)), 1)
    drive = [a.T @ a, (a + a.T, lambda t: 2.0 * ratio * rate * np.cos(t))]
    return a.T @ a, rf.PeriodicSystem(drive, 2 * np.pi, [a], rf.FlatBath(rate))


def test_periodic_systems():
    h = [0.5 * Z, (X, np.cos)]
    with pytest.raises(ValueError, match="does not have the period 6"):
        rf.PeriodicSystem(h, 6.0, [X], BATH)
    with pytest.raises(ValueError, match=r"couplings\[0\]\(t\) does not have the period"):
        rf.PeriodicSystem(h, 2 * np.pi, [[(X, lambda t: np.cos(1.5 * t))]], BATH)
    with pytest.raises(ValueError, match=r"period must be positive.*got -1"):
        rf.PeriodicSystem(h, -1.0, [X], BATH)
    with pytest.raises(ValueError, match=r"hamiltonian\(.*Hermitian"):
        rf.PeriodicSystem([0.5 * Z, (1j * X, np.sin)], 2 * np.pi, [X], BATH)
    with pytest.raises(TypeError, match=r"DrivenSystem .* has no steady_state; .*PeriodicSystem"):
        rf.Davies(rf.DrivenSystem(h, [X], BATH)).steady_state()
    system = rf.PeriodicSystem(h, 2 * np.pi, [X], BATH)
    with pytest.raises(ValueError, match="rho0"):
        rf.Davies(system).evolve([1, 0, 0], [0.0, 1.0])
    with pytest.raises(ValueError, match="method"):
        rf.Redfield(system).evolve([1, 0], [0.0, 1.0], method="exact")


def test_partial_secular_equations_of_a_period():
    _, system = cavity(0.05, levels=4)
    with pytest.raises(ValueError, match="cutoff must not be negative, got -1"):
        rf.PartialSecular(system, -1.0)
    with pytest.raises(ValueError, match="cutoff"):
        rf.PartialSecular(system, np.nan)
    with pytest.raises(MemoryError, match="terms"):
        rf.PartialSecular(system, 2.0, max_bytes=1e3)
    with pytest.raises(TypeError, match=r"system must be one of .*PeriodicSystem"):
        rf.PartialSecular(system.driven.hamiltonian, 1.0)
    with pytest.raises(ValueError, match="method"):
        rf.PartialSecular(system, 1.0).evolve(np.eye(4)[0], [0.0, 1.0], method="exponential")


def test_secular_equations_warn_at_resonance():
    n, system = cavity(0.05)
    davies = rf.Davies(system, lamb_shift=False)
    with pytest.warns(rf.SecularWarning, match=r"neglected coherences .*PartialSecular"):
        davies.steady_state()
    with pytest.warns(rf.SecularWarning, match="quasi-energies"):
        davies.evolve(np.eye(len(n))[0], [0.0, 1.0])


def test_several_periodic_states():
    one, lower = np.eye(2), np.eye(2, k=1)
    h = 0.5 * np.kron(Z, one) + 0.37 * np.kron(one, Z)
    drive = [h, (0.3 * np.kron(X, one), np.cos)]
    for equation in (
        rf.Redfield(rf.PeriodicSystem(drive, 2 * np.pi, [np.kron(X, one)], BATH)),
        rf.Lindblad(drive, [0.2 * np.kron(lower, one)], period=2 * np.pi),
    ):
        with pytest.raises(rf.ConvergenceError, match=r"several periodic states, .*; evolve the rho0"):
            equation.steady_state()
    bath = rf.ParticleBath(0.2, beta=1.0, band=(-50.0, 50.0))
    h = np.diag([0.3, 1.0, 1.7])
    moving = rf.QuadraticSystem(
        [h, (np.diag([0.1, 0, 0]), np.cos)], [0.1, 0, 0.1], bath, period=2 * np.pi
    )
    for equation in (rf.Redfield(moving), rf.Exact(rf.QuadraticSystem(h, [0.1, 0, 0.1], bath))):
        with pytest.raises(rf.ConvergenceError, match="evolve the"):
            equation.steady_state()
    with pytest.raises(rf.ConvergenceError, match="give it as rho0"):
        rf.Davies(rf.QuadraticSystem(h, [0.1, 0, 0.1], bath)).steady_state()


def test_floquet_modes_have_no_lamb_shift_of_one_frame():
    davies = rf.Davies(rf.PeriodicSystem([0.5 * Z, (0.3 * X, np.cos)], 2.0 * np.pi, [X], BATH))
    with pytest.raises(TypeError, match="no pair kernel to take the Lamb shift from"):
        davies.lamb_shift_hamiltonian()
