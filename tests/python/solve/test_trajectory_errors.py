"""Standard errors of trajectories where events are few, and starts of any trace."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

import redfield as rf

from reference import random_hermitian, random_matrix

N = 5
TIMES = np.linspace(0.0, 6.0, 7)
PSI = np.exp(1j * np.arange(N)) / np.sqrt(N)
OBSERVED = {"level": np.diag(np.arange(float(N))), "any": random_matrix(N, 7)}
COUPLING = 0.3 * random_hermitian(N, 1)
EQUATIONS = {
    "lindblad": rf.Lindblad(random_hermitian(N, 4), [0.4 * random_matrix(N, 5), COUPLING]),
    "sparse": rf.Lindblad(sp.csr_array(np.diag(np.ones(N - 1), 1) + np.diag(np.ones(N - 1), -1)),
                          [sp.csr_array(np.diag([0.5] * (N - 1), 1))]),
    "davies": rf.Davies(rf.System(random_hermitian(N, 3), [COUPLING], rf.OhmicBath(0.3, 5.0, 1.0))),
}  # fmt: skip


def decaying(probability):
    """A level that has been left by the time 1 with a probability, and what counts those that stay."""
    rate = -np.log1p(-probability)
    return rf.Lindblad(np.diag([0.0, 1.0]), [np.sqrt(rate) * np.array([[0.0, 1.0], [0.0, 0.0]])])


STAYED = np.diag([0.0, 1.0])


@pytest.mark.parametrize("probability", [4e-3, 0.02, 0.05])
def test_a_wanted_error_is_not_reached_by_rare_events_that_have_not_come(probability):
    result = decaying(probability).trajectories(
        [0.0, 1.0], [0.0, 1.0], STAYED, samples=8_000, error=0.1 * probability, seed=1
    )
    error = result.errors[0, -1]
    assert abs(result.expect[0][-1] - (1.0 - probability)) <= 4.0 * error
    assert error > 0.0
    # As many as there are, or enough to have seen a few.
    assert result.stats["samples"] * probability > 5.0


@pytest.mark.parametrize("expected", [0.02, 0.5, 2.0, 3.5, 8.0])
@pytest.mark.parametrize("samples", [20, 60])
def test_errors_cover_the_truth_of_few_events(expected, samples):
    """Runs of a few events each: two errors hold the truth in at least nine of ten."""
    repeats, probability = 100, expected / samples
    equation, covered = decaying(probability), 0
    for seed in range(repeats):
        few = equation.trajectories([0.0, 1.0], [0.0, 1.0], STAYED, samples=samples, seed=seed)
        error = few.errors[0, -1]
        assert 0.0 < error < 2.0 / np.sqrt(samples)
        covered += abs(few.expect[0][-1] - (1.0 - probability)) <= 2.0 * error
    assert covered >= 0.9 * repeats


def test_frequent_jumps_that_change_nothing_do_not_hide_a_rare_one():
    rate = 1e-3
    equation = rf.Lindblad(
        np.diag([0.0, 1.0]), [np.diag([1.0, -1.0]), np.sqrt(rate) * np.array([[0.0, 1.0], [0.0, 0.0]])]
    )
    result = equation.trajectories([0.0, 1.0], [0.0, 0.0, 3.0], STAYED, samples=64, seed=1)
    assert result.stats["jumps"] > 1.0
    assert np.all(result.errors[0, :2] < 1e-12)
    assert abs(result.expect[0][-1] - np.exp(-3.0 * rate)) <= 2.0 * result.errors[0, -1]
    assert 1.0 / 64 < result.errors[0, -1] < 3.0 / 64
    # Where nothing at all can happen an average is exact.
    dark = equation.trajectories([1.0, 0.0], [0.0, 3.0], np.eye(2), samples=64, seed=1)
    assert np.allclose(dark.errors, 0.0, atol=1e-12)


@pytest.mark.parametrize("method", ["jumps", "diffusion"])
def test_a_rare_start_counts_as_a_rare_event(method):
    closed = rf.Lindblad(np.zeros((3, 3)), [])
    rare = 2e-4
    result = closed.trajectories(
        np.diag([1.0 - rare, rare, 0.0]), [0.0], np.diag([0.0, 5.0, -1.0]), samples=30, method=method
    )
    assert abs(result.expect[0][0] - 5.0 * rare) <= result.errors[0, 0] * (1.0 + 1e-6) <= 10.0 * rare


@pytest.mark.parametrize("name", ["lindblad", "davies", "sparse"])
@pytest.mark.parametrize("factor", [2.0, 0.1, 1e8])
def test_results_are_linear_in_the_start_as_those_of_evolve(name, factor):
    equation, run = EQUATIONS[name], {"samples": 40, "seed": 2, "store_states": True, "keep_runs": True}
    one = equation.trajectories(PSI, TIMES, OBSERVED, **run)
    low = equation.evolve_low_rank(PSI, TIMES, OBSERVED)
    for start, scale in ((factor * PSI, factor**2), (factor * np.outer(PSI, PSI.conj()), factor)):
        with pytest.warns(UserWarning, match="psi0"):
            scaled = equation.trajectories(start, TIMES, OBSERVED, **run)
        with pytest.warns(UserWarning, match="psi0"):
            scaled_low = equation.evolve_low_rank(start, TIMES, OBSERVED)
        for key in OBSERVED:
            assert np.allclose(scaled.expect[key], scale * one.expect[key], rtol=1e-6, atol=1e-6 * scale)
            assert np.allclose(
                scaled_low.expect[key], scale * low.expect[key], rtol=1e-6, atol=1e-6 * scale
            )
        assert np.allclose(scaled.errors, scale * one.errors, rtol=1e-5, atol=1e-6 * scale)
        assert np.allclose(scaled.states, scale * one.states, atol=1e-6 * scale)
        assert np.allclose(scaled.runs, scale * one.runs, atol=1e-6 * scale)
        assert np.allclose(np.einsum("tkk->t", scaled.states), scale)
        assert np.allclose(scaled_low.errors, scale * low.errors, rtol=1e-3, atol=1e-9 * scale)
        assert np.isclose(np.trace(scaled_low.state()), scale)
    with (
        pytest.warns(UserWarning, match="psi0"),
        pytest.raises(ValueError, match="psi0"),
    ):
        equation.trajectories(0.0 * PSI, TIMES)
