"""Quantum jumps of driven equations, against master equations, closed forms and each other."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

import redfield as rf

import reference

LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.2, cutoff=5.0, beta=1.0)
UP = np.diag([0.0, 1.0])


def qubit(carrier=3.0):
    return rf.Lindblad(
        [np.diag([0.0, carrier]), (X, lambda t: 0.7 * np.cos(carrier * t))],
        [np.sqrt(0.4) * LOWER, [(0.5 * Z, lambda t: np.exp(-0.3 * t))]],
    )


def agrees(equation, psi, times, e_ops, samples, **options):
    """Trajectories whose means are asserted to be within 4.5 standard errors of the master equation's."""
    found = equation.trajectories(psi, times, e_ops, samples=samples, seed=3, **options)
    exact = equation.evolve(psi, times, e_ops, rtol=1e-9, atol=1e-11)
    for mine, own, errors in zip(found.expect, exact.expect, found.errors, strict=True):
        away = np.abs(mine - own)
        assert (away <= 4.5 * errors + 1e-6).all(), (away, errors)
    return found


def test_means_are_the_master_equation_with_moving_hamiltonian_and_jumps():
    n = 4
    h0, h1, a = (reference.random_hermitian(n, k) for k in (1, 2, 3))
    jumps = [0.5 * reference.random_matrix(n, 4), [(0.6 * reference.random_matrix(n, 5), np.sin)]]
    equation = rf.Lindblad([h0, (h1, lambda t: np.cos(3.0 * t))], jumps)
    psi, times = np.eye(n)[0], np.linspace(0.0, 3.0, 7)
    found = agrees(equation, psi, times, [a, np.diag(np.arange(n))], 2000)
    assert found.stats["jumps"] > 1.0
    mixed = reference.random_state(n, 6)
    agrees(equation, mixed, times, [a], 1000)


@pytest.mark.parametrize("kind", [rf.Davies, rf.UniversalLindblad, rf.GeometricArithmetic])
def test_jumps_that_follow_the_eigenbasis(kind):
    """A sweep through an avoided crossing, where the jump operators turn with H(t)."""
    sweep = rf.DrivenSystem([0.4 * X, (0.5 * Z, lambda t: t - 4.0)], [X, Z], [BATH, BATH])
    equation = kind(sweep, lamb_shift=kind is not rf.UniversalLindblad)
    found = agrees(equation, [1.0, 0.0], np.linspace(0.0, 8.0, 5), [Z, X], 1500, rtol=1e-4)
    assert found.stats["jumps"] > 0.5


def test_degenerate_levels_jump_together():
    """Two levels stay degenerate: Davies' jump operators have both, and coherence between them survives."""
    h = [np.diag([0.0, 1.0, 1.0]), (np.diag([0.0, 1.0, 1.0]), lambda t: 0.3 * np.sin(t))]
    coupling = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.0], [0.5, 0.0, 0.0]])
    equation = rf.Davies(rf.DrivenSystem(h, [coupling], BATH), lamb_shift=False)
    coherence = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0]])
    agrees(
        equation,
        np.array([0.0, 1.0, 1.0]) / np.sqrt(2.0),
        [0.0, 1.0, 4.0],
        [coherence, np.diag([1, 0, 0])],
        1000,
        rtol=1e-4,
    )


def test_a_driven_equation_that_stands_still_is_a_constant_one_jump_for_jump():
    h, jump = reference.random_hermitian(3, 1), 0.7 * reference.random_matrix(3, 2)
    still = rf.Lindblad(h, [jump])
    moving = rf.Lindblad([h, (0.0 * h, np.cos)], [jump])
    run = {"samples": 30, "seed": 5, "keep_runs": True, "rtol": 1e-8}
    times, a = [0.0, 1.0, 1.0, 6.0], reference.random_hermitian(3, 3)
    one, other = (e.trajectories(np.eye(3)[0], times, [a], **run) for e in (still, moving))
    np.testing.assert_allclose(other.jump_times, one.jump_times, atol=1e-5)
    np.testing.assert_allclose(other.runs, one.runs, atol=1e-4)


