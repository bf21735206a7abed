"""The expansion looks for the spectrum of strongly damped systems in a trapezoid, and finds where it is elsewhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import redfield as rf

N = 30
LOWER = np.diag(np.sqrt(np.arange(1.0, N)), 1)
NUMBER = LOWER.T @ LOWER
CAVITY = 0.1 * NUMBER + 0.025 * NUMBER @ (NUMBER - np.eye(N)) + 2.0 * (LOWER + LOWER.T)


def by_steps(equation, rho0, times):
    return equation.evolve(rho0, times, store_states=True, method="dopri5", rtol=1e-10, atol=1e-12).states


@pytest.mark.parametrize("frame", ["given", "eigenbasis"])
def test_a_driven_cavity_needs_half_the_applications(frame):
    equation = rf.Lindblad(CAVITY, [np.sqrt(1.2) * LOWER, np.sqrt(0.2) * LOWER.T], frame=frame)
    times, start = np.linspace(0.0, 6.0, 7), np.eye(N)[0]
    found = equation.evolve(start, times, store_states=True, method="chebyshev")
    assert np.abs(found.states - by_steps(equation, start, times)).max() < 1e-6
    assert found.stats["rejected"] == 0
    assert found.stats["applications"] < 700  # a box around the spectrum needs a thousand


@pytest.mark.parametrize("n", [4, 20])
@pytest.mark.parametrize("splitting", [0.0, 5.0, 60.0, 400.0])
def test_fast_coherences_that_nothing_damps(splitting, n):
    """Levels 0 and 1 are dark, all others decay to 0 at once: what turns fast is not damped."""
    h = np.diag([0.0, splitting, *np.linspace(1.0, 40.0, n - 2)])
    jumps = [np.sqrt(30.0) * np.outer(np.eye(n)[0], np.eye(n)[k]) for k in range(2, n)]
    start = np.ones(n) / np.sqrt(n)
    equation = rf.Lindblad(h, jumps, frame="given")
    found = equation.evolve(start, [0.0, 3.0], store_states=True, method="chebyshev")
    exact = np.exp(-1j * splitting * 3.0 * np.array([[0, -1], [1, 0]])) / n
    exact[0, 0] += (n - 2) / n
    assert np.abs(found.states[-1, :2, :2] - exact).max() < 1e-6
    assert np.abs(found.states[-1, 2:]).max() < 1e-6


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(2, 9),
    strength=st.floats(0.1, 20.0),
    spread=st.floats(0.1, 20.0),
    t=st.floats(0.1, 20.0),
)
def test_any_damping(seed, n, strength, spread, t):
    rng = np.random.default_rng(seed)
    h, *jumps = rng.normal(size=(4, n, n)) + 1j * rng.normal(size=(4, n, n))
    for a in jumps[1:]:
        a[rng.random((n, n)) < 0.7] = 0.0
    equation = rf.Lindblad(spread * (h + h.conj().T), [np.sqrt(strength / n) * a for a in jumps])
    start = np.eye(n)[rng.integers(n)]
    found = equation.evolve(start, [0.0, 0.3 * t, t], store_states=True, method="chebyshev")
    exact = equation.evolve(start, [0.0, 0.3 * t, t], store_states=True, method="exponential")
    assert max(map(rf.trace_norm, found.states - exact.states)) < 1e-5
