"""Trace norms and distances against singular values and known states."""

from __future__ import annotations

import numpy as np
import pytest

import redfield as rf

from reference import (
    figure1_system,
    first_site,
    norm1,
    random_hermitian,
    random_matrix,
    random_state,
)


@pytest.mark.parametrize("make", [random_hermitian, random_matrix])
def test_trace_norm_is_the_sum_of_singular_values(make):
    a = np.array([make(6, seed) for seed in range(4)])
    assert rf.trace_norm(a[0]) == pytest.approx(norm1(a[0]))
    assert rf.trace_norm(a) == pytest.approx([norm1(x) for x in a])


def test_trace_distance_has_the_half():
    assert rf.trace_distance(np.diag([1, 0]), np.diag([0, 1])) == pytest.approx(1.0)
    a, b = random_state(5, 1), random_state(5, 2)
    assert rf.trace_distance(a, b) == pytest.approx(0.5 * norm1(a - b))
    with pytest.raises(ValueError, match=r"\ba\b"):
        rf.trace_norm(np.zeros((2, 3)))


@pytest.mark.parametrize("n", [7, 30])
def test_solution_distance_is_the_norm_of_the_difference(n):
    system = figure1_system(rf.models.dirac_syk2(n, seed=3))
    davies, redfield = rf.Davies(system, lamb_shift=False), rf.Redfield(system, lamb_shift=False)
    times = [0.0, 3.0, 30.0]
    for threads in (1, 2):
        out = rf.analysis.solution_distance(davies, redfield, first_site(n), times, threads=threads)
        a, b = (eq.evolve(first_site(n), times).states for eq in (davies, redfield))
        assert out.trace_norm == pytest.approx(
            [norm1(x - y) for x, y in zip(a, b, strict=True)], abs=1e-7
        )
    assert out.distance[0] == 0.0
    assert out.stats_a["method"] == "exact"


def test_solution_distance_wants_one_system():
    one, other = (figure1_system(rf.models.dirac_syk2(4, seed=s)) for s in (1, 2))
    with pytest.raises(ValueError, match=r"\ba\b"):
        rf.analysis.solution_distance(
            rf.Davies(one, lamb_shift=False), rf.Redfield(other, lamb_shift=False), first_site(4), [0.0]
        )
