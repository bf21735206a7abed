"""The error that HEOM tells bounds its distance from a hierarchy of a tolerance that is far smaller."""

import numpy as np
import pytest

import redfield as rf

Z, X = np.diag([0.5, -0.5]), np.array([[0.0, 1.0], [1.0, 0.0]])
STRENGTHS = (0.01, 0.05, 0.2)
TOL = 1e-4
LARGER = 50.0
"""Times the true error that is told, at most: rounding and chance make it small, where parts of it cancel."""


def system(strength):
    return rf.System(Z, [X], rf.DrudeBath(strength, 0.3, beta=2.0))


@pytest.mark.parametrize("strength", STRENGTHS)
def test_steady_states(strength):
    found, fine = (rf.HEOM(system(strength), tol=tol).steady_state() for tol in (TOL, 1e-2 * TOL))
    true = rf.trace_norm(found.state - fine.state)
    assert true <= found.error <= LARGER * true
    assert found.error <= 3 * TOL


def test_members_of_a_batch():
    batch = rf.SystemBatch(Z, [X], rf.DrudeBath.batch(np.array(STRENGTHS), 0.3, beta=2.0))
    found = rf.HEOM(batch, tol=TOL).steady_state()
    for k, strength in enumerate(STRENGTHS):
        fine = rf.HEOM(system(strength), tol=1e-2 * TOL).steady_state()
        assert rf.trace_norm(found.state[k] - fine.state) <= found.error[k] <= 3 * TOL


def test_three_levels_between_two_baths():
    rng = np.random.default_rng(7)
    h, a, b = (m + m.conj().T for m in rng.normal(size=(3, 3, 3)) + 1j * rng.normal(size=(3, 3, 3)))
    three = rf.System(
        0.3 * h, [0.3 * a, 0.3 * b], [rf.LorentzianBath(0.05, 0.5, 1.0), rf.DrudeBath(0.05, 0.5, 1.0)]
    )
    found, fine = (rf.HEOM(three, tol=tol).steady_state() for tol in (1e-3, 1e-5))
    assert rf.trace_norm(found.state - fine.state) <= found.error <= 3e-3


def test_evolutions():
    times = np.linspace(0.0, 10.0, 11)
    found, fine = (
        rf.HEOM(system(0.2), tol=tol).evolve([1.0, 0.0], times, store_states=True, rtol=1e-9, atol=1e-11)
        for tol in (TOL, 1e-2 * TOL)
    )
    true = max(map(rf.trace_norm, found.states - fine.states))
    assert true <= found.stats["error"] <= LARGER * true


def test_a_given_depth_tells_no_error():
    equation = rf.HEOM(system(0.2), depth=2, tol=TOL)
    assert np.isnan(equation.steady_state().error)
    assert np.isnan(equation.evolve([1.0, 0.0], [0.0, 1.0]).stats["error"])
