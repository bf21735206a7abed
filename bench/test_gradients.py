"""Gradients beside the answers that they are of: all N² numbers of H, every coupling and every bath by one adjoint."""

import time

import numpy as np
import pytest

import redfield as rf

STEADY, EVOLUTION = 3.0, 5.0
"""Goals: the time of a gradient over that of the answer."""


def best(function, repeats):
    """Return the shortest of some runs, and the last answer."""
    seconds, answer = np.inf, None
    for _ in range(repeats):
        start = time.perf_counter()
        answer = function()
        seconds = min(seconds, time.perf_counter() - start)
    return seconds, answer


def anderson(n):
    """Return Figure 1's disordered chain or lattice of n sites, with its observable."""
    side = round(n ** (1 / 3))
    h = rf.models.anderson(side, disorder=10.0, seed=1)
    bath = rf.OhmicBath(strength=0.04, cutoff=10.0, beta=5.0)
    rng = np.random.default_rng(2)
    o = rng.normal(size=(n, n))
    return h, bath, (o + o.T) / 2


@pytest.mark.parametrize("n", [27, 216, 1000])
def test_of_a_steady_state(n, told):
    h, bath, o = anderson(n)
    equation = rf.Redfield(rf.System(h, rf.SiteProjectors(n), bath))
    repeats = {27: 20, 216: 3}.get(n, 1)
    itself, steady = best(equation.steady_state, repeats)
    seconds, gradient = best(lambda: steady.gradient(o), repeats)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(n, n))
    x = (x + x.T) / np.linalg.norm(x)
    step = 1e-3

    def moved(s):
        other = rf.Redfield(rf.System(h + s * x, rf.SiteProjectors(n), bath))
        return np.trace(o @ other.steady_state(tol=1e-12).state).real

    difference = (moved(step) - moved(-step)) / (2 * step)
    assert (
        abs(np.trace(gradient.hamiltonian @ x).real - difference)
        < 1e-4 * np.abs(gradient.hamiltonian).max()
    )
    told(
        f"N = {n}: steady state {itself:.4f} s, all derivatives {seconds:.4f} s, {seconds / itself:.2f} times; "
        f"differences would take {n * n * itself:.3g} s",
        seconds / itself,
        STEADY,
    )


@pytest.mark.parametrize("n", [27, 216])
def test_of_an_evolution(n, told):
    h, bath, o = anderson(n)
    equation = rf.Redfield(rf.System(h, rf.SiteProjectors(n), bath))
    times = np.linspace(0.0, 100.0 if n == 27 else 20.0, 41)
    start = np.zeros(n)
    start[0] = 1.0
    repeats = 5 if n == 27 else 1
    itself, result = best(lambda: equation.evolve(start, times, [o]), repeats)
    weights = np.array([o] * 41)
    seconds, gradient = best(lambda: result.gradient(weights, rtol=1e-6), repeats)
    assert abs(gradient.value - np.sum(result.expect[0])) < 1e-5 * np.abs(o).max() * 41
    exact = equation.evolve(start, times, [o], rtol=1e-11)
    louder = rf.Redfield(rf.System(h, rf.SiteProjectors(n), rf.OhmicBath(0.04 * 1.001, 10.0, 5.0)))
    softer = rf.Redfield(rf.System(h, rf.SiteProjectors(n), rf.OhmicBath(0.04 * 0.999, 10.0, 5.0)))
    difference = sum(
        s * np.sum(e.evolve(start, times, [o], rtol=1e-11).expect[0])
        for s, e in ((1, louder), (-1, softer))
    ) / (0.002 * 0.04)
    assert abs(gradient.baths["strength"] / difference - 1) < 1e-4, exact.stats
    told(
        f"N = {n}: evolution of 41 outputs {itself:.4f} s, its gradient {seconds:.4f} s, {seconds / itself:.2f} times",
        seconds / itself,
        EVOLUTION,
    )
