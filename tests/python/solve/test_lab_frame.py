"""Qubits in the laboratory's frame, whose baths are much weaker than their Hamiltonians."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf
from redfield.solve.fluctuators import Course, together

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
PLUS = np.ones(2) / np.sqrt(2.0)
W = 2.0 * np.pi * 5.0


def qubit(strength: float) -> rf.Redfield:
    drive = [0.5 * W * Z, (X, lambda t: 2.0 * np.pi * 0.01 * np.cos(W * t))]
    return rf.Redfield(rf.DrivenSystem(drive, [X], rf.OhmicBath(strength, 50.0 * W, beta=0.4)))


@pytest.mark.parametrize("strength", [1e-3, 1e-5, 1e-9])
def test_a_weak_bath_is_told_by_polynomials_too(strength, monkeypatch):
    """Levels of 1e9 beside rates of the bath: the eigenbasis of each moment gives the same."""
    tight = {"rtol": 1e-10, "atol": 1e-12}
    polynomials = qubit(strength).evolve(PLUS, [0.0, 1.0], **tight)
    monkeypatch.setattr(rf.DrivenSystem, "controlled", lambda *_: None)
    moment = qubit(strength).evolve(PLUS, [0.0, 1.0], **tight)
    assert polynomials.stats["applications"] == moment.stats["applications"]
    assert np.abs(polynomials.final_state - moment.final_state).max() < 1e-9


def test_fluctuators_of_one_operator_are_one_function():
    rng = np.random.default_rng(1)
    noises = [rf.Fluctuator(Z, b, r) for b, r in ((0.1, 0.5), (0.2, 2.0), (0.3, 1e-9))]
    courses = [noise.course(0.0, 10.0, rng) for noise in noises]
    whole = together(courses)
    times = np.concatenate([np.linspace(-1.0, 11.0, 1000), *(c.jumps for c in courses)])
    assert whole(times) == pytest.approx(sum(c(times) for c in courses), abs=1e-15)
    assert isinstance(together(courses[:1]), Course)
    # Each by itself, of another operator, against all of one: Z and 2Z with half the amplitude.
    still = rf.Lindblad(0.5 * W * Z, [0.1 * X])
    one = rf.average(still, noises, PLUS, [0.0, 2.0], [X], samples=3, seed=4)
    apart = [rf.Fluctuator((k + 1.0) * Z, n.amplitude / (k + 1.0), n.rate) for k, n in enumerate(noises)]
    several = rf.average(still, apart, PLUS, [0.0, 2.0], [X], samples=3, seed=4)
    assert one.expect[0] == pytest.approx(several.expect[0], abs=1e-4)
