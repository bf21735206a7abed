"""Gradients of drives at the edges: functions of time, short pulses, nothing to follow, bad input."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf
from redfield.solve import gradients_of_drives

X, Y, Z = np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1.0, -1.0])
BATH = rf.OhmicBath(strength=0.02, cutoff=10.0, beta=2.0)


def test_hamiltonians_that_are_functions_have_functional_derivatives():
    result = rf.Redfield(rf.DrivenSystem(lambda t: 0.5 * Z + np.cos(t) * X, [X + 0.3 * Z], BATH)).evolve(
        [1, 0], [0.0, 2.0]
    )
    of_terms = rf.Redfield(rf.DrivenSystem([0.5 * Z, (X, np.cos)], [X + 0.3 * Z], BATH)).evolve(
        [1, 0], [0.0, 2.0]
    )
    gradient, expected = result.gradient(Z), of_terms.gradient(Z)
    assert np.allclose(gradient.hamiltonian, expected.hamiltonian, atol=1e-9)
    slope_of = np.einsum(
        "m,mkl,lk,m->", gradient.weights, gradient.of_hamiltonian, X, np.sin(gradient.points)
    )
    assert np.isclose(slope_of, expected.amplitudes(lambda t: np.sin(t)[:, None])[0], atol=1e-9)
    with pytest.raises(ValueError, match="one function of time without terms"):
        gradient.amplitudes([0.0, 1.0])


def test_narrow_pulses_are_met():
    """A pulse of width 1/500 of the span turns by its area."""
    area = np.sqrt(np.pi) * 0.02 * 12.0
    equation = rf.Lindblad([(X, lambda t: 12.0 * np.exp(-(((t - 6.3) / 0.02) ** 2)))], [0.0 * X])
    gradient = equation.evolve([1, 0], [0.0, 10.0]).gradient(Z)
    assert np.isclose(gradient.value, np.cos(2.0 * area), atol=1e-9)
    assert np.allclose(gradient.drive, -2.0 * np.sin(2.0 * area), atol=1e-8)


def test_no_time_and_no_weight_leave_nothing():
    equation = rf.Redfield(rf.DrivenSystem([0.5 * Z, (X, np.cos)], [X], BATH))
    at_once = equation.evolve([1, 0], [1.0]).gradient(Z)
    assert at_once.value == 1.0
    assert not at_once.hamiltonian.any()
    assert at_once.drive.shape == (1, 0)
    early = equation.evolve([1, 0], [0.0, 1.0, 2.0]).gradient(Z, time=1.0)
    assert early.panels[-1] == 1.0
    assert np.allclose(early.amplitudes([0.0, 1.0, 2.0])[1], 0.0)


def test_bad_input_is_told():
    system = rf.DrivenSystem([0.5 * Z, (X, np.cos)], [X], BATH)
    result = rf.Redfield(system).evolve([1, 0], [0.0, 1.0])
    with pytest.raises(ValueError, match="Hermitian"):
        result.gradient(1j * Z)
    with pytest.raises(TypeError, match=r"CoarseGrained.*has no gradients"):
        rf.CoarseGrained(system, window=1.0).evolve([1, 0], [0.0, 1.0]).gradient(Z)
    with pytest.raises(TypeError, match="lamb_shift=False"):
        rf.UniversalLindblad(system).evolve([1, 0], [0.0, 1.0]).gradient(Z)
    with pytest.raises(TypeError, match="history"):
        rf.Redfield(system, history="memory").evolve([1, 0], [0.0, 1.0]).gradient(Z)
    gradient = result.gradient(Z)
    with pytest.raises(ValueError, match="control"):
        gradient.amplitudes([0.0, 1.0], 1)
    with pytest.raises(ValueError, match="basis must be at least two edges"):
        gradient.amplitudes([1.0, 0.0])
    with pytest.raises(ValueError, match="must return"):
        gradient.amplitudes(np.cos)


def test_what_can_not_be_followed_is_told(monkeypatch):
    monkeypatch.setattr(gradients_of_drives, "HALVINGS", 1)
    monkeypatch.setattr(gradients_of_drives, "PHASE", 80.0)
    system = rf.DrivenSystem([20.0 * Z, (X, np.cos)], [X], BATH)
    result = rf.Redfield(system).evolve([1, 0], [0.0, 10.0])
    with pytest.raises(rf.ConvergenceError, match=r"not found to rtol = 1e-09: panels of .* near t = 0"):
        result.gradient(Z)
