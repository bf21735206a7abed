"""Batches of hierarchies: every member as it is alone."""

import os
import signal
import threading
import time

import numpy as np
import pytest

import redfield as rf

import reference

X, Z = np.array([[0.0, 1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
NOISE = rf.LorentzianBath(strength=0.3, width=0.8, centre=0.5)
TIMES = np.array([0.0, 0.8, 2.5])
PLUS = np.full(2, 0.5**0.5)


def spins(gaps, bath=NOISE):
    h = 0.5 * np.multiply.outer(np.asarray(gaps), Z) + 0.3 * X
    return rf.SystemBatch(h, [X, Z], bath)


BATCHES = {
    "H": lambda: spins([0.2, 1.0, 3.0]),
    "weak": lambda: spins([0.2, 1.0, 3.0], rf.LorentzianBath(strength=1e-5, width=0.8, centre=0.5)),
    "H and site projectors": lambda: rf.SystemBatch(
        np.array([reference.random_hermitian(3, s) for s in range(3)]), rf.SiteProjectors(3), NOISE
    ),
    "baths": lambda: rf.SystemBatch(
        0.5 * Z + 0.2 * X, [X], rf.LorentzianBath.batch(np.array([0.05, 0.2, 0.8]), 1.0, centre=0.3)
    ),
    "couplings": lambda: rf.SystemBatch(0.5 * Z, [np.array([X, X + Z, 2.0 * X])], NOISE),
}


@pytest.mark.parametrize("depth", [3, "auto"])
@pytest.mark.parametrize("name", BATCHES)
def test_members_are_what_each_is_alone(name, depth):
    batch = BATCHES[name]()
    equation = rf.HEOM(batch, depth=depth, tol=1e-4)
    starts = np.array([reference.random_state(batch.dimension, s) for s in range(3)])
    operators = {"a": reference.random_hermitian(batch.dimension, 7)}
    options = {"rtol": 1e-8, "atol": 1e-10}
    result = equation.evolve(starts, TIMES, operators, store_states=True, **options)
    steady = equation.steady_state()
    assert result.states.shape == (3, 3, batch.dimension, batch.dimension)
    for i in range(3):
        alone = equation[i].evolve(starts[i], TIMES, operators, store_states=True, **options)
        assert np.abs(result.states[i] - alone.states).max() < 1e-7
        assert np.abs(result.final_state[i] - alone.final_state).max() < 1e-7
        assert np.abs(result.expect["a"][i] - alone.expect["a"]).max() < 1e-7
        assert result.stats["depth"] >= alone.stats["depth"]
        assert result.stats["auxiliary_operators"] >= alone.stats["auxiliary_operators"]
        settled = equation[i].steady_state()
        assert np.abs(steady.state[i] - settled.state).max() < 1e-8
        assert steady.error[i] == pytest.approx(settled.error, rel=1e-2, abs=1e-8, nan_ok=True)
    assert np.isnan(result.stats["error"]) == (depth == 3)
    assert steady.unique.all()
    assert (steady.residual < 1e-8).all()


def test_members_climb_to_depths_of_their_own():
    """The states of a weak member are those of its own depth, however deep a strong one goes."""
    batch = rf.SystemBatch(0.5 * Z + 0.2 * X, [X], rf.LorentzianBath.batch(np.array([0.01, 2.0]), 1.0))
    equation = rf.HEOM(batch, tol=1e-3)
    depths = [equation[i].evolve(PLUS, TIMES).stats["depth"] for i in range(2)]
    result = equation.evolve(PLUS, TIMES)
    assert depths[0] < depths[1] == result.stats["depth"]
    assert result.stats["error"] <= 1e-3
    one = rf.HEOM(batch[0], tol=1e-3).evolve(PLUS, TIMES).final_state
    assert np.abs(result.final_state[0] - one).max() < 1e-12


def test_results_do_not_depend_on_threads_nor_on_groups(monkeypatch):
    equation = rf.HEOM(spins(np.linspace(0.2, 3.0, 7)), tol=1e-3)
    first = equation.evolve(PLUS, TIMES, threads=1)
    assert np.array_equal(first.states, equation.evolve(PLUS, TIMES, threads=2).states)
    monkeypatch.setattr("redfield.solve.batch_hierarchy.COMPARED", 16.0 * 4 * 3 * 2)
    few = equation.evolve(PLUS, TIMES, Z)
    assert few.states is None
    assert np.abs(few.final_state - first.final_state).max() < 1e-12
    single = equation.evolve(PLUS, TIMES, rtol=1e-4, dtype="float32")
    assert single.states.dtype == np.complex64
    assert np.abs(single.states - first.states).max() < 1e-4


def test_errors_name_the_member_and_the_others_are_there():
    """A member that commutes with its coupling has two steady states."""
    h = np.array([0.5 * Z + 0.3 * X, 0.5 * Z, 0.5 * Z + 0.1 * X])
    equation = rf.HEOM(rf.SystemBatch(h, [Z], NOISE), depth=2)
    with pytest.raises(rf.EnsembleError, match="Member 1") as caught:
        equation.steady_state()
    error = caught.value
    assert list(error.errors) == [1]
    assert isinstance(error.errors[1], rf.MultipleSteadyStates)
    assert np.isnan(error.results.state[1]).all()
    for i in (0, 2):
        assert np.abs(error.results.state[i] - equation[i].steady_state().state).max() < 1e-8
    led = equation.steady_state(np.diag([0.8, 0.2]))
    assert not led.unique[1]
    assert np.abs(led.state[1] - np.diag([0.8, 0.2])).max() < 1e-8


def test_memory_is_of_all_that_are_solved_at_once():
    with pytest.raises(MemoryError, match=r"max_bytes.*depth \d+ fits"):
        rf.HEOM(spins([0.2, 1.0]), depth=12, max_bytes=1e5).evolve(PLUS, TIMES)
    with pytest.raises(rf.EnsembleError, match=r"depth='auto'.*differ by") as caught:
        rf.HEOM(spins([0.2, 1.0]), tol=1e-9, max_bytes=1e5).evolve(PLUS, TIMES)
    assert sorted(caught.value.errors) == [0, 1]
    assert all(isinstance(each, MemoryError) for each in caught.value.errors.values())


def test_what_it_refuses():
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    with pytest.raises(TypeError, match=r"couplings\[0\] of member 1 is not Hermitian"):
        rf.HEOM(rf.SystemBatch(Z, [np.array([X, lower])], NOISE))
    with pytest.raises(TypeError, match=r"couplings\[1\] is not Hermitian"):
        rf.HEOM(rf.SystemBatch(np.array([Z, X]), [X, lower], NOISE))
    equation = rf.HEOM(spins([0.2, 1.0]), depth=2)
    for ask in (equation.spectrum, lambda: rf.correlation(equation, Z, Z, [0.0, 1.0])):
        with pytest.raises(TypeError, match=r"equation|batch"):
            ask()
    for option in ({"max_step": 0.1}, {"error": True}):
        with pytest.raises(TypeError, match=next(iter(option))):
            equation.evolve(PLUS, TIMES, **option)
    for option in ({"method": "direct"}, {"error": True}):
        with pytest.raises(TypeError, match=next(iter(option))):
            equation.steady_state(**option)
    with pytest.raises(ValueError, match="FlatBath"):
        rf.HEOM(rf.SystemBatch(Z, [X], rf.FlatBath(0.1))).evolve(PLUS, TIMES)


def test_it_can_be_stopped_and_tells_its_progress():
    equation = rf.HEOM(spins(np.linspace(0.2, 3.0, 64)), depth=8)
    seen: list[float] = []
    stop = rf.StopFlag()

    def progress(done):
        seen.append(done)
        stop.set()

    with pytest.raises(rf.Interrupted):
        equation.evolve(PLUS, [0.0, 3e3], stop=stop, progress=progress, threads=1)
    assert seen
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        equation.evolve(PLUS, [0.0, 3e4], threads=1)
    assert time.monotonic() - begin < 10.0
