"""Quantum trajectories against density matrices, exact waiting times and themselves."""

from __future__ import annotations

import functools
import multiprocessing
import pickle

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sp
import scipy.stats

import redfield as rf
from redfield.solve.trajectories.job import Job

from reference import random_hermitian, random_matrix

N = 5
TIMES = np.linspace(0.0, 6.0, 7)
BATH = rf.OhmicBath(strength=0.3, cutoff=5.0, beta=1.0)
COUPLINGS = [0.3 * random_hermitian(N, 1), 0.3 * random_hermitian(N, 2)]
GENERIC = rf.System(random_hermitian(N, 3), COUPLINGS, BATH)
DEGENERATE = rf.System(np.diag([0.0, 1.0, 1.0, 2.0, 3.0]), COUPLINGS, BATH)
EQUATIONS = {
    "lindblad": rf.Lindblad(random_hermitian(N, 4), [0.4 * random_matrix(N, 5), COUPLINGS[0]]),
    "sparse": rf.Lindblad(sp.csr_array(np.diag(np.ones(N - 1), 1) + np.diag(np.ones(N - 1), -1)),
                          [sp.csr_array(np.diag([0.5] * (N - 1), 1))]),
    "universal": rf.UniversalLindblad(GENERIC),
    "geometric": rf.GeometricArithmetic(GENERIC),
    "davies": rf.Davies(GENERIC),
    "davies, sites": rf.Davies(rf.System(random_hermitian(N, 6), rf.SiteProjectors(N), BATH)),
    "davies, degenerate": rf.Davies(DEGENERATE),
    "coarse": rf.CoarseGrained(GENERIC, 2.0),
    "coarse, degenerate": rf.CoarseGrained(DEGENERATE, 5.0, lamb_shift=False),
}  # fmt: skip
PSI = np.exp(1j * np.arange(N)) / np.sqrt(N)
OBSERVED = {"level": np.diag(np.arange(float(N))), "any": random_matrix(N, 7)}


@pytest.mark.parametrize("method", ["jumps", "diffusion"])
@pytest.mark.parametrize("name", EQUATIONS)
def test_the_mean_is_the_density_matrix(name, method):
    equation = EQUATIONS[name]
    samples = 1500 if method == "jumps" else 400
    result = equation.trajectories(
        PSI, TIMES, OBSERVED, samples=samples, seed=3, method=method, store_states=True
    )
    exact = equation.evolve(PSI, TIMES, OBSERVED, store_states=True)
    away = np.array([np.abs(result.expect[k] - exact.expect[k]) for k in OBSERVED])
    # A splitting's own error, 1e-3 by default, comes on top.
    assert (away <= 4.0 * result.errors + (3e-3 if method == "diffusion" else 1e-9)).all()
    assert np.abs(result.states - exact.states).max() < 5.0 / np.sqrt(samples)
    assert np.allclose(np.einsum("tkk->t", result.states), 1.0, atol=1e-12)
    assert result.stats["samples"] == samples
    assert (result.errors[:, 1:] > 0.0).all()


def test_the_error_of_the_splitting_is_of_second_order():
    """One noise for all steps would be too much to ask: the exact mean of many, of a decaying level."""
    decay = rf.Lindblad(np.array([[0.0, 1.0], [1.0, 0.0]]), [np.array([[0.0, 1.0], [0.0, 0.0]])])
    excited = np.diag([0.0, 1.0])
    exact = decay.evolve([0.0, 1.0], [0.0, 2.0], excited).expect[0][-1]
    away = []
    for step in (1.0, 0.5):
        result = decay.trajectories(
            [0.0, 1.0], [0.0, 2.0], excited, samples=100_000, method="diffusion", step=step, seed=1
        )
        away.append(abs(result.expect[0][-1] - exact))
        assert result.errors[0, -1] < 2e-3
    assert away[0] > 4.0 * away[1] - 6e-3
    assert away[1] < 0.03