def test_the_hazard_of_a_rate_that_changes():
    """|1⟩ → |0⟩ with the rate 2t: 1 − e^{−t²} of the time of the one jump is uniform."""
    decay = rf.Lindblad(np.diag([0.0, 30.0]), [[(np.sqrt(2.0) * LOWER, lambda t: np.sqrt(abs(t)))]])
    found = decay.trajectories([0.0, 1.0], [0.0, 6.0], [UP], samples=2000, seed=2)
    assert np.array_equal(found.jump_runs, np.arange(2000))
    assert scipy.stats.kstest(1.0 - np.exp(-(found.jump_times**2)), "uniform").pvalue > 0.01


def test_a_late_short_pulse_is_not_missed():
    """A π pulse of 1e-3 at t = 80 lifts a ket that never jumps; later it may."""
    length = 1e-3

    def pulse(t):
        return np.pi / (2 * length) * (abs(t - 80.0) < length / 2)

    pulse.breakpoints = (80.0 - length / 2, 80.0 + length / 2)
    equation = rf.Lindblad([0.0 * Z, (X, pulse)], [np.sqrt(1e-9) * LOWER])
    found = equation.trajectories([1.0, 0.0], [0.0, 79.0, 81.0], [UP], samples=8)
    np.testing.assert_allclose(found.expect[0], [0.0, 0.0, 1.0], atol=1e-4)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_energies_and_times_scale(scale):
    def made(s):
        h = [s * np.diag([0.0, 3.0]), (0.7 * s * X, lambda t: np.cos(3.0 * s * t))]
        return rf.Lindblad(h, [np.sqrt(0.4 * s) * LOWER])

    times = np.linspace(0.0, 6.0, 4)
    run = {"samples": 16, "seed": 4, "keep_runs": True}
    one = made(1.0).trajectories([0.6, 0.8], times, [Z], **run)
    other = made(scale).trajectories([0.6, 0.8], times / scale, [Z], **run)
    np.testing.assert_allclose(other.runs, one.runs, atol=1e-4)
    np.testing.assert_allclose(other.jump_times * scale, one.jump_times, rtol=1e-4)


def test_neither_threads_nor_neighbours_change_a_bit():
    run = {"seed": 5, "keep_runs": True}
    times = np.linspace(0.0, 5.0, 6)
    one, two = (
        qubit().trajectories([1.0, 0.0], times, [UP], samples=90, threads=k, **run) for k in (1, 2)
    )
    assert np.array_equal(one.runs, two.runs)
    assert np.array_equal(one.jump_times, two.jump_times)
    few = qubit().trajectories([1.0, 0.0], times, [UP], samples=13, **run)
    assert np.array_equal(few.runs, one.runs[:13])
    assert not np.array_equal(few.runs[0], one.runs[1])
    opaque = rf.Lindblad(
        lambda t: np.diag([0.0, 3.0]) + 0.7 * np.cos(3.0 * t) * X, [np.sqrt(0.4) * LOWER]
    )
    found = opaque.trajectories([1.0, 0.0], times, [UP], samples=16, threads=2)
    assert found.expect[0].shape == (6,)


def test_dark_states_have_no_jumps_and_one_level_stands_still():
    dark = rf.Lindblad([np.diag([0.0, 1.0]), (Z, np.cos)], [LOWER])
    found = dark.trajectories([1.0, 0.0], [0.0, 50.0], [UP], samples=3)
    np.testing.assert_allclose(found.expect[0], 0.0, atol=1e-9)
    assert found.jump_times.size == 0
    one = rf.Lindblad([np.eye(1), (np.eye(1), np.cos)], [np.eye(1)])
    np.testing.assert_allclose(one.trajectories([1.0], [0.0, 2.0], np.eye(1), samples=2).expect[0], 1.0)
    nothing = dark.trajectories([0.0, 1.0], [1.0], [UP], samples=2)
    np.testing.assert_allclose(nothing.expect[0], [1.0])


def test_what_has_no_trajectories():
    system = rf.DrivenSystem([0.5 * Z, (X, np.cos)], [X], BATH)
    psi, times = [1.0, 0.0], [0.0, 1.0]
    with pytest.raises(TypeError, match="negative rates"):
        rf.Redfield(system).trajectories(psi, times)
    with pytest.raises(TypeError, match="memory"):
        rf.Redfield(system, history="memory").trajectories(psi, times)
    with pytest.raises(TypeError, match="diffusion"):
        rf.Davies(system).trajectories(psi, times, method="diffusion")
    with pytest.raises(TypeError, match="float64"):
        rf.Davies(system).trajectories(psi, times, dtype="float32", rtol=1e-3)
