"""ρ = XX† against density matrices: the estimated error holds, at every rank."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

from reference import random_hermitian, random_matrix, random_state

TIMES = [0.0, 0.7, 2.0]


def chain(n, rate):
    model = rf.models.mixed_field_ising(n)
    return rf.Lindblad(model.hamiltonian, [np.sqrt(rate) * x for x in model.local("minus")]), model


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 12), seed=st.integers(0, 1000), rate=st.sampled_from([0.0, 1e-6, 0.1, 1.0]),
       rtol=st.sampled_from([0.5, 0.1, 1e-2, 1e-5]))  # fmt: skip
def test_the_error_is_what_it_says(n, seed, rate, rtol):
    jumps = [np.sqrt(rate / n) * random_matrix(n, seed + k) for k in range(2)]
    equation = rf.Lindblad(random_hermitian(n, seed), jumps)
    psi = random_matrix(n, seed + 5)[:, 0]
    psi /= np.linalg.norm(psi)
    o = random_matrix(n, 3)
    result = equation.evolve_low_rank(psi, TIMES, o, rtol=rtol, store_factors=True)
    exact = equation.evolve(psi, TIMES, o, rtol=1e-10, atol=1e-12, store_states=True)
    for i, (x, rho) in enumerate(zip(result.factors, exact.states, strict=True)):
        away = rf.trace_norm(x @ x.conj().T - rho)
        assert away <= result.errors[i] + 1e-10
        assert away <= 1.01 * rtol + 1e-10
        assert np.isclose(np.linalg.norm(x), 1.0)
        assert abs(result.expect[0][i] - np.trace(o @ (x @ x.conj().T))) < 1e-10
    assert (result.ranks <= n).all()
    if rate == 0.0:
        assert (result.ranks == 1).all()


def test_a_cold_chain_stays_of_low_rank():
    equation, model = chain(8, 0.002)
    psi = np.eye(256)[0]
    z = model.local("z")[0]
    ranks = []
    for rtol in (1e-2, 1e-3):
        result = equation.evolve_low_rank(psi, [0.0, 1.0], z, rtol=rtol)
        exact = equation.evolve(psi, [0.0, 1.0], z, rtol=1e-9)
        assert rf.trace_norm(result.state() - exact.final_state) <= 1.2 * result.errors[-1]
        assert result.errors[-1] <= rtol
        assert result.stats["frame"] == "given"
        ranks.append(result.ranks[-1])
    assert ranks[0] <= ranks[1] < 80


def test_mixed_starts_and_equations_in_the_eigenbasis():
    system = rf.System(
        random_hermitian(6, 1), [0.3 * random_hermitian(6, 2)], rf.OhmicBath(0.3, 5.0, 1.0)
    )
    rho = random_state(6, 3)
    for equation in (rf.UniversalLindblad(system), rf.GeometricArithmetic(system), rf.CoarseGrained(system, 3.0),
                     rf.Davies(system)):  # fmt: skip
        result = equation.evolve_low_rank(rho, TIMES, rtol=1e-5)
        exact = equation.evolve(rho, TIMES, rtol=1e-9)
        assert rf.trace_norm(result.state() - exact.final_state) < 2e-5


@pytest.mark.parametrize("size", [1e20, 1e77, 1e150, 1e200])
def test_jumps_that_no_step_resolves_are_refused(size):

    def solved():
        large = rf.Lindblad(np.diag([0.0, 1.0]), [size * np.array([[0.0, 1.0], [0.5, 0.0]])])
        return large.evolve_low_rank([1.0, 0.0], TIMES)

    with pytest.raises((ValueError, rf.ConvergenceError)):
        solved()


def test_outputs_that_cut_steps_short_are_no_failure():
    equation, _ = chain(3, 0.2)
    times = [0.0, 1e-16, 1e-13, 1e-9, 1.0, 1.0 + 1e-12]
    result = equation.evolve_low_rank(np.eye(8)[0], times, rtol=1e-6)
    exact = equation.evolve(np.eye(8)[0], times, rtol=1e-10).final_state
    assert rf.trace_norm(result.state() - exact) <= result.errors[-1] <= 1e-6


def test_saved_and_shown(tmp_path):
    equation, _ = chain(3, 0.1)
    result = equation.evolve_low_rank(np.eye(8)[0], TIMES, np.eye(8), store_factors=True)
    result.save(tmp_path / "x.zarr")
    again = rf.LowRankResult.load(tmp_path / "x.zarr")
    assert [x.shape for x in again.factors] == [x.shape for x in result.factors]
    assert np.array_equal(again.state(1), result.state(1))
    assert "rank" in repr(again)
    assert len(result.plot().lines) == 1
    assert np.allclose(result._populations().sum(axis=1), 1.0)