def test_neither_threads_nor_neighbours_change_a_bit():
    equation = EQUATIONS["lindblad"]
    run = functools.partial(equation.trajectories, PSI, TIMES, OBSERVED, seed=5, keep_runs=True)
    one, two = run(samples=100, threads=1), run(samples=100, threads=2)
    assert np.array_equal(one.runs, two.runs)
    assert all(np.array_equal(one.expect[k], two.expect[k]) for k in OBSERVED)
    assert np.array_equal(one.jump_times, two.jump_times)
    # 13 fill one eight and a part of another.
    assert np.array_equal(run(samples=13).runs, one.runs[:13])
    assert not np.array_equal(run(samples=13).runs, equation.trajectories(
        PSI, TIMES, OBSERVED, seed=6, keep_runs=True, samples=13).runs)  # fmt: skip


def test_waiting_times_are_exponential():
    """|1⟩ → |0⟩ at a rate: each trajectory makes one jump, at times whose distribution is known."""
    rate = 0.7
    decay = rf.Lindblad(np.diag([0.0, 40.0]), [np.sqrt(rate) * np.array([[0.0, 1.0], [0.0, 0.0]])])
    result = decay.trajectories([0.0, 1.0], [0.0, 100.0], samples=2000, seed=2)
    assert np.array_equal(result.jump_runs, np.arange(2000))
    assert scipy.stats.kstest(result.jump_times, "expon", args=(0.0, 1.0 / rate)).pvalue > 0.01


def test_the_norm_at_a_jump_is_its_random_number():
    """Every first jump's time, put into the exact exponential of the effective Hamiltonian, gives a norm that is
    uniform; and the same trajectories at another rtol jump at the same times."""
    h, jump = random_hermitian(4, 1), 0.5 * random_matrix(4, 2)
    equation = rf.Lindblad(h, [jump])
    psi = np.eye(4)[0]
    result = equation.trajectories(psi, [0.0, 30.0], samples=400, seed=8, rtol=1e-9)
    first = np.unique(result.jump_runs, return_index=True)[1]
    drift = -1j * h - 0.5 * jump.conj().T @ jump
    norms = [np.linalg.norm(scipy.linalg.expm(drift * t) @ psi) ** 2 for t in result.jump_times[first]]
    assert scipy.stats.kstest(norms, "uniform").pvalue > 0.01
    loose = equation.trajectories(psi, [0.0, 30.0], samples=400, seed=8, rtol=1e-5)
    same = np.unique(loose.jump_runs, return_index=True)[1]
    assert np.abs(loose.jump_times[same] - result.jump_times[first]).max() < 1e-3


def test_dark_states_and_no_jumps_at_all():
    dark = rf.Lindblad(np.diag([0.0, 1.0]), [np.array([[0.0, 1.0], [0.0, 0.0]])])
    result = dark.trajectories([1.0, 0.0], [0.0, 1e3], np.diag([1.0, 0.0]), samples=3)
    assert np.allclose(result.expect[0], 1.0)
    assert np.allclose(result.errors, 0.0, atol=1e-12)
    assert result.jump_times.size == 0
    closed = rf.Lindblad(random_hermitian(3, 1), [])
    result = closed.trajectories(np.eye(3)[0], [0.0, 2.0], np.diag([1.0, 2.0, 3.0]), samples=2)
    exact = closed.evolve(np.eye(3)[0], [0.0, 2.0], np.diag([1.0, 2.0, 3.0]))
    assert np.allclose(result.expect[0], exact.expect[0], atol=1e-6)
    one = rf.Lindblad(np.eye(1), [np.eye(1)]).trajectories([1.0], [0.0, 2.0], np.eye(1), samples=2)
    assert np.allclose(one.expect[0], 1.0)


def test_jumps_that_are_far_faster_than_the_outputs_and_far_slower():
    for rate, span in ((200.0, 1.0), (1e-8, 1.0)):
        flip = np.sqrt(rate) * np.array([[0.0, 1.0], [1.0, 0.0]])
        equation = rf.Lindblad(np.diag([0.0, 1.0]), [flip])
        result = equation.trajectories([1.0, 0.0], [0.0, span], np.diag([1.0, 0.0]), samples=200, seed=1)
        exact = 0.5 * (1.0 + np.exp(-2.0 * rate * span))
        assert abs(result.expect[0][-1] - exact) <= 4.0 * result.errors[0, -1] + 1e-7
        assert abs(result.stats["jumps"] - rate * span) < 5.0 * np.sqrt(rate * span / 200) + 1e-6


