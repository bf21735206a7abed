"""Quantum jumps of periodic equations, against sums over Floquet modes, closed forms and master equations."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import redfield as rf

import reference
from floquet_reference import Reference

X, Z, UP = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0]), np.diag([1.0, 0.0])
W = 1.7
PERIOD = 2 * np.pi / W
HOT, COLD = rf.OhmicBath(0.02, 6.0, beta=0.8), rf.OhmicBath(0.03, 4.0, beta=2.0)


def close(found, exact):
    """Whether means are within five standard errors of exact values."""
    for mine, own, errors in zip(found.expect, exact, found.errors, strict=True):
        away = np.abs(mine - own)
        assert (away <= 5.0 * errors + 1e-6).all(), (away, errors)


def three_levels():
    h0, h1, a, b = (reference.random_hermitian(3, k) for k in (1, 2, 3, 4))
    return (lambda t: h0 + 0.5 * np.cos(W * t) * h1), [h0, (0.5 * h1, lambda t: np.cos(W * t))], [a, b]


def test_means_of_davies_are_sums_over_modes_and_harmonics():
    """Two baths, complex H, a start that is not a multiple of the period after 0 and one that is."""
    h, drive, couplings = three_levels()
    davies = rf.Davies(rf.PeriodicSystem(drive, PERIOD, couplings, [HOT, COLD]))
    theirs = Reference(h, PERIOD, couplings)
    matrix = theirs.davies([HOT, COLD])
    psi, times = np.array([1.0, 1j, 0.0]) / np.sqrt(2), PERIOD * np.arange(0.0, 13.0, 3.0)
    e_ops = [couplings[0], np.diag([0.0, 1.0, 1j])]
    states = [theirs.evolve(matrix, np.outer(psi, psi.conj()), t) for t in times]
    exact = [[np.trace(o @ rho) for rho in states] for o in e_ops]
    for method in ("jumps", "diffusion"):
        found = davies.trajectories(psi, times, e_ops, samples=800, seed=2, method=method)
        close(found, exact)
    assert found.stats["frame"] == "modes"
    late = times[2:] + 0.3 * PERIOD
    start = davies.evolve(psi, [0.0, late[0]]).final_state
    found = davies.trajectories(start, late, e_ops, samples=1500, seed=3, store_states=True)
    close(found, davies.evolve(start, late, e_ops).expect)
    mean = np.einsum("ab,tba->t", couplings[0], found.states)
    np.testing.assert_allclose(mean, found.expect[0], atol=1e-12)


def test_equal_frequencies_jump_together():
    """A ladder with equal steps under a drive of zero is Davies' equation of a constant H, coherences included."""
    a = np.diag(np.sqrt([1.0, 2.0, 3.0]), 1)
    h, x = 1.3 * a.T @ a, a + a.T
    bath = rf.OhmicBath(0.1, 6.0, beta=0.8)
    ladder = rf.Davies(rf.PeriodicSystem([h, (0.0 * x, np.cos)], 2 * np.pi, [x, 1j * (a - a.T)], bath))
    exact = rf.Davies(rf.System(h, [x, 1j * (a - a.T)], bath))
    times, e_ops = [0.0, 2.0, 7.0], [a.T @ a, x]
    found = ladder.trajectories(np.full(4, 0.5), times, e_ops, samples=2000, seed=1)
    close(found, exact.evolve(np.full(4, 0.5), times, e_ops).expect)


def test_dephasing_between_modes_has_a_closed_form():
    """⟨σx⟩ is e^{−2γ(0)t} cos(2∫f) where H(t) = f(t)σz and the coupling is σz."""
    bath = rf.OhmicBath(0.3, 4.0, beta=2.0)
    qubit = rf.PeriodicSystem([(Z, lambda t: 0.4 + np.cos(W * t))], PERIOD, [Z], bath)
    times = np.array([0.0, 1.0, 2.5])
    found = rf.Davies(qubit).trajectories([0.6, 0.8], times, [X, Z], samples=1500, seed=5)
    angle = 2 * (0.4 * times + np.sin(W * times) / W)
    close(found, [0.96 * np.exp(-2 * 0.15 * times) * np.cos(angle), np.full(3, 0.36 - 0.64)])


