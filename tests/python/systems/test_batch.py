"""Batches: every member is what it is alone, and what NumPy's sums give."""

from __future__ import annotations

import pickle
import threading
import warnings

import hypothesis.strategies as st
import numpy as np
import pytest
import scipy.linalg
import scipy.sparse
from hypothesis import given, settings
from small_batches import TIMES, hamiltonians, small

import redfield as rf
from redfield.systems import batch as batch_systems

from reference import random_hermitian, random_state, redfield_tensor

KINDS = {
    "redfield": rf.Redfield,
    "no shift": lambda s: rf.Redfield(s, lamb_shift=False),
    "davies": rf.Davies,
    "partial": lambda s: rf.PartialSecular(s, 0.8),
    "partial, all": lambda s: rf.PartialSecular(s, np.inf),
    "geometric": rf.GeometricArithmetic,
    "universal": rf.UniversalLindblad,
    "coarse": lambda s: rf.CoarseGrained(s, 3.0),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_that_of_its_members(name):
    batch, rho = small(), random_state(3, 60)
    equation = KINDS[name](batch)
    o = random_hermitian(3, 61)
    result = equation.evolve(rho, TIMES, [o, np.triu(o)], store_states=True)
    steady = equation.steady_state()
    assert result.expect[0].shape == (5, 7)
    assert result.expect[0].dtype == np.float64
    assert result.expect[1].dtype == np.complex128
    assert result.states.shape == (5, 7, 3, 3)
    assert steady.state.shape == (5, 3, 3)
    for i in range(5):
        alone = KINDS[name](batch[i])
        one = alone.evolve(rho, TIMES, [o, np.triu(o)], store_states=True)
        assert np.abs(result.states[i] - one.states).max() < 1e-10
        assert np.abs(result.final_state[i] - one.final_state).max() < 1e-10
        for e in range(2):
            assert np.abs(result.expect[e][i] - one.expect[e]).max() < 1e-10
        assert np.abs(steady.state[i] - alone.steady_state().state).max() < 1e-10
        assert np.abs(equation[i].apply(rho) - alone.apply(rho)).max() < 1e-14


def test_against_sums_and_the_exponential_of_scipy():
    batch, rho = small(), random_state(3, 62)
    result = rf.Redfield(batch).evolve(rho, TIMES, rtol=1e-10, atol=1e-12)
    steady = rf.Redfield(batch).steady_state()
    for i in range(5):
        system = batch[i]
        tensor = redfield_tensor(
            batch.hamiltonians[i], list(batch.couplings), list(system.baths), lamb_shift=True
        )
        expected = (scipy.linalg.expm(tensor * TIMES[-1]) @ rho.ravel()).reshape(3, 3)
        assert np.abs(result.final_state[i] - expected).max() < 1e-9
        assert np.abs(tensor @ steady.state[i].ravel()).max() < 1e-12
        assert np.trace(steady.state[i]) == pytest.approx(1.0)


@settings(max_examples=30, deadline=None)
@given(
    size=st.integers(1, 6),
    n=st.integers(1, 4),
    shared=st.sampled_from(["nothing", "hamiltonian", "bath", "all"]),
    couplings=st.sampled_from(["sites", "operators", "varying", "sparse"]),
    scale=st.sampled_from([1e-6, 1.0, 1e4]),
)
def test_shapes_and_scales(size, n, shared, couplings, scale):
    h = scale * hamiltonians(size, n, seed=3)
    beta = np.linspace(0.5, 2.0, size) / scale
    given = {
        "sites": rf.SiteProjectors(n),
        "operators": [random_hermitian(n, 4)],
        "varying": [hamiltonians(size, n, seed=5), random_hermitian(n, 6)],
        "sparse": [scipy.sparse.csr_array(random_hermitian(n, 4))],
    }[couplings]
    batch = rf.SystemBatch(
        h[0] if shared in ("hamiltonian", "all") else h,
        given,
        rf.OhmicBath(0.05, 5.0 * scale, beta[0])
        if shared in ("bath", "all")
        else rf.OhmicBath.batch(0.05, 5.0 * scale, beta=beta),
    )
    times = np.array([0.0, 0.3, 2.0]) / scale
    rho = random_state(n, 7)
    result = rf.Redfield(batch).evolve(rho, times)
    assert len(batch) == result.states.shape[0]
    for i in range(len(batch)):
        one = rf.Redfield(batch[i]).evolve(rho, times)
        assert np.abs(result.states[i] - one.states).max() < 1e-9


@pytest.mark.parametrize(
    "baths",
    [
        lambda: rf.LorentzianBath.batch(np.array([0.1, 0.2, 0.3]), 1.0, np.array([0.0, 0.5, -0.5])),
        lambda: rf.FlatBath.batch(np.array([0.1, 0.2, 0.3])),
        lambda: rf.DrudeBath.batch(0.1, np.array([2.0, 5.0, 5.0]), 1.0),
        lambda: rf.OhmicBath.batch(0.1, 5.0, np.array([1.0, 2.0, np.inf])),
        lambda: rf.OhmicBath.batch(0.1, 5.0, np.array([1.0, 2.0, 3.0]), exponent=3.0),
        lambda: rf.BathBatch([rf.FlatBath(0.1), rf.DrudeBath(0.1, 5.0, 1.0), rf.OhmicBath(0.1, 5.0, 1.0)]),
        lambda: [rf.OhmicBath(0.1, 5.0, b) for b in (1.0, 2.0, 3.0)],
    ],
    ids=["lorentzian", "flat", "drude", "ohmic", "cubic", "listed", "list"],
)  # fmt: skip
def test_baths_of_many(baths):
    given = baths()
    batch = rf.SystemBatch(hamiltonians(3, 3), [random_hermitian(3, 8)], given)
    w = np.array([[0.0, -1.0, 2.0]] * 3)
    steady = rf.Redfield(batch).steady_state()
    for i in range(3):
        alone = given[i]
        assert isinstance(alone, rf.Bath)
        if isinstance(given, rf.BathBatch):
            gamma, eta = given.spectra(w, 0, True, 1)
            assert np.abs(gamma[i] - alone.power_spectrum(w[i])).max() < 1e-14
            if eta is not None:
                assert np.abs(eta[i] - alone.lamb_shift(w[i])).max() < 1e-14
        one = rf.Redfield(rf.System(batch.hamiltonians[i], batch.couplings, alone))
        assert np.abs(steady.state[i] - one.steady_state().state).max() < 1e-10


def test_a_bath_for_each_coupling():
    hot = rf.OhmicBath.batch(0.1, 5.0, np.array([0.5, 0.6, 0.7]))
    cold = rf.OhmicBath(0.1, 5.0, 3.0)
    batch = rf.SystemBatch(
        hamiltonians(3, 3), [random_hermitian(3, 8), random_hermitian(3, 9)], [hot, cold]
    )
    equation = rf.Redfield(batch)
    steady = equation.steady_state()
    for i in range(3):
        currents = rf.analysis.heat_currents(steady.state[i], equation[i])
        assert currents.sum() == pytest.approx(0.0, abs=1e-12)
        assert currents[0] > 0.0


def test_baths_of_couplings_where_there_are_as_many_members():
    h, a, beta = (
        hamiltonians(2, 3),
        [np.eye(3) + np.eye(3, k=1) + np.eye(3, k=-1), np.diag([0, 1, 3])],
        [0.5, 1.0],
    )
    baths = [rf.OhmicBath.batch(0.1, 5.0, beta=np.array(beta)), rf.FlatBath(0.1)]
    states = rf.Redfield(rf.SystemBatch(h, a, baths)).steady_state().state
    for k in range(2):
        alone = rf.System(h[k], a, [rf.OhmicBath(0.1, 5.0, beta[k]), baths[1]])
        assert np.abs(states[k] - rf.Redfield(alone).steady_state().state).max() < 1e-12


def test_sub_ohmic_baths_where_nothing_couples_at_zero():
    h = np.array([np.diag([0.5, -0.5]) * x for x in (1.0, 2.0, 3.0)])
    flip = np.array([[0.0, 1.0], [1.0, 0.0]])
    bath = rf.OhmicBath.batch(0.05, 5.0, np.array([1.0, 2.0, 3.0]), exponent=0.5)
    steady = rf.Redfield(rf.SystemBatch(h, [flip], bath), lamb_shift=False).steady_state()
    for i in range(3):
        alone = rf.System(h[i], [flip], bath[i])
        assert np.abs(steady.state[i] - alone.gibbs_state()).max() < 1e-9
    with pytest.raises(rf.EnsembleError) as failure:
        rf.Redfield(rf.SystemBatch(h, [np.diag([1.0, -1.0])], bath), lamb_shift=False).steady_state()
    assert list(failure.value.errors) == [0, 1, 2]


def test_lindblad_batches():
    rates = np.array([0.1, 0.2, 0.4])
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    jumps = [np.sqrt(rates)[:, None, None] * lower]
    equation = rf.Lindblad(np.diag([0.0, 1.0]), jumps)
    result = equation.evolve([0.0, 1.0], TIMES, np.diag([0.0, 1.0]), rtol=1e-10, atol=1e-12)
    assert np.abs(result.expect[0] - np.exp(-rates[:, None] * TIMES)).max() < 1e-9
    assert len(equation) == 3


def test_members_that_fail_are_told_and_the_others_stay():
    class Broken(rf.Bath):
        """γ < 0 above 3."""

        def power_spectrum(self, w):
            return np.where(np.abs(w) > 3.0, -1.0, 0.1)

    h = np.array([np.diag([0.0, x]) for x in (1.0, 5.0, 2.0)])
    batch = rf.SystemBatch(h, [np.array([[0.0, 1.0], [1.0, 0.0]])], Broken())
    equation = rf.Redfield(batch, lamb_shift=False)
    with pytest.raises(rf.EnsembleError) as failure:
        equation.evolve([1.0, 0.0], TIMES, np.diag([1.0, 0.0]))
    results = failure.value.results
    assert list(failure.value.errors) == [1]
    assert np.isnan(results.expect[0][1]).all()
    assert np.isfinite(results.expect[0][[0, 2]]).all()
    with pytest.raises(rf.EnsembleError) as failure:
        equation.steady_state()
    assert np.isnan(failure.value.results.state[1]).all()
    assert np.abs(failure.value.results.state[0] - 0.5 * np.eye(2)).max() < 1e-12
    again = pickle.loads(pickle.dumps(failure.value))
    assert str(again) == str(failure.value)


def test_several_steady_states_of_a_member():
    flip = np.array([[0.0, 1.0], [1.0, 0.0]])
    couplings = np.array([flip, np.zeros((2, 2))])
    batch = rf.SystemBatch(np.diag([0.0, 1.0]), [couplings], rf.OhmicBath(0.1, 5.0, 1.0))
    with pytest.raises(rf.EnsembleError) as failure:
        rf.Davies(batch).steady_state()
    error = failure.value.errors[1]
    assert isinstance(error, rf.MultipleSteadyStates)
    assert error.states.shape == (2, 2, 2)


def test_chunks_and_threads_change_nothing(monkeypatch):
    batch, rho = small(size=40), random_state(3, 63)
    equation = rf.Redfield(batch)
    whole = equation.evolve(rho, TIMES, threads=1)
    steady = equation.steady_state(threads=1)
    monkeypatch.setattr(batch_systems, "CHUNK_BYTES", 1e4)
    assert len(list(batch.chunks(True, 1))) > 5
    for threads in (1, 2):
        parts = equation.evolve(rho, TIMES, threads=threads)
        assert np.array_equal(parts.states, whole.states)
        assert np.array_equal(equation.steady_state(threads=threads).state, steady.state)


def test_one_state_for_each_member():
    batch = small()
    starts = np.array([random_state(3, 70 + i) for i in range(5)])
    result = rf.Redfield(batch).evolve(starts, TIMES)
    for i in range(5):
        assert np.abs(result.states[i, 0] - starts[i]).max() < 1e-14
        one = rf.Redfield(batch[i]).evolve(starts[i], TIMES)
        assert np.abs(result.final_state[i] - one.final_state).max() < 1e-10


def test_pickles_stores_and_threads(tmp_path):
    batch = pickle.loads(pickle.dumps(small()))
    equation = pickle.loads(pickle.dumps(rf.Redfield(batch)))
    result = equation.evolve(random_state(3, 64), TIMES, {"a": random_hermitian(3, 65)})
    result.save(tmp_path / "result.zarr")
    assert rf.BatchResult.load(tmp_path / "result.zarr") == result
    data = result.to_xarray()
    assert data["a"].dims == ("member", "time")
    assert pickle.loads(pickle.dumps(result)) == result
    found = []
    workers = [
        threading.Thread(target=lambda: found.append(equation.steady_state().state)) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(np.array_equal(found[0], each) for each in found)


def test_progress_and_stop(monkeypatch):
    monkeypatch.setattr(batch_systems, "CHUNK_BYTES", 2e5)
    batch, told = small(size=4000), []
    rf.Redfield(batch).evolve(np.eye(3)[0], TIMES, np.eye(3), progress=told.append)
    assert told == sorted(told)
    assert all(0.0 <= fraction <= 1.0 for fraction in told)
    stop = rf.StopFlag()
    stop.set()
    with pytest.raises(rf.Interrupted):
        rf.Redfield(batch).evolve(np.eye(3)[0], TIMES, stop=stop)


def test_warnings_come_once():
    lower = np.array([[0.0, 1.0], [0.0, 0.0]])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rf.SystemBatch(
            np.array([np.diag([0.0, x]) for x in (1.0, 2.0)]), [lower], rf.OhmicBath(0.1, 5.0, 1.0)
        )
    assert [w.category for w in caught] == [rf.UnpairedCouplingWarning]