def test_outputs_between_and_at_jumps_and_equal_times():
    equation = EQUATIONS["lindblad"]
    coarse = equation.trajectories(PSI, [0.0, 6.0], OBSERVED, samples=9, seed=1, keep_runs=True)
    fine = equation.trajectories(
        PSI, np.repeat(np.linspace(0.0, 6.0, 301), 2), OBSERVED, samples=9, seed=1, keep_runs=True
    )
    assert np.allclose(fine.runs[..., -1], coarse.runs[..., -1], atol=1e-5)
    assert np.allclose(fine.runs[..., ::2], fine.runs[..., 1::2], atol=1e-12)


@pytest.mark.parametrize("name", ["lindblad", "davies", "universal"])
def test_mixed_starts(name):
    rho = np.diag([0.5, 0.3, 0.2, 0.0, 0.0]) + 0j
    result = EQUATIONS[name].trajectories(rho, TIMES, OBSERVED, samples=1500, seed=1)
    exact = EQUATIONS[name].evolve(rho, TIMES, OBSERVED)
    for i, key in enumerate(OBSERVED):
        assert (np.abs(result.expect[key] - exact.expect[key]) <= 4.0 * result.errors[i] + 1e-9).all()


def test_a_store_goes_on_and_refuses_another_problem(tmp_path, monkeypatch):
    equation = EQUATIONS["sparse"]
    store = tmp_path / "runs.zarr"
    run = functools.partial(equation.trajectories, PSI, TIMES, OBSERVED, seed=4)
    few = run(samples=100, store=store)
    assert np.array_equal(few.expect["level"], run(samples=100).expect["level"])
    asked = []
    block = Job.block
    monkeypatch.setattr(
        Job,
        "block",
        lambda self, first, *a: asked.append(first) or block(self, first, *a),
    )
    more = run(samples=190, store=store)
    assert asked == [128]
    assert np.array_equal(more.expect["level"], run(samples=190).expect["level"])
    with pytest.raises(rf.StoreError):
        equation.trajectories(PSI, TIMES, OBSERVED, seed=5, samples=100, store=store)
    with pytest.raises(ValueError, match="store"):
        run(samples=100, store=store, store_states=True)


def test_it_stops_at_a_wanted_error():
    equation = EQUATIONS["sparse"]
    result = equation.trajectories(PSI, TIMES, OBSERVED["level"], samples=10**5, error=0.08, seed=1)
    assert result.errors.max() <= 0.08
    assert result.stats["samples"] < 3000
    assert result.stats["samples"] % 64 == 0


def test_a_saved_result_is_read_back_and_shown(tmp_path):
    result = EQUATIONS["lindblad"].trajectories(
        PSI, TIMES, OBSERVED, samples=10, store_states=True, keep_runs=True
    )
    result.save(tmp_path / "r.zarr")
    again = rf.TrajectoryResult.load(tmp_path / "r.zarr")
    for name in ("times", "errors", "states", "runs", "jump_times", "jump_channels"):
        assert np.array_equal(getattr(again, name), getattr(result, name))
    assert "10 samples" in repr(again)
    assert len(result.plot().collections) == 2
    assert np.array_equal(pickle.loads(pickle.dumps(result)).errors, result.errors)


def test_progress_and_stop():
    seen = []
    EQUATIONS["lindblad"].trajectories(PSI, TIMES, samples=200, progress=seen.append)
    assert seen[-1] == 1.0
    flag = rf.StopFlag()
    flag.set()
    with pytest.raises(rf.Interrupted):
        EQUATIONS["lindblad"].trajectories(PSI, TIMES, samples=200, stop=flag)


def _forked(queue):
    queue.put(
        EQUATIONS["lindblad"].trajectories(PSI, TIMES, OBSERVED["level"], samples=20, seed=1).expect[0]
    )


def test_after_a_fork():
    here = EQUATIONS["lindblad"].trajectories(PSI, TIMES, OBSERVED["level"], samples=20, seed=1).expect[0]
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_forked, args=(queue,))
    child.start()
    assert np.array_equal(queue.get(timeout=60), here)
    child.join()