def test_lindblad_jumps_with_a_drive_and_meets_a_pulse_in_every_period():
    h, drive, (a, b) = three_levels()
    del h
    jumps = [0.3 * a, [(0.2 * b, lambda t: np.sin(W * t))]]
    lindblad = rf.Lindblad(drive, jumps, period=PERIOD)
    times, psi = np.linspace(1.0, 9.0, 5), np.eye(3)[0]
    found = lindblad.trajectories(psi, times, [a], samples=1000, seed=4)
    close(found, lindblad.evolve(psi, times, [a]).expect)
    assert found.equation is lindblad

    length = 2e-4  # told once, and there in every period

    def pulse(t):
        return np.pi / (2 * length) * (abs(t % 1.0 - 0.5) < length / 2)

    breakpoints = (0.5 - length / 2, 0.5 + length / 2)
    flipped = rf.Lindblad(
        [0.0 * Z, (X, pulse)], [1e-6 * X], period=1.0, breakpoints=breakpoints, harmonics=2
    )
    found = flipped.trajectories([1.0, 0.0], [300.0, 301.0, 302.0], [UP], samples=4, rtol=1e-4)
    np.testing.assert_allclose(found.expect[0], [1.0, 0.0, 1.0], atol=1e-4)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_energies_and_times_scale(scale):
    def made(s):
        bath = rf.OhmicBath(0.1, 6.0 * s, beta=0.8 / s)
        drive = [0.5 * s * Z, (0.3 * s * X, lambda t: np.cos(W * s * t))]
        return rf.Davies(rf.PeriodicSystem(drive, PERIOD / s, [X], bath))

    times, run = np.array([0.0, 7.0, 20.0]), {"samples": 16, "seed": 4, "keep_runs": True}
    one = made(1.0).trajectories([1.0, 0.0], times, [Z], **run)
    other = made(scale).trajectories([1.0, 0.0], times / scale, [Z], **run)
    assert one.stats["jumps"] > 0.5
    np.testing.assert_allclose(other.runs, one.runs, atol=1e-4)


def test_edges_and_refusals():
    one = rf.PeriodicSystem([np.eye(1), (np.eye(1), np.cos)], 2 * np.pi, [np.eye(1)], HOT)
    np.testing.assert_allclose(
        rf.Davies(one).trajectories([1.0], [0.0, 3.0], np.eye(1), samples=2).expect[0], 1.0
    )
    qubit = rf.PeriodicSystem([0.5 * Z, (0.3 * X, np.cos)], 2 * np.pi, [X], HOT)
    with pytest.raises(TypeError, match=r"negative rates .* Davies and Lindblad have no negative rates"):
        rf.Redfield(qubit).trajectories([1.0, 0.0], [0.0, 1.0])
    assert rf.Davies(qubit).trajectories([1.0, 0.0], [0.0, 1.0], samples=3).expect == []
    with pytest.raises(TypeError, match="diffusion"):
        rf.Lindblad([Z, (X, np.cos)], [X], period=2 * np.pi).trajectories(
            [1.0, 0.0], [0.0, 1.0], method="diffusion"
        )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        rf.Davies(qubit).trajectories([1.1, 0.0], [0.0, 1.0], Z, samples=3)
    assert [str(w.message) for w in told] == ["psi0 has trace 1.21, not 1"]
    wrong = rf.SpectrumBath(lambda w: 0.1 - 0.2 * (w > 0.5))
    negative = rf.PeriodicSystem([0.5 * Z, (0.3 * X, np.cos)], 2 * np.pi, [X], wrong)
    with pytest.raises(ValueError, match="negative"):
        rf.Davies(negative, lamb_shift=False).trajectories([1.0, 0.0], [0.0, 1.0])
    near = rf.PeriodicSystem([0.5 * Z, (1e-3 * X, np.cos)], 2 * np.pi, [X], HOT)
    with pytest.warns(rf.SecularWarning) as resonant:
        rf.Davies(near).trajectories([1.0, 0.0], [0.0, 1.0], Z, samples=3)
    assert {w.filename for w in resonant} == {__file__}
