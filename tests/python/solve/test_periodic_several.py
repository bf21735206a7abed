"""Periodic systems with several late states: counted, led to, or refused with what to do."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf
from redfield.solve.fixed_point import Period

SZ, SX = np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])


def beside_a_free_spin():
    """A driven damped spin and a spin that nothing reaches."""
    one = np.eye(2)
    h = 0.5 * np.kron(SZ, one) + 0.37 * np.kron(one, SZ)
    return [h, (0.3 * np.kron(SX, one), np.cos)], np.kron(SX, one), np.kron([[0, 1], [0, 0]], one)


@pytest.mark.parametrize("strength", [0.02, 1e-9])
@pytest.mark.parametrize("kind", ["Redfield", "PartialSecular", "Lindblad"])
def test_several_periodic_states_are_refused_with_what_to_do(kind, strength):
    h, x, lower = beside_a_free_spin()
    if kind == "Lindblad":
        equation = rf.Lindblad(h, [np.sqrt(strength) * lower], period=2 * np.pi)
    else:
        system = rf.PeriodicSystem(h, 2 * np.pi, [x], rf.OhmicBath(strength, 5.0, 1.0))
        options = {"cutoff": 0.1} if kind == "PartialSecular" else {}
        equation = getattr(rf, kind)(system, **options)
    for rho0 in (None, np.eye(4) / 4):
        with pytest.raises(rf.ConvergenceError):
            equation.steady_state(rho0)


@pytest.mark.parametrize("kind", ["Redfield", "PartialSecular", "Davies"])
def test_an_initial_state_changes_nothing_where_there_is_one(kind):
    system = rf.PeriodicSystem(
        [0.5 * SZ, (0.3 * SX, np.cos)], 2 * np.pi, [SX], rf.OhmicBath(0.02, 5.0, 1.0)
    )
    equation = getattr(rf, kind)(system, **({"cutoff": 0.1} if kind == "PartialSecular" else {}))
    states = [equation.steady_state(rho0).at(0.3) for rho0 in (None, [1.0, 0.0])]
    np.testing.assert_allclose(states[0], states[1], atol=1e-12)
    with pytest.raises((TypeError, ValueError), match="rho0"):
        equation.steady_state(np.eye(3))


def test_a_free_periodic_mode_keeps_its_occupation():
    h = np.diag([0.3, 1.0, 1.7])
    bath = rf.ParticleBath(0.2, beta=1.0, band=(-50.0, 50.0))
    drive = [h, (np.diag([0.1, 0.0, 0.0]), np.cos)]
    system = rf.QuadraticSystem(drive, [0.1, 0.0, 0.1], bath, period=2 * np.pi)
    davies = rf.Davies(system)
    with pytest.raises(rf.ConvergenceError, match="rho0"):
        davies.steady_state()
    start = np.diag([0.9, 0.25, 0.1])
    start[0, 1] = start[1, 0] = 0.1
    late = davies.steady_state(start).at(0.0)
    long_after = davies.evolve(start, [0.0, 2 * np.pi * 10000]).final_covariance
    np.testing.assert_allclose(late, long_after, atol=1e-10)
    assert late[1, 1].real == pytest.approx(0.25, rel=1e-12)
    for equation in (rf.Redfield(system), rf.Exact(system_at_rest(h, bath))):
        with pytest.raises(rf.ConvergenceError):
            equation.steady_state()


def system_at_rest(h, bath):
    return rf.QuadraticSystem(h, [0.1, 0.0, 0.1], bath)


@pytest.mark.parametrize("strength", [1e-6, 1e-11])
def test_weakly_coupled_partial_secular_states_come_to_davies(strength):
    system = rf.PeriodicSystem(
        [0.5 * SZ, (0.3 * SX, np.cos)], 2 * np.pi, [SX], rf.OhmicBath(strength, 5.0, 1.0)
    )
    partial = rf.PartialSecular(system, 0.1).steady_state()
    davies = rf.Davies(system).steady_state()
    assert rf.trace_norm(partial.at(0.4) - davies.at(0.4)) < 1e-8 + 100.0 * strength


def test_what_is_conserved_exactly_is_told():
    """Two copies that nothing joins, whose rates are the same bits: the preconditioner is exactly singular."""
    x, z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([0.5, -0.5])
    h, a = np.kron(np.eye(2), z), np.kron(np.eye(2), x)
    system = rf.PeriodicSystem([h, (0.1 * a, np.cos)], 2 * np.pi, [a], rf.OhmicBath(0.02, 5.0, 1.0))
    jumping = rf.Lindblad([h, (0.1 * a, np.cos)], [a], period=2 * np.pi)
    for equation in (rf.Redfield(system), jumping):
        with pytest.raises(rf.ConvergenceError):
            equation.steady_state()
    singular = Period(
        forget=lambda rho: rho,
        coherences=np.ones((3, 3), dtype=np.complex128),
        populations=np.zeros((3, 3)),
        units=np.ones((3, 3)),
        noise=0.0,
    )
    assert np.isfinite(singular.preconditioner()(np.ones(9))).all()
