"""Evolutions that end at a condition, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
LOWER = np.array([[0.0, 1.0], [0.0, 0.0]])
DECAY = rf.Lindblad(np.diag([0.0, 1.0]), [np.sqrt(0.3) * LOWER])


def excited_less(level):
    return lambda t, rho: rho[1, 1].real - level


@pytest.mark.parametrize("outputs", [2, 200])
def test_a_decay_ends_at_a_level(outputs):
    times = np.linspace(0.0, 50.0, outputs)
    result = DECAY.evolve([0, 1], times, {"e": np.diag([0, 1])}, stop_when=excited_less(0.2))
    exact = np.log(5.0) / 0.3
    assert result.stats["stopped"] == pytest.approx(exact, abs=2e-5)
    assert result.times[-1] == result.stats["stopped"]
    assert (result.times[:-1] == times[times < exact]).all()
    assert result.expect["e"] == pytest.approx(np.exp(-0.3 * result.times), abs=1e-6)
    assert result.equation is DECAY


def test_what_never_happens_ends_nothing():
    result = DECAY.evolve([0, 1], [0.0, 1.0, 2.0], stop_when=excited_less(-1.0))
    assert np.isnan(result.stats["stopped"])
    assert (result.times == [0.0, 1.0, 2.0]).all()


def test_the_first_of_several_passages_of_a_drive():
    # cos(2θ) of a pulse area θ = t²/2 passes −½ first at θ = π/3.
    drive = rf.Lindblad([(X, lambda t: t)], [np.zeros((2, 2))])
    passing = lambda t, rho: np.trace(Z @ rho).real + 0.5  # noqa: E731
    result = drive.evolve([1, 0], np.linspace(0.0, 5.0, 26), stop_when=passing, rtol=1e-9, atol=1e-12)
    assert result.stats["stopped"] == pytest.approx(np.sqrt(2.0 * np.pi / 3.0), abs=1e-8)


def test_a_condition_of_time_that_jumps():
    result = DECAY.evolve([0, 1], [0.0, 4.0], stop_when=lambda t, rho: 1.0 if t < 1.3 else -1.0)
    assert result.stats["stopped"] == pytest.approx(1.3, abs=1e-5)


@pytest.mark.parametrize("make", [
    lambda bath: rf.Redfield(rf.DrivenSystem([0.0 * Z], [Z], bath), history="memory"),
    lambda bath: rf.HEOM(rf.System(0.0 * Z, [Z], bath), tol=1e-3, depth=3),
], ids=["memory", "HEOM"])  # fmt: skip
def test_what_remembers_ends_as_it_would_have_gone(make):
    equation = make(rf.DrudeBath(0.1, 0.5, beta=1.0))
    ends = equation.evolve(
        np.ones(2) / np.sqrt(2), [0.0, 1.0, 3.0], stop_when=lambda t, rho: rho[0, 1].real - 0.4
    )
    again = equation.evolve(np.ones(2) / np.sqrt(2), [0.0, ends.times[-1]])
    assert 0.0 < ends.stats["stopped"] < 3.0
    assert again.final_state[0, 1].real == pytest.approx(0.4, abs=1e-5)


def test_a_bad_condition_is_told():
    with pytest.raises(TypeError, match="stop_when"):
        DECAY.evolve([0, 1], [0.0, 1.0], stop_when=3.0)
    with pytest.raises(TypeError, match="stop_when"):
        DECAY.evolve([0, 1], [0.0, 1.0], stop_when=lambda t: 1.0)
    with pytest.raises(ValueError, match="stop_when"):
        DECAY.evolve([0, 1], [0.0, 1.0], stop_when=lambda t, rho: np.nan)
    batch = rf.Redfield(rf.SystemBatch([Z, 2 * Z], [X], rf.OhmicBath(0.1, 5.0, beta=1.0)))
    with pytest.raises(TypeError, match="evolve_until"):
        batch.evolve([1, 0], [0.0, 1.0], stop_when=excited_less(0.5))


def test_of_one_time_nothing_is_passed():
    equation = rf.Redfield(rf.System(np.diag([0.5, -0.5]), [[[0, 1], [1, 0]]], rf.FlatBath(0.1)))
    result = equation.evolve([1.0, 0.0], [0.0], stop_when=lambda t, rho: 1.0)
    assert np.isnan(result.stats["stopped"])
    assert result.times.tolist() == [0.0]
