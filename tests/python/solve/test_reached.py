"""The dense exponential of the elements that a state reaches, against SciPy's of the whole Liouvillian."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from spins import SIGMA_X, SIGMA_Z, site

import redfield as rf

from reference import lindbladian, random_hermitian, random_matrix, random_state

LOWER = np.array([[0.0, 0.0], [1.0, 0.0]])
TIMES = [0.0, 0.1, 0.2, 0.7]


def exact(h, jumps, rho, times):
    matrix = lindbladian(h, jumps).toarray()
    return [(scipy.linalg.expm(matrix * t) @ rho.ravel()).reshape(rho.shape) for t in times]


def ising(n):
    h = sum(5.0 * site(SIGMA_Z, j, n) for j in range(n))
    h = h + sum(2.5 * site(SIGMA_X, j, n) @ site(SIGMA_X, j + 1, n) for j in range(n - 1))
    return h, [site(LOWER, j, n) for j in range(n)]


def distance(result, states):
    return max(np.abs(a - b).max() for a, b in zip(result.states, states, strict=True))


def test_parity_halves_the_exponential():
    """H and the jumps mix no even states with odd ones; a state of both has all elements."""
    h, jumps = ising(3)
    even, mixed = np.eye(8)[0], np.full(8, 8**-0.5)
    for psi, reached in ((even, 32), (mixed, 64)):
        for equation in (rf.Lindblad(h, jumps, frame=frame) for frame in ("given", "eigenbasis")):
            result = equation.evolve(psi, TIMES, method="exponential", rtol=1e-10)
            assert distance(result, exact(h, jumps, np.outer(psi, psi), TIMES)) < 1e-12
            if equation.frame == "given":
                assert result.stats["applications"] == reached
    few = rf.Lindblad(*ising(4)).evolve(np.eye(16)[0], np.linspace(0.0, 50.0, 11))
    assert (few.stats["method"], few.stats["applications"]) == ("exponential", 128)


@settings(max_examples=25, deadline=None)
@given(n=st.integers(5, 8), size=st.integers(1, 4), seed=st.integers(0, 10**6), whole=st.booleans())
def test_blocks_in_any_order(n, size, seed, whole):
    """Levels in two groups that nothing connects, shuffled; the state is in one group or in both."""
    size = min(size, n - 1)
    order = np.random.default_rng(seed).permutation(n)
    parts = [slice(0, size), slice(size, n)]
    h, jump, rho = (np.zeros((n, n), dtype=complex) for _ in range(3))
    for k, part in enumerate(parts):
        m = part.stop - part.start
        h[part, part] = random_hermitian(m, seed + k)
        jump[part, part] = 0.5 * random_matrix(m, seed + 2 + k)
    rho[parts[0], parts[0]] = random_state(size, seed + 4)
    if whole:
        rho = random_state(n, seed + 4)
    h, jump, rho = (x[np.ix_(order, order)] for x in (h, jump, rho))
    result = rf.Lindblad(h, [jump], frame="given").evolve(rho, TIMES, method="exponential")
    assert distance(result, exact(h, [jump], rho, TIMES)) < 1e-11
    if not whole and n > 4:
        assert result.stats["applications"] == size**2


def test_a_long_way_and_none_at_all():
    """A particle that hops along a chain meets one site more in each application; one at rest stays there."""
    n = 12
    hopping = np.diag(np.ones(n - 1), 1)
    jumps = [np.diag(np.eye(n)[j]) for j in range(n)]
    h = hopping + hopping.T
    walking = rf.Lindblad(h, jumps, frame="given").evolve(np.eye(n)[0], [0.0, 1.5], method="exponential")
    assert distance(walking, exact(h, jumps, np.diag(np.eye(n)[0]), [0.0, 1.5])) < 1e-12
    assert walking.stats["applications"] == n**2
    decay = np.diag(np.sqrt(np.arange(1.0, n)), 1)
    resting = rf.Lindblad(np.diag(np.arange(n)), [decay], frame="given")
    ground = resting.evolve(np.eye(n)[0], TIMES, method="exponential")
    assert ground.stats["applications"] == 1
    assert distance(ground, [np.diag(np.eye(n)[0])] * len(TIMES)) == 0.0


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_units_of_energy(scale):
    h, jumps = ising(3)
    psi, times = np.eye(8)[0], np.array(TIMES)
    plain = rf.Lindblad(h, jumps, frame="given").evolve(psi, times, method="exponential")
    other = rf.Lindblad(scale * h, [scale**0.5 * a for a in jumps], frame="given").evolve(
        psi, times / scale, method="exponential"
    )
    assert distance(plain, other.states) < 1e-12
    assert plain.stats["applications"] == other.stats["applications"] == 32


def test_an_operator_that_is_no_state():
    """Of an empty X nothing is reached: it stays zero."""
    h, jumps = ising(3)
    equation = rf.Lindblad(h, jumps, frame="given")
    with pytest.warns(UserWarning, match="trace 0"):
        result = equation.evolve(np.zeros((8, 8)), TIMES, method="exponential")
    assert not result.states.any()
